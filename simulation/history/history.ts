import { type Books, levelName, type Movement } from '../books.ts'
import type { Answered, Call } from '../calls.ts'

/** What a call did at one level, at the version that it was told. */
export type Step = {
  level: string
  version: number
  on_hand: number
  held: number
  committed: number
  /** The level after it, where the answer says so. */
  after?: Counters
}

/** A line that was refused: what was asked, what was there, at which version. */
export type Refused = { level: string; version: number; asked: number; available: number }

export type Counters = { on_hand: number; held: number; committed: number }

/** One call of a client with its outcome; times in milliseconds of one clock. */
export type Op = {
  client: string
  verb: string
  reservation: string | null
  began: number
  ended: number
  /** How many levels it was to change: a cart is whole or not at all. */
  lines: number
  steps: Step[]
  refused: Refused[]
}

/** All that clients saw, and the counters of each level before and after. */
export type History = {
  ops: Op[]
  before: Map<string, Counters>
  after: Map<string, Counters & { version: number }>
}

export type Anomaly = { rule: string; what: string }

/** The units that a verb moves, by what an answer says of a line. */
const stepOf = (verb: string, line: Record<string, unknown>): Omit<Step, 'level' | 'version'> => {
  const units = Number(line['quantity'])
  const none = { on_hand: 0, held: 0, committed: 0 }
  if (verb === 'reserve') return { ...none, held: units }
  if (verb === 'commit') return { ...none, held: -units, committed: units }
  if (verb === 'fulfill') return { ...none, on_hand: -units, committed: -units }
  return { ...none, [line['was'] as string]: -units } // release: of what it was
}

const opOf = (call: Call, began: number, was: string): Op => {
  const { client, verb, request, answer } = call
  const op: Op = {
    ...{ client, verb, began, ended: call.ended_ms ?? Number.POSITIVE_INFINITY },
    ...{ reservation: null, lines: request.lines?.length ?? 0, steps: [], refused: [] },
  }
  if (!answer) return op
  if (!answer.ok) {
    op.refused = (answer.refusal.lines ?? []).flatMap(
      ({ sku, location, version, asked = 0, available = 0 }) =>
        location && version ? [{ level: levelName(sku, location), version, asked, available }] : [],
    )
    return op
  }
  op.reservation = answer.reservation_id ?? null
  op.steps = op.reservation ? promised(verb, answer, was) : counted(call, answer)
  if (op.lines === 0) op.lines = op.steps.length
  return op
}

type Grant = Answered & { ok: true }

const promised = (verb: string, { lines }: Grant, was: string): Step[] =>
  lines.map(line => {
    const level = levelName(line.sku, line.location ?? '')
    return { level, version: line.version ?? 0, ...stepOf(verb, { ...line, was }) }
  })

/** Stock verbs answer with the whole level. */
const counted = ({ verb, request }: Call, { lines }: Grant): Step[] =>
  lines.map((line, index) => {
    const level = levelName(line.sku, line.location ?? '')
    const units = request.lines?.[index]?.quantity ?? 0
    const { on_hand, held, committed } = line as unknown as Counters
    const after = { on_hand, held, committed }
    const change = { on_hand: units, held: 0, committed: 0 }
    if (verb !== 'receive' && verb !== 'adjust') throw new Error(`${verb} is not in this history`)
    return { level, version: line.version ?? 0, ...change, after }
  })

/**
 * Makes the history of calls: what was asked again with the same key is one call, from the first
 * asking to the last answer. What nobody was told of is taken from the books, at no known time.
 */
export const historyOf = (calls: Call[], books: Books, before: Map<string, Counters>): History => {
  const began = new Map<string, number>()
  const states = new Map<string, string>() // of a reservation that is given back: held or committed
  const told = new Set<string>()
  const ops: Op[] = []
  for (const call of calls) {
    const { key, began_ms, answer, verb } = call
    if (key !== undefined && !began.has(key)) began.set(key, began_ms)
    if (!answer) continue
    const id = answer.ok ? answer.reservation_id : undefined
    const was = states.get(id ?? '') ?? 'held'
    ops.push(opOf(call, key === undefined ? began_ms : (began.get(key) ?? began_ms), was))
    if (id === undefined) continue
    told.add(id)
    if (verb === 'commit') states.set(id, 'committed')
  }
  for (const id of books.reservations) if (!told.has(id)) ops.push(untold(id, books.lives.get(id)))
  const after = new Map(
    [...books.movements].map(([level, movements]) => {
      const { on_hand, held, committed } = movements.at(-1) as Movement
      return [level, { version: movements.length, on_hand, held, committed }]
    }),
  )
  return { ops, before, after }
}

/**
 * What is about other levels than these. Who waits for supply is served by calls of others, which
 * no version of an answer tells: such levels are compared with the books alone.
 */
export const apartFrom = (
  levels: Set<string>,
  calls: Call[],
  books: Books,
): { calls: Call[]; books: Books } => {
  const isApart = (movements: Movement[] = []) => movements.some(({ level }) => levels.has(level))
  const reservations = new Set(
    [...books.lives].filter(([, life]) => isApart(life)).map(([id]) => id),
  )
  const skus = new Set([...levels].map(level => level.split(' at ')[0]))
  const rest = calls.filter(
    ({ request }) =>
      !reservations.has(request.reservation_id ?? '') &&
      !request.lines?.some(({ sku }) => skus.has(sku)),
  )
  return {
    calls: rest,
    books: {
      ...books,
      movements: new Map([...books.movements].filter(([level]) => !levels.has(level))),
      reservations: new Set([...books.reservations].filter(id => !reservations.has(id))),
    },
  }
}

const untold = (reservation: string, life: Movement[] = []): Op => ({
  ...{ client: 'nobody', verb: 'reserve', reservation, refused: [], lines: life.length },
  ...{ began: Number.NEGATIVE_INFINITY, ended: Number.POSITIVE_INFINITY },
  steps: life.map(({ level, version, held_change }) => ({
    ...{ level, version: version ?? 0, on_hand: 0, held: held_change, committed: 0 },
  })),
})
