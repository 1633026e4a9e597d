import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import {
  bound,
  type StockAnswer,
  type StockGrant,
  type StockRequest,
  type StockState,
} from './stock.ts'

export type AdjustLine = {
  sku: string
  location: string
  /** The change, in the SKU's smallest unit; not 0. */
  quantity: number
  /** Which units change; `available` when left out. on_hand changes with all of them. */
  state?: StockState
  /** Refuses with stale_quantity unless the state has this many units now. */
  change_from?: number
  unit?: string
}

export type AdjustRequest = StockRequest<AdjustLine>

/**
 * Changes counters by a difference, with reason and document; up to 2,000 lines, all or nothing, or
 * each on its own. A fact: below what is promised it raises a shortage and names the newest
 * promises.
 *
 * Refuses with `stale_quantity`, `would_go_negative`, `level_not_found`, `unknown_sku`,
 * `unknown_location`, `invalid_quantity`, `too_large` or `invalid_request`.
 *
 * @example
 * await holdfast.adjust({
 *   lines: [{ sku: 'MUG', location: 'berlin', quantity: -1 }], reason: 'broken',
 * })
 */
export const adjust = (
  engine: Engine,
  request: AdjustRequest,
  options: CallOptions = {},
): Promise<StockAnswer> =>
  decide<StockGrant>(engine, 'adjust', bound(engine.context, request), options)
