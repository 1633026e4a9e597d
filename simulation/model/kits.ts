import { sellableTo } from './buffers.ts'
import {
  type Allocation,
  type KitPart,
  type Level,
  levelOf,
  sellsFrom,
  type World,
} from './world.ts'

/** Kits of one sort, line and location in a reservation, where their parts stand. */
type Kits = {
  kit: string
  line: number
  location: string | null
  parts: { allocation: Allocation; per_kit: number; units: number; base: number }[]
}

const perKitOf = ({ per_kit = 1 }: Allocation): number => per_kit

/**
 * The kits of a reservation, by line and location. `base`: what left for its kits before, so that
 * one whose rest comes later is whole then.
 */
export const kitsIn = (
  world: World,
  allocations: Allocation[],
  unitsOf: (allocation: Allocation) => number,
  baseOf: (allocation: Allocation) => number,
): Kits[] => {
  const found = new Map<string, Kits>()
  for (const allocation of allocations) {
    const { kit, line, location } = allocation
    if (kit === undefined) continue
    const name = `${kit}/${line}/${location}`
    const kits = found.get(name) ?? { kit, line, location, parts: [] }
    const per_kit = perKitOf(allocation)
    const [units, base] = [unitsOf(allocation), baseOf(allocation)]
    kits.parts.push({ allocation, per_kit, units, base })
    found.set(name, kits)
  }
  const at = ({ location }: Kits) => world.locations.indexOf(location ?? '')
  return [...found.values()].sort((a, b) => a.line - b.line || at(a) - at(b))
}

const doneOf = ({ parts }: Kits): number =>
  Math.min(...parts.map(({ base, per_kit }) => Math.floor(base / per_kit)))

/** How many whole kits a verb may take. */
export const wholeOf = (kits: Kits): number =>
  Math.min(...kits.parts.map(({ base, units, per_kit }) => Math.floor((base + units) / per_kit))) -
  doneOf(kits)

/** What has to be taken of each part so that so many kits more are whole. */
export const unitsOfKits = (
  kits: Kits,
  count: number,
): { allocation: Allocation; take: number }[] => {
  const whole = doneOf(kits) + count
  return kits.parts
    .map(({ allocation, per_kit, base }) => ({ allocation, take: whole * per_kit - base }))
    .filter(({ take }) => take > 0)
}

/** A location that stocks all parts of a kit, and how many kits of it there are. */
export type KitPlace = { location: string | null; kits: number; tidy: number }

export const kitPlaces = (
  world: World,
  kit: KitPart[],
  location: string | null,
  taken: Map<Level, number>,
  channel: string | undefined,
): KitPlace[] =>
  world.locations.flatMap(at => {
    if (location !== null && location !== at) return []
    if (!sellsFrom(world, channel, at)) return []
    const levels = kit.map(({ sku, per_kit }) => ({ level: levelOf(world, sku, at), per_kit }))
    if (levels.some(({ level }) => !level)) return []
    const kitsOf = (lessUntidy: 0 | 1) =>
      Math.min(
        ...levels.map(({ level, per_kit }) => {
          const { untidy } = level as Level
          const free = sellableTo(world, level as Level, channel) - (taken.get(level as Level) ?? 0)
          return Math.floor(Math.max(0, free - lessUntidy * untidy) / per_kit)
        }),
      )
    return [{ location: at, kits: kitsOf(0), tidy: kitsOf(1) }]
  })

/** The parts of a kit of a run. */
export const kitOf = (name: string, parts: Record<string, number>): KitPart[] =>
  Object.entries(parts).map(([code, per_kit]) => ({ sku: `${code}-${name}`, per_kit }))
