import type { Blocker } from './blocker.ts'
import { type Query, withPatience } from './boundary.ts'
import { errorOf, type Fault, type FaultName, faults, isUnknownOutcome } from './faults.ts'
import type { Plan } from './plan.ts'
import type { Random } from './random.ts'
import type { Server, Statement } from './server.ts'
import type { Shop } from './shop.ts'
import type { Time } from './time.ts'

/** Nobody waits this long: a lock that is held that long is a deadlock of ours. */
const PATIENT = '20s'
/** Long enough that no brief lock of PostgreSQL's own meets it. */
const IMPATIENT = '25ms'
/** The database's clock is set again when it is so far behind. */
const DRIFT_MAX_MS = 20

/** What an error of PostgreSQL's own may be; any other is a bug of ours. */
const isExpected = (error: Error, blocked: boolean): boolean => {
  const { code } = error as { code?: string }
  return code === 'HF001' || code === 'HF004' || (code === '55P03' && blocked)
}

const WRITES = /^(run|run_flush|reserve_fast|change_fast)\b/

/** Takes statements to PostgreSQL, and makes the faults happen on their way. */
export class Dispatcher {
  readonly faults = new Map<FaultName, number>()
  /** Writes that had, or will have, an effect of which the caller was not told. */
  unknownOutcomes = 0
  statements = 0
  blocked = 0
  blocker: Blocker | undefined
  /** Statements whose connection is lost, and which PostgreSQL runs all the same, later. */
  readonly late: (Statement & { name: string })[] = []
  /** Statements that wait for a lock; those of dead processes among them. */
  readonly waiting: Query[] = []
  /** What holdfast.clock() says now. */
  applied_ms = 0
  readonly #server: Server
  readonly #time: Time
  readonly #random: Random
  readonly #plan: Plan
  readonly #shops: Shop[]
  readonly #violated: (complaint: string) => void
  readonly #clockApplied: (ms: number) => void

  constructor(options: {
    server: Server
    time: Time
    random: Random
    plan: Plan
    shops: Shop[]
    violated: (complaint: string) => void
    clockApplied: (ms: number) => void
  }) {
    this.#server = options.server
    this.#time = options.time
    this.#random = options.random
    this.#plan = options.plan
    this.#shops = options.shops
    this.#violated = options.violated
    this.#clockApplied = options.clockApplied
    this.applied_ms = options.time.database_ms
  }

  /** Tells PostgreSQL, and whoever watches, what time it is in the simulated world. */
  async applyClock(): Promise<void> {
    this.applied_ms = this.#time.database_ms
    this.#clockApplied(this.applied_ms)
    await this.#server.pool.query(
      'update simulation.instants set instant = $1 where tenant_id = any ($2)',
      [new Date(this.applied_ms).toISOString(), this.#shops.map(shop => shop.tenant_id)],
    )
  }

  /** Sends a statement, with the fault that chance has in store for it. */
  async send(query: Query, calm: boolean): Promise<void> {
    const strikes = !calm && this.#random.chance(this.#plan.fault_rate)
    const name = strikes ? this.#random.pick(this.#plan.faults) : undefined
    query.fault = name
    if (name !== undefined) this.#count(query, name)
    const fault: Fault | undefined = name && faults[name]
    if (fault?.late_ms) {
      query.not_before_ms = this.#time.ms + this.#random.between(...fault.late_ms)
    }
    if (fault?.reached === 'committed later') this.late.push(query)
    if (fault?.reached === 'not sent' || fault?.reached === 'committed later') {
      query.outcome = { error: errorOf(name as FaultName) }
      query.state = 'answered'
      return
    }
    await this.#run(query, fault?.reached === 'rolled back')
  }

  #count(query: Query, name: FaultName): void {
    this.faults.set(name, (this.faults.get(name) ?? 0) + 1)
    if (isUnknownOutcome(name) && WRITES.test(query.name)) this.unknownOutcomes++
  }

  async #run(query: Query, undo: boolean): Promise<void> {
    await this.#keepTime()
    const impatient = this.blocker !== undefined && (undo || this.#random.chance(0.4))
    const statement = withPatience(query, impatient ? IMPATIENT : PATIENT)
    this.statements++
    query.state = 'running'
    query.running = await this.#server.start(statement, undo)
    if (this.blocker && !impatient) await this.#server.untilEndedOrBlocked(query.running)
    else await query.running.ended
    if (query.running.outcome === undefined) {
      this.blocked++
      this.waiting.push(query)
    } else this.#end(query)
  }

  async #keepTime(): Promise<void> {
    if (Math.abs(this.#time.database_ms - this.applied_ms) >= DRIFT_MAX_MS) await this.applyClock()
  }

  /** PostgreSQL has answered; the engine hears what the fault lets through. */
  #end(query: Query): void {
    const outcome = query.running?.outcome
    query.state = 'answered'
    query.outcome = outcome
    if (outcome && 'error' in outcome) this.#judge(outcome.error, query.name)
    else if (query.fault && query.fault !== 'slow') query.outcome = { error: errorOf(query.fault) }
  }

  #judge(error: Error, name: string): void {
    if (isExpected(error, this.blocked > 0 || this.blocker !== undefined)) return
    this.#violated(`${name} failed in PostgreSQL: ${error.message}`)
  }

  /** Runs a statement of a lost connection, whose answer nobody hears. */
  async runLate(): Promise<string> {
    const statement = this.late.shift()
    if (!statement) return 'nothing'
    await this.#keepTime()
    const patience = this.blocker ? IMPATIENT : PATIENT
    const running = await this.#server.start(withPatience(statement, patience))
    await running.ended
    const { outcome } = running
    if (outcome && 'error' in outcome) this.#judge(outcome.error, statement.name)
    return statement.name
  }

  /** Ends somebody's own transaction; whoever waited for it goes on. */
  async standUp(how: 'commit' | 'rollback'): Promise<void> {
    const { blocker } = this
    this.blocker = undefined
    await blocker?.end(how)
    for (const query of this.waiting.splice(0)) {
      await query.running?.ended
      this.#end(query)
    }
  }
}
