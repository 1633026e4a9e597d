import { isDeepStrictEqual } from 'node:util'
import { type Books, levelName, type Movement } from './books.ts'
import type { Answered, AnsweredLine, Call } from './calls.ts'

/**
 * What a client was told and the books do not bear out. The invariants of the database alone are in
 * src/ledger/invariants*.sql; these need both sides.
 */
export type Fault = {
  code:
    | 'grant_lost'
    | 'grant_differs'
    | 'effect_twice'
    | 'cart_torn'
    | 'reacquired_in_silence'
    | 'false_refusal'
  what: string
  call?: Call
}

/** Every answer stands in the books, and the books have nothing that nobody asked for. */
export const acknowledgedFaults = (calls: Call[], books: Books): Fault[] => [
  ...calls.flatMap(call => grantFaults(call, books)),
  ...calls.flatMap(call => cartFaults(call, books)),
  ...calls.flatMap(call => refusalFaults(call, books)),
  ...keyFaults(calls),
  ...effectFaults(calls, books),
  ...reacquiredFaults(calls, books),
]

type Grant = Extract<Answered, { ok: true }>
const grantOf = ({ answer }: Call): Grant | undefined => (answer?.ok ? answer : undefined)
const versionedLines = (grant: Grant): (AnsweredLine & { location: string; version: number })[] =>
  grant.lines.filter(
    (line): line is AnsweredLine & { location: string; version: number } =>
      line.version !== null && line.version !== undefined && line.location !== null,
  )

const COUNTERS = [
  'on_hand',
  'held',
  'committed',
  'damaged',
  'quality_control',
  'set_aside',
  'shortage',
] as const

/** Every acknowledged grant is present, with its content at the version that it names. */
const grantFaults = (call: Call, books: Books): Fault[] => {
  const grant = grantOf(call)
  if (!grant) return []
  const { reservation_id } = grant
  if (reservation_id !== undefined && !books.reservations.has(reservation_id)) {
    return [{ code: 'grant_lost', what: `reservation ${reservation_id}`, call }]
  }
  return versionedLines(grant).flatMap((line): Fault[] => {
    const sku = books.codes.get(line.sku)?.sku ?? line.sku
    const movement = books.movements.get(levelName(sku, line.location))?.[line.version - 1]
    if (!movement) {
      const what = `${levelName(sku, line.location)} never had version ${line.version}`
      return line.version === 0 ? [] : [{ code: 'grant_lost', what, call }]
    }
    const wrong =
      reservation_id === undefined
        ? COUNTERS.filter(counter => line[counter] !== movement[counter])
        : differsFromLife(line, books.lives.get(reservation_id) ?? [], movement)
    return wrong.length === 0
      ? []
      : [{ code: 'grant_differs', what: `${movement.level}: ${wrong.join(', ')}`, call }]
  })
}

const QUANTITIES = [
  ...(['held', 'committed', 'backordered', 'held_backordered'] as const),
  ...(['fulfilled', 'released', 'expired', 'returned'] as const),
]
type Quantities = Record<(typeof QUANTITIES)[number], number>

/** What a movement changes of all that is promised, there or awaited. */
const promisedBy = (of: Movement): number =>
  of.held_change + of.committed_change + of.backordered_change + of.held_backordered_change

/** What the movements of one allocation make of it. */
const foldLife = (movements: Movement[]): Quantities => {
  const sum: Quantities = {
    ...{ held: 0, committed: 0, backordered: 0, held_backordered: 0 },
    ...{ fulfilled: 0, released: 0, expired: 0, returned: 0 },
  }
  for (const movement of movements) {
    const { kind } = movement
    const more = promisedBy(movement)
    sum.held += movement.held_change
    sum.committed += movement.committed_change
    sum.backordered += movement.backordered_change
    sum.held_backordered += movement.held_backordered_change
    if (kind === 'fulfill') sum.fulfilled -= movement.committed_change
    if (kind === 'return') sum.returned += movement.on_hand_change
    if (kind === 'expire') sum.expired -= more
    if (kind === 'release' || (kind === 'amend' && more < 0)) sum.released -= more
    if ((kind === 'commit' || kind === 'amend') && more > 0) {
      sum.expired -= Math.min(sum.expired, more)
    }
  }
  return sum
}

const differsFromLife = (line: AnsweredLine, life: Movement[], at: Movement): string[] => {
  const movements = life.filter(
    each =>
      each.level === at.level &&
      each.line === line.line &&
      each.part === line.part &&
      (each.version ?? 0) <= (at.version ?? 0),
  )
  const sum = foldLife(movements)
  // A line says what waits only where something does.
  return QUANTITIES.filter(name => (line[name] ?? 0) !== sum[name])
}

