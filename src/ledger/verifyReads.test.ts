import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, stock } from '../../test/shop.ts'
import { openHoldfast } from '../index.ts'

// A slice that reads what belongs to others makes verify slower with every row that a shop has: at
// half a million movements it took longer than anybody would wait.

const MANY = 1_000
const PER_SLICE = 100
const { holdfast, url, ownerUrl } = await freshDatabase()

type Reads = { name: string; looks: number; rows: number }

const readsOf = async (): Promise<Map<string, Reads>> => {
  const rows = (await asOwner(
    ownerUrl,
    `select relname as name, (seq_scan + coalesce(idx_scan, 0))::int as looks,
       (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows
     from pg_stat_user_tables where schemaname = 'holdfast'`,
  )) as Reads[]
  return new Map(rows.map(each => [each.name, each]))
}

test('verify reads a table a few times for each slice, and never once for each row', async () => {
  const skus = Array.from({ length: MANY }, (_, n) => `SKU-${n}`)
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: 5 }])))
  const line = (n: number) => ({ sku: skus[n] as string, location: 'berlin', quantity: 1 })
  const sold = skus.map((_, n) => holdfast.reserve({ lines: [line(n)] }))
  for (const { reservation_id } of (await Promise.all(sold)).map(granted)) {
    granted(await holdfast.release({ reservation_id }))
  }
  const checking = await openHoldfast({ connectionString: url, poolSize: 1 })
  const before = await readsOf()
  const { finding_count, reservations } = await checking.verify({
    ...{ levels_per_slice: PER_SLICE, reservations_per_slice: PER_SLICE },
  })
  await checking.context.database.pool.query('select pg_stat_force_next_flush()')
  await checking.close()
  expect({ finding_count, reservations }).toEqual({ finding_count: 0, reservations: MANY })
  const after = await readsOf()
  const read = (name: string, what: 'looks' | 'rows'): number =>
    (after.get(name)?.[what] ?? 0) - (before.get(name)?.[what] ?? 0)
  const slices = (2 * MANY) / PER_SLICE
  expect(read('ledger_archives', 'looks'), 'where the ledger begins').toBeLessThan(10 * slices)
  expect(read('levels', 'rows'), 'levels').toBeLessThan(50 * MANY)
  expect(read('reservations', 'rows'), 'reservations').toBeLessThan(50 * MANY)
})
