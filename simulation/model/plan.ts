import { sellableTo, takeOut } from './buffers.ts'
import { type KitPlace, kitPlaces } from './kits.ts'
import { join, roomAt } from './queue.ts'
import type { Want } from './wants.ts'
import {
  type Allocation,
  type Choose,
  type Expected,
  type KitPart,
  type Level,
  levelOf,
  type Reservation,
  refused,
  type Short,
  sellsFrom,
  type World,
} from './world.ts'

export type Part = {
  want: Want
  part: number
  location: string | null
  units: number
  /** So many of them wait for supply. */
  later?: number
  /** Of a kit: which of its parts. */
  of?: KitPart
}
export type Plan = { parts: Part[]; short: Short[] }
type Options = { partial?: boolean; split?: boolean; channel?: string | undefined }

/** What the lines of a cart before this one take of the levels, and how much of that waits. */
type Before = { taken: Map<Level, number>; later: Map<Level, number> }

const more = (of: Map<Level, number>, level: Level, units: number): void => {
  of.set(level, (of.get(level) ?? 0) + units)
}

/** A level with what it could give to one line. */
type Candidate = { level: Level; free: number; untidy: number }

const candidatesOf = (
  world: World,
  want: Want,
  taken: Map<Level, number>,
  channel: string | undefined,
): Candidate[] =>
  world.locations.flatMap(location => {
    if (want.location !== null && want.location !== location) return []
    if (!sellsFrom(world, channel, location)) return []
    const level = levelOf(world, want.sku, location)
    if (!level) return []
    const { untidy } = level
    return [{ level, free: sellableTo(world, level, channel) - (taken.get(level) ?? 0), untidy }]
  })

/**
 * The levels that may serve a line whole: the first by priority, but one that would have to tidy up
 * first may be passed over.
 */
const servers = (candidates: Candidate[], units: number): Candidate[] => {
  const able: Candidate[] = []
  for (const candidate of candidates) {
    if (candidate.free >= units) able.push(candidate)
    if (candidate.free - candidate.untidy >= units) break
  }
  return able
}

/** Chooses the levels that serve the lines of a cart, as `plan` does. */
export const planOf = (
  world: World,
  wants: Want[],
  options: Options,
  choose: Choose,
): Plan | Expected => {
  const plan: Plan = { parts: [], short: [] }
  const before: Before = { taken: new Map(), later: new Map() }
  if (wants.some(of => of.location !== null && !sellsFrom(world, options.channel, of.location))) {
    return refused('location_not_in_channel')
  }
  for (const want of wants) {
    if (want.kit) {
      if (!planKit(world, want, options, choose, plan, before)) return refused('level_not_found')
      continue
    }
    if (!want.tracked) {
      plan.parts.push({ want, part: 0, location: want.location, units: want.units })
      continue
    }
    const candidates = candidatesOf(world, want, before.taken, options.channel)
    if (candidates.length === 0) return refused('level_not_found')
    const there = take(candidates, want.units, options.split ?? false, choose)
    const available = sumOf(there)
    const found =
      available < want.units ? (waitFor(world, want, candidates, options, before) ?? there) : there
    if (sumOf(found) < want.units) {
      const { line, sku, units: asked } = want
      plan.short.push({ line, sku, asked, available })
      if (!options.partial) continue
    }
    for (const [part, { level, units, later = 0 }] of found.entries()) {
      plan.parts.push({ want, part, location: level.location, units, later })
      more(before.taken, level, units)
      more(before.later, level, later)
    }
  }
  return plan
}

type Taken = { level: Level; units: number; later?: number }

const sumOf = (found: Taken[]): number => found.reduce((total, { units }) => total + units, 0)

/** The rest of a line waits at the first location that allows it. */
const waitFor = (
  world: World,
  want: Want,
  candidates: Candidate[],
  { partial, split }: Options,
  before: Before,
): Taken[] | undefined => {
  if (want.backorder === 'none') return undefined
  const there = candidates.map(({ free }) => Math.max(0, free))
  for (const [at, { level }] of candidates.entries()) {
    const room = roomAt(world, level) - (before.later.get(level) ?? 0)
    const own = there[at] ?? 0
    const rest = want.units - (split ? there.reduce((total, free) => total + free, 0) : own)
    if (room <= 0 || (room < rest && !partial)) continue
    const later = Math.min(rest, room)
    return candidates
      .map((of, index): Taken => {
        const units = index === at || split ? (there[index] ?? 0) : 0
        return index === at
          ? { level: of.level, units: units + later, later }
          : { level: of.level, units }
      })
      .filter(({ units }) => units > 0)
  }
  return undefined
}

