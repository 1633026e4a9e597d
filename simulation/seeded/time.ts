import type { Clock } from '../../src/clock.ts'
import type { Random } from './random.ts'

/** In the middle of a month, so that the hours of a run stay within one partition of the ledger. */
export const BEGIN_MS = Date.parse('2026-11-10T12:00:00Z')

type Timer = { at_ms: number; owner: object; run(): void }

/** Virtual time: nothing passes until the scheduler lets it. Each machine has its own clock. */
export class Time {
  ms = BEGIN_MS
  /** What holdfast.clock() says. */
  database_ms = BEGIN_MS
  readonly #timers: Timer[] = []

  add(owner: object, delayMs: number, run: () => void): () => void {
    const timer = { at_ms: this.ms + delayMs, owner, run }
    this.#timers.push(timer)
    return () => this.#remove(timer)
  }

  /** Forgets the timers of a process that has died. */
  drop(owner: object): void {
    for (const timer of this.#timers.filter(each => each.owner === owner)) this.#remove(timer)
  }

  /** Milliseconds until the next timer; undefined when there is none. */
  untilNext(): number | undefined {
    const timer = this.#next()
    return timer && Math.max(0, timer.at_ms - this.ms)
  }

  /** Lets time pass until the next timer, and fires it. */
  fire(): void {
    const timer = this.#next()
    if (!timer) return
    this.pass(Math.max(0, timer.at_ms - this.ms))
    this.#remove(timer)
    timer.run()
  }

  pass(ms: number): void {
    this.ms += ms
    this.database_ms += ms
  }

  #next(): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) if (!next || timer.at_ms < next.at_ms) next = timer
    return next
  }

  #remove(timer: Timer): void {
    const at = this.#timers.indexOf(timer)
    if (at >= 0) this.#timers.splice(at, 1)
  }
}

/** The clock of one process: virtual time with the error of that machine. */
export const clockOf = (options: {
  time: Time
  random: Random
  owner: object
  /** How far the machine's wall clock is off. */
  skew: () => number
  /** What makes this process's ids its own. */
  mark: number
}): Clock => {
  const { time, random, owner, skew, mark } = options
  let minted = 0
  return {
    now: () => new Date(time.ms + skew()),
    monotonicMs: () => time.ms,
    random: () => random.below(1_000_000) / 1_000_000,
    uuid: () => {
      const ms = time.ms.toString(16).padStart(12, '0')
      const number = (minted++).toString(16).padStart(12, '0')
      const tail = `8${mark.toString(16).padStart(3, '0')}-${number}`
      return `${ms.slice(0, 8)}-${ms.slice(8)}-7000-${tail}`
    },
    sleep: ms => new Promise(resolve => void time.add(owner, ms, resolve)),
    after: (ms, callback) => time.add(owner, ms, callback),
  }
}
