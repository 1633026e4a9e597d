import type pg from 'pg'
import type { Line, Seller, Tally, Verdict } from '../shop.ts'
import { unequal } from '../shop.ts'
import { type Plain, plainShop } from './plain.ts'

const CONNECTIONS = 16
const UNITS_MAX = 300_000 // as many as a round sells; a billion rows would be another benchmark
const POOL = 1_000

const SCHEMA = `
  create table units (unit_id bigint generated always as identity primary key, sku int not null,
    hold_id bigint) with (fillfactor = 50);
  create index units_free on units (sku, unit_id) where hold_id is null;
  create table holds (hold_id bigint generated always as identity primary key, sku int not null,
    quantity int not null, expires_at timestamptz not null);`

/** Units that others are just about to take are skipped, so nobody waits for anybody. */
const picking = (taking: string): string => `
  with picked as (
    select unit_id from units where sku = $1 and hold_id is null
    order by unit_id limit $2 for update skip locked
  ), hold as (
    insert into holds (sku, quantity, expires_at)
    select $1, $2, clock_timestamp() + interval '30 minutes'
    where (select count(*) from picked) = $2 returning hold_id
  ), taken as (${taking}), written as (
    insert into ledger (sku, quantity, reserved) select $1, $2, 0 from hold returning 1
  )
  select count(*)::int as taken from taken`

const MARK = picking(`
  update units set hold_id = hold.hold_id from hold
  where unit_id in (select unit_id from picked) returning 1`)

const REMOVE = picking(`
  delete from units where unit_id in (select unit_id from picked) and exists (select from hold)
  returning 1`)

const take = async (pool: pg.Pool, text: string, { sku, quantity }: Line): Promise<boolean> => {
  const { rows } = await pool.query({ name: 'take', text, values: [sku, quantity] })
  return rows[0].taken === quantity
}

const only = (lines: Line[]): Line => {
  const [line] = lines
  if (!line || lines.length > 1) throw new Error('Unit rows are measured with one line.')
  return line
}

const SUMS = `
  select (select coalesce(sum(quantity), 0)::float8 from holds) as held,
    (select coalesce(sum(quantity), 0)::float8 from ledger) as written,
    (select coalesce(sum(on_hand), 0)::float8 from levels) as behind,
    (select count(*)::float8 from units where hold_id is null) as free`

const faultsOf = async ({ pool }: Plain, tally: Tally, units: number): Promise<string[]> => {
  const { rows } = await pool.query(SUMS)
  return unequal({
    'units in holds': [rows[0].held, tally.sold_units],
    'units in the ledger': [rows[0].written, tally.sold_units],
    'units that are free': [rows[0].free + rows[0].behind, units - tally.sold_units],
  })
}

const LACKS = 'refuses while the last units are locked by a buyer who may roll back'

/** One row per unit, all of them there: the design that Shopify published in 2026. */
export const unitRows: Seller = {
  name: 'unit_rows',
  title: 'one row per unit, SKIP LOCKED',
  stated: `pool of ${CONNECTIONS}, at most ${UNITS_MAX} units a SKU; ${LACKS}`,
  open: (place, stock) => {
    const units = Math.min(stock.units, UNITS_MAX)
    return plainShop(
      place,
      { skus: stock.skus, units: 0 },
      {
        connections: CONNECTIONS,
        more: `${SCHEMA} insert into units (sku)
        select sku from levels, generate_series(1, ${units})`,
        reserve: async ({ pool }, lines) =>
          (await take(pool, MARK, only(lines))) ? 'sold' : 'refused',
        faults: (plain, tally) => faultsOf(plain, tally, units * stock.skus),
      },
    )
  },
}

const LOCK = 'select on_hand from levels where sku = $1 for update'
const FILL = `
  with wanted as (
    select least($2, greatest(0, ${POOL} - (select count(*) from units where sku = $1))) as units
  ), moved as (
    update levels set on_hand = on_hand - units from wanted where sku = $1 returning units
  ), filled as (
    insert into units (sku) select $1 from moved, generate_series(1, units) returning 1
  )
  select count(*)::int as filled from filled`

/** Moves units from the counter into the pool of rows; false when the counter is empty. */
const fill = async (pool: pg.Pool, sku: number): Promise<boolean> => {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const { rows } = await client.query({ name: 'lock', text: LOCK, values: [sku] })
    const behind = Number(rows[0].on_hand)
    if (behind > 0) await client.query({ name: 'fill', text: FILL, values: [sku, behind] })
    await client.query('commit')
    return behind > 0
  } finally {
    client.release()
  }
}

/** Takes rows of the pool; whoever finds none fills it, one at a time, and tries again. */
const takeOrFill = async (
  pool: pg.Pool,
  filling: Map<number, Promise<boolean>>,
  line: Line,
): Promise<Verdict> => {
  for (;;) {
    if (await take(pool, REMOVE, line)) return 'sold'
    let filled = filling.get(line.sku)
    if (!filled) {
      filled = fill(pool, line.sku).finally(() => filling.delete(line.sku))
      filling.set(line.sku, filled)
    }
    if (!(await filled)) return (await take(pool, REMOVE, line)) ? 'sold' : 'refused'
  }
}

/** The same with at most 1,000 rows a SKU, filled from a counter when they are gone. */
export const unitRowsPool: Seller = {
  name: 'unit_rows_pool',
  title: `one row per unit, SKIP LOCKED, pool of ${POOL}`,
  stated: `pool of ${CONNECTIONS} connections; ${LACKS}`,
  open: (place, stock) => {
    const filling = new Map<number, Promise<boolean>>()
    return plainShop(place, stock, {
      connections: CONNECTIONS,
      more: SCHEMA,
      reserve: ({ pool }, lines) => takeOrFill(pool, filling, only(lines)),
      faults: (plain, tally) => faultsOf(plain, tally, stock.units * stock.skus),
    })
  },
}
