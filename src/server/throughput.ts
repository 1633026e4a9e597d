import type { Clock } from '../clock.ts'

const WINDOW_MS = 100
/** The share of the newest window in the rate: half of a change is seen after two windows. */
const NEWEST = 0.3
/** With fewer at once a process shows what came, not what it can: flushes gather their callers. */
const BUSY_MIN = 32
const MS_PER_SECOND = 1_000

/** How much is done a second while there is always more to do, as far as that was seen. */
export class Throughput {
  readonly #clock: Clock
  #beganMs: number
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
    if (this.#leastLeft >= BUSY_MIN) this.#learn(this.#done / ms)
    this.#beganMs = now
    this.#done = 0
    this.#leastLeft = Number.POSITIVE_INFINITY
  }

  #learn(perMs: number): void {
    this.#perMs = (this.#perMs ?? perMs) * (1 - NEWEST) + perMs * NEWEST
  }

  /** Undefined while nothing is known. */
  get perSecond(): number | undefined {
    return this.#perMs === undefined ? undefined : this.#perMs * MS_PER_SECOND
  }
}
