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
}

export type ReceiveRequest = StockRequest<ReceiveLine>

/**
 * Books units that have arrived; up to 2,000 lines. Makes the level if it is missing.
 *
 * Refuses with `unknown_sku`, `unknown_location`, `invalid_quantity`, `too_large` or
 * `invalid_request`.
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
