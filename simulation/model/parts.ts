import type { Asked } from '../calls.ts'
import { kitsIn, unitsOfKits, wholeOf } from './kits.ts'
import { keepRoom } from './queue.ts'
import { isRefusal, wantsOf } from './wants.ts'
import {
  type Allocation,
  type Expected,
  leaveWhenServed,
  type Reservation,
  refused,
  type World,
} from './world.ts'

export type Taken = { allocation: Allocation; take: number; state?: unknown }

/** What a verb works on: the whole of a reservation, or the parts that the request's lines name. */
export const partsOf = (
  world: World,
  request: Asked,
  unitsOf: (allocation: Allocation) => number,
  short: string,
  /** Of a kit: what left of a part before; only whole kits are taken then. */
  baseOf: (allocation: Allocation) => number = () => 0,
): { reservation: Reservation; parts: Taken[] } | Expected => {
  const reservation = world.reservations[request.reservation_id ?? '']
  if (!reservation) return refused('reservation_not_found')
  const { allocations } = reservation
  if (!request.lines) {
    const parts = allocations.map(allocation => ({ allocation, take: unitsOf(allocation) }))
    return { reservation, parts: parts.filter(({ take }) => take > 0) }
  }
  const wants = wantsOf(world, request.lines)
  if (isRefusal(wants)) return wants
  const parts: Taken[] = []
  const taken = new Map<Allocation, number>()
  for (const { sku, location, units, state } of wants as Exclude<typeof wants, Expected>) {
    let left = units
    for (const allocation of allocations) {
      if (allocation.sku !== sku || allocation.kit !== undefined) continue
      if (location !== null && allocation.location !== location) continue
      const take = Math.min(left, unitsOf(allocation) - (taken.get(allocation) ?? 0))
      if (take <= 0) continue
      parts.push({ allocation, take, ...(state === undefined ? {} : { state }) })
      taken.set(allocation, (taken.get(allocation) ?? 0) + take)
      left -= take
    }
    const already = (allocation: Allocation) => taken.get(allocation) ?? 0
    const kits = kitsIn(
      world,
      allocations,
      allocation => unitsOf(allocation) - already(allocation),
      allocation => baseOf(allocation) + already(allocation),
    ).filter(of => location === null || of.location === location)
    let alone = false
    for (const of of kits) {
      if (left === 0) break
      if (of.kit !== sku) {
        alone ||= of.parts.some(({ allocation, units }) => allocation.sku === sku && units > 0)
        continue
      }
      const count = Math.min(left, wholeOf(of))
      if (count <= 0) continue
      for (const { allocation, take } of unitsOfKits(of, count)) {
        parts.push({ allocation, take, ...(state === undefined ? {} : { state }) })
        taken.set(allocation, already(allocation) + take)
      }
      left -= count
    }
    if (left > 0) return refused(alone ? 'kit_not_whole' : short)
  }
  return { reservation, parts }
}

/** Gives units back: those that wait first, then held ones, then committed ones. */
export const giveBack = (world: World, allocation: Allocation, units: number): void => {
  let left = units
  const take = (counter: 'held_backordered' | 'backordered' | 'held' | 'committed'): number => {
    const taken = Math.min(allocation[counter], left)
    allocation[counter] -= taken
    left -= taken
    return taken
  }
  take('held_backordered')
  keepRoom(world, allocation, take('backordered'))
  take('held')
  take('committed')
  allocation.released += units
  leaveWhenServed(allocation)
}
