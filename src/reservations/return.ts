import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import type { CartLine, ReservationAnswer, ReservationGrant } from './grant.ts'

export type ReturnState = 'available' | 'damaged' | 'quality_control'

export type ReturnRequest = {
  reservation_id: string
  /** The part that came back; all that is out when left out. */
  lines?: (CartLine & { state?: ReturnState })[]
  /** Where the units of lines without a state go; available when left out. */
  state?: ReturnState
  reason?: string
}

/**
 * Takes back all or part of what was fulfilled, into available, damaged or quality_control.
 *
 * Refuses with `exceeds_fulfilled`, `reservation_not_found` or `invalid_request`.
 *
 * @example
 * await holdfast.return({
 *   reservation_id, lines: [{ sku: 'TEE-M', quantity: 1, state: 'damaged' }],
 * })
 */
export const takeBack = (
  engine: Engine,
  request: ReturnRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> => decide<ReservationGrant>(engine, 'return', request, options)
