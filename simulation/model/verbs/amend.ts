import { cart, draft, flag, type ModelVerb, ofReservation } from '../draft.ts'
import { kitsIn, unitsOfKits, wholeOf } from '../kits.ts'
import { giveBack } from '../parts.ts'
import { allocationOf, type Part, type Plan, planOf } from '../plan.ts'
import { isRefusal, type Want, wantsOf } from '../wants.ts'
import {
  type Allocation,
  type Choose,
  type Decide,
  type Expected,
  type Reservation,
  refused,
  reservationFacts,
  sum,
  type World,
} from '../world.ts'

const decide: Decide = (world, request, choose) => {
  const id = request.reservation_id ?? ''
  const reservation = world.reservations[id]
  if (!reservation) return refused('reservation_not_found')
  const wants = wantsOf(world, request.lines ?? [])
  if (isRefusal(wants)) return wants
  const { allocations } = reservation
  const held = sum(allocations, each => each.held)
  const ordered = sum(allocations, each => each.committed + each.fulfilled)
  if (held + ordered + sum(allocations, each => each.expired) === 0) {
    return refused('already_released')
  }
  const late = held === 0 && ordered === 0
  const last = reservation.created_ms + world.settings.hold_life_seconds_max * 1000
  if (late && last <= world.now_ms) return refused('reservation_expired')

  const before = structuredClone(reservation)
  const refusal = applyDifference(world, reservation, wants as Want[], {
    held: held > 0 || late,
    split: request['split'] === true,
    choose,
  })
  if (refusal) {
    world.reservations[id] = before
    return refusal
  }
  for (const allocation of reservation.allocations) allocation.expired = 0 // nobody wants them now
  if (held > 0 || late) refreshExpiry(world, reservation, last)
  return reservationFacts(reservation, late ? { reacquired: true } : {})
}

/** The lines are the new whole: what is kept stays, what is not wanted goes, the rest is taken. */
const applyDifference = (
  world: World,
  reservation: Reservation,
  wants: Want[],
  { held, split, choose }: { held: boolean; split: boolean; choose: Choose },
): Expected | undefined => {
  const { allocations } = reservation
  const kept = new Map<Allocation, number>()
  const more: Want[] = []
  const located = wants.filter(({ location }) => location !== null)
  for (const want of [...located, ...wants.filter(({ location }) => location === null)]) {
    let left = want.units
    for (const allocation of allocations) {
      if (allocation.sku !== want.sku || allocation.kit !== undefined) continue
      if (want.location !== null && allocation.location !== want.location) continue
      const take = Math.min(left, claimed(allocation) - (kept.get(allocation) ?? 0))
      kept.set(allocation, (kept.get(allocation) ?? 0) + take)
      left -= take
    }
    const free = (each: Allocation) => claimed(each) - (kept.get(each) ?? 0)
    for (const of of kitsIn(world, allocations, free, () => 0)) {
      if (of.kit !== want.sku) continue
      if (want.location !== null && of.location !== want.location) continue
      const count = Math.min(left, wholeOf(of))
      for (const { allocation, take } of unitsOfKits(of, count)) {
        kept.set(allocation, (kept.get(allocation) ?? 0) + take)
      }
      left -= Math.max(0, count)
    }
    if (left > 0) more.push({ ...want, units: left })
  }
  const less = allocations.map(each => ({ each, units: claimed(each) - (kept.get(each) ?? 0) }))
  if (less.some(({ each, units }) => units > each.held + each.committed)) {
    return refused('exceeds_remaining')
  }
  for (const { each, units } of less) giveBack(each, units)
  if (more.length === 0) return undefined
  const plan = planOf(world, more, { split }, choose)
  if (isRefusal(plan)) return plan
  const { parts, short } = plan as Plan
  if (short.length > 0) return refused('insufficient_stock', short[0])
  add(reservation, parts, held)
  return undefined
}

const claimed = ({ held, committed, fulfilled, returned }: Allocation): number =>
  held + committed + fulfilled - returned

/** Units at a level where the reservation has some join them; the others make new lines. */
const add = ({ allocations }: Reservation, parts: Part[], held: boolean): void => {
  const old = [...allocations]
  let line = Math.max(...old.map(each => each.line))
  let kit: Want | undefined // whose parts stand on the newest line
  for (const part of parts) {
    const { want, location, units, of } = part
    const found = old.find(each =>
      of
        ? each.kit === want.sku && each.sku === of.sku && each.location === location
        : each.kit === undefined &&
          each.sku === want.sku &&
          (!each.tracked || each.location === location),
    )
    if (found) {
      found[held ? 'held' : 'committed'] += units
      found.expired -= Math.min(found.expired, units)
      continue
    }
    if (!of || kit !== want) line++
    kit = of ? want : undefined
    allocations.push(allocationOf({ ...part, part: of ? part.part : 0 }, held, line))
  }
}

/** An amended hold gets its window anew, up to the cap, and is never shortened. */
const refreshExpiry = (world: World, reservation: Reservation, last: number): void => {
  if (reservation.expires_ms === null) return
  const { cart_window_seconds, order_window_seconds } = world.settings
  const seconds = reservation.order_reference === null ? cart_window_seconds : order_window_seconds
  const until = Math.min(last, world.now_ms + seconds * 1000)
  reservation.expires_ms = Math.max(reservation.expires_ms, until)
}

export const amend: ModelVerb = {
  verb: 'amend',
  weight: 6,
  draw: draft({ of: ofReservation, lines: cart, split: flag(5) }),
  decide,
}
