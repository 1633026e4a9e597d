const STEP = Math.log(1.02) // two times are told apart when they differ by 2 %
const BUCKETS = 1_200 // 0.001 ms … six hours
const LEAST_MS = 0.001

/** How long calls took: so many buckets however many calls, since a round has millions. */
export class Latencies {
  readonly #buckets = new Float64Array(BUCKETS)
  count = 0

  add(ms: number): void {
    const bucket = ms <= LEAST_MS ? 0 : Math.floor(Math.log(ms / LEAST_MS) / STEP) + 1
    this.#buckets[Math.min(bucket, BUCKETS - 1)]! += 1
    this.count++
  }

  /** The time within which this part of the calls was answered; 0 when there was none. */
  at(part: number): number {
    let left = Math.ceil(this.count * part)
    for (const [bucket, count] of this.#buckets.entries()) {
      left -= count
      if (left <= 0 && this.count > 0) return LEAST_MS * Math.exp(bucket * STEP)
    }
    return 0
  }
}
