import type { AskedLine } from '../calls.ts'
import { fill, freeAll, freeForQueue } from './buffers.ts'
import { type Served, serve } from './queue.ts'
import { countersOf, type Decide, freeAt, type Level, levelOf, type World } from './world.ts'

export type State = 'on_hand' | 'available' | 'damaged' | 'quality_control' | 'set_aside'
export type Change = Pick<Level, 'on_hand' | 'damaged' | 'quality_control' | 'set_aside'>

/** What one line of a stock verb changes, or the code of its refusal. */
export type ChangeOf = (
  world: World,
  level: Level,
  line: AskedLine,
  units: number,
) => Change | string

const NONE: Change = { on_hand: 0, damaged: 0, quality_control: 0, set_aside: 0 }

/** Units come into a state or leave it; in every state but available they are kept from sale. */
export const changeOf = (state: State, units: number, onHand: number): Change => ({
  ...NONE,
  on_hand: onHand,
  ...(state === 'available' || state === 'on_hand' ? {} : { [state]: units }),
})

export const unitsIn = (world: World, level: Level, state: State): number =>
  state === 'available' ? freeAt(world, level) : level[state]

/** Compare, then set. */
export const isStale = (world: World, level: Level, state: State, line: AskedLine): boolean =>
  line['change_from'] !== undefined && unitsIn(world, level, state) !== line['change_from']

const COUNTERS = ['on_hand', 'damaged', 'quality_control', 'set_aside'] as const

/** The frame of the verbs of stock: each line in its turn, all or nothing or each on its own. */
export const stockVerb =
  (least: (quantity: number) => boolean, change: ChangeOf): Decide =>
  (world, request) => {
    for (const level of levelsOf(world, request.lines ?? [])) freeAll(world, level)
    const { levels, reservations, supply } = world
    const before = structuredClone({ levels, reservations, supply })
    const lines: object[] = []
    for (const line of request.lines ?? []) {
      const done = changeLine(world, line, least, change)
      const code = typeof done === 'string' ? done : undefined
      if (code !== undefined && request['mode'] !== 'each') {
        Object.assign(world, before)
        return { ok: false, code }
      }
      const sku = world.codes[line.sku]?.sku ?? line.sku
      const { location } = line
      const level = levelOf(world, sku, location ?? null)
      const after = code === undefined && level ? countersOf(world, level) : { refusal: code }
      const allocated = typeof done === 'string' || done.length === 0 ? {} : { allocated: done }
      lines.push({ sku, location, ...after, ...allocated })
    }
    return { ok: true, facts: { lines } }
  }

/** The levels of lines that name one. */
const levelsOf = (world: World, lines: AskedLine[]): Level[] =>
  lines.flatMap(({ sku, location }) => {
    const known = world.codes[sku]
    return (known && levelOf(world, known.sku, location ?? null)) ?? []
  })

/** Changes one line, and serves those who wait for its units; or the code of its refusal. */
const changeLine = (
  world: World,
  line: AskedLine,
  least: (quantity: number) => boolean,
  change: ChangeOf,
): string | Served[] => {
  const known = world.codes[line.sku]
  if (!known) return 'unknown_sku'
  if (!world.locations.includes(line.location ?? '')) return 'unknown_location'
  if (!least(line.quantity)) return 'invalid_quantity'
  if (known.kit) return 'kit_is_virtual'
  const level = levelOf(world, known.sku, line.location ?? '')
  if (!level) return 'level_not_found'
  level.untidy = 0
  const supplies = world.supply
  const found = change(world, level, line, line.quantity * known.factor)
  if (typeof found === 'string') return found
  const after = { ...level }
  for (const counter of COUNTERS) after[counter] += found[counter]
  const kept = after.damaged + after.quality_control + after.set_aside
  if (COUNTERS.some(counter => after[counter] < 0) || after.on_hand < kept) {
    world.supply = supplies
    return 'would_go_negative'
  }
  if (COUNTERS.every(counter => found[counter] === 0)) return []
  Object.assign(level, after)
  level.unserved = 0
  const served = serve(world, level, freeForQueue(world, level))
  fill(world, level)
  return served
}
