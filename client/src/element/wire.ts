import type { Refusal } from '../answer.ts'
import { monotonicMs, newKey, pause, random } from './clock.ts'
import { recall, remember } from './memory.ts'
import { learnTime } from './serverTime.ts'
import { publishableKey, serverUrl } from './settings.ts'

const ATTEMPT_MS = 8_000
const ATTEMPTS_MAX = 3
const PAUSE_MS = 500
/** By what the server knows this browser, signed: it is told with the first hold. */
const BROWSER = 'x-holdfast-browser'

export type Body = Record<string, unknown>
export type Answered = { ok: true; [field: string]: unknown } | { ok: false; refusal: Refusal }

/** The text that the server knows this browser by; null before its first hold. */
export const browserText = (): string | null => recall(BROWSER)

/** Throws where nobody could be asked, or what came is no answer of Holdfast's. */
const once = async (method: string, path: string, body?: Body, key?: string): Promise<Answered> => {
  const headers: Record<string, string> = { authorization: `Bearer ${publishableKey()}` }
  if (body) headers['content-type'] = 'application/json'
  if (key) headers['idempotency-key'] = key
  const browser = browserText()
  if (browser && path.includes('reservations')) headers[BROWSER] = browser
  const asked = monotonicMs()
  const response = await fetch(serverUrl() + path, {
    method,
    headers,
    signal: AbortSignal.timeout(ATTEMPT_MS),
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const answer = await response.json()
  learnTime(answer.as_of, asked, monotonicMs())
  const known = response.headers.get(BROWSER)
  if (known) remember(BROWSER, known)
  if (response.ok) return { ...answer, ok: true }
  if (response.status >= 500 || response.status === 429 || !answer.code) throw new Error()
  return { ok: false, refusal: { ...answer, message: answer.detail } }
}

/** Asks the server. */
export const read = (path: string, body?: Body): Promise<Answered> =>
  once(body ? 'POST' : 'GET', path, body)

/** Changes something: each attempt has the same key, so that all of them have one effect. */
export const write = async (path: string, body: Body): Promise<Answered> => {
  const key = newKey()
  for (let attempt = 1; ; attempt++) {
    try {
      return await once('POST', path, body, key)
    } catch (error) {
      if (attempt >= ATTEMPTS_MAX) throw error
      await pause(PAUSE_MS * attempt * (1 + random()))
    }
  }
}
