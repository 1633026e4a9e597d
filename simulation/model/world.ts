import type { Asked } from '../calls.ts'

/** A part of a reservation's line at one level, as the model counts it. */
export type Allocation = {
  line: number
  part: number
  sku: string
  /** Null for an untracked SKU without a place. */
  location: string | null
  tracked: boolean
  held: number
  committed: number
  fulfilled: number
  released: number
  expired: number
  returned: number
  /** The kit that it was sold as a part of, and its units in one kit. */
  kit?: string
  per_kit?: number
}

/** A part of a kit, counted as a SKU of its own. */
export type KitPart = { sku: string; per_kit: number }

export type Code = { sku: string; factor: number; tracked: boolean; kit?: KitPart[] }

export type Reservation = {
  created_ms: number
  /** Null: a staff hold, or an order. */
  expires_ms: number | null
  order_reference: string | null
  extensions: number
  allocations: Allocation[]
}

export type Level = {
  sku: string
  location: string
  on_hand: number
  damaged: number
  quality_control: number
  set_aside: number
  /** At most so many units were held when their time ran out, and nobody may have freed them. */
  untidy: number
}

export type Settings = {
  cart_window_seconds: number
  order_window_seconds: number
  extension_count_max: number
  hold_life_seconds_max: number
}

/** One tenant in plain numbers. What is promised at a level is added up, never counted twice. */
export type World = {
  now_ms: number
  settings: Settings
  codes: Record<string, Code>
  /** By priority. */
  locations: string[]
  levels: Record<string, Level>
  reservations: Record<string, Reservation>
  keys: Record<string, { fingerprint: string; expected: Expected }>
}

/** A refused line: which, of what, and how much there would have been. */
export type Short = { line: number; sku: string; asked: number; available: number }

/** What a call should answer, without what only the database knows (ids, versions, instants). */
export type Expected =
  | { ok: true; facts: object; replayed?: true }
  | { ok: false; code: string; short?: Short }

/** Where the engine may choose, the model tries each: the choice must explain the answer. */
export type Choose = <Item>(items: Item[]) => Item

/** What a verb should do to the world: a new verb is one such file. */
export type Decide = (
  world: World,
  request: Asked,
  choose: Choose,
  /** The id of the reservation that the call opens, if it is granted. */
  newId: string,
) => Expected

export const levelOf = (world: World, sku: string, location: string | null): Level | undefined =>
  world.levels[`${sku} at ${location}`]

export const makeLevel = (world: World, sku: string, location: string): Level => {
  const found = levelOf(world, sku, location)
  if (found) return found
  const counters = { on_hand: 0, damaged: 0, quality_control: 0, set_aside: 0, untidy: 0 }
  const level = { sku, location, ...counters }
  world.levels[`${sku} at ${location}`] = level
  return level
}

/** What is held and committed at a level. */
export const promisedAt = (world: World, level: Level): { held: number; committed: number } => {
  const sum = { held: 0, committed: 0 }
  for (const { allocations } of Object.values(world.reservations)) {
    for (const { tracked, sku, location, held, committed } of allocations) {
      if (!tracked || sku !== level.sku || location !== level.location) continue
      sum.held += held
      sum.committed += committed
    }
  }
  return sum
}

/** What anybody may take. */
export const freeAt = (world: World, level: Level): number => {
  const { held, committed } = promisedAt(world, level)
  const { on_hand, damaged, quality_control, set_aside } = level
  return on_hand - held - committed - damaged - quality_control - set_aside
}

/** The counters of a level as reads show them, with what is overdue not counted as held. */
export const countersOf = (world: World, level: Level) => {
  const { on_hand, damaged, quality_control, set_aside } = level
  const free = freeAt(world, level)
  return {
    ...promisedAt(world, level),
    ...{ on_hand, damaged, quality_control, set_aside },
    shortage: Math.max(0, -free),
    available: free,
  }
}

/** Time passes: a hold ends the moment that the clock reaches its end. */
export const passTo = (world: World, nowMs: number): void => {
  world.now_ms = nowMs
  for (const { allocations, expires_ms } of Object.values(world.reservations)) {
    if (expires_ms === null || expires_ms > nowMs) continue
    for (const allocation of allocations) {
      const level = levelOf(world, allocation.sku, allocation.location)
      if (level && allocation.tracked) level.untidy += allocation.held
      allocation.expired += allocation.held
      allocation.held = 0
    }
  }
}

export const sum = (allocations: Allocation[], of: (each: Allocation) => number): number =>
  allocations.reduce((total, each) => total + of(each), 0)

export const quantityOf = (each: Allocation): number =>
  each.held + each.committed + each.fulfilled + each.released + each.expired

/** What every verb of a reservation answers. */
export const reservationFacts = (reservation: Reservation, extra: object = {}): Expected => {
  const { allocations, expires_ms, order_reference } = reservation
  const held = sum(allocations, each => each.held)
  const committed = sum(allocations, each => each.committed)
  const lines = [...allocations]
    .sort((a, b) => a.line - b.line || a.part - b.part)
    .map(({ tracked: _, ...each }) => ({ ...each, quantity: quantityOf({ ...each, tracked: _ }) }))
  const state = held > 0 ? 'held' : committed > 0 ? 'committed' : 'closed'
  const facts = { state, expires_ms: held > 0 ? expires_ms : null, order_reference, lines }
  return { ok: true, facts: { ...facts, ...extra } }
}

export const refused = (code: string, short?: Short): Expected => ({
  ok: false,
  code,
  ...(short ? { short } : {}),
})
