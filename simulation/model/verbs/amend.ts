import { fill } from '../buffers.ts'
import { cart, draft, flag, type ModelVerb, ofReservation } from '../draft.ts'
import { kitsIn, unitsOfKits, wholeOf } from '../kits.ts'
import { giveBack } from '../parts.ts'
import { allocationOf, type Part, type Plan, place, planOf } from '../plan.ts'
import { join } from '../queue.ts'
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
  unitsHeld,
  unitsOrdered,
  type World,
  waitingOf,
} from '../world.ts'

const decide: Decide = (world, request, choose) => {
  const id = request.reservation_id ?? ''
  const reservation = world.reservations[id]
  if (!reservation) return refused('reservation_not_found')
  const wants = wantsOf(world, request.lines ?? [])
  if (isRefusal(wants)) return wants
  const { allocations } = reservation
  const held = sum(allocations, unitsHeld)
  const ordered = sum(allocations, each => unitsOrdered(each) + each.fulfilled)
  if (held + ordered + sum(allocations, each => each.expired) === 0) {
    return refused('already_released')
  }
  const late = held === 0 && ordered === 0
  const last = reservation.created_ms + world.settings.hold_life_seconds_max * 1000
  if (late && last <= world.now_ms) return refused('reservation_expired')

  const before = structuredClone(reservation)
  const levels = Object.values(world.levels).map(level => ({ level, was: { ...level } }))
  const refusal = applyDifference(world, reservation, wants as Want[], {
    held: held > 0 || late,
    split: request['split'] === true,
    choose,
  })
  if (refusal) {
    world.reservations[id] = before
    for (const { level, was } of levels) Object.assign(level, was)
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
  if (less.some(({ each, units }) => units > unitsHeld(each) + unitsOrdered(each))) {
    return refused('exceeds_remaining')
  }
  for (const { each, units } of less) giveBack(world, each, units)
  if (more.length === 0) return undefined
  fillAgain(world, more, choose)
  const { channel } = reservation
  const plan = planOf(world, more, { split, channel }, choose)
  if (isRefusal(plan)) return plan
  const { parts, short } = plan as Plan
  if (short.length > 0) return refused('insufficient_stock', short[0])
  add(world, reservation, parts, held)
  return undefined
}

/** Who frees ended holds lets them fill the buffers, with what was given back before. */
const fillAgain = (world: World, more: Want[], choose: Choose): void => {
  const skus = more.flatMap(({ sku, kit }) => [sku, ...(kit ?? []).map(part => part.sku)])
  for (const level of Object.values(world.levels)) {
    if (!skus.includes(level.sku) || level.untidy === 0) continue
    const { buffers } = level
    fill(world, level)
    if (buffers !== level.buffers && choose(['filled', 'not']) === 'not') level.buffers = buffers
  }
}

const claimed = (each: Allocation): number =>
  unitsHeld(each) + unitsOrdered(each) + each.fulfilled - each.returned

/**
 * Units at a level where the reservation has some join them; the others make new lines. What waits
 * does not join units that wait already: it waits behind all others, in a line of its own, and all
 * of its kit with it.
 */
const add = (world: World, reservation: Reservation, parts: Part[], held: boolean): void => {
  const { allocations } = reservation
  const old = [...allocations]
  let line = Math.max(...old.map(each => each.line))
  let kit: Want | undefined // whose parts stand on the newest line
  const make = (part: Part): void => {
    const { want, of } = part
    if (!of || kit !== want) line++
    kit = of ? want : undefined
    const placed = { ...part, part: of ? part.part : 0 }
    const at = line
    made.push(() => {
      place(world, reservation, placed)
      allocations.push(allocationOf(world, reservation, placed, held, at))
    })
  }
  const made: (() => void)[] = []
  const own = new Map(parts.map(part => [part, ownOf(old, part, parts)]))
  for (const part of parts) {
    const { units, later = 0 } = part
    const found = own.get(part)
    if (!found) {
      make(part)
      continue
    }
    const waits = later > 0 && waitingOf(found) > 0
    if (waits) make({ ...part, units: later })
    const now = units - later
    const joining = waits ? now : units
    place(world, reservation, { ...part, units: now, later: 0 })
    found[held ? 'held' : 'committed'] += now
    if (!waits) found[held ? 'held_backordered' : 'backordered'] += later
    found.expired -= Math.min(found.expired, joining)
    if (later > 0 && !waits) join(world, reservation, found, false)
  }
  for (const each of made) each()
}

/** The allocation that a part joins: of its level, or of the same kit, unless that tears it. */
const ownOf = (old: Allocation[], part: Part, parts: Part[]): Allocation | undefined => {
  const { want, location, of } = part
  if (!of) {
    return old.find(
      each =>
        each.kit === undefined &&
        each.sku === want.sku &&
        (!each.tracked || each.location === location),
    )
  }
  const kits = old.filter(each => each.kit === want.sku && each.location === location)
  const [first] = kits
  if (!first) return undefined
  const ofLine = kits.filter(each => each.line === first.line)
  const torn = parts
    .filter(each => each.want === want && each.location === location && (each.later ?? 0) > 0)
    .some(each => ofLine.some(own => own.sku === each.of?.sku && waitingOf(own) > 0))
  return torn ? undefined : ofLine.find(each => each.sku === of.sku)
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
