import { draft, type ModelVerb, ofReservation, someParts } from '../draft.ts'
import { kitsIn, unitsOfKits, wholeOf } from '../kits.ts'
import { partsOf, type Taken } from '../parts.ts'
import { isRefusal } from '../wants.ts'
import {
  type Decide,
  type Level,
  levelOf,
  type Reservation,
  refused,
  reservationFacts,
  type World,
} from '../world.ts'

/** Units on the shelf that may leave. */
export const there = ({ on_hand, damaged, quality_control, set_aside }: Level): number =>
  on_hand - damaged - quality_control - set_aside

/** Of all that is committed, what makes kits whole. */
const onlyWhole = (world: World, { allocations }: Reservation, all: Taken[]): Taken[] => {
  const kits = kitsIn(
    world,
    allocations,
    each => each.committed,
    each => each.fulfilled,
  )
  const whole = new Map(
    kits.flatMap(of =>
      unitsOfKits(of, wholeOf(of)).map(({ allocation, take }) => [allocation, take] as const),
    ),
  )
  return all
    .map(part =>
      part.allocation.kit === undefined ? part : { ...part, take: whole.get(part.allocation) ?? 0 },
    )
    .filter(({ take }) => take > 0)
}

/** What waits does not ship, and nothing of an order that ships complete. */
const awaitsSupply = (reservation: Reservation, nothing: boolean): boolean => {
  const places = reservation.allocations.flatMap(({ place }) => place ?? [])
  return places.length > 0 && (nothing || places.some(({ ship_complete }) => ship_complete))
}

const decide: Decide = (world, request) => {
  const found = partsOf(
    world,
    request,
    each => each.committed,
    'exceeds_remaining',
    each => each.fulfilled,
  )
  const known = world.reservations[request.reservation_id ?? '']
  if (isRefusal(found)) {
    const waits = known && found.code === 'exceeds_remaining' && awaitsSupply(known, true)
    return waits ? refused('awaits_supply') : found
  }
  const { reservation, parts: all } = found as { reservation: Reservation; parts: Taken[] }
  if (awaitsSupply(reservation, all.length === 0)) return refused('awaits_supply')
  const parts = request.lines ? all : onlyWhole(world, reservation, all)
  if (parts.length === 0) return refused(all.length > 0 ? 'kit_not_whole' : 'exceeds_remaining')
  const needs = new Map<Level, number>()
  for (const { allocation, take } of parts) {
    const level = levelOf(world, allocation.sku, allocation.location)
    if (level && allocation.tracked) needs.set(level, (needs.get(level) ?? 0) + take)
  }
  for (const [level, units] of needs) if (units > there(level)) return refused('not_on_hand')
  for (const [level, units] of needs) level.on_hand -= units
  for (const { allocation, take } of parts) {
    allocation.committed -= take
    allocation.fulfilled += take
  }
  return reservationFacts(reservation)
}

export const fulfill: ModelVerb = {
  verb: 'fulfill',
  weight: 7,
  draw: draft({ of: ofReservation, lines: someParts() }),
  decide,
}
