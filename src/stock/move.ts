import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import {
  bound,
  type StockAnswer,
  type StockGrant,
  type StockRequest,
  type StockState,
} from './stock.ts'

export type MoveLine = {
  sku: string
  location: string
  quantity: number
  from: StockState
  to: StockState
  change_from?: number
  unit?: string
}

export type MoveRequest = StockRequest<MoveLine>

/**
 * Moves units between the states of a level (available, damaged, quality_control, set_aside);
 * on_hand stays. Up to 2,000 lines.
 *
 * Refuses with `would_go_negative`, `stale_quantity`, `level_not_found`, `unknown_sku`,
 * `unknown_location`, `invalid_quantity`, `too_large` or `invalid_request`.
 *
 * @example
 * await holdfast.move({
 *   lines: [{ sku: 'MUG', location: 'berlin', quantity: 1, from: 'available', to: 'damaged' }],
 * })
 */
export const move = (
  engine: Engine,
  request: MoveRequest,
  options: CallOptions = {},
): Promise<StockAnswer> =>
  decide<StockGrant>(engine, 'move', bound(engine.context, request), options)
