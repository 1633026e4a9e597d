import { type Books, type Counter, counters, freeOf, kinds, type Movement } from '../books.ts'
import type { Random } from '../random.ts'
import type { Answered, AnsweredLine, Play, Verb } from '../rooms.ts'
import { factorOf, type Shop, skuOf } from '../shop.ts'

const STATES = ['damaged', 'quality_control', 'set_aside'] as const

type StockLine = {
  sku: string
  location: string
  quantity: number
  state?: string
  change_from?: number
  from?: string
  to?: string
}

const place = (shop: Shop, random: Random) => ({
  sku: random.chance(0.1) ? `${random.pick(shop.skus)}-PACK` : random.pick(shop.skus),
  location: random.pick(shop.locations),
})

const someLines = (shop: Shop, random: Random, line: () => object): object[] =>
  Array.from({ length: random.chance(0.7) ? 1 : 2 }, () => ({ ...place(shop, random), ...line() }))

const state = (random: Random): { state?: string } =>
  random.chance(0.8) ? {} : { state: random.pick(STATES) }

/** The changes that a line must have made. */
const changesOf = (verb: Verb, line: StockLine): Partial<Record<Counter, number>> => {
  const units = line.quantity * factorOf(line.sku)
  const { from, to } = line
  if (verb !== 'move') {
    return line.state && line.state !== 'available'
      ? { on_hand: units, [line.state]: units }
      : { on_hand: units }
  }
  return {
    ...(from && from !== 'available' ? { [from]: -units } : {}),
    ...(to && to !== 'available' ? { [to]: units } : {}),
  }
}

/**
 * The version of a line's own movement: whoever waited for its units was served after it, and then
 * buffers were filled.
 */
export const ownVersion = (line: AnsweredLine, level: string, books: Books): number => {
  const served = (line['allocated'] as object[] | undefined)?.length ?? 0
  const written = books.byLevel.get(level) ?? []
  let version = Number(line.version)
  while (version > 0 && written[version - 1]?.kind === kinds.buffer) version--
  return version - served
}

/** A complaint when the ledger has another change than this line, at the version of its answer. */
const wrongLine = (
  verb: Verb,
  line: StockLine,
  answered: AnsweredLine,
  moved: Movement[],
  books: Books,
): string | undefined => {
  const level = `${skuOf(line.sku)} at ${line.location}`
  const own = ownVersion(answered, level, books)
  const movement = moved.find(each => each.level === level && each.version === own)
  if (!movement) return `${level} version ${own} is not this call's`
  const after = books.at(level, Number(answered.version))
  if (!after) return `${level} never had version ${answered.version}`
  const wanted = changesOf(verb, line)
  for (const counter of counters) {
    if (verb !== 'set' && movement.changes[counter] !== (wanted[counter] ?? 0)) {
      return `${level}: ${counter} changed by ${movement.changes[counter]}`
    }
    if (after[counter] !== answered[counter]) {
      return `${level}: ${counter} is ${after[counter]}, answered ${answered[counter]}`
    }
  }
  if (answered['available'] !== freeOf(after)) return `${level}: available is wrong`
  return undefined
}

/** change_from: the counter had exactly that quantity before. */
const wrongBefore = (line: StockLine, movement: Movement | undefined): string | undefined => {
  if (line.change_from === undefined || !movement) return undefined
  const before = movement.balances.on_hand - movement.changes.on_hand
  return before === line.change_from ? undefined : `${before} was not ${line.change_from}`
}

export const wrong =
  (verb: Verb) =>
  (
    call: { request: Record<string, unknown> },
    answer: Answered,
    moved: Movement[],
    books: Books,
  ) => {
    const written = new Set<string>()
    for (const [index, line] of (call.request['lines'] as StockLine[]).entries()) {
      const answered = answer.lines?.[index] as AnsweredLine & { refusal?: object }
      if (answered.refusal) continue
      const level = `${skuOf(line.sku)} at ${line.location}`
      const version = ownVersion(answered, level, books)
      const own = moved.find(each => each.level === level && each.version === version)
      if (verb === 'set') {
        const units = line.quantity * factorOf(line.sku)
        if (answered['on_hand'] !== units) return `set ${units}, answered ${answered['on_hand']}`
        if (!own) continue // it was so already
      }
      const found = wrongLine(verb, line, answered, moved, books) ?? wrongBefore(line, own)
      if (found) return found
      written.add(`${level} ${version}`)
    }
    return written.size === moved.length
      ? undefined
      : `${written.size} lines, ${moved.length} movements`
  }

const adjust: Play = {
  verb: 'adjust',
  weight: 5,
  writes: true,
  request: (shop, random) => ({
    lines: someLines(shop, random, () => ({
      quantity: random.pick([-2, -1, 1, 2, 3]),
      ...state(random),
    })),
    ...(random.chance(0.3) ? { mode: 'each' } : {}),
  }),
  wrong: wrong('adjust'),
}

const set: Play = {
  verb: 'set',
  weight: 3,
  writes: true,
  request: (shop, random) => ({
    lines: someLines(shop, random, () => ({
      quantity: random.below(12),
      ...(random.chance(0.3) ? { change_from: random.below(12) } : {}),
    })),
  }),
  wrong: wrong('set'),
}

const move: Play = {
  verb: 'move',
  weight: 4,
  writes: true,
  request: (shop, random) => ({
    lines: someLines(shop, random, () => {
      const other = random.pick(STATES)
      const way = random.chance(0.6)
      return {
        quantity: random.between(1, 2),
        ...(way ? { from: 'available', to: other } : { from: other, to: 'available' }),
      }
    }),
  }),
  wrong: wrong('move'),
}

const receive: Play = {
  verb: 'receive',
  weight: 6,
  writes: true,
  request: (shop, random) => ({
    lines: someLines(shop, random, () => ({ quantity: random.between(1, 4), ...state(random) })),
  }),
  wrong: wrong('receive'),
}

export const stock: Play[] = [adjust, set, move, receive]
