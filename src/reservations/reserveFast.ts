import assert from 'node:assert/strict'
import { ask } from '../database/ask.ts'
import { asHoldfastError } from '../database/call.ts'
import { type Database, isUndone } from '../database/connect.ts'
import { plainList, textList } from '../database/lists.ts'
import { engineSchema } from '../database/statements.ts'
import type { FastAnswer, FastWay } from '../engine/batcher.ts'
import type { CatalogCache } from '../engine/catalogCache.ts'
import { FLUSH_MAX } from '../engine/flushQueue.ts'
import { keyColumns, withNewKeys } from '../engine/keyed.ts'
import type { FastCart, FastLine } from '../engine/operation.ts'
import type { Answer } from '../refusals.ts'
import type { ReservationGrant } from './grant.ts'
import type { SoldOut } from './soldOut.ts'

const LOCK_TIMEOUT = '50ms'
const text = `select versions, decided_at from ${engineSchema}.reserve_fast(
  $1, $2, $3, $4::int[], $5::bigint[], $6::int[], $7::uuid[], $8::int[], $9::int[], $10::text[],
  $11::int[], $12::int[], $13::bigint[], $14::int[], $15::int[], $16::int[], $17::bigint[],
  $18::bigint[], $19::int[], $20::text[], $21::jsonb, $22::jsonb)`

type LevelSum = { level_id: number; index: number; units: number; movements: number }

/** The sums per level, in id order, which is the order of the locks. */
const sumByLevel = (carts: FastCart[]): Map<number, LevelSum> => {
  const ids = new Set<number>()
  for (const { lines } of carts) for (const { level_id } of lines) ids.add(level_id)
  const sorted = [...ids].sort((a, b) => a - b)
  return new Map(
    sorted.map((level_id, index) => [
      level_id,
      { level_id, index: index + 1, units: 0, movements: 0 },
    ]),
  )
}

const lineColumns = (carts: FastCart[], levels: Map<number, LevelSum>) => {
  const columns = {
    carts: [] as number[],
    numbers: [] as number[],
    levels: [] as number[],
    units: [] as number[],
    sums: [] as number[],
    versions: [] as number[],
  }
  for (const [place, cart] of carts.entries()) {
    for (const [index, line] of cart.lines.entries()) {
      const level = levels.get(line.level_id) as LevelSum
      level.units += line.quantity
      level.movements += 1
      columns.carts.push(place + 1)
      columns.numbers.push(index + 1)
      columns.levels.push(level.index)
      columns.units.push(line.quantity)
      columns.sums.push(level.units)
      columns.versions.push(level.movements)
    }
  }
  return columns
}

const single = (cart: FastCart, value: number | undefined): number | null =>
  cart.lines.length === 1 && value !== undefined ? value : null

/** In jsonb's order: see grantOf. */
const lineOf = ({ sku, location, quantity }: FastLine, index: number, version: number) => ({
  sku,
  held: quantity,
  line: index + 1,
  part: 0,
  expired: 0,
  version,
  location,
  quantity,
  released: 0,
  returned: 0,
  committed: 0,
  fulfilled: 0,
})

/** In the order in which jsonb keeps it: what a key repeats is the same to the letter. */
const grantOf = (
  cart: FastCart,
  expires_at: string,
  versions: number[],
): Answer<ReservationGrant> => {
  const lines = cart.lines.map((line, index) => lineOf(line, index, versions[index] as number))
  const { reservation_id, policy_version } = cart
  const state = 'held'
  const order_reference = null
  return policy_version === 0
    ? { ok: true, lines, state, expires_at, reservation_id, order_reference }
    : { ok: true, lines, state, expires_at, policy_version, reservation_id, order_reference }
}

/** After so many looks that others were faster than, the careful path decides one by one. */
const LOOKS_MAX = 3

/** One flush of plain carts, and what is known of their answers so far. */
class Flush {
  readonly answers = new Map<FastCart, FastAnswer | 'careful'>()
  readonly #database: Database
  readonly #catalog: CatalogCache
  readonly #soldOut: SoldOut
  readonly #tenantId: number

  constructor(database: Database, catalog: CatalogCache, soldOut: SoldOut, tenantId: number) {
    this.#database = database
    this.#catalog = catalog
    this.#soldOut = soldOut
    this.#tenantId = tenantId
  }

