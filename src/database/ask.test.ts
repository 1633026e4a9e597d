import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { poolOf } from '../../test/pool.ts'
import { expectSound, granted, level, stock } from '../../test/shop.ts'
import { type Holdfast, openHoldfast } from '../index.ts'
import { startProxy, type TcpProxy } from '../torture/proxy.ts'
import { named, targetOf, through } from '../torture/through.ts'
import { patienceFor, patienceOf } from './ask.ts'
import { write } from './call.ts'
import type { Database } from './connect.ts'

// A database that vanishes without a word: what was sent is lost, and nobody is told.

const { holdfast, url, ownerUrl } = await freshDatabase()
const cart = { lines: [{ sku: 'TEE', location: 'berlin', quantity: 1 }] }
let proxy: TcpProxy
let far: Holdfast

/** Gives a connection up after a second instead of fifteen. */
const openFar = () =>
  openHoldfast({ connectionString: named(through(url, proxy.port), 'far'), answer_ms_max: 1_000 })

const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    error => error.code,
  )

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 1_000 } })
  proxy = await startProxy(targetOf(url), () => 0)
  far = await openFar()
})
afterAll(async () => {
  await far.close()
  await proxy.close()
})
afterEach(() => expectSound(ownerUrl))

test('a call on a silent connection fails as retryable, and its key has one effect', async () => {
  granted(await far.reserve(cart))
  const before = await level(holdfast, 'TEE', 'berlin')
  proxy.silence()
  expect(await failureOf(far.reserve(cart, { key: 'silent' }))).toBe('database_unavailable')
  const again = granted(await far.reserve(cart, { key: 'silent' }))
  expect(granted(await holdfast.reserve(cart, { key: 'silent' }))).toMatchObject({
    ...{ reservation_id: again.reservation_id, replayed: true },
  })
  expect((await level(holdfast, 'TEE', 'berlin')).held).toBe(before.held + 1)
})

test('every flush of a process may hang at once, and the next ones go on all the same', async () => {
  await Promise.all(Array.from({ length: 10 }, () => far.levels({ sku: 'TEE' })))
  proxy.silence()
  const hung = ['reserve', 'receive', 'record'].flatMap(name =>
    Array.from({ length: 5 }, (_, n) => {
      const order_reference = `${name}-${n}`
      if (name === 'reserve') return far.reserve(cart, { key: order_reference })
      if (name === 'receive') return far.receive(cart, { key: order_reference })
      return far.recordSale({ ...cart, order_reference }, { key: order_reference })
    }),
  )
  expect(new Set(await Promise.all(hung.map(failureOf)))).toEqual(new Set(['database_unavailable']))
  await expect.poll(() => failureOf(far.reserve(cart)), { timeout: 30_000 }).toBe('no error')
  expect(far.stats()).toMatchObject({ waiting: 0, in_flight: 0 })
})

const silentCalls: [string, () => Promise<unknown>][] = [
  ['a verb', () => far.reserve(cart, { deadline_ms: 200 })],
  ['a verb with a key', () => far.reserve(cart, { deadline_ms: 200, key: 'late' })],
  ['a write of the catalogue', () => far.skus.create({ code: 'NEW' }, { deadline_ms: 200 })],
]

test.each(silentCalls)('%s has an answer when its deadline is over', async (_name, call) => {
  granted(await far.reserve(cart))
  proxy.silence()
  expect(await failureOf(call())).toBe('deadline_exceeded')
  await expect.poll(() => failureOf(far.reserve(cart)), { timeout: 30_000 }).toBe('no error')
})

test('calls whose deadline has passed in the queue leave it: they are not counted for ever', async () => {
  granted(await far.reserve(cart))
  proxy.fate = () => ({ kind: 'half_open', after_bytes: 0 }) // a new connection hangs as well
  proxy.silence()
  const hung = Array.from({ length: 4 }, () => failureOf(far.reserve(cart)))
  await expect.poll(() => far.stats().in_flight, { timeout: 20_000 }).toBe(1)
  const late = Array.from({ length: 50 }, () => failureOf(far.reserve(cart, { deadline_ms: 100 })))
  expect(new Set(await Promise.all(late))).toEqual(new Set(['deadline_exceeded']))
  await Promise.all(hung)
  proxy.fate = () => ({ kind: 'pass' })
  await expect.poll(() => failureOf(far.reserve(cart)), { timeout: 30_000 }).toBe('no error')
  expect(far.stats().waiting).toBe(0)
})

