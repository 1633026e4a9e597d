import { asHoldfastError, type CallOptions } from '../database/call.ts'
import { engineSchema } from '../database/statements.ts'
import { asTransaction } from '../database/transaction.ts'
import { within } from '../database/within.ts'
import type { Engine } from '../engine/engine.ts'
import type { FastCart } from '../engine/operation.ts'
import type { ReservationAnswer } from './grant.ts'
import { fastCall } from './reserveFast.ts'

// Every value goes as text, and so do the answers: clients differ in what they make of types.
const TYPES = [
  ...['int[]', 'bigint[]', 'int[]', 'uuid[]', 'int[]', 'int[]', 'text[]', 'int[]', 'int[]'],
  ...['bigint[]', 'int[]', 'int[]', 'int[]', 'bigint[]', 'bigint[]', 'int[]'],
  ...['text[]', 'jsonb', 'jsonb'],
]
const placeholders = TYPES.map((type, index) => `$${index + 3}::text::${type}`).join(', ')
const text = `select array_to_json(versions)::text as versions,
  (extract(epoch from decided_at) * 1000)::text as decided_at
  from ${engineSchema}.reserve_within($1::text::int, $2::text::bigint, ${placeholders})`

type Row = { versions: string | null; decided_at: string }

/**
 * Decides a plain cart within the caller's transaction, in one statement; undefined when the
 * careful path has to: the cart does not fit, was asked for before, or the catalog has moved on.
 */
export const reserveWithin = async (
  { catalog, context }: Engine,
  cart: FastCart,
  { transaction, deadline_ms }: CallOptions,
): Promise<ReservationAnswer | undefined> => {
  const { columns, grants } = fastCall([cart])
  const values = [String(context.tenant_id), String(cart.catalog_version), ...columns]
  try {
    const { rows } = await within(asTransaction(transaction).query(text, values), deadline_ms)
    const row = rows[0] as Row
    const versions = row.versions === null ? null : (JSON.parse(row.versions) as number[])
    if (versions === null) catalog.forget(context.tenant_id)
    if (!versions?.length) return undefined
    return grants(versions, new Date(Number(row.decided_at)))[0]
  } catch (error) {
    throw asHoldfastError(error)
  }
}
