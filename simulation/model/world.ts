import type { Asked } from '../calls.ts'
import type { Buffer, Overdue } from './buffers.ts'

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
  /** Units that wait for supply: of an order, and of a cart. */
  backordered: number
  held_backordered: number
  fulfilled: number
  released: number
  expired: number
  returned: number
  /** While some of them wait: where they stand in the queue. */
  place?: Place
  /** The kit that it was sold as a part of, and its units in one kit. */
  kit?: string
  per_kit?: number
}

/** A place in a queue: the higher priority first, then who came first. */
export type Place = { no: number; priority: number; ship_complete: boolean }

/** A part of a kit, counted as a SKU of its own. */
export type KitPart = { sku: string; per_kit: number }

export type Code = { sku: string; factor: number; tracked: boolean } & {
  /** Of a virtual kit: what is counted for it. */
  kit?: KitPart[]
  /** Of an assembled kit, which is counted itself. */
  built_of?: KitPart[]
}

export type Reservation = {
  created_ms: number
  /** Null: a staff hold, or an order. */
  expires_ms: number | null
  order_reference: string | null
  tier?: string
  channel?: string
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
  /** At most so many free units the queue may not have got: nobody has freed their hold. */
  unserved: number
  /** What ended holds still have in the books. */
  overdue: Overdue
  /** By channel. */
  buffers: Record<string, Buffer>
  /** Room of cancelled backorders that is kept back for a while. */
  kept: { units: number; free_ms: number }[]
}

/** What the policies of a SKU say of backorders. */
export type Rule = {
  backorder_mode: 'deny' | 'allow'
  backorder_cap: number
  release_delay_seconds: number
  ship_complete: boolean
  /** Of the tier vip. */
  backorder_priority: number
}

/** Of what is free for all, a channel may sell this much of a SKU, everywhere or at a location. */
export type Share = { sku: string; channel: string; location: string | null; percent: number }

export type Supply = {
  sku: string
  location: string
  quantity: number
  received: number
  state: 'open' | 'received' | 'short' | 'cancelled'
  expected_on: string
  expected_to: string
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
  /** Empty where the run has none. */
  channels: readonly string[]
  /** By channel: where it sells, if that is not everywhere. */
  sells_from: Record<string, string[]>
  shares: Share[]
  levels: Record<string, Level>
  reservations: Record<string, Reservation>
  /** By SKU. */
  rules: Record<string, Rule>
  /** By code. */
  supply: Record<string, Supply>
  /** How many places were given in all queues. */
  places: number
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
  const counters = { on_hand: 0, damaged: 0, quality_control: 0, set_aside: 0 }
  const overdue = { held: 0, waiting: 0, held_after: 0, waiting_after: 0 }
  const state = { untidy: 0, unserved: 0, overdue, buffers: {}, kept: [] }
  const level: Level = { sku, location, ...counters, ...state }
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

/** Those who wait at a level, in the order in which they are served. */
export const queueAt = (world: World, level: Level): [string, Allocation][] =>
  Object.entries(world.reservations)
    .flatMap(([id, { allocations }]) => allocations.map(each => [id, each] as [string, Allocation]))
    .filter(
      ([, { sku, location, tracked, place }]) =>
        place && tracked && sku === level.sku && location === level.location,
    )
    .sort(([, { place: a }], [, { place: b }]) =>
      a && b ? b.priority - a.priority || a.no - b.no : 0,
    )

export const waitingOf = ({ backordered, held_backordered }: Allocation): number =>
  backordered + held_backordered

export const waitingAt = (world: World, level: Level): number =>
  sum(
    queueAt(world, level).map(([, each]) => each),
    waitingOf,
  )

/** What is free of promises and facts: the queue's first, then anybody's. */
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
      const { held, held_backordered } = allocation
      const level = levelOf(world, allocation.sku, allocation.location)
      if (level && allocation.tracked) {
        level.untidy += held + held_backordered
        level.unserved += held
        level.overdue = {
          ...level.overdue,
          held: level.overdue.held + held,
          waiting: level.overdue.waiting + held_backordered,
        }
      }
      allocation.expired += held + held_backordered
      allocation.held = 0
      allocation.held_backordered = 0
      leaveWhenServed(allocation)
    }
  }
}

/** Who waits for nothing more has no place. */
export const leaveWhenServed = (allocation: Allocation): void => {
  if (waitingOf(allocation) === 0) delete allocation.place
}

export const sum = (allocations: Allocation[], of: (each: Allocation) => number): number =>
  allocations.reduce((total, each) => total + of(each), 0)

export const quantityOf = (each: Allocation): number =>
  each.held + each.committed + waitingOf(each) + each.fulfilled + each.released + each.expired

export const unitsHeld = ({ held, held_backordered }: Allocation): number => held + held_backordered
export const unitsOrdered = ({ committed, backordered }: Allocation): number =>
  committed + backordered

/** What every verb of a reservation answers. */
export const reservationFacts = (reservation: Reservation, extra: object = {}): Expected => {
  const { allocations, expires_ms, order_reference } = reservation
  const held = sum(allocations, unitsHeld)
  const committed = sum(allocations, unitsOrdered)
  const lines = [...allocations]
    .sort((a, b) => a.line - b.line || a.part - b.part)
    .map(each => {
      const { tracked: _, place: __, backordered, held_backordered, ...shown } = each
      const waits = waitingOf(each) > 0 ? { backordered, held_backordered } : {}
      return { ...shown, ...waits, quantity: quantityOf(each) }
    })
  const state = held > 0 ? 'held' : committed > 0 ? 'committed' : 'closed'
  const facts = { state, expires_ms: held > 0 ? expires_ms : null, order_reference, lines }
  return { ok: true, facts: { ...facts, ...extra } }
}

/** Whether a channel sells from a location; whoever names none does so everywhere. */
export const sellsFrom = (
  { sells_from }: World,
  channel: string | undefined,
  location: string | null,
): boolean => sells_from[channel ?? '']?.includes(location ?? '') ?? true

export const refused = (code: string, short?: Short): Expected => ({
  ok: false,
  code,
  ...(short ? { short } : {}),
})
