import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import { fastChange } from './changeFast.ts'
import type { CartLine, ReservationAnswer, ReservationGrant } from './grant.ts'

export type FulfillRequest = {
  reservation_id: string
  /** The part that ships; all that is committed when left out. */
  lines?: CartLine[]
  /** Your own text for the shipment. */
  document?: string
}

/**
 * Ships all or part of what is committed: on_hand −, committed −.
 *
 * Refuses with `exceeds_remaining`, `reservation_not_found`, or `not_on_hand` when the books do not
 * have the units: a count mends that.
 *
 * @example
 * await holdfast.fulfill({ reservation_id, lines: [{ sku: 'TEE-M', quantity: 2 }] })
 */
export const fulfill = (
  engine: Engine,
  request: FulfillRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> =>
  decide<ReservationGrant>(engine, 'fulfill', request, options, () =>
    fastChange(engine, request, options.key),
  )
