import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import type { CartLine, ReservationAnswer, ReservationGrant } from './grant.ts'

export type RecordSaleRequest = {
  order_reference: string
  lines: CartLine[]
  /** The goods are gone already (a till): what is on hand is fulfilled at once. */
  fulfilled?: boolean
  /** When it happened (ISO 8601). */
  occurred_at?: string
  id?: string
  buyer?: string
  /** The code of the channel that has sold it. */
  channel?: string
  tier?: string
  tags?: string[]
}

/**
 * Books a sale that has already happened elsewhere, as a fact. It is not refused for want of stock:
 * what the books do not have stands as a `shortage` until a count or a receipt.
 *
 * Refuses only what cannot be booked: `unknown_sku`, `unknown_location`, `level_not_found` (a line
 * without location whose SKU is stocked nowhere), `invalid_quantity`, `invalid_request`,
 * `reservation_exists`.
 *
 * @example
 * await holdfast.recordSale({
 *   order_reference: 'till-7', lines: [{ sku: 'MUG', location: 'store', quantity: 1 }], fulfilled:
 * true,
 * })
 */
export const recordSale = (
  engine: Engine,
  request: RecordSaleRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> => decide<ReservationGrant>(engine, 'record_sale', request, options)
