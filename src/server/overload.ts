import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Clock, clock as realClock } from '../clock.ts'
import { Throughput } from './throughput.ts'

/** More requests than this in one process are answered 503 at once, before memory grows. */
export const PENDING_MAX = 2_000
/** What is always let in: flushes need company to be fast. */
const PENDING_MIN = 256
/** Under a load that stays too high nobody is let in who would wait longer than this. */
const STANDING_MS = 100
/** A flash sale's first moment is no overload: a crowd may wait for so long … */
const CROWD_WAIT_MS = 1_000
/** … and be there for so long. */
const CROWD_MS = 500
/** How long it must have been smaller until the next one is a new crowd. */
const CALM_MS = 500
/** The share of a deadline that may be spent on waiting for those who came before. */
const WAIT_SHARE = 0.5
/** A body that has not arrived after so long is no work of ours yet. */
const SLOW_BODY_MS = 1_000
const LOOK_MS = 250
const MS_PER_SECOND = 1_000

type Pending = { request: IncomingMessage; beganMs: number; counted: boolean }

/**
 * Says who is too many, from how many are pending and how fast they are answered. A queue that only
 * counts would make everybody wait for as long as the count takes; with a load of ten times what a
 * process can, all that it does would be too late.
 */
export class Overload {
  readonly #pendingMax: number
  readonly #deadlineMs: number
  readonly #clock: Clock
  readonly #throughput: Throughput
  readonly #pending = new Set<Pending>()
  readonly #running = new WeakMap<IncomingMessage, Promise<unknown>>()
  #count = 0
  #crowdedSinceMs: number | undefined
  #crowdedLastMs = Number.NEGATIVE_INFINITY
  #lookedMs = Number.NEGATIVE_INFINITY

  constructor(options: { pending_max: number; deadline_ms: number; clock?: Clock }) {
    this.#pendingMax = options.pending_max
    this.#deadlineMs = options.deadline_ms
    this.#clock = options.clock ?? realClock
    this.#throughput = new Throughput(this.#clock)
  }

  /** Requests that are worked on or wait for it. */
  get count(): number {
    return this.#count
  }

  /** True when one more would be too much. */
  isFull(): boolean {
    if (this.#count < this.#limit()) return false
    this.#setSlowBodiesAside()
    return this.#count >= this.#limit()
  }

  #limit(): number {
    const { perSecond } = this.#throughput
    if (perSecond === undefined) return this.#pendingMax
    const within = (ms: number) =>
      Math.min(this.#pendingMax, Math.max(PENDING_MIN, (perSecond * ms) / MS_PER_SECOND))
    const standing = within(STANDING_MS)
    if (this.#isCrowdStanding(standing)) return standing
    return within(Math.min(CROWD_WAIT_MS, this.#deadlineMs * WAIT_SHARE))
  }

  #isCrowdStanding(standing: number): boolean {
    const now = this.#clock.monotonicMs()
    if (now - this.#crowdedLastMs > CALM_MS) this.#crowdedSinceMs = undefined
    if (this.#count >= standing) {
      this.#crowdedSinceMs ??= now
      this.#crowdedLastMs = now
    }
    return this.#crowdedSinceMs !== undefined && now - this.#crowdedSinceMs > CROWD_MS
  }

  /** Counts a request until it is answered and the work that it has begun has ended. */
  enter(request: IncomingMessage, response: ServerResponse): void {
    const pending: Pending = { request, beganMs: this.#clock.monotonicMs(), counted: true }
    this.#pending.add(pending)
    this.#count++
    const leave = () => {
      this.#pending.delete(pending)
      if (!pending.counted) return
      this.#count--
      this.#throughput.done(this.#count)
    }
    response.once('close', () => {
      const work = this.#running.get(request)
      if (work) work.then(leave, leave)
      else leave()
    })
  }

  /** The call that a request has begun: it outlives a reader who leaves. */
  runs(request: IncomingMessage, work: Promise<unknown>): void {
    this.#running.set(request, work)
  }

  /** A stream does not end: it keeps its connection, but nobody's place. */
  streams(request: IncomingMessage): void {
    for (const pending of this.#pending) {
      if (pending.request !== request || !pending.counted) continue
      pending.counted = false
      this.#count--
    }
  }

  /** Whoever sends a body byte by byte keeps a connection, but nobody else's place. */
  #setSlowBodiesAside(): void {
    const now = this.#clock.monotonicMs()
    if (now - this.#lookedMs < LOOK_MS) return
    this.#lookedMs = now
    for (const pending of this.#pending) {
      if (now - pending.beganMs < SLOW_BODY_MS) return
      if (!pending.counted || pending.request.complete) continue
      pending.counted = false
      this.#count--
      pending.request.once('end', () => {
        if (!this.#pending.has(pending)) return
        pending.counted = true
        this.#count++
      })
    }
  }
}
