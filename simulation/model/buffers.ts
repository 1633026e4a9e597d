import { type Choose, freeAt, type Level, type World, waitingAt } from './world.ts'

/** The channels of each tenant: the first made are the first filled. */
export const CHANNELS = ['web', 'pos'] as const

export type Buffer = {
  /** How many units are to be kept. */
  size: number
  /** How many are kept now. */
  units: number
}

/** Units that ended holds still have in the books, and how many are left there after the step. */
export type Overdue = { held: number; waiting: number; held_after: number; waiting_after: number }

export const NOTHING_OVERDUE: Overdue = { held: 0, waiting: 0, held_after: 0, waiting_after: 0 }

export const bufferOf = (level: Level, channel: string): Buffer =>
  level.buffers[channel] ?? { size: 0, units: 0 }

const total = ({ buffers }: Level, of: keyof Buffer): number =>
  Object.values(buffers).reduce((units, buffer) => units + buffer[of], 0)

export const keptAt = (level: Level): number => total(level, 'units')
export const toKeepAt = (level: Level): number => total(level, 'size')

/** What those who wait may have: nobody serves them out of a buffer. */
export const freeForQueue = (world: World, level: Level): number =>
  freeAt(world, level) - keptAt(level)

/** What is free for all in the books: ended holds have their units until somebody frees them. */
export const commonInBooks = (world: World, level: Level): number => {
  const { held, waiting } = level.overdue
  return freeAt(world, level) - held - waitingAt(world, level) - waiting - keptAt(level)
}

/** What a channel may take now, or whoever names none: what comes free fills the buffers first. */
export const sellableTo = (world: World, level: Level, channel: string | undefined): number => {
  const free = freeAt(world, level)
  const common = free - waitingAt(world, level) - keptAt(level)
  const missing = Math.min(Math.max(0, common), toKeepAt(level) - keptAt(level))
  if (channel === undefined) {
    const { held, waiting } = level.overdue
    return held + waiting === 0 ? common : common - missing
  }
  let before = Math.max(0, common)
  for (const earlier of CHANNELS) {
    if (earlier === channel) break
    const { size, units } = bufferOf(level, earlier)
    before -= Math.min(before, size - units)
  }
  const { size, units } = bufferOf(level, channel)
  const own = Math.max(0, Math.min(free, units + Math.min(size - units, before)))
  const rest = common - missing
  if (rest > 0) return own + Math.floor((rest * shareOf(world, level, channel)) / 100)
  return own > 0 ? own : rest
}

/** What rules say that a channel may sell of what is free for all: of the location, of the SKU. */
const shareOf = ({ shares }: World, level: Level, channel: string): number => {
  const own = shares.filter(of => of.sku === level.sku && of.channel === channel)
  const found = own.find(of => of.location === level.location) ?? own.find(of => !of.location)
  return found?.percent ?? 100
}

const change = (level: Level, channel: string, units: number): void => {
  const { size, units: before } = bufferOf(level, channel)
  level.buffers = { ...level.buffers, [channel]: { size, units: before + units } }
}

/** A sale takes what is free for all first, and the rest out of its channel's buffer. */
export const takeOut = (
  world: World,
  level: Level | undefined,
  channel: string | undefined,
  units: number,
): void => {
  if (!level || channel === undefined || units <= 0) return
  const rest = units - Math.max(0, commonInBooks(world, level))
  const out = Math.max(0, Math.min(bufferOf(level, channel).units, rest))
  if (out > 0) change(level, channel, -out)
}

/** What is free fills the buffers, the first channel first; what is lost leaves the last first. */
export const fill = (world: World, level: Level): void => {
  const kept = keptAt(level)
  const lost = kept - (freeAt(world, level) - level.overdue.held)
  let left = lost > 0 ? Math.min(lost, kept) : Math.max(0, commonInBooks(world, level))
  for (const channel of lost > 0 ? [...CHANNELS].reverse() : CHANNELS) {
    const { size, units } = bufferOf(level, channel)
    const moved = Math.min(left, lost > 0 ? units : size - units)
    if (moved > 0) change(level, channel, lost > 0 ? -moved : moved)
    left -= moved
  }
}

/** All that has ended is freed at a level. */
export const freeAll = (world: World, level: Level): void => {
  level.overdue = NOTHING_OVERDUE
  fill(world, level)
}

/** A call frees some of what has ended, and that fills the buffers first. */
export const freeSome = (world: World, skus: Set<string>, choose: Choose): void => {
  for (const level of Object.values(world.levels)) {
    const { held, waiting, held_after, waiting_after } = level.overdue
    if (!skus.has(level.sku) || toKeepAt(level) === 0 || held + waiting === 0) continue
    level.overdue = {
      ...level.overdue,
      held: choose(downTo(held, held_after)),
      waiting: choose(downTo(waiting, waiting_after)),
    }
    fill(world, level)
  }
}

const downTo = (most: number, least: number): number[] =>
  Array.from({ length: Math.max(1, most - least + 1) }, (_, n) => least + n)

/** The buffers of a level and their sums, as the database has them. */
export const bufferedAt = (level: Level) => ({
  buffered: keptAt(level),
  buffer_size: toKeepAt(level),
  buffers: Object.fromEntries(Object.entries(level.buffers).filter(([, { size }]) => size > 0)),
})
