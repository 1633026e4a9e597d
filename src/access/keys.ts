import { createHash, randomBytes } from 'node:crypto'
import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import { authenticate, forgetCallers } from './authenticate.ts'

export type Scope = 'read' | 'sell' | 'stock' | 'admin'
/** A live key works on the tenant, a test key on its sandbox. */
export type KeyMode = 'live' | 'test'

/** An API key as it is shown in lists: never its text. */
export type ApiKey = {
  key_id: number
  name: string
  /** The first letters of its text. */
  prefix: string
  mode: KeyMode
  scopes: Scope[]
  created_at: string
  last_used_at: string | null
  revoked_at: string | null
}

/** The text of the key is in this one answer and nowhere else; a replay does not have it. */
export type NewApiKey = ApiKey & { key?: string }

export type CreateKey = { name: string; scopes: Scope[]; mode: KeyMode }
export type ListKeys = PageRequest<'created_at' | 'name'> & { revoked?: boolean | undefined }

const SECRET_BYTES = 32
const SHOWN_LETTERS = 6

const create = async (
  context: Context,
  { name, scopes, mode }: CreateKey,
  options?: CallOptions,
): Promise<Answer<NewApiKey>> => {
  const made = await writeFitting<ApiKey>(context, 'create_key', { name, scopes, mode }, options)
  if (!made.ok || made.replayed) return made
  const start = `hf_${mode}_${context.tenant_id.toString(36)}_`
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const key = `${start}${secret}`
  const secret_sha256 = createHash('sha256').update(key).digest('hex')
  const prefix = `${start}${secret.slice(0, SHOWN_LETTERS)}`
  const request = { key_id: made.key_id, prefix, secret_sha256 }
  const sealed = await writeFitting<ApiKey>(context, 'seal_key', request, {
    transaction: options?.transaction,
  })
  return sealed.ok ? { ...sealed, key } : sealed
}

const revoke = async (
  context: Context,
  { key_id }: { key_id: number | string },
  options?: CallOptions,
): Promise<Answer<ApiKey>> => {
  const named = Number(key_id)
  const id = Number.isInteger(named) && named > 0 && named < 2 ** 31 ? named : 0
  const revoked = await writeFitting<ApiKey>(context, 'revoke_key', { key_id: id }, options)
  forgetCallers(context.database)
  return revoked
}

/**
 * The room of API keys, for one tenant.
 *
 * @example
 * const made = await holdfast.keys.create({ name: 'shop', scopes: ['sell'], mode: 'live' })
 * if (made.ok) console.log(made.key) // hf_live_1_… , shown this once
 */
export const keysOf = (context: Context) => ({
  create: (request: CreateKey, options?: CallOptions) => create(context, request, options),
  list: (request: ListKeys = {}): Promise<PageAnswer<ApiKey>> =>
    readFitting(context, 'list_keys', request),
  revoke: (request: { key_id: number | string }, options?: CallOptions) =>
    revoke(context, request, options),
  /** Of any tenant: the text names it. Throws unauthenticated. */
  authenticate: (key: string) => authenticate(context.database, key),
})

export type Keys = ReturnType<typeof keysOf>
