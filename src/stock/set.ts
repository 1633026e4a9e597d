import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import {
  bound,
  type StockAnswer,
  type StockGrant,
  type StockRequest,
  type StockState,
} from './stock.ts'

export type SetLine = {
  sku: string
  location: string
  /** What was counted, in the SKU's smallest unit; 0 or more. */
  quantity: number
  /** Which number is set; `on_hand` when left out. */
  state?: StockState | 'on_hand'
  /** Refuses with stale_quantity unless the state has this many units now. */
  change_from?: number
  unit?: string
}

export type SetRequest = StockRequest<SetLine>

/**
 * Sets counters to what was counted; up to 2,000 lines. Makes the level if it is missing.
 *
 * Refuses with `stale_quantity`, `would_go_negative`, `unknown_sku`, `unknown_location`,
 * `invalid_quantity`, `too_large` or `invalid_request`.
 *
 * @example
 * await holdfast.set({
 *   lines: [{ sku: 'MUG', location: 'berlin', quantity: 12, change_from: 11 }],
 * })
 */
export const set = (
  engine: Engine,
  request: SetRequest,
  options: CallOptions = {},
): Promise<StockAnswer> =>
  decide<StockGrant>(engine, 'set', bound(engine.context, request), options)
