import type { Clock } from '../clock.ts'
import { read } from '../database/call.ts'
import type { Database } from '../database/connect.ts'
import type { FastCart } from '../engine/operation.ts'
import { type Answer, type Refusal, type RefusedLine, refusals } from '../refusals.ts'

/** `careful`: some of what is free would be backordered, which only the careful path does. */
type LevelView = RefusedLine & { level_id: number; free: number; careful?: true }
type View = { levels: LevelView[]; keys: string[] }
/**
 * A refusal; `go` on to the engine; `careful`, by its careful path; or `later`, when earlier
 * callers may take what is free.
 */
export type Verdict = Answer<never> | 'go' | 'careful' | 'later'
type Waiting = {
  cart: FastCart
  key: string | undefined
  resolve(verdict: Verdict): void
  reject(error: unknown): void
}

const LEVELS_MAX = 100_000
const PAUSE_MS = 1

/**
 * Sold out is cheap and true: for levels that were just refused, callers are gathered and one
 * unlocked read answers all who came before it started; later ones wait for the next read. Whoever
 * could be served goes on to the engine, as many as there are units; the others come later.
 */
export class SoldOut {
  readonly #clock: Clock
  readonly #levels = new Map<number, Set<number>>()
  readonly #waiting = new Map<number, Waiting[]>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** True when a line of the cart wants a level that was refused lately. */
  concerns(tenantId: number, cart: FastCart): boolean {
    const levels = this.#levels.get(tenantId)
    return levels !== undefined && cart.lines.some(line => levels.has(line.level_id))
  }

  /** Remembers the levels for which a cart was refused. */
  remember(tenantId: number, cart: FastCart, refusal: Refusal): void {
    if (refusal.code !== 'insufficient_stock') return
    const levels = this.#levelsOf(tenantId)
    for (const line of refusal.lines ?? []) {
      const level = cart.lines[line.line - 1]?.level_id
      if (level !== undefined) levels.add(level)
    }
  }

  /** Has another look at all levels of carts that do not fit together. */
  doubt(tenantId: number, carts: FastCart[]): void {
    if (carts.length === 0) return
    const levels = this.#levelsOf(tenantId)
    for (const cart of carts) for (const line of cart.lines) levels.add(line.level_id)
  }

  #levelsOf(tenantId: number): Set<number> {
    let levels = this.#levels.get(tenantId)
    if (!levels || levels.size >= LEVELS_MAX) {
      levels = new Set()
      this.#levels.set(tenantId, levels)
    }
    return levels
  }

  /** Refuses with the facts of a read that starts after this call, or lets the cart go on. */
  look(database: Database, tenantId: number, cart: FastCart, key?: string): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(tenantId)
      const entry = { cart, key, resolve, reject }
      if (waiting) waiting.push(entry)
      else {
        this.#waiting.set(tenantId, [entry])
        void this.#read(database, tenantId)
      }
    })
  }

  async #read(database: Database, tenantId: number): Promise<void> {
    await this.#clock.sleep(PAUSE_MS)
    const waiting = this.#waiting.get(tenantId) ?? []
    this.#waiting.delete(tenantId)
    try {
      const levels = mostAsked(waiting.map(({ cart }) => cart))
      const keys = waiting.flatMap(({ key }) => (key === undefined ? [] : [key]))
      const request = { levels, keys }
      const view = await read<View>(database, tenantId, 'sold_out_view', request)
      this.#answer(tenantId, waiting, view)
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  #answer(tenantId: number, waiting: Waiting[], view: View): void {
    const usedKeys = new Set(view.keys)
    const levels = new Map(view.levels.map(level => [level.level_id, level]))
    const left = new Map(view.levels.map(level => [level.level_id, level.free]))
    for (const entry of waiting) {
      const { cart, key, resolve } = entry
      const short = shortLines(cart, levels)
      if (key !== undefined && usedKeys.has(key)) {
        resolve('go') // its first answer is repeated by the engine
      } else if (short.length > 0) {
        const { insufficient_stock: message } = refusals
        resolve({ ok: false, refusal: { code: 'insufficient_stock', message, lines: short } })
      } else if (cart.lines.every(line => (left.get(line.level_id) ?? 0) >= line.quantity)) {
        for (const { level_id, quantity } of cart.lines) {
          left.set(level_id, (left.get(level_id) ?? 0) - quantity)
        }
        resolve(cart.lines.some(line => levels.get(line.level_id)?.careful) ? 'careful' : 'go')
      } else resolve('later')
    }
    const sold = this.#levels.get(tenantId)
    for (const [level, units] of left) {
      if (units > 0 && !levels.get(level)?.careful) sold?.delete(level)
    }
  }
}

/** The most that one cart asks of each level. */
const mostAsked = (carts: FastCart[]): Record<number, number> => {
  const most: Record<number, number> = {}
  for (const cart of carts) {
    const asked = new Map<number, number>()
    for (const { level_id, quantity } of cart.lines) {
      asked.set(level_id, (asked.get(level_id) ?? 0) + quantity)
      most[level_id] = Math.max(most[level_id] ?? 0, asked.get(level_id) ?? 0)
    }
  }
  return most
}

/** The lines that a cart cannot have, with the lines before them in the same cart counted. */
const shortLines = (cart: FastCart, levels: Map<number, LevelView>): RefusedLine[] => {
  const taken = new Map<number, number>()
  const short: RefusedLine[] = []
  for (const [index, { level_id, quantity, sku, location }] of cart.lines.entries()) {
    const level = levels.get(level_id)
    const before = taken.get(level_id) ?? 0
    taken.set(level_id, before + quantity)
    const free = Math.max(0, (level?.free ?? 0) - before)
    if (level && free < quantity) {
      short.push({
        line: index + 1,
        sku,
        location,
        asked: quantity,
        available: Math.max(0, (level.available ?? 0) - before),
        next_expires_at: level.next_expires_at ?? null,
        other_locations: level.other_locations ?? [],
        version: level.version ?? null,
        ...(level.backorder && { backorder: level.backorder }),
        ...(level.supply && { supply: level.supply }),
      })
    }
  }
  return short
}
