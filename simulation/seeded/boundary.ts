import type pg from 'pg'
import { poolOf } from '../../test/pool.ts'
import { type Fault, type FaultName, faults } from './faults.ts'
import type { Outcome, Running, Server, Statement } from './server.ts'

/** A statement on its way: asked by the engine, perhaps sent to PostgreSQL, perhaps answered. */
export type Query = Statement & {
  number: number
  process: number
  name: string
  state: 'asked' | 'running' | 'answered'
  running: (Running & { pid: number }) | undefined
  outcome: Outcome | undefined
  fault: FaultName | undefined
  /** Not delivered before this instant of virtual time. */
  not_before_ms: number
  resolve(result: { rows: Record<string, unknown>[] }): void
  reject(error: Error): void
}

/** What a statement is, in a word, for the history. */
export const nameOf = ({ text, values }: Statement): string => {
  const called = /holdfast_engine_\d+\.(\w+)\(/.exec(text)?.[1] ?? 'other'
  if (called === 'read') return `read ${String(values[1])}`
  if (called === 'run' || called === 'run_flush') {
    return `${called} ${String(values[1])} × ${(JSON.parse(String(values[2])) as object[]).length}`
  }
  if (called === 'reserve_fast') return `reserve_fast × ${(values[6] as string[]).length}`
  return called
}

/** Facts that nothing in a run changes: they are asked once, and no fault strikes them. */
const isConstant = ({ text, values }: Statement): boolean =>
  text.includes('holdfast.engines') || values[1] === 'find_tenant'

/** Looks after the planner, decides nothing, and costs more than a run. */
const isUpkeep = ({ values }: Statement): boolean => values[1] === 'refresh_statistics'

const PLACE_OF_LOCK_TIMEOUT: Record<string, number> = {
  run_flush: 3,
  reserve_fast: 2,
  change_fast: 2,
  wait_for_level: 2,
}

/** A write that the engine does not gather waits for locks as long as it takes: here not. */
const runWithin = ({ text, values }: Statement, lockTimeout: string): Statement => ({
  text: `with patience as materialized (
    select set_config('lock_timeout', $${values.length + 1}, true))
    ${text} from patience`,
  values: [...values, lockTimeout],
})

/** The same statement, with as much patience for locks as the scheduler gives it. */
export const withPatience = (query: Statement, lockTimeout: string): Statement => {
  const called = /holdfast_engine_\d+\.(\w+)\(/.exec(query.text)?.[1] ?? ''
  if (called === 'run') return runWithin(query, lockTimeout)
  const place = PLACE_OF_LOCK_TIMEOUT[called]
  if (place === undefined) return query
  return { ...query, values: query.values.with(place, lockTimeout) }
}

/** Answers of constants, shared by all runs on one database. */
export type Constants = Map<string, Promise<{ rows: Record<string, unknown>[] }>>

/**
 * Stands where the pool of a process stands. Nothing passes by itself: each statement waits until
 * the scheduler sends it, and each answer until the scheduler delivers it.
 */
export class Boundary {
  readonly queries: Query[] = []
  readonly process: number
  readonly #server: Server
  readonly #constants: Constants
  readonly #numbers: { next: number }
  #dead = false

  constructor(options: {
    server: Server
    constants: Constants
    process: number
    numbers: { next: number }
  }) {
    this.process = options.process
    this.#server = options.server
    this.#constants = options.constants
    this.#numbers = options.numbers
  }

  /** What openHoldfast takes as its pool: the engine only asks it. */
  get pool(): pg.Pool {
    const query = (given: string | Statement, values: unknown[] = []) =>
      this.#query(typeof given === 'string' ? { text: given, values } : given)
    const counts = { totalCount: 0, idleCount: 0, waitingCount: 0 }
    return Object.assign(poolOf(query), counts)
  }

  /** The process dies: what it asked is not sent, and nobody hears its answers. */
  die(): void {
    this.#dead = true
    this.queries.length = 0
  }

  #query(statement: Statement): Promise<{ rows: Record<string, unknown>[] }> {
    if (isConstant(statement)) return this.#constant(statement)
    if (isUpkeep(statement)) return Promise.resolve({ rows: [{ answer: [] }] })
    return new Promise((resolve, reject) => {
      if (this.#dead) return
      this.queries.push({
        text: statement.text,
        values: statement.values,
        number: this.#numbers.next++,
        process: this.process,
        name: nameOf(statement),
        state: 'asked',
        running: undefined,
        outcome: undefined,
        fault: undefined,
        not_before_ms: 0,
        resolve,
        reject,
      })
    })
  }

  #constant({ text, values }: Statement): Promise<{ rows: Record<string, unknown>[] }> {
    const name = `${text} ${JSON.stringify(values)}`
    let answer = this.#constants.get(name)
    if (!answer) {
      answer = this.#server.pool.query(text, values)
      this.#constants.set(name, answer)
    }
    return answer
  }

  /** Hands an answer to the engine. */
  deliver(query: Query): void {
    this.queries.splice(this.queries.indexOf(query), 1)
    const { outcome } = query
    if (outcome === undefined || 'error' in outcome) {
      query.reject(outcome?.error ?? new Error('a query was delivered before it ended'))
    } else query.resolve({ rows: outcome.rows })
  }
}

export const faultOf = (name: FaultName): Fault => faults[name]
