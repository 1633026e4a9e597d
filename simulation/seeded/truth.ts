import { type Books, kinds, type Movement } from './books.ts'
import type { Call } from './call.ts'
import { allEnds, overdueAt } from './holds.ts'
import type { Answered } from './rooms.ts'
import { factorOf, type Line, skuOf } from './shop.ts'

/** Refusals of requests that nobody could grant; the workload sends none but the last two. */
const NEVER = new Set([
  'too_large',
  'invalid_quantity',
  'unknown_sku',
  'unknown_location',
  'reservation_exists',
  'key_expired',
  'level_not_found',
])

type RefusedLine = {
  sku: string
  location: string | null
  asked: number
  available: number
  version: number | null
}

/** What the cart wants of each level, where its lines name the location. */
const wantedAt = (lines: Line[]): Map<string, number> => {
  const wanted = new Map<string, number>()
  for (const { sku, location, quantity } of lines) {
    const level = `${skuOf(sku)} at ${location}`
    wanted.set(level, (wanted.get(level) ?? 0) + quantity * factorOf(sku))
  }
  return wanted
}

/** Units that could surely have been backordered, where so many wait. */
const roomFor = ({ shop, request }: Call, waiting: number): number => {
  const { queues } = shop
  const lines = (request['lines'] ?? []) as { backorder?: string }[]
  // A cancelled backorder keeps its room for a while.
  if (!queues || queues.release_delay_seconds > 0) return 0
  if (lines.some(({ backorder }) => backorder === 'none')) return 0
  return Math.max(0, queues.backorder_cap - waiting)
}

/** True when a refusal for want of stock was so at the versions that it names, within the call. */
const falseRefusal = (call: Call, answer: Answered, books: Books, calls: Call[]) => {
  const lines = (call.request['lines'] ?? []) as Line[]
  const short = (answer.refusal?.['lines'] ?? []) as RefusedLine[]
  if (short.length === 0) return 'a refusal without lines'
  // "anywhere" asks several levels, and so may an earlier line of the same cart.
  if (lines.some(({ location }) => location === 'anywhere')) return undefined
  const wanted = call.verb === 'reserve' ? wantedAt(lines) : undefined
  const ends = allEnds(calls)
  let justified = false
  for (const { sku, location, asked, available, version } of short) {
    const level = `${sku} at ${location}`
    const free = version === null ? undefined : books.freeAt(level, version)
    if (version === null || free === undefined) return `${level} never had version ${version}`
    const known = { books, ends, level, version }
    const surely = { ...known, at_ms: call.clock_least_ms, every: true }
    const perhaps = { ...known, at_ms: call.clock_most_ms, every: false }
    const ended = overdueAt({ ...surely, waiting: true })
    // What is to be kept for channels may be kept from this sale.
    const least = free + overdueAt(surely) + ended - books.buffers.at(level, version).size
    // While others wait, a channel sells what is kept for it.
    const channel = call.request['channel'] as string | undefined
    const own = channel ? books.buffers.at(level, version, channel).units : free
    const most = Math.max(free, own) + overdueAt(perhaps) + overdueAt({ ...perhaps, waiting: true })
    const need = wanted?.get(level) ?? asked
    const room = roomFor(call, books.waitingAt(level, version) - ended)
    if (need > Math.max(0, least) + room) justified = true
    if (available > Math.max(0, most)) return `${level}: ${available} free, at most ${most} were`
    if (short.length === 1 && lines.length === 1 && available < least) {
      return `${level} version ${version}: ${available} free, at least ${least} were`
    }
    const stale = newestBefore(call, books, level, calls)
    if (version < stale) return `${level}: refused at version ${version}, ${stale} was known`
  }
  return justified ? undefined : `refused although all was free: ${JSON.stringify(short)}`
}

/** The newest version of a level that somebody was told of before this call began. */
const newestBefore = (call: Call, books: Books, level: string, calls: Call[]): number => {
  const answered = new Set(
    calls.filter(each => each.answered_at < call.invoked_at).map(({ id }) => id),
  )
  return (books.byLevel.get(level) ?? []).reduce(
    (newest, { actor_id, version }) =>
      actor_id !== null && answered.has(actor_id) ? Math.max(newest, Number(version)) : newest,
    0,
  )
}