  /** Grants all of these, or gives back those that do not fit together. */
  async grant(carts: FastCart[]): Promise<FastCart[]> {
    for (const cart of carts) this.answers.delete(cart)
    const { calls, result } = await withNewKeys(carts, some =>
      decideFast(this.#database, this.#catalog, this.#tenantId, some),
    )
    if (result === 'short') return calls
    if (!result || result === 'stale') return []
    for (const [index, cart] of calls.entries()) {
      this.answers.set(cart, result[index] as Answer<object>)
    }
    return []
  }

  /** A look that fails is its own cart's failure: others may hold their units already. */
  async look(carts: FastCart[]): Promise<void> {
    const look = async (cart: FastCart) => {
      const { key } = cart.keyed ?? {}
      const looked = this.#soldOut.look(this.#database, this.#tenantId, cart, key)
      this.answers.set(cart, await looked.catch(asHoldfastError))
    }
    await Promise.all(carts.map(look))
  }

  async lookAgain(short: FastCart[]): Promise<void> {
    this.#soldOut.doubt(this.#tenantId, short)
    await this.look(short)
  }

  /** The same for carts that a look has let go: as many as there are units. */
  async grantFitting(carts: FastCart[]): Promise<FastCart[]> {
    const short: FastCart[] = []
    for (let at = 0; at < carts.length; at += FLUSH_MAX) {
      const some = carts.slice(at, at + FLUSH_MAX)
      try {
        short.push(...(await this.grant(some)))
      } catch (error) {
        if (isUndone(error)) continue // left to the careful path
        for (const cart of some) this.answers.set(cart, asHoldfastError(error))
      }
    }
    return short
  }
}

/**
 * Sends a flush of plain carts by the fast path. Carts that want a level which was refused lately
 * are answered by the gathered read; so are all of them when one does not fit. Those that the read
 * lets go fit together, unless somebody else is faster. What still goes on is left to the careful
 * path, which decides one by one.
 */
export const reserveFast = (
  database: Database,
  catalog: CatalogCache,
  soldOut: SoldOut,
): FastWay => ({
  isCheap: ({ tenant_id, fast }) => soldOut.concerns(tenant_id, fast as FastCart),
  refused: ({ tenant_id, fast }, refusal) => soldOut.remember(tenant_id, fast as FastCart, refusal),
  answer: async operations => {
    const tenantId = operations[0]?.tenant_id as number
    const carts = operations.map(operation => operation.fast as FastCart)
    const flush = new Flush(database, catalog, soldOut, tenantId)
    const doubtful = new Set(carts.filter(cart => soldOut.concerns(tenantId, cart)))
    const looks = flush.look([...doubtful])
    const short = await flush.grant(carts.filter(cart => !doubtful.has(cart)))
    await Promise.all([looks, flush.lookAgain(short)])
    for (let looked = 1; looked < LOOKS_MAX; looked++) {
      const fitting = carts.filter(cart => flush.answers.get(cart) === 'go')
      if (fitting.length === 0) break
      await flush.lookAgain(await flush.grantFitting(fitting))
    }
    return carts.map(cart => {
      const answer = flush.answers.get(cart) ?? 'go'
      return answer === 'careful' ? 'go' : answer
    })
  },
})

/** What SQL's first_answer makes the grant of again, should its key come back. */
const keptOf = ({ reservation_id, seconds, policy_version, lines }: FastCart) => ({
  reservation_id,
  seconds,
  ...(policy_version > 0 && { policy_version }),
  lines: lines.map(({ level_id, sku, location, quantity }) => [level_id, sku, location, quantity]),
})

/** The keys of the carts, their contents, and what is kept of their grants. */
const keyedColumns = (carts: FastCart[]) => {
  const { keys, contents, places } = keyColumns(carts)
  const kept = places.map(place => keptOf(carts[place - 1] as FastCart))
  return [textList(keys), contents, JSON.stringify(kept)]
}

/** So many seconds after an instant, as text; most carts of a flush have the same window. */
const instantsAfter = (from: Date): ((seconds: number) => string) => {
  const texts = new Map<number, string>()
  return seconds => {
    let text = texts.get(seconds)
    if (text === undefined) {
      text = new Date(from.getTime() + seconds * 1000).toISOString()
      texts.set(seconds, text)
    }
    return text
  }
}

type Decided = {
  /** Of each level, before its movements; null when the catalog has moved on. */
  versions: (number | string)[] | null
  decided_at: Date
}

/** What a call tells of its carts, and how its answer becomes theirs. */
export const fastCall = (carts: FastCart[]) => {
  const sums = sumByLevel(carts)
  const lines = lineColumns(carts, sums)
  const levels = [...sums.values()]
  const columns = [
    plainList(levels.map(level => level.level_id)),
    plainList(levels.map(level => level.units)),
    plainList(levels.map(level => level.movements)),
    plainList(carts.map(cart => cart.reservation_id)),
    plainList(carts.map(cart => cart.lines.length)),
    plainList(carts.map(cart => cart.seconds)),
    textList(carts.map(cart => cart.buyer)),
    plainList(carts.map(cart => cart.actor_id)),
    plainList(carts.map(cart => single(cart, cart.lines[0]?.level_id))),
    plainList(carts.map(cart => single(cart, cart.lines[0]?.quantity))),
    plainList(lines.carts),
    plainList(lines.numbers),
    plainList(lines.levels),
    plainList(lines.units),
    plainList(lines.sums),
    plainList(lines.versions),
    ...keyedColumns(carts),
  ]
  const grants = (bases: (number | string)[], decidedAt: Date): Answer<ReservationGrant>[] => {
    const expiresAt = instantsAfter(decidedAt)
    let at = 0
    return carts.map(cart => {
      const versions = cart.lines.map(() => {
        const base = bases[(lines.levels[at] as number) - 1]
        assert(base !== undefined, 'every line has the version of its level')
        return Number(base) + (lines.versions[at++] as number)
      })
      return grantOf(cart, expiresAt(cart.seconds), versions)
    })
  }
  return { columns, grants }
}

/** One call for all carts: their grants, or why none is granted. */
const decideFast = async (
  database: Database,
  catalog: CatalogCache,
  tenantId: number,
  carts: FastCart[],
): Promise<Answer<object>[] | 'short' | 'stale'> => {
  const version = catalog.settings(tenantId)?.catalog_version
  if (carts.some(cart => cart.catalog_version !== version)) return 'stale'
  const { columns, grants } = fastCall(carts)
  const row = await call(database, [tenantId, version, LOCK_TIMEOUT, ...columns])
  if (!row) return 'short'
  if (row.versions) return grants(row.versions, row.decided_at)
  catalog.forget(tenantId)
  return 'stale'
}

/**
 * Undefined when a cart does not fit (HF001). An id that a caller brought and that is there already
 * (23505) is a matter for the careful path.
 */
const call = async (database: Database, values: unknown[]): Promise<Decided | undefined> => {
  try {
    const { rows } = await ask<Decided>(database, { name: 'reserve_fast', text, values })
    return rows[0]
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'HF001') return undefined
    if (code === '23505') return { versions: null, decided_at: new Date(0) }
    throw error
  }
}
