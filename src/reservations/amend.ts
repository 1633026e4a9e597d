import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import type { CartLine, ReservationAnswer, ReservationGrant } from './grant.ts'

export type AmendRequest = {
  reservation_id: string
  /** The new whole of the cart or order, with what was fulfilled and not returned. */
  lines: CartLine[]
  /** A line may be served from several locations. */
  split?: boolean
}

/**
 * Sets the lines of a reservation to these; only the difference moves, its own units count as free.
 * Works on held and on committed units (order edits, exchanges), all or nothing. A hold's expiry is
 * refreshed at most up to the cap; a hold that has ended is taken again if its units are free.
 *
 * Refuses like `reserve`, and with `reservation_not_found`, `already_released`,
 * `reservation_expired`, or `exceeds_remaining` when a line would fall below what was fulfilled.
 *
 * @example
 * await holdfast.amend({
 *   reservation_id, lines: [{ sku: 'TEE-M', quantity: 3 }, { sku: 'MUG', quantity: 1 }],
 * })
 */
export const amend = (
  engine: Engine,
  request: AmendRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> => decide<ReservationGrant>(engine, 'amend', request, options)
