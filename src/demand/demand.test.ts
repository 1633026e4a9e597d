import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { granted, outcome, stock } from '../../test/shop.ts'
import { openHoldfast } from '../index.ts'
import { LostDemandBook } from './lostDemand.ts'

const { holdfast, url } = await freshDatabase()
const { database, tenant_id } = holdfast.context
const location = 'berlin'
const never = { sleep: () => new Promise<void>(() => {}) } as never
const refusal = (sku: string, asked: number, available = 0) => ({
  ...{ code: 'insufficient_stock' as const, message: '' },
  lines: [{ line: 1, sku, location, asked, available }],
})

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 1 }, MUG: { berlin: 0 }, CAP: { berlin: 0 } })
  await holdfast.channels.create({ code: 'web' })
})

test('refusals are summed up by day, SKU, place and channel, whatever the storm', async () => {
  const book = new LostDemandBook(database, never)
  for (let n = 0; n < 20; n++) book.note(tenant_id, refusal('MUG', 2), undefined)
  book.note(tenant_id, refusal('MUG', 1), 'web')
  book.note(tenant_id, refusal('TEE', 3, 1), undefined)
  book.note(tenant_id, refusal('NOPE', 3), undefined)
  book.note(tenant_id, { code: 'unknown_sku', message: '' }, undefined)
  await book.flush()
  await book.flush()
  const rows = async () => granted(await holdfast.lostDemand()).data
  const place = { location, reason: 'insufficient_stock' }
  expect(await rows()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...place, sku: 'MUG', channel: null, refusals: 20, units: 40 }),
      expect.objectContaining({ ...place, sku: 'MUG', channel: 'web', refusals: 1, units: 1 }),
      expect.objectContaining({ ...place, sku: 'TEE', refusals: 1, units: 2 }),
    ]),
  )
  expect(await rows()).toHaveLength(3)
  book.note(tenant_id, refusal('MUG', 2), undefined)
  await book.flush()
  expect((await rows()).filter(row => row.refusals === 21)).toHaveLength(1)
})

test('the engine notes what it refuses, and writes it when it closes at the latest', async () => {
  const other = await openHoldfast({ connectionString: url })
  const lines = [{ sku: 'CAP', location, quantity: 4 }]
  await Promise.all(Array.from({ length: 50 }, () => other.reserve({ lines })))
  await other.close()
  expect(granted(await holdfast.lostDemand({ sku: 'CAP' })).data).toMatchObject([
    { refusals: 50, units: 200 },
  ])
})

test('what is refused within a transaction of the caller counts, though it rolls back', async () => {
  const other = await openHoldfast({ connectionString: url })
  const { pool } = other.context.database
  granted(await other.skus.create({ code: 'PIN' }))
  granted(await other.set({ lines: [{ sku: 'PIN', location, quantity: 1 }] }))
  const ask = async (quantity: number, more: object, end: 'commit' | 'rollback') => {
    const transaction = await pool.connect()
    await transaction.query('begin')
    const lines = [{ sku: 'PIN', location, quantity }]
    const answer = await other.reserve({ lines, ...more }, { transaction })
    await transaction.query(end)
    transaction.release()
    return answer.ok
  }
  await other.reserve({ lines: [{ sku: 'PIN', location, quantity: 9 }] }) // its place is known now
  expect(await ask(3, {}, 'commit')).toBe(false)
  expect(await ask(5, {}, 'rollback')).toBe(false)
  expect(await ask(4, { channel: 'web' }, 'rollback')).toBe(false)
  expect(await ask(1, {}, 'rollback')).toBe(true)
  await other.close()
  const { data } = granted(await holdfast.lostDemand({ sku: 'PIN' }))
  expect(data.map(({ channel, refusals, units }) => [channel, refusals, units])).toEqual(
    expect.arrayContaining([
      [null, 3, 8 + 2 + 4],
      ['web', 1, 3],
    ]),
  )
  expect(data).toHaveLength(2)
})

test('the list is read page by page, by SKU and by day', async () => {
  const first = granted(await holdfast.lostDemand({ limit: 1 }))
  expect(first.data).toHaveLength(1)
  const cursor = first.next_cursor as string
  expect(granted(await holdfast.lostDemand({ limit: 1, cursor })).data[0]).not.toEqual(
    first.data[0],
  )
  expect(granted(await holdfast.lostDemand({ sku: 'TEE' })).data).toHaveLength(1)
  expect(granted(await holdfast.lostDemand({ to: '2020-01-01' })).data).toEqual([])
  expect(outcome(await holdfast.lostDemand({ sku: 'NOPE' }))).toBe('unknown_sku')
  expect(outcome(await holdfast.lostDemand({ from: 'x' }))).toBe('invalid_request')
})
