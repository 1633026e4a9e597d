import type { Operation } from './operation.ts'

export const FLUSH_MAX = 512
export const FLUSHES_IN_FLIGHT_MAX = 3
/** Of those that one look answers. */
const CHEAP_MAX = 8_192
/** With so few callers one flush at a time gathers best (54.7 k against 37.0 k a second). */
const FEW = 64

/**
 * The operations of one tenant, verb and path that wait, in order of arrival. A flush takes half of
 * all callers, those under way included, so that one is built while another holds the locks, and
 * does not leave with fewer while others are under way (half of those that wait made ever smaller
 * flushes: 0.8 of the rate); few go all at once.
 */
export class FlushQueue {
  readonly name: string
  readonly verb: string
  in_flight = 0
  #underWay = 0
  #waiting: Operation[] = []
  readonly #busy = new Set<string>()
  readonly #isCheap: (operation: Operation) => boolean

  constructor(
    name: string,
    verb: string,
    isCheap: (operation: Operation) => boolean = () => false,
  ) {
    this.name = name
    this.verb = verb
    this.#isCheap = isCheap
  }

  get waiting(): number {
    return this.#waiting.length
  }

  push(operation: Operation): void {
    this.#waiting.push(operation)
  }

  /** True when another flush should start now. */
  ready(): boolean {
    if (this.#waiting.length === 0) return false
    if (this.in_flight === 0) return true
    return this.in_flight < FLUSHES_IN_FLIGHT_MAX && this.#waiting.length >= this.#size()
  }

  #size(): number {
    const half = Math.ceil((this.#waiting.length + this.#underWay) / 2)
    return Math.min(FLUSH_MAX, half <= FEW ? half * 2 : half)
  }

  /**
   * Takes the next flush. A key or a reservation stands in it once; its second operation waits
   * until the first has ended. Empty when all that waits is such a second.
   */
  take(): Operation[] {
    const size = this.#size()
    let [cheap, dear] = [0, 0]
    const taken: Operation[] = []
    const left: Operation[] = []
    for (const operation of this.#waiting) {
      if (operation.done) continue // its deadline has passed: nobody waits for it
      const isCheap = cheap < CHEAP_MAX && this.#isCheap(operation)
      const fits =
        (isCheap || dear < size) && !operation.alone_by.some(name => this.#busy.has(name))
      if (!fits) {
        left.push(operation)
        continue
      }
      if (isCheap) cheap++
      else dear++
      for (const name of operation.alone_by) this.#busy.add(name)
      taken.push(operation)
    }
    this.#waiting = left
    this.#underWay += taken.length
    return taken
  }

  /** Ends a flush: its keys and reservations may stand in the next one. */
  release(operations: Operation[]): void {
    this.#underWay -= operations.length
    for (const operation of operations) {
      for (const name of operation.alone_by) this.#busy.delete(name)
    }
  }

  /** Takes out all that waits, for closing. */
  drain(): Operation[] {
    const all = this.#waiting
    this.#waiting = []
    return all
  }
}
