import pg from 'pg'

/**
 * What a careful shop writes without a library: one conditional UPDATE, its ledger row in the same
 * statement. Correct in its own terms: it never oversells and never loses its ledger row. It knows
 * no expiry, no idempotency and no carts of several levels in one statement.
 */
const SCHEMA = `
  drop schema if exists plain cascade;
  create schema plain;
  create table plain.levels (sku int primary key, on_hand bigint not null,
    reserved bigint not null default 0, check (reserved <= on_hand)) with (fillfactor = 40);
  create table plain.ledger (id bigint generated always as identity primary key,
    sku int not null, quantity bigint not null, at timestamptz not null default now());
`
const RESERVE = `
  with taken as (
    update plain.levels set reserved = reserved + $2
    where sku = $1 and on_hand - reserved >= $2 returning sku
  )
  insert into plain.ledger (sku, quantity) select sku, $2 from taken returning id`

export type Plain = {
  reserve(lines: { sku: number; quantity: number }[]): Promise<boolean>
  close(): Promise<void>
}

/** Sixteen connections, since more gain nothing on a hot row. */
export const plainUpdates = async (
  ownerUrl: string,
  skus: number,
  units: number,
): Promise<Plain> => {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 16 })
  await pool.query(SCHEMA)
  await pool.query(
    'insert into plain.levels (sku, on_hand) select g, $2 from generate_series(0, $1 - 1) g',
    [skus, units],
  )
  const one = async (client: pg.Pool | pg.PoolClient, sku: number, quantity: number) => {
    const result = await client.query({ name: 'reserve', text: RESERVE, values: [sku, quantity] })
    return result.rowCount === 1
  }
  return {
    reserve: async lines => {
      const [first] = lines
      if (lines.length === 1 && first) return one(pool, first.sku, first.quantity)
      const client = await pool.connect()
      try {
        await client.query('begin')
        const sorted = [...lines].sort((a, b) => a.sku - b.sku) // else it would deadlock
        for (const line of sorted) {
          if (!(await one(client, line.sku, line.quantity))) {
            await client.query('rollback')
            return false
          }
        }
        await client.query('commit')
        return true
      } finally {
        client.release()
      }
    },
    close: () => pool.end(),
  }
}
