import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, shiftClock, stock } from '../../test/shop.ts'
import { readinessOf, warningsOf } from '../server/readiness.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()

const monthAhead = (months: number): string => {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1))
    .toISOString()
    .slice(0, 7)
    .replace('-', '_')
}

const partitions = async (): Promise<string[]> => {
  const rows = await asOwner(
    ownerUrl,
    `select right(inhrelid::regclass::text, 7) as month from pg_inherits
     where inhparent = 'holdfast.inventory_transactions'::regclass order by 1`,
  )
  return rows.map(({ month }) => month as string)
}

const warnings = async () => warningsOf(await readinessOf(holdfast))

test('the month and the three after it are there from the start', async () => {
  expect(await partitions()).toEqual([0, 1, 2, 3].map(monthAhead))
  expect(await warnings()).toEqual([])
})

test('a month that is missing ahead is warned of, and made by the daily round', async () => {
  const missing = `holdfast.inventory_transactions_${monthAhead(2)}`
  await asOwner(ownerUrl, `drop table ${missing}`)
  expect(await warnings()).toMatchObject([
    { code: 'ledger_month_missing', facts: { month: monthAhead(2) } },
  ])
  expect(await holdfast.makeLedgerMonths()).toHaveLength(4)
  expect(await partitions()).toEqual([0, 1, 2, 3].map(monthAhead))
  expect(await warnings()).toEqual([])
})

test('a month that is missing now is made on the spot, though many come at once', async () => {
  await stock(holdfast, { TEE: { berlin: 1_000 } })
  const later = 8
  const [to] = await asOwner(
    ownerUrl,
    `select (date_trunc('month', now() at time zone 'UTC') + make_interval(months => ${later})
       + interval '3 days' - (now() at time zone 'UTC'))::text as shift`,
  )
  await shiftClock(url, to?.['shift'] as string)
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      holdfast.reserve({ lines }, n % 2 ? {} : { key: `k${n}` }),
    ),
  )
  for (const answer of answers) granted(answer)
  expect(await partitions()).toEqual([0, 1, 2, 3, later].map(monthAhead))
  const [made] = await asOwner(
    ownerUrl,
    `select count(*)::int as n, (
       select c.relrowsecurity and c.relforcerowsecurity
         and not has_table_privilege('holdfast_app', c.oid, 'update')
         and not has_table_privilege('holdfast_app', c.oid, 'delete')
       from pg_class c where c.oid = 'holdfast.inventory_transactions_${monthAhead(later)}'::regclass
     ) as walled from holdfast.inventory_transactions_${monthAhead(later)}`,
  )
  expect(made).toEqual({ n: 40, walled: true })
  await expectSound(ownerUrl)
})
