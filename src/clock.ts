import { randomBytes } from 'node:crypto'

/** The only reader of time and randomness; a simulation replaces it as a whole. */
export type Clock = {
  now(): Date
  monotonicMs(): number
  random(): number
  /** A version 7 UUID (RFC 9562): grows with time, so index pages fill in order. */
  uuid(): string
  sleep(ms: number): Promise<void>
  /** Calls back once, later; the answer calls it off. */
  after(ms: number, callback: () => void): () => void
}

const COUNTER_BITS_MAX = 0xfff_ffff // 28 bits of counter behind the millisecond, then 34 random

/** Mints growing ids even when the wall clock stands still or steps back. */
const growingUuids = (nowMs: () => number) => {
  let lastMs = 0
  let counter = 0
  return (): string => {
    const ms = nowMs()
    if (ms > lastMs) {
      lastMs = ms
      counter = 0
    } else if (++counter > COUNTER_BITS_MAX) {
      lastMs++
      counter = 0
    }
    const time = lastMs.toString(16).padStart(12, '0')
    const high = (counter >>> 16).toString(16).padStart(3, '0')
    const low = (counter & 0xffff).toString(16).padStart(4, '0')
    const random = randomBytes(6).toString('hex')
    const tail = `${low.slice(0, 3)}-${low.slice(3)}${random.slice(0, 11)}`
    return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-8${tail}`
  }
}

export const clock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  uuid: growingUuids(Date.now),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
