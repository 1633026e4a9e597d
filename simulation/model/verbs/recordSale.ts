import { sellableTo } from '../buffers.ts'
import { cart, channel, draft, flag, type ModelVerb, orderReference } from '../draft.ts'
import { kitPlaces } from '../kits.ts'
import { open, type Part } from '../plan.ts'
import { isNoChannel, isRefusal, type Want, wantsOf } from '../wants.ts'
import {
  type Decide,
  type Level,
  levelOf,
  type Reservation,
  refused,
  reservationFacts,
  sellsFrom,
  type World,
} from '../world.ts'
import { there } from './fulfill.ts'

/** A fact: never refused for want of stock. */
const decide: Decide = (world, request, _choose, newId) => {
  const channel = request['channel'] as string | undefined
  if (isNoChannel(world, channel)) return refused('unknown_channel')
  const wants = wantsOf(world, request.lines ?? [])
  if (isRefusal(wants)) return wants
  const parts: Part[] = []
  const taken = new Map<Level, number>()
  for (const want of wants as Want[]) {
    if (want.kit) {
      const places = kitsOfFact(world, want.kit, want.location, taken, channel)
      const place = places.find(({ kits }) => kits >= want.units) ?? places[0]
      if (!place) return refused('level_not_found')
      for (const [part, of] of want.kit.entries()) {
        const units = want.units * of.per_kit
        parts.push({ want, part, location: place.location, units, of })
        const level = levelOf(world, of.sku, place.location) as Level
        taken.set(level, (taken.get(level) ?? 0) + units)
      }
      continue
    }
    const level = want.tracked ? serverOf(world, want, channel) : undefined
    if (want.tracked && !level) return refused('level_not_found')
    const location = level ? level.location : want.location
    parts.push({ want, part: 0, location, units: want.units })
    if (level) taken.set(level, (taken.get(level) ?? 0) + want.units)
  }
  if (world.reservations[newId]) return refused('reservation_exists')
  const order_reference = request['order_reference'] as string
  const of = { expires_ms: null, order_reference, ...(channel === undefined ? {} : { channel }) }
  const reservation = open(world, newId, of, parts, false)
  if (request['fulfilled'] === true) fulfillWhatIsThere(world, reservation)
  return reservationFacts(reservation)
}

/** It has happened: where the channel sells from, if there, else anywhere. */
const kitsOfFact: typeof kitPlaces = (world, kit, location, taken, channel) => {
  const own = kitPlaces(world, kit, location, taken, channel)
  return own.length > 0
    ? own
    : kitPlaces({ ...world, sells_from: {} }, kit, location, taken, channel)
}

/** The first by priority that has the units, else the first; those of its channel before others. */
const serverOf = (world: World, want: Want, channel: string | undefined): Level | undefined => {
  const levels = world.locations.flatMap(location => {
    if (want.location !== null && want.location !== location) return []
    return levelOf(world, want.sku, location) ?? []
  })
  const own = levels.filter(({ location }) => sellsFrom(world, channel, location))
  const able = own.length > 0 ? own : levels
  const [first] = able.filter(level => sellableTo(world, level, channel) >= want.units)
  return first ?? able[0]
}

const fulfillWhatIsThere = (world: World, { allocations }: Reservation): void => {
  for (const allocation of allocations) {
    const level = allocation.tracked
      ? levelOf(world, allocation.sku, allocation.location)
      : undefined
    const take = level
      ? Math.min(allocation.committed, Math.max(0, there(level)))
      : allocation.committed
    if (level) level.on_hand -= take
    allocation.committed -= take
    allocation.fulfilled += take
  }
}

export const recordSale: ModelVerb = {
  verb: 'record_sale',
  weight: 2,
  draw: draft({ lines: cart, order_reference: orderReference, fulfilled: flag(1), channel }),
  decide,
}
