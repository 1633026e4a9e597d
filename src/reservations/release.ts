import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import { fastChange } from './changeFast.ts'
import type { CartLine, ReservationAnswer, ReservationGrant } from './grant.ts'

export type ReleaseRequest = {
  reservation_id: string
  /** The part to give back; all that is held or committed when left out. */
  lines?: CartLine[]
  reason?: string
}

/**
 * Gives back all or part of what is held or committed; the units are free at once.
 *
 * Refuses with `exceeds_remaining` or `reservation_not_found`.
 *
 * @example
 * await holdfast.release({ reservation_id, reason: 'cart emptied' })
 */
export const release = (
  engine: Engine,
  request: ReleaseRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> =>
  decide<ReservationGrant>(engine, 'release', request, options, () =>
    fastChange(engine, request, options.key),
  )
