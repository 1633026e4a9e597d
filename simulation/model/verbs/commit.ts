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
  const again = takenAgain(world, reservation, parts)
  if (isRefusal(again)) return again
  const free = again as Map<Level, number>
  let late = false
  for (const { allocation, take } of parts) {
    const level = allocation.tracked
      ? levelOf(world, allocation.sku, allocation.location)
      : undefined
    const held = Math.min(take, allocation.held)
    const waiting = Math.min(take - held, allocation.held_backordered)
    const ended = take - held - waiting
    const now = Math.min(ended, (level && free.get(level)) ?? ended)
    const later = ended - now
    if (level && free.has(level)) free.set(level, (free.get(level) ?? 0) - now)
    late ||= ended > 0
    takeOut(world, level, reservation.channel, now)
    allocation.held -= held
    allocation.held_backordered -= waiting
    allocation.committed += held + now
    allocation.backordered += waiting + later
    allocation.expired -= ended
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

/**
 * Units that had expired are taken again, if all of them are free, or the rest may wait: how many
 * are free, at levels where that is not all of them.
 */
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
  const found = new Map<Level, number>()
  for (const [level, units] of needs) {
    const free = Math.max(0, sellableTo(world, level, channel))
    if (units === 0 || free >= units) continue
    if (roomAt(world, level) < units - free) return refused('reservation_expired')
    found.set(level, free)
  }
  return found
}

export const commit: ModelVerb = {
  verb: 'commit',
  weight: 8,
  draw: draft({ of: ofReservation, order_reference: orderReference, lines: someParts() }),
  decide,
}
