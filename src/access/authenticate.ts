import { createHash, timingSafeEqual } from 'node:crypto'
import { clock } from '../clock.ts'
import { write } from '../database/call.ts'
import type { Database } from '../database/connect.ts'
import { HoldfastError } from '../errors.ts'
import type { Scope } from './keys.ts'

/** For whom a key speaks: its tenant, or the sandbox of that for a test key. */
export type Caller = { tenant_id: number; tenant: string; key_id: number; scopes: Scope[] }

type Found = Caller & { secret_sha256: string }
type Memory = { callers: Map<string, { caller: Caller; at: number }>; generation: number }

const SHAPE = /^hf_(?:live|test)_([0-9a-z]{1,6})_[A-Za-z0-9_-]{43}$/
const TENANT_ID_MAX = 2 ** 31 - 1
const CALLERS_MAX = 10_000
const CALLER_AGE_MS_MAX = 1_000

const memories = new WeakMap<Database, Memory>()

const memoryOf = (database: Database): Memory => {
  const known = memories.get(database)
  if (known) return known
  const memory: Memory = { callers: new Map(), generation: 0 }
  memories.set(database, memory)
  return memory
}

/** After a revocation: what this process remembers, or is just about to, is looked up anew. */
export const forgetKeys = (database: Database): void => {
  const memory = memoryOf(database)
  memory.callers.clear()
  memory.generation++
}

/** The tenant that a key's text names, or undefined when the text cannot be a key. */
const tenantIn = (key: string): number | undefined => {
  const named = SHAPE.exec(key)?.[1]
  if (named === undefined) return undefined
  const tenantId = Number.parseInt(named, 36)
  return tenantId <= TENANT_ID_MAX && tenantId.toString(36) === named ? tenantId : undefined
}

const look = async (database: Database, tenantId: number, digest: Buffer): Promise<Caller> => {
  const request = { secret_sha256: digest.toString('hex') }
  const found = await write<Found>(database, tenantId, 'authenticate_key', request)
  if (!found.ok || !timingSafeEqual(Buffer.from(found.secret_sha256, 'hex'), digest)) {
    throw new HoldfastError('unauthenticated')
  }
  const { tenant_id, tenant, key_id, scopes } = found
  return { tenant_id, tenant, key_id, scopes }
}

/**
 * Who a key's text speaks for; throws unauthenticated. An answer is remembered for a second, so a
 * key that is revoked by another process ends within that time, and here at once.
 *
 * @example
 * const { tenant, scopes } = await authenticate(database, 'hf_live_1_…')
 */
export const authenticate = async (database: Database, key: string): Promise<Caller> => {
  const tenantId = tenantIn(key)
  if (tenantId === undefined) throw new HoldfastError('unauthenticated')
  const digest = createHash('sha256').update(key).digest()
  const name = digest.toString('hex')
  const memory = memoryOf(database)
  const remembered = memory.callers.get(name)
  const now = clock.monotonicMs()
  if (remembered && now - remembered.at < CALLER_AGE_MS_MAX) return remembered.caller

  const { generation } = memory
  memory.callers.delete(name)
  const caller = await look(database, tenantId, digest)
  if (memory.generation === generation) {
    const [oldest] = memory.callers.keys()
    if (memory.callers.size >= CALLERS_MAX && oldest !== undefined) memory.callers.delete(oldest)
    memory.callers.set(name, { caller, at: now })
  }
  return caller
}
