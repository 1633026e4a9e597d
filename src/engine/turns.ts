const FLUSHES_KEPT = 8

/**
 * How long whoever comes now will wait for a turn. The fastest of the last flushes is what counts:
 * after an outage the first good one ends the caution.
 */
export class Turns {
  readonly #sizeMax: number
  readonly #flushMs: number[] = []

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  flushed(ms: number): void {
    this.#flushMs.push(ms)
    if (this.#flushMs.length > FLUSHES_KEPT) this.#flushMs.shift()
  }

  /** 0 until something was flushed. */
  waitMs(waiting: number, inFlight: number): number {
    if (this.#flushMs.length === 0) return 0
    const turns = Math.floor(waiting / this.#sizeMax) / Math.max(1, inFlight)
    return turns * Math.min(...this.#flushMs)
  }
}
