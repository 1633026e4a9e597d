import type { OwnContact } from '../contacts/contacts.ts'
import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import { fastChange } from './changeFast.ts'
import type { CartLine, ReservationAnswer, ReservationGrant } from './grant.ts'

export type CommitRequest = {
  reservation_id: string
  order_reference: string
  /** The part to commit; all that is held when left out. */
  lines?: CartLine[]
  /** Who is told about the order; takes the place of the contact before. */
  contact?: OwnContact
}

/**
 * Commits all or part of a hold to an order that is paid, or accepted unpaid: held → committed.
 * A commit after expiry takes the units again, all or nothing, if they are free (`reacquired`).
 *
 * Refuses with `reservation_expired` (and what is available), `already_released`,
 * `exceeds_remaining`, `reservation_not_found`, `invalid_quantity` or `invalid_request`.
 *
 * @example
 * const answer = await holdfast.commit({ reservation_id, order_reference: 'order-1001' })
 */
export const commit = (
  engine: Engine,
  request: CommitRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> =>
  decide<ReservationGrant>(engine, 'commit', request, options, () =>
    // A part, a contact, or a commit without its order, is looked at with care.
    request.lines === undefined &&
    request.contact === undefined &&
    request.order_reference !== undefined
      ? fastChange(engine, request, options.key)
      : undefined,
  )
