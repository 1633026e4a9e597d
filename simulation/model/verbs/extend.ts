import fc from 'fast-check'
import { draft, holdSeconds, type ModelVerb, ofReservation } from '../draft.ts'
import { type Decide, refused, reservationFacts, sum, unitsHeld } from '../world.ts'

const decide: Decide = (world, request) => {
  const reservation = world.reservations[request.reservation_id ?? '']
  if (!reservation) return refused('reservation_not_found')
  const { allocations, expires_ms, created_ms } = reservation
  if (sum(allocations, each => unitsHeld(each) + each.expired) === 0)
    return refused('already_released')
  if (sum(allocations, unitsHeld) === 0) return refused('reservation_expired')
  if (expires_ms !== null && expires_ms <= world.now_ms) return refused('reservation_expired')
  const { settings } = world
  const last = created_ms + settings.hold_life_seconds_max * 1000
  const often = reservation.extensions >= settings.extension_count_max
  if (expires_ms === null || often || expires_ms >= last) return refused('extension_limit')
  const order_reference = request['order_reference'] as string | undefined
  const window = order_reference ? settings.order_window_seconds : settings.cart_window_seconds
  const seconds = (request['hold_seconds'] as number | undefined) ?? window
  const until = Math.min(last, world.now_ms + seconds * 1000)
  reservation.expires_ms = Math.max(expires_ms, until)
  reservation.extensions++
  reservation.order_reference = order_reference ?? reservation.order_reference
  return reservationFacts(reservation)
}

export const extend: ModelVerb = {
  verb: 'extend',
  weight: 2,
  draw: draft({
    of: ofReservation,
    hold_seconds: holdSeconds,
    order_reference: fc.constantFrom(undefined, undefined, 'o-4'),
  }),
  decide,
}
