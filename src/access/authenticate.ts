import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { clock } from '../clock.ts'
import { write } from '../database/call.ts'
import type { Database } from '../database/connect.ts'
import { HoldfastError } from '../errors.ts'
import type { Person } from '../people/people.ts'
import type { SigningKey } from '../storefront/browser.ts'
import type { Scope } from './keys.ts'
import { roles } from './roles.ts'

/** In whose name a call comes: a key's (a test key's tenant is the sandbox), or a person's. */
export type Caller = {
  tenant_id: number
  tenant: string
  /** The number of the key or the person in the ledger. */
  actor_id: number
  scopes: readonly Scope[]
  /** Set for a person: the session, and who they are. */
  session?: { session_id: number; person: Person }
  /** Set for a publishable key: it opens what routes give to browsers, and nothing else. */
  publishable?: SigningKey
  /** Where a person may change stock; left out: everywhere. */
  only_locations?: readonly number[]
}

type Found<Kind> = Kind & { secret_sha256: string }
type FoundKey = Found<{ tenant_id: number; tenant: string; key_id: number; scopes: Scope[] }>
type FoundSession = Found<{
  session_id: number
  tenant: string
  person: Person
  location_ids: number[] | null
}>
type Memory = { callers: Map<string, { caller: Caller; at: number }>; generation: number }

const SECRET_BYTES = 32
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
export const forgetCallers = (database: Database): void => {
  const memory = memoryOf(database)
  memory.callers.clear()
  memory.generation++
}

/** The kinds of secrets; the text of each names its tenant, so that it is found there. */
const shapes = {
  key: /^hf_(?:live|test)_([0-9a-z]{1,6})_[A-Za-z0-9_-]{43}$/,
  session: /^hf_session_([0-9a-z]{1,6})_[A-Za-z0-9_-]{43}$/,
  link: /^hf_link_([0-9a-z]{1,6})_[A-Za-z0-9_-]{43}$/,
  publishable: /^hf_pub_([0-9a-f]{1,8})_[0-9a-f]{32}$/,
}

/** In which digits the tenant stands; PostgreSQL makes those of a publishable key. */
const radixOf = (kind: SecretKind): number => (kind === 'publishable' ? 16 : 36)

export type SecretKind = keyof typeof shapes

/** The tenant that a secret's text names, or undefined when the text cannot be one. */
export const tenantIn = (kind: SecretKind, text: string): number | undefined => {
  const named = shapes[kind].exec(text)?.[1]
  if (named === undefined) return undefined
  const radix = radixOf(kind)
  const tenantId = Number.parseInt(named, radix)
  return tenantId <= TENANT_ID_MAX && tenantId.toString(radix) === named ? tenantId : undefined
}

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A new secret of a tenant: its text, which nobody keeps, and what is kept of it. */
export const newSecret = (kind: 'session' | 'link', tenantId: number) => {
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const text = `hf_${kind}_${tenantId.toString(36)}_${secret}`
  return { text, sha256: sha256Of(text) }
}

const look = async <Kind>(
  database: Database,
  tenantId: number,
  verb: string,
  sha256: string,
): Promise<Found<Kind>> => {
  const found = await write<Found<Kind>>(database, tenantId, verb, { secret_sha256: sha256 })
  const wanted = Buffer.from(sha256, 'hex')
  if (!found.ok || !timingSafeEqual(Buffer.from(found.secret_sha256, 'hex'), wanted)) {
    throw new HoldfastError('unauthenticated')
  }
  return found
}

const ofKey = async (database: Database, tenantId: number, sha256: string): Promise<Caller> => {
  const found = await look<FoundKey>(database, tenantId, 'authenticate_key', sha256)
  const { tenant_id, tenant, key_id, scopes } = found
  return { tenant_id, tenant, actor_id: key_id, scopes }
}

const ofSession = async (database: Database, tenantId: number, sha256: string): Promise<Caller> => {
  const found = await look<FoundSession>(database, tenantId, 'authenticate_session', sha256)
  const { tenant, session_id, person, location_ids } = found
  return {
    tenant_id: tenantId,
    tenant,
    actor_id: person.person_id,
    scopes: roles[person.role],
    session: { session_id, person },
    ...(location_ids ? { only_locations: location_ids } : {}),
  }
}

const ofPublishable = async (database: Database, tenantId: number, text: string) => {
  const verb = 'authenticate_publishable_key'
  const found = await write<SigningKey & { tenant: string }>(database, tenantId, verb, { text })
  if (!found.ok) throw new HoldfastError('unauthenticated')
  const { tenant, ok: _, replayed: __, ...publishable } = found
  return { tenant_id: tenantId, tenant, actor_id: publishable.key_id, scopes: [], publishable }
}

type Looker = (database: Database, tenantId: number, text: string) => Promise<Caller>

const lookers = {
  key: (database, tenantId, text) => ofKey(database, tenantId, sha256Of(text)),
  session: (database, tenantId, text) => ofSession(database, tenantId, sha256Of(text)),
  publishable: ofPublishable,
} satisfies Record<string, Looker>

/**
 * Who a text of this kind speaks for; throws unauthenticated. An answer is remembered for a second,
 * so what is revoked by another process ends within that time, and here at once.
 *
 * @example
 * const { tenant, scopes } = await authenticate(database, 'hf_live_1_…')
 */
export const authenticate = async (
  database: Database,
  text: string,
  kind: keyof typeof lookers = 'key',
): Promise<Caller> => {
  const tenantId = tenantIn(kind, text)
  if (tenantId === undefined) throw new HoldfastError('unauthenticated')
  const name = sha256Of(text)
  const memory = memoryOf(database)
  const remembered = memory.callers.get(name)
  const now = clock.monotonicMs()
  if (remembered && now - remembered.at < CALLER_AGE_MS_MAX) return remembered.caller

  const { generation } = memory
  memory.callers.delete(name)
  const caller = await lookers[kind](database, tenantId, text)
  if (memory.generation === generation) {
    const [oldest] = memory.callers.keys()
    if (memory.callers.size >= CALLERS_MAX && oldest !== undefined) memory.callers.delete(oldest)
    memory.callers.set(name, { caller, at: now })
  }
  return caller
}