const sum = (movements: Movement[], counter: 'held' | 'committed' | 'on_hand') =>
  movements.reduce((total, { changes }) => total + changes[counter], 0)

/**
 * What a reservation had while nobody else touched it: undefined when somebody did, or may have.
 * Time may end its hold at any moment, so held units are known only if it never did.
 */
const quietState = (call: Call, books: Books, calls: Call[]) => {
  const id = String(call.request['reservation_id'])
  const touching = calls.filter(
    each =>
      each !== call &&
      (each.request['reservation_id'] === id || each.answer?.reservation_id === id),
  )
  const overlaps = touching.some(
    each =>
      each.effect_may_follow ||
      (each.invoked_at <= call.answered_at && each.answered_at >= call.invoked_at),
  )
  if (overlaps) return undefined
  const before = new Set(
    touching.filter(each => each.answered_at < call.invoked_at).map(each => each.id),
  )
  const all = books.byReservation.get(id) ?? []
  const moved = all.filter(({ actor_id }) => actor_id !== null && before.has(actor_id))
  return {
    held: sum(moved, 'held'),
    committed: sum(moved, 'committed'),
    ended: all.some(({ kind }) => kind === kinds.expire),
    untracked: all.some(({ level }) => level === null),
    returnable:
      -sum(
        moved.filter(({ kind }) => kind === kinds.fulfill),
        'committed',
      ) -
      sum(
        moved.filter(({ kind }) => kind === kinds.return),
        'on_hand',
      ),
  }
}

/** A whole release, fulfillment or return that was refused had nothing to take. */
const falseRest = (call: Call, books: Books, calls: Call[]): string | undefined => {
  if (call.request['lines'] || call.effect_may_follow) return undefined
  const state = quietState(call, books, calls)
  if (!state || state.untracked) return undefined
  if (call.verb === 'release' && state.committed > 0) return `${state.committed} were committed`
  if (call.verb === 'release' && !state.ended && state.held > 0) return `${state.held} were held`
  if (call.verb === 'fulfill' && state.committed > 0) return `${state.committed} were committed`
  if (call.verb === 'return' && state.returnable > 0) return `${state.returnable} were out`
  return undefined
}

const falseStock = (call: Call, answer: Answered, books: Books): string | undefined => {
  const refusal = answer.refusal as Record<string, unknown>
  const [line] = refusal['lines'] as { sku: string; location: string }[]
  const level = `${line?.sku} at ${line?.location}`
  const at = books.at(level, Number(refusal['version']))
  // Earlier lines of an all-or-nothing request were undone, versions and all.
  if (!at || (call.request['lines'] as object[]).length > 1) return undefined
  if (refusal['code'] === 'would_go_negative') {
    return Number(refusal['would_be']) < 0 ? undefined : `would be ${refusal['would_be']}`
  }
  return refusal['is'] === at.on_hand && refusal['is'] !== refusal['change_from']
    ? undefined
    : `stale: is ${refusal['is']}, was ${at.on_hand}`
}

const unknownReservation = (call: Call, books: Books, calls: Call[]): string | undefined => {
  const id = String(call.request['reservation_id'])
  const granted = calls.some(
    each => each.answer?.reservation_id === id && each.answered_at < call.invoked_at,
  )
  return granted && books.byReservation.has(id) ? `${id} was granted before` : undefined
}

/** A complaint when a refusal was not true at any moment within its call. */
export const refusalFault = (
  call: Call,
  answer: Answered,
  books: Books,
  calls: Call[],
): string | undefined => {
  const code = String(answer.refusal?.code)
  if (NEVER.has(code)) return `refused with ${code}`
  switch (code) {
    case 'insufficient_stock':
      return call.verb === 'reserve' && !call.request['partial']
        ? falseRefusal(call, answer, books, calls)
        : undefined
    case 'reservation_expired':
      return call.verb === 'commit' ? falseRefusal(call, answer, books, calls) : undefined
    case 'exceeds_remaining':
    case 'exceeds_fulfilled':
      return falseRest(call, books, calls)
    case 'would_go_negative':
    case 'stale_quantity':
      return falseStock(call, answer, books)
    case 'reservation_not_found':
      return unknownReservation(call, books, calls)
    case 'idempotency_key_reused':
      return call.reuses ? undefined : 'its key was never used before'
    default:
      return undefined
  }
}
