import type { Clock } from '../clock.ts'
import { write } from '../database/call.ts'
import type { Database } from '../database/connect.ts'
import type { Refusal } from '../refusals.ts'

type Lost = {
  sku: string
  location: string | null
  channel: string | null
  reason: string
  refusals: number
  units: number
}

const PAUSE_MS = 1_000
/** Sums that wait to be written; what is refused beyond them is counted, and its SKU forgotten. */
const SUMS_MAX = 20_000
const SUMS_A_CALL = 1_000

/**
 * Writes refused demand down cheaply: refusals are summed up in this process, by SKU, location,
 * channel and reason, and written a second later, however many there were. A process that is killed
 * loses at most what it has not written; refusals are no promises.
 */
export class LostDemandBook {
  readonly #database: Database
  readonly #clock: Clock
  readonly #sums = new Map<number, Map<string, Lost>>()
  #count = 0
  #dropped = 0
  #writing: Promise<void> | undefined
  #closed = false

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** Refusals that found no room among the sums. */
  get dropped(): number {
    return this.#dropped
  }

  /** Notes the lines of a refusal for want of stock. */
  note(tenantId: number, refusal: Refusal, channel: unknown): void {
    if (refusal.code !== 'insufficient_stock' || this.#closed) return
    for (const { sku, location, asked, available } of refusal.lines ?? []) {
      const units = (asked ?? 0) - (available ?? 0)
      if (units <= 0 || !sku) continue
      this.#add(tenantId, {
        sku,
        location: location ?? null,
        channel: typeof channel === 'string' ? channel : null,
        reason: refusal.code,
        refusals: 1,
        units,
      })
    }
    this.#writing ??= this.#writeLater()
  }

  #add(tenantId: number, lost: Lost): void {
    const sums = this.#sums.get(tenantId) ?? new Map<string, Lost>()
    this.#sums.set(tenantId, sums)
    const name = `${lost.sku}\u0000${lost.location ?? ''}\u0000${lost.channel ?? ''}`
    const before = sums.get(name)
    if (before) {
      before.refusals += lost.refusals
      before.units += lost.units
    } else if (this.#count >= SUMS_MAX) this.#dropped++
    else {
      sums.set(name, lost)
      this.#count++
    }
  }

  async #writeLater(): Promise<void> {
    await this.#clock.sleep(PAUSE_MS)
    this.#writing = undefined
    await this.flush()
  }

  /** Writes what waits; what the database does not take now is not tried again. */
  async flush(): Promise<void> {
    const taken = [...this.#sums]
    this.#sums.clear()
    this.#count = 0
    for (const [tenantId, sums] of taken) {
      const lost = [...sums.values()]
      for (let at = 0; at < lost.length; at += SUMS_A_CALL) {
        const request = { lost: lost.slice(at, at + SUMS_A_CALL) }
        try {
          await write(this.#database, tenantId, 'note_lost_demand', request)
        } catch {
          this.#dropped += request.lost.length // a database that is away has other worries
        }
      }
    }
  }

  /** Writes what waits, and takes no more. */
  async close(): Promise<void> {
    this.#closed = true
    await this.flush()
  }
}
