import type { Placed } from './earlierOrders.ts'

/** What is to be shipped of one order; `placed` is filled when its reservations are committed. */
export type Parcel = { chain: string; placed: Placed[]; document: string; due: number }

/** Orders that wait to be shipped; beyond this the oldest is shipped early. */
export const SHIPPING_MAX = 10_000

/** The orders that are under way and not shipped yet, by the file's own time. */
export class Shipping {
  readonly #afterMs: number
  #waiting: Parcel[] = []

  constructor(afterMs: number) {
    this.#afterMs = afterMs
  }

  /** When an order of this time is to be shipped; at once where the file has no time. */
  dueOf(time: number | null): number {
    return time === null || this.#afterMs === 0 ? Number.NEGATIVE_INFINITY : time + this.#afterMs
  }

  add(parcel: Parcel): void {
    this.#waiting.push(parcel)
  }

  /** What is due by now, and the oldest where too many wait. */
  due(now: number | null): Parcel[] {
    const most = now ?? Number.NEGATIVE_INFINITY
    let count = Math.max(0, this.#waiting.length - SHIPPING_MAX)
    while (count < this.#waiting.length && (this.#waiting[count] as Parcel).due <= most) count++
    return this.#waiting.splice(0, count)
  }

  /** Everything that still waits. */
  rest(): Parcel[] {
    return this.#waiting.splice(0)
  }
}
