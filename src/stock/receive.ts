import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import {
  bound,
  type StockAnswer,
  type StockGrant,
  type StockRequest,
  type StockState,
} from './stock.ts'

export type ReceiveLine = {
  sku: string
  location: string
  quantity: number
  /** Where the units go; `available` when left out. */
  state?: StockState
  unit?: string
  /** The code of the supply that it is of. */
  supply?: string
  /** More than was ordered may come. */
  over?: boolean
}

export type ReceiveRequest = StockRequest<ReceiveLine>

/**
 * Books units that have arrived; up to 2,000 lines. Makes the level if it is missing.
 *
 * Whoever waits for the units is served in the same call. Refuses with `unknown_sku`,
 * `unknown_location`, `invalid_quantity`, `too_large`, `invalid_request`, and of supply with
 * `supply_not_found`, `supply_closed` or `exceeds_ordered`.
 *
 * @example
 * await holdfast.receive({
 *   lines: [{ sku: 'MUG', location: 'berlin', quantity: 24 }], document: 'PO-7',
 * })
 */
export const receive = (
  engine: Engine,
  request: ReceiveRequest,
  options: CallOptions = {},
): Promise<StockAnswer> =>
  decide<StockGrant>(engine, 'receive', bound(engine.context, request), options)
