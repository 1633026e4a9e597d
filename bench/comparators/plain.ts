import pg from 'pg'
import type { BenchDatabase } from '../cluster.ts'
import type { Place } from '../place.ts'
import { type Line, type Shop, type Stock, type Tally, unequal, type Verdict } from '../shop.ts'

/** One row of counters per SKU, and a ledger: what most shops begin with. */
const SCHEMA = `
  create table levels (sku int primary key, on_hand bigint not null,
    reserved bigint not null default 0, version bigint not null default 0,
    check (reserved <= on_hand)) with (fillfactor = 40);
  create table ledger (id bigint generated always as identity primary key,
    sku int not null, quantity bigint not null, reserved bigint not null,
    at timestamptz not null default clock_timestamp());`

/** A shop written by hand on a database of its own. */
export type Plain = { pool: pg.Pool; database: BenchDatabase }

/** `more` is the comparator's own schema, with the stock as $skus and $units. */
const openPlain = async (
  place: Place,
  stock: Stock,
  options: { connections: number; more: string },
): Promise<Plain & { close(): Promise<void> }> => {
  const cluster = await place.cluster()
  const database = await cluster.fresh()
  const pool = new pg.Pool({ connectionString: database.owner, max: options.connections })
  pool.on('error', () => {})
  const end = place.keep(() => pool.end())
  await pool.query(SCHEMA)
  await pool.query(
    'insert into levels (sku, on_hand) select g, $2 from generate_series(0, $1 - 1) g',
    [stock.skus, stock.units],
  )
  if (options.more) await pool.query(options.more)
  await pool.query('vacuum analyze')
  return {
    pool,
    database,
    close: async () => {
      await end()
      await database.drop()
    },
  }
}

const SUMS = `
  select coalesce(sum(reserved), 0)::float8 as reserved,
    count(*) filter (where reserved > on_hand)::int as oversold,
    (select coalesce(sum(quantity), 0)::float8 from ledger) as written
  from levels`

/** The counters and the ledger against what was answered. */
const faultsOfSums = async (pool: pg.Pool, tally: Tally): Promise<string[]> => {
  const { rows } = await pool.query(SUMS)
  return unequal({
    'units reserved': [rows[0].reserved, tally.sold_units],
    'units in the ledger': [rows[0].written, tally.sold_units],
    'oversold levels': [rows[0].oversold, 0],
    'sales lost although units were free': [tally.lost, 0],
  })
}

/** Opens a shop of counters, with what the comparator does for one cart. */
export const plainShop = async (
  place: Place,
  stock: Stock,
  options: {
    connections: number
    more?: string
    reserve(plain: Plain, lines: Line[]): Promise<Verdict>
    faults?(plain: Plain, tally: Tally): Promise<string[]>
  },
): Promise<Shop> => {
  const { connections, more = '' } = options
  const plain = await openPlain(place, stock, { connections, more })
  return {
    reserve: lines => options.reserve(plain, lines),
    faults: tally => options.faults?.(plain, tally) ?? faultsOfSums(plain.pool, tally),
    metered: { cluster: await place.cluster() },
    close: plain.close,
  }
}

/** Runs a cart in one transaction; what is not sold is rolled back. */
export const inTransaction = async (
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Verdict>,
): Promise<Verdict> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const verdict = await work(client)
    await client.query(verdict === 'sold' ? 'commit' : 'rollback')
    return verdict
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

/** In one order, else two carts with the same SKUs would deadlock. */
export const inLockOrder = (lines: Line[]): Line[] => [...lines].sort((a, b) => a.sku - b.sku)
