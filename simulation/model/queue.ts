import { fill, freeForQueue, NOTHING_OVERDUE } from './buffers.ts'
import {
  type Allocation,
  type Choose,
  type Level,
  leaveWhenServed,
  levelOf,
  queueAt,
  type Reservation,
  type World,
  waitingAt,
} from './world.ts'

/** Who got how much, as the verbs of stock tell it. */
export type Served = {
  reservation_id: string
  order_reference: string | null
  line: number
  part: number
  quantity: number
}

const RULE = {
  backorder_mode: 'deny',
  backorder_cap: 0,
  release_delay_seconds: 0,
  ship_complete: false,
  backorder_priority: 0,
} as const

export const ruleOf = (world: World, sku: string) => world.rules[sku] ?? RULE

/** How many units more may wait at a level. */
export const roomAt = (world: World, level: Level): number => {
  const { backorder_mode, backorder_cap } = ruleOf(world, level.sku)
  if (backorder_mode === 'deny') return 0
  const kept = level.kept
    .filter(({ free_ms }) => free_ms > world.now_ms)
    .reduce((total, { units }) => total + units, 0)
  return Math.max(0, backorder_cap - waitingAt(world, level) - kept)
}

/** Units of an allocation wait: at the end of those of its priority, unless it waits already. */
export const join = (
  world: World,
  { tier }: Reservation,
  allocation: Allocation,
  whole: boolean,
): void => {
  if (allocation.place) return
  const { backorder_priority, ship_complete } = ruleOf(world, allocation.sku)
  allocation.place = {
    no: ++world.places,
    priority: tier === 'vip' ? backorder_priority : 0,
    ship_complete: ship_complete || whole,
  }
}

/** Room of an order's cancelled units is kept back for as long as the policy says. */
export const keepRoom = (world: World, { sku, location }: Allocation, units: number): void => {
  const level = levelOf(world, sku, location)
  const { release_delay_seconds } = ruleOf(world, sku)
  if (!level || units === 0 || release_delay_seconds === 0) return
  level.kept = [...level.kept, { units, free_ms: world.now_ms + release_delay_seconds * 1000 }]
}

/** Gives free units of a level to its queue, in order: an order's before those of its cart. */
export const serve = (world: World, level: Level, free: number): Served[] => {
  const served: Served[] = []
  let left = free
  for (const [reservation_id, allocation] of queueAt(world, level)) {
    const committed = Math.max(0, Math.min(left, allocation.backordered))
    const held = Math.max(0, Math.min(left - committed, allocation.held_backordered))
    if (committed + held === 0) continue
    allocation.backordered -= committed
    allocation.committed += committed
    allocation.held_backordered -= held
    allocation.held += held
    leaveWhenServed(allocation)
    left -= committed + held
    const { line, part } = allocation
    const order_reference = world.reservations[reservation_id]?.order_reference ?? null
    served.push({ reservation_id, order_reference, line, part, quantity: committed + held })
  }
  return served
}

/** All that has ended is freed at a level; whoever waits gets it, and then the buffers. */
export const endOverdue = (world: World, level: Level): void => {
  level.overdue = NOTHING_OVERDUE
  level.untidy = 0
  level.unserved = 0
  serve(world, level, freeForQueue(world, level))
  fill(world, level)
}

/**
 * After each call the queues of its SKUs have what is free; of holds that have ended nobody may
 * have freed the units yet, and they come later.
 */
export const settle = (world: World, skus: Set<string>, choose: Choose): void => {
  for (const level of Object.values(world.levels)) {
    if (!skus.has(level.sku)) continue
    if (waitingAt(world, level) > 0) {
      const most = level.unserved
      level.unserved = most === 0 ? 0 : choose(Array.from({ length: most + 1 }, (_, n) => most - n))
      serve(world, level, freeForQueue(world, level) - level.unserved)
    }
    fill(world, level)
  }
}
