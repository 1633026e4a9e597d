import type { Counters, History, Op, Step } from './history.ts'

export type Random = () => number

/** The same numbers from the same seed. */
export const randomFrom = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export const upTo = (random: Random, most: number): number => Math.floor(random() * most)
export const oneOf = <Item>(random: Random, items: readonly Item[]): Item =>
  items[upTo(random, items.length)] as Item

type Shape = { ops: number; clients: number; levels: number }
type Open = { id: string; parts: { level: string; units: number }[]; state: 'held' | 'committed' }
type World = { levels: Map<string, Counters & { version: number }>; open: Open[]; minted: number }

/**
 * A history that is right by construction: every call takes effect at one moment between its begin
 * and its end, whole, and is answered by what the levels were at that moment.
 */
export const generate = (seed: number, { ops: count, clients, levels }: Shape): History => {
  const random = randomFrom(seed)
  const names = Array.from({ length: levels }, (_, index) => `SKU-${index} at berlin`)
  const before = new Map(names.map(name => [name, { on_hand: 12, held: 0, committed: 0 }]))
  const state = names.map(
    name => [name, { on_hand: 12, held: 0, committed: 0, version: 0 }] as const,
  )
  const world: World = { levels: new Map(state), open: [], minted: 0 }
  const free = Array.from({ length: clients }, () => 0)
  const ops: Op[] = []
  const moments: { at: number; op: Op }[] = []
  for (let n = 0; n < count; n++) {
    const client = upTo(random, clients)
    const began = (free[client] ?? 0) + random() * 2
    const ended = began + 0.1 + random() * 8
    free[client] = ended + 0.01
    const op: Op = {
      ...{ client: `c${client}`, verb: '', reservation: null, began, ended },
      ...{ lines: 0, steps: [], refused: [] },
    }
    moments.push({ at: began + random() * (ended - began), op })
  }
  for (const { op } of moments.sort((a, b) => a.at - b.at)) {
    decide(world, op, random)
    if (op.steps.length + op.refused.length > 0) ops.push(op)
  }
  return { ops, before, after: world.levels }
}

const apply = (world: World, op: Op, change: Omit<Step, 'version' | 'after'>): void => {
  const level = world.levels.get(change.level)
  if (!level) throw new Error(`no level ${change.level}`)
  level.on_hand += change.on_hand
  level.held += change.held
  level.committed += change.committed
  level.version++
  const { version, on_hand, held, committed } = level
  const after = op.reservation === null ? { after: { on_hand, held, committed } } : {}
  op.steps.push({ ...change, version, ...after })
  op.lines = op.steps.length
}

const decide = (world: World, op: Op, random: Random): void => {
  const of = world.open.length > 0 ? oneOf(random, world.open) : undefined
  const dice = random()
  if (dice < 0.5 || !of) reserve(world, op, random)
  else if (dice < 0.6) stock(world, op, random)
  else end(world, op, of, dice)
}

const end = (world: World, op: Op, of: Open, dice: number): void => {
  op.reservation = of.id
  op.verb = of.state === 'committed' && dice < 0.8 ? 'fulfill' : dice < 0.85 ? 'release' : 'commit'
  if (op.verb === 'commit' && of.state === 'committed') op.verb = 'release'
  const isThere = of.parts.every(
    ({ level, units }) => (world.levels.get(level)?.on_hand ?? 0) >= units,
  )
  if (op.verb === 'fulfill' && !isThere) op.verb = 'release'
  for (const { level, units } of of.parts) {
    const none = { level, on_hand: 0, held: 0, committed: 0 }
    if (op.verb === 'commit') apply(world, op, { ...none, held: -units, committed: units })
    else if (op.verb === 'fulfill')
      apply(world, op, { ...none, on_hand: -units, committed: -units })
    else apply(world, op, { ...none, [of.state]: -units })
  }
  if (op.verb === 'commit') of.state = 'committed'
  else world.open.splice(world.open.indexOf(of), 1)
}

const reserve = (world: World, op: Op, random: Random): void => {
  op.verb = 'reserve'
  const names = [...world.levels.keys()]
  const first = upTo(random, names.length)
  const wanted = Array.from({ length: 1 + upTo(random, Math.min(3, names.length)) }, (_, n) => ({
    level: names[(first + n) % names.length] as string,
    units: 1 + upTo(random, 4),
  }))
  for (const { level, units } of wanted) {
    const { on_hand, held, committed, version } = world.levels.get(level) as Counters & {
      version: number
    }
    const available = on_hand - held - committed
    if (available >= units) continue
    op.refused.push({ level, version, asked: units, available: Math.max(0, available) })
  }
  if (op.refused.length > 0) return
  op.reservation = `r${++world.minted}`
  world.open.push({ id: op.reservation, parts: wanted, state: 'held' })
  for (const { level, units } of wanted) {
    apply(world, op, { level, on_hand: 0, held: units, committed: 0 })
  }
}

const stock = (world: World, op: Op, random: Random): void => {
  const level = oneOf(random, [...world.levels.keys()])
  const more = 1 + upTo(random, 6)
  const less = Math.min(1 + upTo(random, 2), world.levels.get(level)?.on_hand ?? 0)
  const on_hand = random() < 0.7 || less === 0 ? more : -less
  op.verb = on_hand > 0 ? 'receive' : 'adjust'
  apply(world, op, { level, on_hand, held: 0, committed: 0 })
}
