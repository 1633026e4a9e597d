import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, level, outcome, stock } from '../../test/shop.ts'
import { asTransaction } from './transaction.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const client = new pg.Client(url)
const pool = new pg.Pool({ connectionString: url, max: 1 })

type Values = unknown[]
const rowsOf = async (text: string, values: Values) => (await client.query(text, values)).rows

/** The transaction objects of seven libraries: their methods' shapes, each on a real client. */
const libraries: Record<string, () => unknown> = {
  pg: () => client,
  'postgres.js': () => Object.assign(() => {}, { unsafe: rowsOf }),
  Prisma: () => ({
    $queryRawUnsafe: (text: string, ...values: Values) => rowsOf(text, values),
    $executeRawUnsafe: () => {},
  }),
  Kysely: () => ({
    executeQuery: async ({ sql, parameters }: { sql: string; parameters: Values }) => ({
      rows: await rowsOf(sql, parameters),
      numAffectedRows: 1n,
    }),
  }),
  TypeORM: () => ({ query: rowsOf, save: () => {} }),
  Knex: () =>
    Object.assign(() => {}, {
      raw: (text: string, values: Values) => {
        let number = 0
        return client.query(
          text.replace(/\?/g, () => `$${++number}`),
          values,
        )
      },
    }),
  // Drizzle's `query` is an object of tables, and its execute takes no values for raw text.
  Drizzle: () => ({ query: { orders: {} }, execute: (text: string) => client.query(text) }),
}

// Each quotes, escapes and counts in its own way: whatever looks like syntax must stay text.
const buyer = `O'Brien \\ $1 ? :name "Ä" {}`
const reserve = (transaction: unknown, quantity: number, more = {}) =>
  holdfast.reserve({ lines: [{ sku: 'TEE', quantity }], ...more }, { transaction })
const held = async () => (await level(holdfast, 'TEE', 'berlin')).held
const orders = async () => (await asOwner(ownerUrl, 'select id from orders order by id')).length

beforeAll(async () => {
  await client.connect()
  await stock(holdfast, { TEE: { berlin: 1_000 } })
  await asOwner(ownerUrl, 'create table orders (id serial)')
  await asOwner(ownerUrl, 'grant all on orders, orders_id_seq to holdfast_app')
})

afterAll(async () => {
  await client.end()
  await pool.end()
})

const order = () => client.query('insert into orders default values')

describe.each(Object.entries(libraries))('in a transaction of %s', (_, library) => {
  test('a refusal aborts nothing: the order and the hold beside it are committed', async () => {
    const before = { held: await held(), orders: await orders() }
    await client.query('begin')
    await order()
    expect(outcome(await reserve(library(), 5_000))).toBe('insufficient_stock')
    const { reservation_id } = granted(await reserve(library(), 2, { buyer }))
    await order()
    await client.query('commit')
    expect({ held: await held(), orders: await orders() }).toEqual({
      held: before.held + 2,
      orders: before.orders + 2,
    })
    expect(await holdfast.reservation({ reservation_id })).toMatchObject({ buyer })
  })

  test('a rollback undoes the hold with the order', async () => {
    const before = { held: await held(), orders: await orders() }
    await client.query('begin')
    await order()
    const { reservation_id } = granted(await reserve(library(), 3))
    await client.query('rollback')
    expect({ held: await held(), orders: await orders() }).toEqual(before)
    expect(await holdfast.reservation({ reservation_id })).toMatchObject({ ok: false })
  })

  test('every verb of a life runs, and a repeated key has one effect', async () => {
    const transaction = library()
    const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
    const before = await held()
    await client.query('begin')
    const { reservation_id } = granted(await reserve(transaction, 1))
    const key = `commit-${reservation_id}`
    for (const replayed of [undefined, true]) {
      const request = { reservation_id, order_reference: `#1'${reservation_id}` }
      const answer = granted(await holdfast.commit(request, { transaction, key }))
      expect(answer.replayed).toBe(replayed)
    }
    granted(await holdfast.fulfill({ reservation_id }, { transaction }))
    granted(await holdfast.return({ reservation_id, lines }, { transaction }))
    granted(await holdfast.adjust({ lines }, { transaction }))
    await client.query('commit')
    expect(await held()).toBe(before)
  })

  test.each(['repeatable read', 'serializable'])('%s is refused', async isolation => {
    await client.query(`begin isolation level ${isolation}`)
    await expect(reserve(library(), 1)).rejects.toMatchObject({ code: 'wrong_isolation' })
    await client.query('rollback')
  })
})

test('a client of a pool is a transaction too', async () => {
  const before = await held()
  const mine = await pool.connect()
  await mine.query('begin')
  granted(await reserve(mine, 4))
  await mine.query('commit')
  mine.release()
  expect(await held()).toBe(before + 4)
})

test('the caller keeps its own settings and its own role', async () => {
  await client.query(`begin`)
  await client.query(`set local lock_timeout = '7s'`)
  granted(await reserve(client, 1))
  const { rows } = await client.query(`select current_setting('lock_timeout') as timeout,
    current_setting('search_path') as path, current_user as role`)
  await client.query('commit')
  expect(rows[0]).toEqual({ timeout: '7s', path: '"$user", public', role: 'holdfast_app' })
})

test('what cannot run a query is no transaction', () => {
  expect(() => asTransaction({})).toThrow(TypeError)
})

test('the books agree after all of that', () => expectSound(ownerUrl))
