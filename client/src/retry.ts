import { clock } from './clock.ts'
import type { HoldfastError } from './error.ts'

const BACKOFF_MS = 100
const BACKOFF_MS_MAX = 5_000
const ATTEMPTS_MAX = 50
/** A wait that the server names grows by up to this part of it, by chance. */
const SPREAD = 4

/** Doubles with each attempt, with half of it by chance, so that clients do not march in step. */
export const backoffMs = (attempt: number, random: number): number =>
  Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (attempt - 1)) * (0.5 + random / 2)

/** The header Retry-After in milliseconds; it has seconds or a date. */
export const retryAfterMs = (header: string | null, nowMs: number): number => {
  if (header === null) return 0
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000)
  const date = Date.parse(header)
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs)
}

export type Failed = { error: HoldfastError; retryAfterMs: number }
export type Attempt<Result> = (msLeft: number) => Promise<{ result: Result } | Failed>

/** Makes attempts until one has a result, an error is final, or the deadline would pass. */
export const untilDeadline = async <Result>(
  deadlineMs: number,
  attempt: Attempt<Result>,
  signal?: AbortSignal,
): Promise<Result> => {
  const end = clock.monotonicMs() + deadlineMs
  for (let count = 1; ; count++) {
    signal?.throwIfAborted()
    const outcome = await attempt(end - clock.monotonicMs())
    if ('result' in outcome) return outcome.result
    signal?.throwIfAborted()
    // Those who were refused together must not come back together.
    const later = outcome.retryAfterMs * (1 + clock.random() / SPREAD)
    const waitMs = Math.max(later, backoffMs(count, clock.random()))
    const inTime = clock.monotonicMs() + waitMs < end
    if (!outcome.error.retryable || !inTime || count >= ATTEMPTS_MAX) throw outcome.error
    await clock.sleep(waitMs, signal)
  }
}
