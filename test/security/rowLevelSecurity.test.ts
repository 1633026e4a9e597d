import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { freshDatabase } from '../database.ts'
import { asOwner, granted, outcome, stock } from '../shop.ts'

// The second wall between tenants, on connections that many tenants share: what one call has named
// must be forgotten when it ends, however it ends.

const { url, ownerUrl } = await freshDatabase()
let one: Holdfast
let other: Holdfast
const raw = new pg.Client(url)

const named = `select current_setting('holdfast.tenant', true) as tenant,
  current_setting('holdfast.operator', true) as operator,
  current_setting('holdfast.tenant_code', true) as code`

beforeAll(async () => {
  await raw.connect()
  one = await openHoldfast({ connectionString: url, poolSize: 1 })
  granted(await one.tenants.create({ code: 'other' }))
  other = await one.forTenant('other')
  await stock(one, { TEE: { berlin: 10 } })
  await stock(other, { MUG: { berlin: 10 } })
})
afterAll(async () => {
  await raw.end()
  await one.close()
})

const pool = () => one.context.database.pool

/** Nothing is named, so nothing is seen. */
const expectNobody = async () => {
  const [settings] = (await pool().query(named)).rows
  expect(Object.values(settings as object).filter(Boolean)).toEqual([])
  const { rows } = await pool().query('select count(*)::int as n from holdfast.skus')
  expect(rows).toEqual([{ n: 0 }])
}

test('one connection serves two tenants in turn, and each sees its own', async () => {
  for (let round = 0; round < 20; round++) {
    const [mine, theirs] = await Promise.all([one.levels(), other.levels()])
    expect(mine).toMatchObject({ data: [{ sku: 'TEE' }] })
    expect(theirs).toMatchObject({ data: [{ sku: 'MUG' }] })
    await expectNobody()
  }
})

test('a grant, a refusal and an error leave no tenant on the connection', async () => {
  const cart = (sku: string, quantity: number) => ({
    lines: [{ sku, location: 'berlin', quantity }],
  })
  granted(await one.reserve(cart('TEE', 1)))
  await expectNobody()
  expect(outcome(await other.reserve(cart('MUG', 99)))).toBe('insufficient_stock')
  await expectNobody()
  const rude = pool().query(`select holdfast.adjust('default', '{"lines": "x"}'::jsonb), 1 / 0`)
  await expect(rude).rejects.toThrow()
  await expectNobody()
})

test('a rollback takes the tenant with it', async () => {
  const client = await pool().connect()
  await client.query('begin')
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  granted(await one.reserve({ lines }, { transaction: client }))
  await client.query('rollback')
  client.release()
  await expectNobody()
})

test('within one transaction the second tenant does not see the first', async () => {
  const client = await pool().connect()
  await client.query('begin')
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  granted(await one.adjust({ lines }, { transaction: client }))
  const answer = await other.adjust({ lines }, { transaction: client })
  expect(outcome(answer)).toBe('unknown_sku')
  const seen = await client.query('select count(*)::int as n from holdfast.skus where code = $1', [
    'TEE',
  ])
  expect(seen.rows).toEqual([{ n: 0 }])
  await client.query('rollback')
  client.release()
})

test('every table with a tenant has the wall, forced, and no other way in', async () => {
  const rows = await asOwner(
    ownerUrl,
    `select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
      (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
    where n.nspname = 'holdfast' and c.relkind in ('r', 'p') and not c.relispartition`,
  )
  expect(rows.length).toBeGreaterThan(10)
  const open = rows.filter(each => !each['enabled'] || !each['forced'] || each['policies'] !== 1)
  expect(open).toEqual([])
})

test('a partition of the ledger is no way around the wall', async () => {
  const partitions = await asOwner(
    ownerUrl,
    `select c.oid::regclass::text as name from pg_class c
    where c.relispartition and c.relkind = 'r' and c.relname like 'inventory_transactions_%'`,
  )
  expect(partitions.length).toBeGreaterThan(0)
  for (const { name } of partitions) {
    const seen = raw.query(`select count(*)::int as n from ${name}`)
    const answer = await seen.then(
      ({ rows }) => rows[0].n,
      (error: { code: string }) => error.code,
    )
    expect([0, '42501'], String(name)).toContain(answer)
  }
})

test('no function of the owner runs with a search path that a caller chose', async () => {
  const rows = await asOwner(
    ownerUrl,
    `select p.oid::regprocedure::text as name, p.proconfig::text as config
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname like 'holdfast%'`,
  )
  expect(rows.filter(({ config }) => !/search_path=/.test(String(config)))).toEqual([])
})

test('the app’s role owns nothing and cannot switch the wall off', async () => {
  const attempts = [
    'alter table holdfast.skus disable row level security',
    'set role postgres',
    'drop policy one_tenant on holdfast.skus',
    'set session_replication_role = replica',
    'update holdfast.inventory_transactions set on_hand_change = 1',
    'truncate holdfast.levels',
    `copy (select 1) to program 'true'`,
  ]
  for (const text of attempts) {
    await expect(raw.query(text), text).rejects.toMatchObject({ code: '42501' })
  }
})
