import { type Books, kinds, type Movement, partOf, waitingChange } from './books.ts'
import type { Call } from './call.ts'

type End = { at_ms: number }

/** An end that nobody was told of may be any. */
const isUntold = ({ verb, outcome, effect_may_follow }: Call): boolean =>
  (verb === 'amend' || verb === 'extend') && (outcome === 'unknown' || effect_may_follow)

/** Every instant that an answer has named as the end of a reservation's hold. */
const endsOf = (calls: Call[]): Map<string, End[]> => {
  const ends = new Map<string, End[]>()
  const add = (id: unknown, ...more: number[]): void => {
    const list = ends.get(String(id)) ?? []
    list.push(...more.map(at_ms => ({ at_ms })))
    ends.set(String(id), list)
  }
  for (const call of calls) {
    const { reservation_id, expires_at } = call.answer ?? {}
    if (reservation_id && expires_at) add(reservation_id, Date.parse(expires_at))
    if (isUntold(call)) {
      add(call.request['reservation_id'], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)
    }
  }
  return ends
}

/** Units of an overdue hold were committed, and the answer does not say that they were retaken. */
const silentlyLate = (
  call: Call,
  moved: Movement[],
  ends: End[],
  expired: boolean,
): string | undefined => {
  const { answer, clock_least_ms, clock_most_ms } = call
  const latest = Math.max(...ends.map(({ at_ms }) => at_ms))
  const taken = moved.reduce(
    (sum, m) => sum + m.changes.committed + m.changes.held + waitingChange(m),
    0,
  )
  if (!answer?.reacquired && taken > 0) {
    return `call ${call.id} committed ${taken} units that were not held, and does not say so`
  }
  if (!answer?.reacquired && moved.length > 0 && latest <= clock_least_ms) {
    return `call ${call.id} committed a hold that had ended, and does not say so`
  }
  const earliest = Math.min(...ends.map(({ at_ms }) => at_ms))
  return answer?.reacquired && taken > 0 && earliest > clock_most_ms && !expired
    ? `call ${call.id} took units again although no hold had ended yet`
    : undefined
}

/** Nothing is held below zero, ends twice, ends early, or is committed late without a word. */
export const holdFaults = (calls: Call[], books: Books): string[] => {
  const faults: string[] = []
  const ends = endsOf(calls)
  for (const [part, movements] of books.byPart) {
    let held = 0
    for (const movement of movements) {
      held += movement.changes.held
      if (held < 0) faults.push(`${part} has ended more often than it was held`)
      const known = ends.get(movement.reservation_id ?? '')
      const early = known && Math.min(...known.map(({ at_ms }) => at_ms)) > movement.recorded_ms
      if (movement.kind === kinds.expire && early) faults.push(`${part} ended early`)
    }
  }
  for (const call of calls) {
    if (call.verb !== 'commit' || call.outcome !== 'granted' || call.answer?.replayed) continue
    const moved = (books.byActor.get(call.id) ?? []).filter(({ kind }) => kind === kinds.commit)
    const known = ends.get(String(call.answer?.reservation_id))
    const all = books.byReservation.get(String(call.answer?.reservation_id)) ?? []
    const expired = all.some(({ kind }) => kind === kinds.expire)
    const fault = known && known.length > 0 ? silentlyLate(call, moved, known, expired) : undefined
    if (fault) faults.push(fault)
  }
  return faults
}

/**
 * Units at a level, at a version, whose hold had surely ended: every end that was ever named for it
 * lies at or before the instant.
 */
export const overdueAt = (options: {
  books: Books
  ends: Map<string, number[]>
  level: string
  version: number
  at_ms: number
  every: boolean
  /** Only those that wait for supply; else those that are held. */
  waiting?: boolean
}): number => {
  const { books, ends, level, version, at_ms, every, waiting } = options
  const held = new Map<string, { units: number; reservation_id: string }>()
  for (const movement of books.byLevel.get(level) ?? []) {
    if (Number(movement.version) > version) break
    if (!movement.reservation_id) continue
    const part = partOf(movement)
    const before = held.get(part)?.units ?? 0
    held.set(part, {
      units: before + (waiting ? movement.waits.held_backordered : movement.changes.held),
      reservation_id: movement.reservation_id,
    })
  }
  let overdue = 0
  for (const { units, reservation_id } of held.values()) {
    const known = ends.get(reservation_id) ?? []
    const isOver = every
      ? known.length > 0 && known.every(ms => ms <= at_ms)
      : known.length === 0 || known.some(ms => ms <= at_ms)
    if (isOver) overdue += units
  }
  return overdue
}

/** The ends of all reservations, for overdueAt. */
export const allEnds = (calls: Call[]): Map<string, number[]> =>
  new Map([...endsOf(calls)].map(([id, ends]) => [id, ends.map(({ at_ms }) => at_ms)]))
