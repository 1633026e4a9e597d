import type { Clock } from '../clock.ts'
import { asHoldfastError, isAgain } from '../database/call.ts'
import { type Database, isUndone } from '../database/connect.ts'
import { HoldfastError } from '../errors.ts'
import type { Answer, Refusal } from '../refusals.ts'
import { FLUSH_MAX, FLUSHES_IN_FLIGHT_MAX, FlushQueue } from './flushQueue.ts'
import { Lanes } from './lanes.ts'
import { type Observer, silent } from './observer.ts'
import { fail, type Operation, settle } from './operation.ts'
import { runFlush } from './runFlush.ts'
import { Statistics } from './statistics.ts'
import { Turns } from './turns.ts'

/** An answer; `go` the careful path; come `later`, after what is under way; or the failure. */
export type FastAnswer = Answer<object> | 'go' | 'later' | Error
/** Answers what it can of a flush by a faster way, and hears of every refusal of such a call. */
export type FastWay = {
  answer(operations: Operation[]): Promise<FastAnswer[]>
  /** True for a call that will be answered by a look alone: many more fit into a flush. */
  isCheap?(operation: Operation): boolean
  refused?(operation: Operation, refusal: Refusal): void
}

const WAITING_MAX = 50_000
const ATTEMPTS_MAX = 100
const AGAIN_DELAY_MS = 5

/**
 * Gathers callers: each flush is one round trip, one function call and one commit for many
 * operations of one tenant and verb. Tenants are served in turn; a lone caller waits for nobody.
 */
export class Batcher {
  readonly #database: Database
  readonly #lanes: Lanes
  readonly #fastWays: Record<string, FastWay>
  readonly #queues = new Map<string, FlushQueue>()
  readonly #observer: Observer
  readonly #clock: Clock
  readonly #refused: (operation: Operation, refusal: Refusal) => void
  readonly #statistics: Statistics
  readonly #turns = new Turns(FLUSH_MAX)
  readonly #flushes = new Set<Promise<void>>()
  #inFlight = 0
  #waiting = 0
  #pumping = false
  #closed = false

  constructor(options: {
    database: Database
    fastWays: Record<string, FastWay>
    clock: Clock
    observer?: Observer
    /** Hears of every refusal. */
    refused?: (operation: Operation, refusal: Refusal) => void
  }) {
    const { database } = options
    this.#database = database
    this.#fastWays = options.fastWays
    this.#observer = options.observer ?? silent
    this.#clock = options.clock
    this.#refused = options.refused ?? (() => {})
    this.#statistics = new Statistics(database, options.clock)
    this.#lanes = new Lanes(database, operations => this.#again(operations))
  }

