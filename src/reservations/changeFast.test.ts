import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
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

// Which way a call takes is seen from the statements that reach a connection.
const { url, ownerUrl } = await freshDatabase()
const pool = new pg.Pool({ connectionString: url, max: 4 })
const sent: string[] = []
pool.on('connect', client => {
  const query = client.query.bind(client) as (...given: unknown[]) => unknown
  client.query = ((...given: unknown[]) => {
    const [statement] = given
    sent.push(typeof statement === 'string' ? statement : (statement as { text: string }).text)
    return query(...given)
  }) as typeof client.query
})
const holdfast = await openHoldfast({ pool })
const careful = () => sent.some(text => /run_flush/.test(text))

beforeAll(async () => {
  const levels = { berlin: 1_000, paris: 1_000 }
  await stock(holdfast, { TEE: levels, MUG: levels, TWIN: levels, OWED: { berlin: 10 } })
  await hold('TEE') // the first call resolves codes
})
afterEach(() => expectSound(ownerUrl))
afterAll(async () => {
  await holdfast.close()
  await pool.end()
})

const hold = async (sku: string, quantity = 1, seconds?: number): Promise<string> => {
  const lines = [{ sku, location: 'berlin', quantity }]
  const wanted = { lines, ...(seconds ? { hold_seconds: seconds } : {}) }
  return granted(await holdfast.reserve(wanted)).reservation_id
}
const many = (count: number, sku = 'TEE', quantity = 1) =>
  Promise.all(Array.from({ length: count }, () => hold(sku, quantity)))

test('a life by the fast path answers as the careful path does, step by step', async () => {
  const client = await pool.connect()
  const plain = await hold('TEE', 5)
  const twin = await hold('TWIN', 5)
  const steps = [
    ['commit', (id: string) => ({ reservation_id: id, order_reference: 'o-1' })],
    [
      'fulfill',
      (id: string, sku: string) => ({
        ...{ reservation_id: id, document: 'parcel 1' },
        lines: [{ sku, quantity: 2 }],
      }),
    ],
    [
      'release',
      (id: string, sku: string) => ({
        ...{ reservation_id: id, reason: 'damaged' },
        lines: [{ sku, location: 'berlin', quantity: 1 }],
      }),
    ],
    ['fulfill', (id: string) => ({ reservation_id: id })],
  ] as const
  const bare = (answer: object) =>
    JSON.stringify(answer, (name, value) =>
      ['version', 'reservation_id'].includes(name) ? 0 : value === 'TWIN' ? 'TEE' : value,
    )
  sent.length = 0
  for (const [verb, request] of steps) {
    const fast = await holdfast[verb](request(plain, 'TEE') as never)
    const slow = await holdfast[verb](request(twin, 'TWIN') as never, { transaction: client })
    expect(JSON.parse(bare(fast))).toEqual(JSON.parse(bare(slow)))
    const { version } = granted(fast).lines[0] as { version: number }
    expect(version).toBe((await level(holdfast, 'TEE', 'berlin')).version)
  }
  client.release()
  expect(careful()).toBe(false)
  const movements = async (sku: string) => {
    const page = granted(await holdfast.transactions({ sku, location: 'berlin', limit: 4 }))
    return page.data.map(({ kind, changes, reason, document }) => ({
      ...{ kind, changes, reason, document },
    }))
  }
  expect(await movements('TEE')).toEqual(await movements('TWIN'))
})

test('many in one flush: a movement and a version each, in their order', async () => {
  const ids = [...(await many(40)), ...(await many(40, 'MUG', 2))]
  sent.length = 0
  const commits = await Promise.all(
    ids.map((reservation_id, n) => holdfast.commit({ reservation_id, order_reference: `m-${n}` })),
  )
  expect({ careful: careful(), statements: sent.length }).toEqual({ careful: false, statements: 1 })
  const versions = commits.map(answer => granted(answer).lines[0]?.version as number)
  const mugs = versions.slice(40)
  expect(versions.slice(0, 40)).toEqual([...versions.slice(0, 40)].sort((a, b) => a - b))
  expect(mugs).toEqual(Array.from({ length: 40 }, (_, n) => (mugs[0] as number) + n))
  const shipped = await Promise.all(ids.map(id => holdfast.fulfill({ reservation_id: id })))
  for (const answer of shipped) expect(granted(answer).state).toBe('closed')
})

test('what is not plain leaves the flush, and its neighbours stay on the fast path', async () => {
  const late = await hold('MUG', 1, 1)
  const owed = await hold('OWED', 3)
  granted(await holdfast.set({ lines: [{ sku: 'OWED', location: 'berlin', quantity: 1 }] }))
  const fine = await many(3, 'MUG')
  await new Promise(resolve => setTimeout(resolve, 1_100))
  const none = '00000000-0000-7000-8000-000000000000'
  const answers = await Promise.all(
    [fine[0], late, fine[1], owed, none, fine[2]].map(id =>
      holdfast.commit({ reservation_id: id as string, order_reference: 'x' }),
    ),
  )
  expect(answers.map(outcome)).toEqual(['ok', 'ok', 'ok', 'ok', 'reservation_not_found', 'ok'])
  expect(answers.map(answer => answer.ok && answer.reacquired === true)).toEqual([
    ...[false, true, false, false, false, false],
  ])
})

