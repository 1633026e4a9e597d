import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import {
  asOwner,
  expectSound,
  granted,
  level,
  outcome,
  shiftClock,
  stock,
} from '../../test/shop.ts'
import { openHoldfast } from '../index.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const client = new pg.Client(url)

beforeAll(async () => {
  await client.connect()
  await stock(holdfast, {
    TEE: { berlin: 1_000 },
    CUP: { berlin: 3 },
    MUG: { berlin: 2 },
    HAT: { berlin: 9 },
  })
})
afterAll(() => client.end())
beforeEach(async () => {
  // The codes are known from here on: the first cart of a code is decided by the careful path.
  for (const sku of ['TEE', 'CUP', 'MUG', 'HAT']) {
    await holdfast.reserve({ lines: [{ sku, location: 'berlin', quantity: 1_000_000 }] })
  }
})

const line = (sku: string, quantity: number) => ({ sku, location: 'berlin', quantity })
const held = async (sku: string) => (await level(holdfast, sku, 'berlin')).held

/** Runs within a transaction that is committed. */
const within = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  await client.query('begin')
  const value = await work()
  await client.query('commit')
  return value
}

const reserve = (lines: ReturnType<typeof line>[], more = {}, key?: string) =>
  holdfast.reserve({ lines, ...more }, { transaction: client, key })

test('a cart of several lines is the same as outside: counters, versions and its end', async () => {
  const inside = granted(await within(() => reserve([line('TEE', 2), line('HAT', 1)])))
  const outside = granted(await holdfast.reserve({ lines: [line('TEE', 2), line('HAT', 1)] }))
  const plain = ({ lines, state }: typeof inside) => ({
    state,
    lines: lines.map(each => ({ ...each, version: 0 })),
  })
  expect(plain(inside)).toEqual(plain(outside))
  expect(outside.lines.map(({ version }) => version)).toEqual(
    inside.lines.map(({ version }) => Number(version) + 1),
  )
  const read = granted(await holdfast.reservation({ reservation_id: inside.reservation_id }))
  expect(new Date(String(read.expires_at))).toEqual(new Date(String(inside.expires_at)))
})

test('a cart with one sold-out line reserves nothing, and the transaction goes on', async () => {
  const before = await held('TEE')
  const answer = await within(async () => {
    const refused = await reserve([line('TEE', 1), line('CUP', 4)])
    granted(await reserve([line('CUP', 1)]))
    return refused
  })
  expect(outcome(answer)).toBe('insufficient_stock')
  expect({ tee: await held('TEE'), cup: await held('CUP') }).toEqual({ tee: before, cup: 1 })
})

test('a key has one effect, whichever path asks first', async () => {
  const before = await held('TEE')
  const first = granted(await within(() => reserve([line('TEE', 3)], {}, 'one')))
  const inside = granted(await within(() => reserve([line('TEE', 3)], {}, 'one')))
  const outside = granted(await holdfast.reserve({ lines: [line('TEE', 3)] }, { key: 'one' }))
  expect(inside).toEqual({ ...first, replayed: true })
  expect(outside).toEqual({ ...first, replayed: true })
  const other = await within(() => reserve([line('TEE', 4)], {}, 'one'))
  expect(outcome(other)).toBe('idempotency_key_reused')
  expect(await held('TEE')).toBe(before + 3)
})

test('an id that is brought twice is one reservation', async () => {
  const id = '01890000-0000-7000-8000-00000000abcd'
  const first = granted(await within(() => reserve([line('TEE', 1)], { id })))
  expect(first.reservation_id).toBe(id)
  expect(await within(() => reserve([line('TEE', 1)], { id }))).toEqual({
    ...first,
    replayed: true,
  })
})

test('a hold whose time is over makes room within a transaction', async () => {
  granted(await holdfast.reserve({ lines: [line('MUG', 2)], hold_seconds: 60 }))
  expect(await held('MUG')).toBe(2)
  await shiftClock(ownerUrl, '2 hours')
  granted(await within(() => reserve([line('MUG', 2)])))
  await shiftClock(ownerUrl, '0')
  expect(await held('MUG')).toBe(2)
})

test('a code that was renamed within the same transaction is looked up anew', async () => {
  await client.query('begin')
  const answers = [
    granted(await holdfast.skus.rename({ sku: 'TEE', to: 'SHIRT' }, { transaction: client })),
    await reserve([line('SHIRT', 1)]),
    await reserve([line('TEE', 1)]),
  ]
  await client.query('rollback')
  expect(answers).toMatchObject([{ ok: true }, { ok: true }, { ok: true }])
})

test('callers who have every connection of the pool wait for no other', async () => {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  const narrow = await openHoldfast({ pool })
  const mine = await pool.connect()
  await mine.query('begin')
  for (const _ of [1, 2]) {
    granted(await narrow.reserve({ lines: [line('TEE', 1)] }, { transaction: mine }))
  }
  await mine.query('commit')
  mine.release()
  await narrow.close()
  await pool.end()
})

test('a rollback leaves nothing, and the books agree', async () => {
  const before = await held('TEE')
  await client.query('begin')
  granted(await reserve([line('TEE', 9)], {}, 'gone'))
  await client.query('rollback')
  expect(await held('TEE')).toBe(before)
  expect(await asOwner(ownerUrl, `select key from holdfast.requests where key = 'gone'`)).toEqual(
    [],
  )
  await expectSound(ownerUrl)
})
