import pg from 'pg'
import { expect, test } from 'vitest'
import { emptyDatabase } from '../../test/database.ts'
import { asOwner, granted, stock } from '../../test/shop.ts'
import { openHoldfast } from '../index.ts'
import { connect, hostsOf } from './connect.ts'
import { migrate } from './migrate.ts'

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    error => (error as { code: string }).code,
  )

test('from nothing to a shop that sells; a second time does nothing', async () => {
  const { ownerUrl, url } = await emptyDatabase()
  expect(await codeOf(openHoldfast({ connectionString: ownerUrl }))).toBe('migration_required')
  const first = await migrate({ connectionString: ownerUrl })
  expect(first).toMatchObject({ engine: 'installed' })
  expect(first.applied.length).toBeGreaterThan(5)
  expect(await migrate({ connectionString: ownerUrl })).toMatchObject({
    ...{ applied: [], engine: 'current' },
  })
  await asOwner(ownerUrl, `insert into holdfast.tenants (code, name) values ('default', 'D')`)
  const holdfast = await openHoldfast({ connectionString: url })
  await stock(holdfast, { TEE: { berlin: 1 } })
  granted(await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 1 }] }))
  await holdfast.close()
})

test('several at once are as good as one', async () => {
  const { ownerUrl } = await emptyDatabase()
  const reports = await Promise.all([1, 2, 3].map(() => migrate({ connectionString: ownerUrl })))
  expect(reports.filter(({ applied }) => applied.length > 0)).toHaveLength(1)
})

test('killed at any statement, the next run goes on from there', async () => {
  const { ownerUrl } = await emptyDatabase()
  for (let wait = 0; wait < 120; wait += 8) {
    const running = migrate({ connectionString: ownerUrl }).catch(() => undefined)
    await new Promise(resolve => setTimeout(resolve, wait))
    await asOwner(
      ownerUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await running
  }
  await migrate({ connectionString: ownerUrl })
  expect(await migrate({ connectionString: ownerUrl })).toMatchObject({ applied: [] })
})

test('a migration that was changed afterwards, or a newer schema, is refused', async () => {
  const { ownerUrl } = await emptyDatabase()
  await migrate({ connectionString: ownerUrl })
  await asOwner(ownerUrl, `insert into holdfast.migrations values (999999, 'later', 'x')`)
  expect(await codeOf(migrate({ connectionString: ownerUrl }))).toBe('schema_too_new')
  await asOwner(ownerUrl, `delete from holdfast.migrations where number = 999999`)
  await asOwner(ownerUrl, `update holdfast.migrations set sha256 = 'x' where number = 2`)
  expect(await codeOf(migrate({ connectionString: ownerUrl }))).toBe('migration_changed')
})

test('several hosts are tried until one is a primary, and a dead one says so without its password', async () => {
  expect(hostsOf('postgres://u:p@a:1,b:2/db?x=1')).toEqual([
    'postgres://u:p@a:1/db?x=1',
    'postgres://u:p@b:2/db?x=1',
  ])
  const dead = connect({ connectionString: 'postgres://u:secret@127.0.0.1:1,127.0.0.1:2/db' })
  const error: Error & { code?: string } = await dead.then(
    () => new Error('no error'),
    failure => failure,
  )
  expect(error.code).toBe('database_unavailable')
  expect(error.message).not.toContain('secret')
})

test("a superuser's connections work as holdfast_app, so that the walls hold", async () => {
  const { ownerUrl } = await emptyDatabase()
  const database = await connect({ connectionString: ownerUrl })
  expect((await database.pool.query('select current_user as role')).rows).toEqual([
    { role: 'holdfast_app' },
  ])
  await database.pool.end()
})

test('a refusal aborts nothing in the transaction of the caller, and a rollback undoes a hold', async () => {
  const { ownerUrl, url } = await emptyDatabase()
  await migrate({ connectionString: ownerUrl })
  await asOwner(ownerUrl, `insert into holdfast.tenants (code, name) values ('default', 'D')`)
  const holdfast = await openHoldfast({ connectionString: url })
  await stock(holdfast, { TEE: { berlin: 1 } })
  const client = new pg.Client(ownerUrl)
  await client.connect()
  await client.query('create table orders (id int)')
  const reserve = (quantity: number) =>
    holdfast.reserve({ lines: [{ sku: 'TEE', quantity }] }, { transaction: client })
  await client.query('begin')
  expect(await reserve(2)).toMatchObject({ refusal: { code: 'insufficient_stock' } })
  await client.query('insert into orders values (1)')
  await client.query('commit')
  await client.query('begin')
  granted(await reserve(1))
  await client.query('rollback')
  const adapters = [
    { unsafe: (text: string, values: unknown[]) => client.query(text, values).then(r => r.rows) },
    {
      $queryRawUnsafe: (text: string, ...values: unknown[]) =>
        client.query(text, values).then(r => r.rows),
    },
    {
      executeQuery: ({ sql, parameters }: { sql: string; parameters: unknown[] }) =>
        client.query(sql, parameters),
    },
    { execute: (text: string) => client.query(text) },
  ]
  for (const transaction of adapters) {
    const answer = granted(
      await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 1 }] }, { transaction }),
    )
    granted(await holdfast.release(answer, { transaction }))
  }
  await client.query('begin isolation level repeatable read')
  expect(await codeOf(reserve(1))).toBe('wrong_isolation')
  await client.query('rollback')
  await client.end()
  await holdfast.close()
})
