import { draft, type ModelVerb, ofReservation, orderReference, someParts } from '../draft.ts'
import { partsOf, type Taken } from '../parts.ts'
import { isRefusal } from '../wants.ts'
import {
  type Decide,
  type Expected,
  freeAt,
  type Level,
  levelOf,
  type Reservation,
  refused,
  reservationFacts,
  sum,
  type World,
} from '../world.ts'

const decide: Decide = (world, request) => {
  const found = partsOf(world, request, each => each.held + each.expired, 'exceeds_remaining')
  if (isRefusal(found)) return found
  const { reservation, parts } = found as { reservation: Reservation; parts: Taken[] }
  if (parts.length === 0) return nothingHeld(reservation, request['order_reference'])
  const missing = missingAgain(world, parts)
  if (missing) return missing
  let late = false
  for (const { allocation, take } of parts) {
    const again = Math.max(0, take - allocation.held)
    late ||= again > 0
    allocation.held -= take - again
    allocation.committed += take
    allocation.expired -= again
  }
  reservation.order_reference = request['order_reference'] as string
  return reservationFacts(reservation, late ? { reacquired: true } : {})
}

const nothingHeld = (reservation: Reservation, orderReference: unknown): Expected => {
  const { allocations, order_reference } = reservation
  if (sum(allocations, each => each.committed + each.fulfilled) === 0) {
    return refused('already_released')
  }
  return order_reference === orderReference
    ? reservationFacts(reservation)
    : refused('exceeds_remaining')
}

/** Units that had expired are taken again, if all of them are free. */
const missingAgain = (world: World, parts: Taken[]): Expected | undefined => {
  const needs = new Map<Level, { line: number; units: number }>()
  for (const { allocation, take } of parts) {
    const level = levelOf(world, allocation.sku, allocation.location)
    if (!level || !allocation.tracked) continue
    const need = needs.get(level) ?? { line: allocation.line, units: 0 }
    need.units += take - Math.min(take, allocation.held)
    needs.set(level, need)
  }
  const short = [...needs].some(([level, { units }]) => units > 0 && freeAt(world, level) < units)
  return short ? refused('reservation_expired') : undefined
}

export const commit: ModelVerb = {
  verb: 'commit',
  weight: 8,
  draw: draft({ of: ofReservation, order_reference: orderReference, lines: someParts() }),
  decide,
}