/** Whole kits of each location, as `plan_kit` does; false where no location stocks all parts. */
const planKit = (
  world: World,
  want: Want,
  { partial, split, channel }: Options,
  choose: Choose,
  plan: Plan,
  before: Before,
): boolean => {
  const places = kitPlaces(world, want.kit ?? [], want.location, before.taken, channel)
  if (places.length === 0) return false
  let found = takeKits(places, want.units, split ?? false, choose)
  const given = found.reduce((sum, { kits }) => sum + kits, 0)
  const waits = given < want.units ? kitThatWaits(world, want, places, before, channel) : undefined
  if (given < want.units && !waits) {
    const { line, sku, units: asked } = want
    plan.short.push({ line, sku, asked, available: given })
    if (!partial) return true
  }
  if (waits) found = [{ location: waits, kits: want.units }]
  let part = 0
  for (const { location, kits } of found) {
    for (const { sku, per_kit } of want.kit ?? []) {
      const units = kits * per_kit
      const level = levelOf(world, sku, location) as Level
      const later = waits
        ? Math.max(0, units - Math.max(0, left(world, level, before, channel)))
        : 0
      plan.parts.push({ want, part: part++, location, units, later, of: { sku, per_kit } })
      more(before.taken, level, units)
      more(before.later, level, later)
    }
  }
  return true
}

const left = (world: World, level: Level, { taken }: Before, channel: string | undefined): number =>
  sellableTo(world, level, channel) - (taken.get(level) ?? 0)

/** The first location where all that is missing of so many kits may wait. */
const kitThatWaits = (
  world: World,
  want: Want,
  places: KitPlace[],
  before: Before,
  channel: string | undefined,
): string | undefined => {
  if (want.backorder === 'none') return undefined
  const found = places.find(({ location }) =>
    (want.kit ?? []).every(({ sku, per_kit }) => {
      const level = levelOf(world, sku, location) as Level
      const rest = want.units * per_kit - Math.max(0, left(world, level, before, channel))
      return rest <= 0 || roomAt(world, level) - (before.later.get(level) ?? 0) >= rest
    }),
  )
  return found?.location ?? undefined
}

const takeKits = (
  places: ReturnType<typeof kitPlaces>,
  asked: number,
  split: boolean,
  choose: Choose,
): { location: string | null; kits: number }[] => {
  const able: typeof places = []
  for (const place of places) {
    if (place.kits >= asked) able.push(place)
    if (place.tidy >= asked) break
  }
  if (able.length > 0) return [{ location: choose(able).location, kits: asked }]
  const most = Math.max(...places.map(({ kits }) => kits))
  const best = places.filter(({ kits }) => kits === most)
  let left = asked
  const found: { location: string | null; kits: number }[] = []
  for (const { location, kits } of split ? places : [choose(best)]) {
    const take = Math.min(left, kits)
    if (take === 0) continue
    found.push({ location, kits: take })
    left -= take
  }
  return found
}

const take = (candidates: Candidate[], asked: number, split: boolean, choose: Choose): Taken[] => {
  const able = servers(candidates, asked)
  if (able.length > 0) return [{ level: choose(able).level, units: asked }]
  const most = Math.max(...candidates.map(({ free }) => free))
  const best = candidates.filter(({ free }) => free === most)
  let left = asked
  const found: Taken[] = []
  for (const { level, free } of split ? candidates : [choose(best) as Candidate]) {
    const units = Math.min(left, Math.max(0, free))
    if (units === 0) continue
    found.push({ level, units })
    left -= units
  }
  return found
}

const NOTHING = {
  ...{ held: 0, committed: 0, backordered: 0, held_backordered: 0 },
  ...{ fulfilled: 0, released: 0, expired: 0, returned: 0 },
}

/** A new allocation of units that are held, or committed; what waits joins its queue. */
export const allocationOf = (
  world: World,
  reservation: Reservation,
  { want, part, location, units, later = 0, of }: Part,
  held: boolean,
  line = want.line,
): Allocation => {
  const { sku, tracked } = of ? { sku: of.sku, tracked: true } : want
  const kit = of ? { kit: want.sku, per_kit: of.per_kit } : {}
  const promised = {
    [held ? 'held' : 'committed']: units - later,
    [held ? 'held_backordered' : 'backordered']: later,
  }
  const allocation = { line, part, sku, location, tracked, ...NOTHING, ...promised, ...kit }
  if (later > 0) join(world, reservation, allocation, want.backorder === 'whole')
  return allocation
}

/** What a part takes now comes out of its channel's buffer, as far as less is free for all. */
export const place = (world: World, { channel }: Reservation, part: Part): void => {
  const { want, of, location, units, later = 0 } = part
  if (of || want.tracked) {
    takeOut(world, levelOf(world, of?.sku ?? want.sku, location), channel, units - later)
  }
}

/** Opens a reservation with a plan's parts. */
export const open = (
  world: World,
  id: string,
  of: Omit<Reservation, 'created_ms' | 'extensions' | 'allocations'>,
  parts: Part[],
  held: boolean,
): Reservation => {
  const reservation: Reservation = {
    ...{ ...of, created_ms: world.now_ms },
    ...{ extensions: 0, allocations: [] },
  }
  world.reservations[id] = reservation
  for (const part of parts) {
    place(world, reservation, part)
    reservation.allocations.push(allocationOf(world, reservation, part, held))
  }
  return reservation
}
