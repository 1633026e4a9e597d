/** Milliseconds of many calls in bounded memory: buckets that grow by two per cent. */

const LEAST_MS = 0.01
const GROWTH = Math.log(1.02)
const BUCKETS = 1_000

export type Latency = {
  add: (ms: number) => void
  /** The milliseconds below which this share of the calls lay. */
  quantile: (share: number) => number
}

export const newLatency = (): Latency => {
  const buckets = new Uint32Array(BUCKETS)
  let count = 0
  return {
    add: ms => {
      const place = Math.floor(Math.log(Math.max(ms, LEAST_MS) / LEAST_MS) / GROWTH)
      const bucket = Math.min(BUCKETS - 1, place)
      buckets[bucket] = (buckets[bucket] ?? 0) + 1
      count++
    },
    quantile: share => {
      let left = Math.ceil(count * share)
      for (const [bucket, calls] of buckets.entries()) {
        left -= calls
        if (left <= 0 && calls > 0) {
          return Math.round(LEAST_MS * Math.exp(GROWTH * (bucket + 1)) * 100) / 100
        }
      }
      return 0
    },
  }
}
