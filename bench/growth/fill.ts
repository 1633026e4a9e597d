import { readFileSync } from 'node:fs'
import pg from 'pg'
import { clock } from '../../src/clock.ts'

const SQL = readFileSync(new URL('./fill.sql', import.meta.url), 'utf8')
const MOVEMENTS_PER_CYCLE = 10
const LEVELS_MAX = 1_000_000
const TENANTS_MAX = 10_000
const LEVELS_PER_TENANT = 100
const YEAR_SECONDS = 360 * 86_400

/** How much of everything so many rows of the ledger make: a million SKUs at most. */
export const sizesOf = (rows: number) => {
  const wanted = Math.max(1_000, Math.min(LEVELS_MAX, Math.floor(rows / MOVEMENTS_PER_CYCLE)))
  const tenants = Math.max(2, Math.min(TENANTS_MAX, Math.floor(wanted / LEVELS_PER_TENANT)))
  const cycles = Math.max(1, Math.round(rows / MOVEMENTS_PER_CYCLE / wanted))
  return { levels: wanted, tenants, passes: cycles * MOVEMENTS_PER_CYCLE, received: 2 * cycles + 8 }
}

export type Filled = { movements: number; reservations: number; seconds: number }

/** Fills a migrated database that has no tenant but `default`, as its owner. */
export const fill = async (
  connectionString: string,
  rows: number,
  onProgress: (line: string) => void,
): Promise<Filled> => {
  const client = new pg.Client(connectionString)
  await client.connect()
  const beganMs = clock.monotonicMs()
  const seconds = () => (clock.monotonicMs() - beganMs) / 1000
  const { levels, tenants, passes, received } = sizesOf(rows)
  try {
    await client.query(SQL)
    const start = new Date(clock.now().getTime() - YEAR_SECONDS * 1000)
    const span_us = Math.floor(((YEAR_SECONDS - 3_600) * 1e6) / passes)
    await client.query(
      `select holdfast.make_ledger_partition($1::timestamptz + make_interval(months => n))
       from generate_series(0, 12) as n`,
      [start],
    )
    await client.query('call fill.names($1, $2, $3)', [levels, tenants, start])
    for (let pass = 1; pass <= passes; pass++) {
      await client.query('call fill.pass($1, $2, $3, $4, $5)', [
        ...[pass, passes, start, span_us, received],
      ])
      onProgress(`pass ${pass} of ${passes}, ${seconds().toFixed(0)} s`)
    }
    await client.query('call fill.finish($1, $2, $3, $4)', [passes, start, span_us, received])
    await client.query('drop schema fill cascade')
    await client.query('vacuum (analyze)') // as autovacuum would have left it
    const { rows: counted } = await client.query<{ movements: number; reservations: number }>(
      `select (select count(*) from holdfast.inventory_transactions)::int as movements,
        (select count(*) from holdfast.reservations)::int as reservations`,
    )
    return { ...(counted[0] as { movements: number; reservations: number }), seconds: seconds() }
  } finally {
    await client.end()
  }
}
