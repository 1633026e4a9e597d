import type { Answer } from '../refusals.ts'
import { type CallOptions, read, write } from './call.ts'
import type { Database } from './connect.ts'

/** In whose name a room speaks to the database: one tenant, perhaps one actor. */
export type Context = {
  database: Database
  tenant_id: number
  tenant: string
  /** Who acts, as an opaque number in the ledger (of an API key or a person). */
  actor_id?: number | undefined
  /** The ids of the only locations where whoever acts may change stock; left out: everywhere. */
  only_locations?: readonly number[] | undefined
}

/** Calls a reading function of a room for the context's tenant. */
export const readFor = <Result>(context: Context, name: string, request: object = {}) =>
  read<Result>(context.database, context.tenant_id, name, request)

/** Calls a writing function of a room for the context's tenant. */
export const writeFor = <Grant>(
  context: Context,
  name: string,
  request: object,
  options: CallOptions = {},
): Promise<Answer<Grant>> => {
  const signed =
    context.actor_id === undefined ? request : { ...request, actor_id: context.actor_id }
  return write<Grant>(context.database, context.tenant_id, name, signed, options)
}
