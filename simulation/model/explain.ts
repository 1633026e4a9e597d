import assert from 'node:assert/strict'
import { isDeepStrictEqual } from 'node:util'
import type { Answered, AnsweredLine, Asked } from '../calls.ts'
import { freeSome } from './buffers.ts'
import { settle } from './queue.ts'
import { decideOf } from './verbs.ts'
import { type Choose, type Expected, makeLevel, refused, type Short, type World } from './world.ts'

/** A call and what it was answered. */
export type Told = { verb: string; request: Asked; key?: string; answer: Answered }

/**
 * Finds an order of calls that were under way at once, and choices of the engine's own, that
 * explain every answer and lead to a world that is accepted; that world, or undefined when nothing
 * does. Two orders may explain the same answers, and only the counters tell which it was.
 */
export const explain = (
  world: World,
  calls: Told[],
  accepts: (after: World) => boolean,
  /** The SKUs of all calls: a flush serves the queues of its levels after each of its calls. */
  skus: Set<string> = skusOf(world, calls),
): World | undefined => {
  if (calls.length === 0) return accepts(world) ? world : undefined
  for (const [index, call] of calls.entries()) {
    const rest = calls.filter((_, at) => at !== index)
    for (const { after, expected } of outcomes(world, call, skus)) {
      if (!matches(call.answer, expected)) continue
      const last = explain(after, rest, accepts, skus)
      if (last) return last
    }
  }
  return undefined
}

/** What the model would answer to a call alone, for the report of a failure. */
export const expectedOf = (world: World, call: Told): Expected[] =>
  [...outcomes(world, call, skusOf(world, [call]))].map(({ expected }) => expected)

/** Every outcome that the model allows: one for each way through its choices. */
function* outcomes(
  world: World,
  call: Told,
  skus: Set<string>,
): Generator<{ after: World; expected: Expected }> {
  const tape: { picked: number; of: number }[] = []
  for (;;) {
    let at = 0
    const choose: Choose = items => {
      const step = tape[at] ?? { picked: 0, of: items.length }
      tape[at++] = step
      return items[step.picked] as (typeof items)[number]
    }
    const after = copyOf(world)
    const expected = decide(after, call, choose)
    if (!STOCK.has(call.verb)) settle(after, skus, choose)
    yield { after, expected }
    tape.length = at
    while (tape.length > 0 && (tape.at(-1)?.picked ?? 0) + 1 >= (tape.at(-1)?.of ?? 0)) tape.pop()
    const last = tape.at(-1)
    if (!last) return
    last.picked++
  }
}

/** Verbs that serve the queue themselves, line by line. */
const STOCK = new Set(['adjust', 'set', 'move', 'receive', 'supply.receive'])

/** What calls are about: of their lines, and of the reservations that they name. */
const skusOf = (world: World, calls: Told[]): Set<string> => {
  const skus = new Set<string>()
  for (const { request } of calls) {
    for (const { sku } of request.lines ?? []) {
      const known = world.codes[sku]
      if (known) skus.add(known.sku)
      for (const part of known?.kit ?? []) skus.add(part.sku)
    }
    const known = world.codes[String(request['sku'])]
    if (known) skus.add(known.sku)
    for (const part of known?.built_of ?? []) skus.add(part.sku)
    const id = request.reservation_id ?? String(request['id'])
    for (const { sku } of world.reservations[id]?.allocations ?? []) skus.add(sku)
  }
  return skus
}

const OPENS = new Set(['reserve', 'record_sale'])

const MAKES = new Set(['set', 'receive', 'record_sale'])

/** Levels that are named and missing are made, empty, before anything is decided. */
const makeLevels = (world: World, verb: string, request: Asked): string[] => {
  const before = new Set(Object.keys(world.levels))
  for (const { sku, location = '', quantity } of request.lines ?? []) {
    const known = world.codes[sku]
    const counted = known?.tracked || verb !== 'record_sale'
    if (!known || !counted || !world.locations.includes(location) || quantity < 0) continue
    if (!known.kit) makeLevel(world, known.sku, location)
    else if (verb === 'record_sale') {
      for (const part of known.kit) makeLevel(world, part.sku, location)
    }
  }
  return Object.keys(world.levels).filter(name => !before.has(name))
}