test('what ships after the end of a hold finds the held rest expired', async () => {
  const reservation_id = await hold('TEE', 3, 60)
  const order = { reservation_id, order_reference: 'o-late' }
  granted(await holdfast.commit({ ...order, lines: [{ sku: 'TEE', quantity: 1 }] }))
  await shiftClock(ownerUrl, '2 minutes')
  expect(granted(await holdfast.fulfill({ reservation_id }))).toMatchObject({
    state: 'closed',
    lines: [{ held: 0, fulfilled: 1, expired: 2 }],
  })
  await shiftClock(ownerUrl, '0')
})

test('a part that is too much, an unknown unit, another SKU: refused as ever', async () => {
  const [id] = (await many(1, 'TEE', 2)) as [string]
  granted(await holdfast.commit({ reservation_id: id, order_reference: 'p' }))
  const lines = (sku: string, quantity: number) => [{ sku, quantity }]
  const fulfill = (sku: string, quantity: number) =>
    holdfast.fulfill({ reservation_id: id, lines: lines(sku, quantity) })
  expect(outcome(await fulfill('TEE', 3))).toBe('exceeds_remaining')
  expect(outcome(await fulfill('MUG', 1))).toBe('exceeds_remaining')
  expect(outcome(await fulfill('TEE', 0))).toBe('invalid_quantity')
  expect(outcome(await fulfill('TEE', 2))).toBe('ok')
  expect(outcome(await fulfill('TEE', 1))).toBe('exceeds_remaining')
})

test('a keyed life: each key again has its first answer, and no second effect', async () => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 4 }]
  sent.length = 0
  const calls = Array.from({ length: 5 }, (_, n) => holdfast.reserve({ lines }, { key: `r${n}` }))
  const holds = (await Promise.all(calls)).map(granted)
  const commits = await Promise.all(
    holds.map(({ reservation_id }, n) =>
      holdfast.commit({ reservation_id, order_reference: `k${n}` }, { key: `c${n}` }),
    ),
  )
  expect(careful()).toBe(false)
  const { version } = await level(holdfast, 'TEE', 'berlin')
  for (const [n, first] of holds.entries()) {
    const again = await holdfast.reserve({ lines }, { key: `r${n}` })
    expect(again).toEqual({ ...first, replayed: true })
    const { reservation_id } = first
    const commit = { reservation_id, order_reference: `k${n}` }
    expect(await holdfast.commit(commit, { key: `c${n}` })).toEqual({
      ...(commits[n] as object),
      replayed: true,
    })
    const other = { ...commit, order_reference: 'another' }
    expect(outcome(await holdfast.commit(other, { key: `c${n}` }))).toBe('idempotency_key_reused')
  }
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ version })
})

test('a key repeats the end of what is still held to the letter', async () => {
  const reservation_id = await hold('MUG', 3)
  const lines = [{ sku: 'MUG', quantity: 2 }]
  granted(await holdfast.commit({ reservation_id, order_reference: 'part', lines }))
  const first = granted(await holdfast.fulfill({ reservation_id }, { key: 'f' }))
  expect(first).toMatchObject({ state: 'held', lines: [{ held: 1, fulfilled: 2 }] })
  const again = granted(await holdfast.fulfill({ reservation_id }, { key: 'f' }))
  expect(again).toEqual({ ...first, replayed: true })
})

test('in a flush with keys that were used before, the new ones go the fast way', async () => {
  const lines = [{ sku: 'MUG', location: 'berlin', quantity: 1 }]
  const call = (key: string) => holdfast.reserve({ lines }, { key })
  await Promise.all(['a', 'b', 'c'].map(call))
  const before = await level(holdfast, 'MUG', 'berlin')
  const answers = await Promise.all(['a', 'n1', 'b', 'n2', 'c', 'n3'].map(call))
  expect(answers.map(answer => answer.ok && answer.replayed === true)).toEqual([
    ...[true, false, true, false, true, false],
  ])
  expect((await level(holdfast, 'MUG', 'berlin')).held).toBe(before.held + 3)
})

test('a key whose call is refused is free again, also beside others in its flush', async () => {
  const [id] = (await many(1)) as [string]
  const good = await many(2)
  const ship = (reservation_id: string, key: string) =>
    holdfast.fulfill({ reservation_id }, { key })
  const ids = [id, ...good]
  granted(await holdfast.commit({ reservation_id: good[0] as string, order_reference: 'g' }))
  granted(await holdfast.commit({ reservation_id: good[1] as string, order_reference: 'g' }))
  const first = await Promise.all(ids.map((reservation, n) => ship(reservation, `s${n}`)))
  expect(first.map(outcome)).toEqual(['exceeds_remaining', 'ok', 'ok'])
  granted(await holdfast.commit({ reservation_id: id, order_reference: 'later' }))
  expect(granted(await ship(id, 's0')).replayed).toBeUndefined()
  const kept = `select count(*)::int as n from holdfast.requests where key like 's%' and answer is null`
  expect(await asOwner(ownerUrl, kept)).toEqual([{ n: 0 }])
})

test('an id that a caller brings is a key by itself, whichever path decides', async () => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  const id = '0190A1B2-C3D4-7000-8000-00000000ABCD'
  const first = granted(await holdfast.reserve({ lines, id }))
  expect(first.reservation_id).toBe(id.toLowerCase())
  expect(await holdfast.reserve({ lines, id })).toEqual({ ...first, replayed: true })
  const more = [{ sku: 'TEE', location: 'berlin', quantity: 2 }]
  expect(outcome(await holdfast.reserve({ lines: more, id }))).toBe('idempotency_key_reused')
  const neighbours = [holdfast.reserve({ lines, id }, { key: 'other' }), hold('TEE'), hold('MUG')]
  expect(outcome((await neighbours[0]) as never)).toBe('reservation_exists')
  await Promise.all(neighbours)
})
