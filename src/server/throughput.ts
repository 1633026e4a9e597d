import type { Clock } from '../clock.ts'

const WINDOW_MS = 100
/** The share of the newest window in the rate: half of a change is seen after two windows. */
const NEWEST = 0.3
/** With fewer at once a process shows what came, not what it can: flushes gather their callers. */
const BUSY_MIN = 32
/** What was seen so long ago says nothing of now. */
const AGE_MS_MAX = 10_000
const MS_PER_SECOND = 1_000

/** How much is done a second while there is always more to do, as far as that was seen lately. */
export class Throughput {
  readonly #clock: Clock
  #beganMs: number
  #learnedMs = Number.NEGATIVE_INFINITY
  #done = 0
  #leastLeft = Number.POSITIVE_INFINITY
  #perMs: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
    this.#beganMs = clock.monotonicMs()
  }

  /** One more was done, and so many are left. */
  done(left: number): void {
    this.#done++
    this.#leastLeft = Math.min(this.#leastLeft, left)
    const now = this.#clock.monotonicMs()
    const ms = now - this.#beganMs
    if (ms < WINDOW_MS) return
    if (this.#leastLeft >= BUSY_MIN) this.#learn(this.#done / ms, now)
    this.#beganMs = now
    this.#done = 0
    this.#leastLeft = Number.POSITIVE_INFINITY
  }

  #learn(perMs: number, now: number): void {
    const before = this.perSecond === undefined ? perMs : (this.#perMs ?? perMs)
    this.#perMs = before * (1 - NEWEST) + perMs * NEWEST
    this.#learnedMs = now
  }

  /** Undefined while nothing is known. */
  get perSecond(): number | undefined {
    const age = this.#clock.monotonicMs() - this.#learnedMs
    return this.#perMs === undefined || age > AGE_MS_MAX ? undefined : this.#perMs * MS_PER_SECOND
  }
}
