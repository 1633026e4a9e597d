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

const HEX_DIGITS = 11
const POOL_BYTES = 6144

/** Random hex digits from a pool: a call to the system for each id took a sixth of a flash sale. */
const randomDigits = () => {
  let pool = ''
  let at = 0
  return (): string => {
    if (at + HEX_DIGITS > pool.length) {
      pool = randomBytes(POOL_BYTES).toString('hex')
      at = 0
    }
    at += HEX_DIGITS
    return pool.slice(at - HEX_DIGITS, at)
  }
}

/** Mints growing ids even when the wall clock stands still or steps back. */
const growingUuids = (nowMs: () => number) => {
  let lastMs = 0
  let time = ''
  let counter = 0
  const random = randomDigits()
  const begin = (ms: number): void => {
    lastMs = ms
    counter = 0
    const digits = ms.toString(16).padStart(12, '0')
    time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`
  }
  return (): string => {
    const ms = nowMs()
    if (ms > lastMs) begin(ms)
    else if (++counter > COUNTER_BITS_MAX) begin(lastMs + 1)
    const count = counter.toString(16).padStart(7, '0')
    return `${time}${count.slice(0, 3)}-8${count.slice(3, 6)}-${count.slice(6)}${random()}`
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
