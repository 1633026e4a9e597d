import { ask } from '../database/ask.ts'
import type { Database } from '../database/connect.ts'
import { engineSchema } from '../database/statements.ts'
import type { Operation } from './operation.ts'

const LANES_MAX = 3
const WAIT_MS = 2_000

type Blocked = { request_no: number; level_id: number }

const nameOf = (tenantId: number, levelId: number): string => `${tenantId}/${levelId}`

/**
 * When a level is locked by somebody's own transaction, its operations leave the common road for a
 * lane of their own that waits for that level alone, and the rest goes on.
 */
export class Lanes {
  readonly #database: Database
  readonly #giveBack: (operations: Operation[]) => void
  readonly #lanes = new Map<string, Operation[]>()
  #closed = false

  constructor(database: Database, giveBack: (operations: Operation[]) => void) {
    this.#database = database
    this.#giveBack = giveBack
  }

  get size(): number {
    return this.#lanes.size
  }

  /** Operations that wait in lanes. */
  get waiting(): number {
    let waiting = 0
    for (const lane of this.#lanes.values()) waiting += lane.length
    return waiting
  }

  /**
   * Takes an operation into the lane of a level that it wants; false when it wants none. Whoever
   * keeps coming for a blocked level would stop every flush anew otherwise.
   */
  take(operation: Operation): boolean {
    const { tenant_id, fast } = operation
    if (this.#lanes.size === 0 || !fast || !('lines' in fast)) return false
    const wanted = fast.lines.find(line => this.#lanes.has(nameOf(tenant_id, line.level_id)))
    return wanted !== undefined && this.#join(operation, wanted.level_id)
  }

  /** Splits a flush that met a lock: blocked operations into lanes, the others back on the road. */
  async sortOut(operations: Operation[]): Promise<void> {
    const blocked = await this.#blockedLevels(operations)
    const onTheRoad: Operation[] = []
    for (const [index, operation] of operations.entries()) {
      const level = blocked.get(index + 1)
      if (level === undefined || !this.#join(operation, level)) onTheRoad.push(operation)
    }
    this.#giveBack(onTheRoad)
  }

  /** Ends all lanes and hands out who waited in them. */
  close(): Operation[] {
    this.#closed = true
    const waiting = [...this.#lanes.values()].flat()
    this.#lanes.clear()
    return waiting
  }

  async #blockedLevels(operations: Operation[]): Promise<Map<number, number>> {
    const requests = JSON.stringify(operations.map(operation => operation.request))
    try {
      const { rows } = await ask<Blocked>(this.#database, {
        text: `select * from ${engineSchema}.blocked_levels($1, $2::jsonb)`,
        values: [(operations[0] as Operation).tenant_id, requests],
      })
      return new Map(rows.map(row => [row.request_no, row.level_id]))
    } catch {
      return new Map() // the next flush meets the same trouble and reports it
    }
  }

  #join(operation: Operation, levelId: number): boolean {
    const name = nameOf(operation.tenant_id, levelId)
    const lane = this.#lanes.get(name)
    if (lane) {
      lane.push(operation)
      return true
    }
    if (this.#lanes.size >= LANES_MAX) return false
    this.#lanes.set(name, [operation])
    void this.#wait(name, operation.tenant_id, levelId)
    return true
  }

  /** Waits for the level, holding nothing else, then puts the lane back on the road. */
  async #wait(name: string, tenantId: number, levelId: number): Promise<void> {
    for (let free = false; !free && !this.#closed; ) {
      try {
        const text = `select ${engineSchema}.wait_for_level($1, $2, $3)`
        const values = [tenantId, levelId, `${WAIT_MS}ms`]
        await ask(this.#database, { text, values }, WAIT_MS)
        free = true
      } catch (error) {
        free = (error as { code?: string }).code !== '55P03'
      }
    }
    const waiting = this.#lanes.get(name) ?? []
    this.#lanes.delete(name)
    this.#giveBack(waiting)
  }
}
