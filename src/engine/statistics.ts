import type { Clock } from '../clock.ts'
import { read } from '../database/call.ts'
import type { Database } from '../database/connect.ts'

const EVERY_MS = 5_000
const NO_TENANT = 0

/**
 * Keeps the planner's statistics fit while flushes run: a table that was never analysed made a
 * batched update scan the tenant (10,000 SKUs: 750 holds a second, and 22,930 after ANALYZE).
 */
export class Statistics {
  readonly #database: Database
  readonly #clock: Clock
  #lookedAtMs = Number.NEGATIVE_INFINITY

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** Called with every flush; looks at the tables with the first one, then now and then. */
  touch(): void {
    const now = this.#clock.monotonicMs()
    if (now - this.#lookedAtMs < EVERY_MS) return
    this.#lookedAtMs = now
    // A failure here is no flush's: whatever is wrong with the database, the flush meets it too.
    read(this.#database, NO_TENANT, 'refresh_statistics', {}).catch(() => {})
  }
}
