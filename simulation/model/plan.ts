import { kitPlaces } from './kits.ts'
import type { Want } from './wants.ts'
import {
  type Allocation,
  type Choose,
  type Expected,
  freeAt,
  type KitPart,
  type Level,
  levelOf,
  type Reservation,
  refused,
  type Short,
  type World,
} from './world.ts'

export type Part = {
  want: Want
  part: number
  location: string | null
  units: number
  /** Of a kit: which of its parts. */
  of?: KitPart
}
export type Plan = { parts: Part[]; short: Short[] }
type Options = { partial?: boolean; split?: boolean }

/** A level with what it could give to one line. */
type Candidate = { level: Level; free: number; untidy: number }

const candidatesOf = (world: World, want: Want, taken: Map<Level, number>): Candidate[] =>
  world.locations.flatMap(location => {
    if (want.location !== null && want.location !== location) return []
    const level = levelOf(world, want.sku, location)
    if (!level) return []
    const { untidy } = level
    return [{ level, free: freeAt(world, level) - (taken.get(level) ?? 0), untidy }]
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
  { partial = false, split = false }: Options,
  choose: Choose,
): Plan | Expected => {
  const plan: Plan = { parts: [], short: [] }
  const taken = new Map<Level, number>()
  for (const want of wants) {
    if (want.kit) {
      if (!planKit(world, want, { partial, split }, choose, plan, taken)) {
        return refused('level_not_found')
      }
      continue
    }
    if (!want.tracked) {
      plan.parts.push({ want, part: 0, location: want.location, units: want.units })
      continue
    }
    const candidates = candidatesOf(world, want, taken)
    if (candidates.length === 0) return refused('level_not_found')
    const found = take(candidates, want.units, split, choose)
    const given = found.reduce((sum, { units }) => sum + units, 0)
    if (given < want.units) {
      const { line, sku, units: asked } = want
      plan.short.push({ line, sku, asked, available: given })
      if (!partial) continue
    }
    for (const [part, { level, units }] of found.entries()) {
      plan.parts.push({ want, part, location: level.location, units })
      taken.set(level, (taken.get(level) ?? 0) + units)
    }
  }
  return plan
}

/** Whole kits of each location, as `plan_kit` does; false where no location stocks all parts. */
const planKit = (
  world: World,
  want: Want,
  { partial, split }: Options,
  choose: Choose,
  plan: Plan,
  taken: Map<Level, number>,
): boolean => {
  const places = kitPlaces(world, want.kit ?? [], want.location, taken)
  if (places.length === 0) return false
  const found = takeKits(places, want.units, split ?? false, choose)
  const given = found.reduce((sum, { kits }) => sum + kits, 0)
  if (given < want.units) {
    const { line, sku, units: asked } = want
    plan.short.push({ line, sku, asked, available: given })
    if (!partial) return true
  }
  let part = 0
  for (const { location, kits } of found) {
    for (const { sku, per_kit } of want.kit ?? []) {
      const units = kits * per_kit
      plan.parts.push({ want, part: part++, location, units, of: { sku, per_kit } })
      const level = levelOf(world, sku, location) as Level
      taken.set(level, (taken.get(level) ?? 0) + units)
    }
  }
  return true
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

const take = (
  candidates: Candidate[],
  asked: number,
  split: boolean,
  choose: Choose,
): { level: Level; units: number }[] => {
  const able = servers(candidates, asked)
  if (able.length > 0) return [{ level: choose(able).level, units: asked }]
  const most = Math.max(...candidates.map(({ free }) => free))
  const best = candidates.filter(({ free }) => free === most)
  let left = asked
  const found: { level: Level; units: number }[] = []
  for (const { level, free } of split ? candidates : [choose(best) as Candidate]) {
    const units = Math.min(left, Math.max(0, free))
    if (units === 0) continue
    found.push({ level, units })
    left -= units
  }
  return found
}

const NOTHING = { held: 0, committed: 0, fulfilled: 0, released: 0, expired: 0, returned: 0 }

/** A new allocation of units that are held, or committed. */
export const allocationOf = (
  { want, part, location, units, of }: Part,
  held: boolean,
  line = want.line,
): Allocation => {
  const { sku, tracked } = of ? { sku: of.sku, tracked: true } : want
  const kit = of ? { kit: want.sku, per_kit: of.per_kit } : {}
  const promised = { [held ? 'held' : 'committed']: units }
  return { line, part, sku, location, tracked, ...NOTHING, ...promised, ...kit }
}

/** Opens a reservation with a plan's parts. */
export const open = (
  world: World,
  id: string,
  of: Omit<Reservation, 'created_ms' | 'extensions' | 'allocations'>,
  parts: Part[],
  held: boolean,
): Reservation => {
  const allocations = parts.map(part => allocationOf(part, held))
  const reservation = { ...of, created_ms: world.now_ms, extensions: 0, allocations }
  world.reservations[id] = reservation
  return reservation
}