/** Whether the empty levels of a call that is not granted stay is the engine's own choice. */
const decide = (world: World, call: Told, choose: Choose): Expected => {
  const made = MAKES.has(call.verb) ? makeLevels(world, call.verb, call.request) : []
  if (!STOCK.has(call.verb)) freeSome(world, skusOf(world, [call]), choose)
  const expected = decideKeyed(world, call, choose)
  const fresh = expected.ok && !expected.replayed
  if (!fresh && made.length > 0 && choose(['gone', 'left']) === 'gone') {
    for (const name of made) delete world.levels[name]
  }
  return expected
}

const decideKeyed = (
  world: World,
  { verb, request, key, answer }: Told,
  choose: Choose,
): Expected => {
  const id = request['id'] as string | undefined
  const name = key ?? (OPENS.has(verb) && id !== undefined ? `id:${id}` : undefined)
  const fingerprint = verb + JSON.stringify(Object.entries(request).sort())
  const before = name === undefined ? undefined : world.keys[name]
  if (before) {
    return before.fingerprint === fingerprint && before.expected.ok
      ? { ...before.expected, replayed: true }
      : refused('idempotency_key_reused')
  }
  const newId = id ?? (answer.ok ? answer.reservation_id : undefined) ?? 'new'
  const decider = decideOf.get(verb)
  assert(decider, `the model knows ${verb}`)
  const expected = decider(world, request, choose, newId)
  if (!expected.ok) return expected
  const { reservation_id = OPENS.has(verb) ? newId : undefined } = request
  const facts = reservation_id === undefined ? {} : { reservation_id }
  const named: Expected = { ok: true, facts: { ...expected.facts, ...facts } }
  if (name !== undefined) world.keys[name] = { fingerprint, expected: structuredClone(named) }
  return named
}

/** A world that may change without the other: levels and reservations are few and flat. */
const copyOf = (world: World): World => ({
  ...world,
  keys: { ...world.keys },
  levels: Object.fromEntries(Object.entries(world.levels).map(([name, of]) => [name, { ...of }])),
  reservations: Object.fromEntries(
    Object.entries(world.reservations).map(([id, { allocations, ...rest }]) => [
      id,
      { ...rest, allocations: allocations.map(each => ({ ...each })) },
    ]),
  ),
})

const FACTS = [
  ...(['state', 'order_reference', 'reservation_id', 'reacquired', 'replayed'] as const),
  ...(['quantity', 'received', 'open'] as const), // of supply
]

/** An answer without what only the database knows. */
const summaryOf = (answer: Answered & { ok: true }): Record<string, unknown> => {
  const { expires_at, short } = answer as { expires_at?: string | null; short?: Short[] }
  const lines = answer['build'] === undefined ? answer.lines : bySku(answer.lines)
  const summary: Record<string, unknown> = lines ? { lines: lines.map(lineOf) } : {}
  for (const fact of FACTS) if (answer[fact] !== undefined) summary[fact] = answer[fact]
  if (expires_at !== undefined) {
    summary['expires_ms'] = expires_at === null ? null : Date.parse(expires_at)
  }
  if (short) {
    const facts = ({ line, sku, asked, available }: Short) => ({ line, sku, asked, available })
    summary['short'] = short.map(facts)
  }
  return summary
}

/** A build tells of its levels in the order of their ids. */
const bySku = (lines: AnsweredLine[]) => lines.toSorted((a, b) => (a.sku < b.sku ? -1 : 1))

const UNTOLD = ['version', 'shortage_named', 'promise']

const lineOf = ({ refusal, ...shown }: Record<string, unknown>) => {
  const line = Object.fromEntries(Object.entries(shown).filter(([name]) => !UNTOLD.includes(name)))
  return refusal === undefined ? line : { ...line, refusal: (refusal as { code: string }).code }
}

export const matches = (answer: Answered, expected: Expected): boolean => {
  if (!answer.ok || !expected.ok) {
    if (answer.ok || expected.ok || answer.refusal.code !== expected.code) return false
    const [line] = answer.refusal.lines ?? []
    const { short } = expected
    return (
      !short ||
      (line?.line === short.line &&
        line.sku === short.sku &&
        line.asked === short.asked &&
        line.available === short.available)
    )
  }
  const told = summaryOf(answer)
  const facts: Record<string, unknown> = JSON.parse(JSON.stringify(expected.facts))
  if (expected.replayed) facts['replayed'] = true
  return isDeepStrictEqual(told, facts)
}
