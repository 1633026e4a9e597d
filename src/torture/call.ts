import { clock } from '../clock.ts'
import type { Random } from './proxy.ts'

/** A call that a buyer makes, and makes again with the same key until it is decided. */
export type Call = { path: string; body: object; key: string }

export type Body = {
  code?: string
  reservation_id?: string
  lines?: { version?: number | null; available?: number }[]
}

/** What it came to: a grant or a refusal, when it was asked first and when it was answered. */
export type Decided = {
  status: number
  body: Body
  replayed: boolean
  attempts: number
  called_ms: number
  answered_ms: number
}

/** Where buyers go: any of the servers, and what is counted on the way. */
export type Market = {
  urls: string[]
  key: string
  random: Random
  counts: {
    attempts: number
    /** Attempts without a decision, by what was seen instead. */
    undecided: Record<string, number>
    /** Milliseconds by which the slowest attempt has outlived its deadline. */
    overrun_ms: number
  }
  /** Hears of each decision: by which server, and when its attempt was begun. */
  onDecided?: (server: number, beganMs: number) => void
}

export const newCounts = (): Market['counts'] => ({ attempts: 0, undecided: {}, overrun_ms: 0 })

const ATTEMPT_MS = 4_000
/** A machine that is slow is not helped by clients who never wait: each attempt may take longer. */
const ATTEMPT_MS_MAX = 20_000
const PAUSE_MS = 50
const PAUSES_MAX = 10
/** Longer than any outage that we cause: a call without a decision by then is a finding. */
export const PATIENCE_MS = 240_000

const attempt = async (market: Market, server: number, call: Call, deadlineMs: number) => {
  const response = await fetch(`${market.urls[server]}${call.path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${market.key}`,
      'content-type': 'application/json',
      'idempotency-key': call.key,
    },
    body: JSON.stringify(call.body),
    signal: AbortSignal.timeout(deadlineMs),
  })
  const body = (await response.json()) as Body
  const replayed = response.headers.get('idempotency-replayed') === 'true'
  return { status: response.status, body, replayed }
}

const isDecision = (status: number): boolean => status < 500 && status !== 429 && status !== 408

const nameOf = (error: Error): string => {
  const { code } = (error.cause ?? {}) as { code?: string }
  return error.name === 'TimeoutError' ? 'no answer in time' : (code ?? error.name)
}

/** Asks one server after the other, with the same key, until one decides; undefined if none did. */
export const decided = async (market: Market, call: Call): Promise<Decided | undefined> => {
  const { counts, random } = market
  const called_ms = clock.monotonicMs()
  for (let attempts = 1; clock.monotonicMs() - called_ms < PATIENCE_MS; attempts++) {
    const server = random(market.urls.length)
    const beganMs = clock.monotonicMs()
    counts.attempts++
    const deadlineMs = Math.min(ATTEMPT_MS * attempts, ATTEMPT_MS_MAX)
    const answer = await attempt(market, server, call, deadlineMs).catch(nameOf)
    const answered_ms = clock.monotonicMs()
    counts.overrun_ms = Math.max(counts.overrun_ms, answered_ms - beganMs - deadlineMs)
    if (typeof answer !== 'string' && isDecision(answer.status)) {
      market.onDecided?.(server, beganMs)
      return { ...answer, attempts, called_ms, answered_ms }
    }
    const seen = typeof answer === 'string' ? answer : (answer.body.code ?? `${answer.status}`)
    counts.undecided[seen] = (counts.undecided[seen] ?? 0) + 1
    await clock.sleep(PAUSE_MS * Math.min(attempts, PAUSES_MAX) * (1 + random(100) / 100))
  }
  return undefined
}