test('no connection is left in the pool or at the database once the road is open again', async () => {
  proxy.cut()
  await expect.poll(() => failureOf(far.reserve(cart)), { timeout: 30_000 }).toBe('no error')
  const { total, idle, waiting } = far.stats().pool
  expect({ busy: total - idle, waiting }).toEqual({ busy: 0, waiting: 0 })
  const sessions = async () => {
    const { rows } = await holdfast.context.database.pool.query(
      `select count(*)::int as n from pg_stat_activity
       where datname = current_database() and application_name = 'far'`,
    )
    return rows[0].n
  }
  await expect.poll(sessions, { timeout: 30_000 }).toBe(far.stats().pool.total)
})

test('a silent host is passed over when the library opens, and close does not wait for it', async () => {
  const other = await openFar()
  await other.levels({ sku: 'TEE' })
  proxy.silence()
  await other.close()
})

test('a call whose last bytes were lost keeps no lock once it is given up', async () => {
  const lost = await openFar()
  granted(await lost.reserve(cart)) // it knows the catalogue now: what it asks next takes locks
  proxy.cut()
  await expect.poll(() => lost.stats().pool.total).toBe(0) // its next connection is a new one
  const passes = proxy.fate
  proxy.fate = () => {
    proxy.fate = passes
    return { kind: 'lost_sync' }
  }
  const key = 'without an end'
  expect(await failureOf(lost.reserve(cart, { key }))).toBe('database_unavailable')
  granted(await holdfast.reserve(cart, { key, deadline_ms: 10_000 }))
  await lost.close()
})

test('every fast way gives a silent connection up', async () => {
  await expect.poll(() => failureOf(far.reserve(cart)), { timeout: 30_000 }).toBe('no error')
  const { reservation_id } = granted(await far.reserve(cart))
  proxy.silence()
  expect(await failureOf(far.commit({ reservation_id, order_reference: 'silent' }))).toBe(
    'database_unavailable',
  )
  granted(await far.commit({ reservation_id, order_reference: 'silent' }))
})

test('a connection on which a statement was refused stays in the pool', async () => {
  const pids = async () => {
    const { rows } = await holdfast.context.database.pool.query(
      `select pid from pg_stat_activity
       where datname = current_database() and application_name = 'alone'`,
    )
    return rows
  }
  const alone = await openHoldfast({ connectionString: named(url, 'alone'), poolSize: 1 })
  granted(await alone.reserve(cart, { key: 'kept' }))
  const before = await pids()
  granted(await alone.reserve(cart, { key: 'kept' })) // HF004 from the fast way
  expect(await pids()).toEqual(before)
  await alone.close()
})

test('what takes long by its nature is waited for', () => {
  expect(patienceOf('list_levels')).toBe(0)
  expect(patienceOf('verify_levels')).toBeGreaterThan(patienceOf('export_products'))
  expect(patienceFor(2_000_000)).toBe(400_000)
})

test('a verb that goes through whole tables is waited for, as such a read is', async () => {
  const waited: Record<string, number> = {}
  const query = async ({ values, query_timeout }: { values: unknown[]; query_timeout: number }) => {
    waited[values[1] as string] = query_timeout
    return { rows: [{ answers: '[{"ok": true}]' }] }
  }
  const database: Database = { pool: poolOf(query), owned: false, direct: true }
  for (const verb of ['repair_level', 'audit_slice', 'adjust']) await write(database, 1, verb, {})
  expect(waited['adjust']).toBeLessThan(60_000)
  expect(waited['audit_slice']).toBeGreaterThan(3_000_000)
  expect(waited['repair_level']).toBeGreaterThan(3_000_000)
})