/** A new reservation has all lines that were asked for, with all units, or says it is short. */
const cartFaults = (call: Call, books: Books): Fault[] => {
  const grant = grantOf(call)
  const opens = call.verb === 'reserve' || call.verb === 'record_sale'
  if (!grant || !opens || grant['short'] !== undefined) return []
  return (call.request.lines ?? []).flatMap(({ sku, quantity, location }, index): Fault[] => {
    const parts = grant.lines.filter(each => each.line === index + 1)
    const units = parts.reduce((sum, each) => sum + Number(each['quantity']), 0)
    const code = books.codes.get(sku)
    const whole =
      units === quantity * (code?.factor ?? 1) &&
      parts.every(each => each.sku === code?.sku) &&
      (location === undefined ||
        location === 'anywhere' ||
        parts.every(each => each.location === location))
    return whole ? [] : [{ code: 'cart_torn', what: `line ${index + 1}: ${units} units`, call }]
  })
}

/** A refusal for want of stock is true at the version that it names. */
const refusalFaults = (call: Call, books: Books): Fault[] => {
  if (call.answer?.ok !== false || call.answer.refusal.code !== 'insufficient_stock') return []
  const amended = call.verb !== 'reserve' // its own units count as free to it
  return (call.answer.refusal.lines ?? []).flatMap((line): Fault[] => {
    const { asked = 0, available = 0, version, location } = line
    const before = (call.request.lines ?? []).slice(0, line.line - 1).some(each => {
      return books.codes.get(each.sku)?.sku === line.sku // earlier lines take of it as well
    })
    if (!location || !version || amended || before) return []
    const level = levelName(line.sku, location)
    const at = books.movements.get(level)?.[version - 1]
    if (!at) return [{ code: 'false_refusal', what: `${level} never had version ${version}`, call }]
    const kept = at.damaged + at.quality_control + at.set_aside
    const free = at.on_hand - at.held - at.committed - kept - at.waiting
    const what = `${level}: ${free} free at version ${version}, ${asked} asked, ${available} told`
    return free >= asked || available >= asked || available < free
      ? [{ code: 'false_refusal', what, call }]
      : []
  })
}

const content = (answer: Grant): object => ({ ...answer, replayed: undefined })

/** All answers to one key are the first one; only one of them is not a repetition. */
const keyFaults = (calls: Call[]): Fault[] => {
  const first = new Map<string, Grant>()
  const fresh = new Set<string>()
  return calls.flatMap((call): Fault[] => {
    const grant = grantOf(call)
    if (!grant || call.key === undefined) return []
    const before = first.get(call.key)
    if (!before) first.set(call.key, grant)
    const again = !grant.replayed && fresh.has(call.key)
    if (!grant.replayed) fresh.add(call.key)
    return again || (before && !isDeepStrictEqual(content(before), content(grant)))
      ? [{ code: 'effect_twice', what: `key ${call.key}`, call }]
      : []
  })
}

/** A reservation that nobody was told of belongs to a call without an answer, one for each. */
const effectFaults = (calls: Call[], books: Books): Fault[] => {
  const told = new Set(calls.map(call => grantOf(call)?.reservation_id))
  const opening = calls.filter(({ verb }) => verb === 'reserve' || verb === 'record_sale')
  const answered = new Set(opening.filter(({ answer }) => answer?.ok).map(({ key }) => key))
  const unknown = opening.filter(({ key, answer }) => !answer && !(key && answered.has(key)))
  const most = new Set(unknown.map((call, index) => call.key ?? index)).size
  const untold = [...books.reservations].filter(id => !told.has(id))
  if (untold.length <= most) return []
  const what = `${untold.length} reservations are untold, ${most} calls unanswered: ${untold[0]}`
  return [{ code: 'effect_twice', what }]
}

/** A commit took units again if and only if it said so; where an answer was lost, nobody knows. */
const reacquiredFaults = (calls: Call[], books: Books): Fault[] => {
  const lost = new Set(
    calls.filter(({ answer }) => !answer).map(({ request }) => request.reservation_id),
  )
  const commits = new Map<string, Call[]>()
  for (const call of calls) {
    const id = grantOf(call)?.reservation_id
    if (call.verb !== 'commit' || id === undefined || lost.has(id) || grantOf(call)?.replayed) {
      continue
    }
    commits.set(id, [...(commits.get(id) ?? []), call])
  }
  return [...commits].flatMap(([id, made]): Fault[] => {
    const life = books.lives.get(id) ?? []
    const taken = life.some(movement => movement.kind === 'commit' && promisedBy(movement) > 0)
    const said = made.find(call => grantOf(call)?.reacquired)
    if (taken === (said !== undefined)) return []
    const [call = said] = made
    return [{ code: 'reacquired_in_silence', what: `reservation ${id}`, ...(call && { call }) }]
  })
}