  /**
   * Adds an operation; it is refused at once when too many wait already, or so many that its turn
   * would come after its deadline: work that nobody waits for would be done before all other.
   */
  push(operation: Operation): void {
    if (this.#closed) fail(operation, new HoldfastError('closed'))
    else if (this.#isTooMuch(operation)) fail(operation, new HoldfastError('overloaded'))
    else this.#enqueue(operation)
  }

  #isTooMuch({ deadline_ms }: Operation): boolean {
    if (this.#waiting + this.#lanes.waiting >= WAITING_MAX) return true
    return (
      deadline_ms !== undefined && this.#turns.waitMs(this.#waiting, this.#inFlight) > deadline_ms
    )
  }

  #enqueue(operation: Operation): void {
    if (this.#lanes.take(operation)) return
    this.#waiting++
    this.#queueOf(operation).push(operation)
    this.#schedule()
  }

  stats(): { waiting: number; in_flight: number; lanes: number } {
    return { waiting: this.#waiting, in_flight: this.#inFlight, lanes: this.#lanes.size }
  }

  /** Fails what waits and lets what is under way end. */
  async close(): Promise<void> {
    this.#closed = true
    const waiting = [...this.#queues.values()].flatMap(queue => queue.drain())
    for (const operation of [...waiting, ...this.#lanes.close()]) {
      fail(operation, new HoldfastError('closed'))
    }
    await Promise.all(this.#flushes)
  }

  #queueOf(operation: Operation): FlushQueue {
    const { tenant_id, verb, fast } = operation
    const name = `${tenant_id}/${verb}${fast ? '/fast' : ''}`
    let queue = this.#queues.get(name)
    if (!queue) {
      queue = new FlushQueue(name, verb, fast && this.#fastWays[verb]?.isCheap)
      this.#queues.set(name, queue)
    }
    return queue
  }

  /** Callers of one turn of the event loop are gathered before the first flush leaves. */
  #schedule(): void {
    if (this.#pumping) return
    this.#pumping = true
    setImmediate(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  #pump(): void {
    for (const [name, queue] of this.#queues) {
      if (this.#inFlight >= FLUSHES_IN_FLIGHT_MAX) return
      if (!queue.ready()) continue
      const before = queue.waiting
      const operations = queue.take()
      this.#waiting -= before - queue.waiting // with those whose deadline has passed
      if (operations.length === 0) {
        if (queue.waiting + queue.in_flight === 0) this.#queues.delete(name)
        continue
      }
      this.#queues.delete(name) // tenants and verbs take turns: whoever was served goes last
      this.#queues.set(name, queue)
      this.#start(queue, operations)
    }
  }

  #start(queue: FlushQueue, operations: Operation[]): void {
    this.#inFlight++
    queue.in_flight++
    const startedAt = this.#clock.monotonicMs()
    this.#statistics.touch()
    const flush = this.#flush(operations).finally(() => {
      this.#flushes.delete(flush)
      const ms = this.#clock.monotonicMs() - startedAt
      this.#turns.flushed(ms)
      const tenantId = (operations[0] as Operation).tenant_id
      this.#observer.flushed(queue.verb, operations.length, ms, tenantId)
      this.#inFlight--
      queue.in_flight--
      queue.release(operations)
      if (queue.waiting === 0 && queue.in_flight === 0) {
        this.#queues.delete(queue.name)
      }
      this.#schedule()
    })
    this.#flushes.add(flush)
  }

  async #flush(operations: Operation[]): Promise<void> {
    const first = operations[0] as Operation
    const fastWay = first.fast && this.#fastWays[first.verb]
    let careful = operations
    try {
      if (fastWay) careful = await this.#answerFast(fastWay, operations)
      if (careful.length === 0) return
      const answers = await runFlush(this.#database, careful)
      for (const [index, operation] of careful.entries()) {
        this.#end(operation, answers[index] as Answer<object> & { again?: true })
      }
    } catch (error) {
      await this.#failed(careful, error)
    }
  }

  /** Ends what the fast way answers, and gives back what is left for the careful path. */
  async #answerFast(fastWay: FastWay, operations: Operation[]): Promise<Operation[]> {
    const answers = await fastWay.answer(operations)
    return operations.filter((operation, index) => {
      const answer = answers[index]
      if (answer === 'later') this.#enqueue(operation)
      else if (answer instanceof Error) this.#fail(operation, answer)
      else if (answer !== 'go') this.#end(operation, answer as Answer<object>)
      return answer === 'go'
    })
  }

  #end(operation: Operation, answer: Answer<object> & { again?: true }): void {
    if (answer.again) {
      this.#again([operation])
      return
    }
    this.#observer.decided(operation.verb, answer.ok ? 'ok' : answer.refusal.code)
    if (!answer.ok) {
      if (operation.fast) this.#fastWays[operation.verb]?.refused?.(operation, answer.refusal)
      this.#refused(operation, answer.refusal)
    }
    settle(operation, answer)
  }

  /** Sorts out a flush that failed as a whole, so that each operation fails for its own reason. */
  async #failed(operations: Operation[], error: unknown): Promise<void> {
    if ((error as { code?: string }).code === '55P03') {
      return this.#lanes.sortOut(operations)
    }
    if (isAgain(error)) return this.#again(operations)
    const coded = asHoldfastError(error)
    const unknown = !(coded instanceof HoldfastError) || coded.code === 'broken_invariant'
    // Only what PostgreSQL has undone may be sent again: an answer that was lost, or that we failed
    // to read, may have had its effect.
    if (unknown && isUndone(error) && operations.length > 1) {
      for (const operation of operations) await this.#flush([operation])
      return
    }
    for (const operation of operations) this.#fail(operation, coded)
  }

  #fail(operation: Operation, error: Error): void {
    this.#observer.decided(operation.verb, error instanceof HoldfastError ? error.code : 'bug')
    fail(operation, error)
  }

  /** Sends operations again, a little later, unless they have tried too often. */
  #again(operations: Operation[]): void {
    const tryAgain: Operation[] = []
    for (const operation of operations) {
      if (this.#closed) fail(operation, new HoldfastError('closed'))
      else if (++operation.attempts > ATTEMPTS_MAX) fail(operation, new HoldfastError('busy'))
      else tryAgain.push(operation)
    }
    if (tryAgain.length === 0) return
    void this.#clock.sleep(AGAIN_DELAY_MS).then(() => {
      for (const operation of tryAgain) this.#enqueue(operation)
    })
  }
}
