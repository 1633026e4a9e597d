import { authenticate, forgetCallers } from '../access/authenticate.ts'
import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import { type CallOptions, read } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'

/** A key for the pages of a shop: everybody may read it, and it opens little. */
export type PublishableKey = {
  key_id: number
  name: string
  /** hf_pub_…: no secret. */
  key: string
  /** The origins of the pages that may use it. */
  origins: string[]
  /** By which channel its carts are sold. */
  channel: string | null
  /** Units, in all lines, that a browser may hold. */
  units_max: number
  lines_max: number
  /** More available units are shown as so many; null: as they are. */
  shown_max: number | null
  /** From one address. */
  calls_per_minute: number
  created_at: string
  revoked_at: string | null
}

type Limits = {
  channel?: string | null | undefined
  units_max?: number | undefined
  lines_max?: number | undefined
  shown_max?: number | null | undefined
  calls_per_minute?: number | undefined
}
export type CreatePublishableKey = Limits & { name: string; origins: string[] }
export type UpdatePublishableKey = Limits & {
  key_id: number
  name?: string | undefined
  origins?: string[] | undefined
}
export type ListPublishableKeys = PageRequest<'created_at' | 'name'> & {
  revoked?: boolean | undefined
}

/** The tenant of a question before any call, which names none. */
const NO_TENANT = 0

const change = async (
  context: Context,
  verb: string,
  request: object,
  options?: CallOptions,
): Promise<Answer<PublishableKey>> => {
  const changed = await writeFitting<PublishableKey>(context, verb, request, options)
  forgetCallers(context.database)
  return changed
}

const isOrigin = async ({ database }: Context, origin: string): Promise<boolean> => {
  const request = { origin }
  return (await read<{ known: boolean }>(database, NO_TENANT, 'is_browser_origin', request)).known
}

/**
 * The room of publishable keys, for one tenant.
 *
 * @example
 * const made = await holdfast.publishableKeys.create({
 *   name: 'web shop', origins: ['https://shop.example'],
 * })
 * if (made.ok) console.log(made.key) // hf_pub_1_…
 */
export const publishableKeysOf = (context: Context) => ({
  create: (request: CreatePublishableKey, options?: CallOptions) =>
    change(context, 'create_publishable_key', request, options),
  update: (request: UpdatePublishableKey, options?: CallOptions) =>
    change(context, 'update_publishable_key', request, options),
  list: (request: ListPublishableKeys = {}): Promise<PageAnswer<PublishableKey>> =>
    readFitting(context, 'list_publishable_keys', request),
  revoke: ({ key_id }: { key_id: number }, options?: CallOptions) =>
    change(context, 'revoke_publishable_key', { key_id }, options),
  /** Of any tenant: the text names it. Throws unauthenticated. */
  authenticate: (key: string) => authenticate(context.database, key, 'publishable'),
  /** True if a key of any tenant has this origin. */
  isOrigin: (origin: string) => isOrigin(context, origin),
})

export type PublishableKeys = ReturnType<typeof publishableKeysOf>
