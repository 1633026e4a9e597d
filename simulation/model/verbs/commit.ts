import { sellableTo, takeOut } from '../buffers.ts'
import { draft, type ModelVerb, ofReservation, orderReference, someParts } from '../draft.ts'
import { partsOf, type Taken } from '../parts.ts'
import { join, roomAt } from '../queue.ts'
import { isRefusal } from '../wants.ts'
import {
  type Decide,
  type Expected,
  type Level,
  levelOf,
  type Reservation,
  refused,
  reservationFacts,
  sum,
  unitsHeld,
  unitsOrdered,
  type World,
} from '../world.ts'

const decide: Decide = (world, request) => {
  const found = partsOf(world, request, each => unitsHeld(each) + each.expired, 'exceeds_remaining')
  if (isRefusal(found)) return found
  const { reservation, parts } = found as { reservation: Reservation; parts: Taken[] }
  if (parts.length === 0) return nothingHeld(reservation, request['order_reference'])
  const waits = takenAgain(world, reservation, parts)
  if (isRefusal(waits)) return waits
  const left = waits as Map<Level, number>
  let late = false
  for (const { allocation, take } of parts) {
    const level = levelOf(world, allocation.sku, allocation.location)
    const held = Math.min(take, allocation.held)
    const waiting = Math.min(take - held, allocation.held_backordered)
    const again = take - held - waiting
    const later = Math.min(again, (allocation.tracked && level && left.get(level)) || 0)
    if (level && later > 0) left.set(level, (left.get(level) ?? 0) - later)
    late ||= again > 0
    if (allocation.tracked) takeOut(world, level, reservation.channel, again - later)
    allocation.held -= held
    allocation.held_backordered -= waiting
    allocation.committed += held + again - later
    allocation.backordered += waiting + later
    allocation.expired -= again
    if (later > 0) join(world, reservation, allocation, false)
  }
  reservation.order_reference = request['order_reference'] as string
  return reservationFacts(reservation, late ? { reacquired: true } : {})
}

const nothingHeld = (reservation: Reservation, orderReference: unknown): Expected => {
  const { allocations, order_reference } = reservation
  if (sum(allocations, each => unitsOrdered(each) + each.fulfilled) === 0) {
    return refused('already_released')
  }
  return order_reference === orderReference
    ? reservationFacts(reservation)
    : refused('exceeds_remaining')
}

/** Units that had expired are taken again, if all of them are free, or the rest may wait. */
const takenAgain = (
  world: World,
  { channel }: Reservation,
  parts: Taken[],
): Map<Level, number> | Expected => {
  const needs = new Map<Level, number>()
  for (const { allocation, take } of parts) {
    const level = levelOf(world, allocation.sku, allocation.location)
    if (!level || !allocation.tracked) continue
    needs.set(level, (needs.get(level) ?? 0) + Math.max(0, take - unitsHeld(allocation)))
  }
  const waits = new Map<Level, number>()
  for (const [level, units] of needs) {
    const free = Math.max(0, sellableTo(world, level, channel))
    if (units === 0 || free >= units) continue
    if (roomAt(world, level) < units - free) return refused('reservation_expired')
    waits.set(level, units - free)
  }
  return waits
}

export const commit: ModelVerb = {
  verb: 'commit',
  weight: 8,
  draw: draft({ of: ofReservation, order_reference: orderReference, lines: someParts() }),
  decide,
}
