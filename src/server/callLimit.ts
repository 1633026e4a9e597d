import { type Clock, clock as realClock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'

const WINDOW_MS = 60_000
const CALLERS_MAX = 100_000

type Window = { count: number; beganMs: number }

/** Counts the calls of each caller in a minute; in this process, so several servers allow more. */
export class CallLimit {
  readonly #windows = new Map<string, Window>()
  readonly #clock: Clock

  constructor(clock: Clock = realClock) {
    this.#clock = clock
  }

  /** Takes one call of so many a minute; throws rate_limited when none is left. */
  take(caller: string, most: number): Record<string, string> {
    const now = this.#clock.monotonicMs()
    const window = this.#windowOf(caller, now)
    window.count++
    const seconds = Math.ceil((window.beganMs + WINDOW_MS - now) / 1000)
    if (window.count > most) {
      throw new HoldfastError('rate_limited', { retry_after_seconds: seconds })
    }
    return {
      'ratelimit-limit': String(most),
      'ratelimit-remaining': String(most - window.count),
      'ratelimit-reset': String(seconds),
    }
  }

  #windowOf(caller: string, now: number): Window {
    const found = this.#windows.get(caller)
    if (found && now - found.beganMs < WINDOW_MS) return found
    this.#windows.delete(caller)
    const [oldest] = this.#windows.keys()
    if (this.#windows.size >= CALLERS_MAX && oldest !== undefined) this.#windows.delete(oldest)
    const window = { count: 0, beganMs: now }
    this.#windows.set(caller, window)
    return window
  }
}
