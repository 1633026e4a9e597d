import { randomUUID } from 'node:crypto'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()

beforeAll(async () => {
  await stock(holdfast, {
    TEE: { berlin: 10, paris: 4 },
    MUG: { berlin: 5 },
    LAST: { berlin: 1 },
    PDF: null,
  })
  granted(await holdfast.skus.alias({ sku: 'TEE', alias: 'TEE-6', factor: 6 }))
})

afterEach(() => expectSound(ownerUrl))

test('a hold takes units from what is available, and says until when', async () => {
  const hold = granted(
    await holdfast.reserve({
      lines: [{ sku: 'TEE', location: 'berlin', quantity: 3 }],
      buyer: 'b',
    }),
  )
  expect(hold).toMatchObject({ state: 'held', lines: [{ line: 1, held: 3, version: 2 }] })
  const minutes = (Date.parse(hold.expires_at ?? '') - Date.now()) / 60_000
  expect(minutes).toBeGreaterThan(29)
  expect(minutes).toBeLessThan(31)
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({
    held: 3,
    available: 7,
    version: 2,
  })
  granted(await holdfast.release({ reservation_id: hold.reservation_id }))
})

test('a cart with one sold-out line reserves nothing', async () => {
  const before = await level(holdfast, 'TEE', 'berlin')
  const answer = await holdfast.reserve({
    lines: [
      { sku: 'TEE', location: 'berlin', quantity: 1 },
      { sku: 'MUG', location: 'berlin', quantity: 6 },
    ],
  })
  expect(answer).toMatchObject({
    ok: false,
    refusal: {
      code: 'insufficient_stock',
      lines: [{ line: 2, sku: 'MUG', location: 'berlin', asked: 6, available: 5 }],
    },
  })
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ version: before.version })
})

test('lines of one SKU are summed before anything is checked', async () => {
  const lines = [
    { sku: 'MUG', location: 'berlin', quantity: 3 },
    { sku: 'MUG', location: 'berlin', quantity: 3 },
  ]
  expect(outcome(await holdfast.reserve({ lines }))).toBe('insufficient_stock')
  expect(outcome(await holdfast.reserve({ lines, partial: false }))).toBe('insufficient_stock')
  const some = granted(await holdfast.reserve({ lines, partial: true }))
  expect(some.lines.map(line => line.held)).toEqual([3, 2])
  expect(some.short).toMatchObject([{ line: 2, asked: 3, available: 2 }])
  granted(await holdfast.release({ reservation_id: some.reservation_id }))
})

test('anywhere means the first location by priority that has the whole line', async () => {
  const five = granted(await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 8 }] }))
  expect(five.lines).toMatchObject([{ location: 'berlin', held: 8 }])
  const four = granted(
    await holdfast.reserve({ lines: [{ sku: 'TEE', location: 'anywhere', quantity: 4 }] }),
  )
  expect(four.lines).toMatchObject([{ location: 'paris', held: 4 }])
  for (const { reservation_id } of [five, four]) granted(await holdfast.release({ reservation_id }))
})

test('a line is split over locations only when asked', async () => {
  const lines = [{ sku: 'TEE', quantity: 13 }]
  const refused = await holdfast.reserve({ lines })
  expect(refused).toMatchObject({
    refusal: {
      lines: [
        {
          asked: 13,
          available: 10,
          other_locations: [
            { location: 'berlin', available: 10 },
            { location: 'paris', available: 4 },
          ],
        },
      ],
    },
  })
  const split = granted(await holdfast.reserve({ lines, split: true }))
  expect(split.lines).toMatchObject([
    { line: 1, part: 0, location: 'berlin', held: 10 },
    { line: 1, part: 1, location: 'paris', held: 3 },
  ])
  granted(await holdfast.release({ reservation_id: split.reservation_id }))
})

test('a pack counts in units of its SKU', async () => {
  const pack = granted(
    await holdfast.reserve({ lines: [{ sku: 'TEE-6', location: 'berlin', quantity: 1 }] }),
  )
  expect(pack.lines).toMatchObject([{ sku: 'TEE', held: 6 }])
  granted(await holdfast.release({ reservation_id: pack.reservation_id }))
})

test('a code is found however its accents are written', async () => {
  await stock(holdfast, { CAFÉ: { berlin: 4 } })
  for (const sku of ['CAF\u00c9', 'CAFE\u0301']) {
    const lines = [{ sku, location: 'berlin', quantity: 1 }]
    for (const key of [undefined, sku]) {
      const { reservation_id } = granted(await holdfast.reserve({ lines }, { key }))
      granted(await holdfast.release({ reservation_id }))
    }
  }
})

test('an untracked SKU is always granted, and its movement has no level', async () => {
  const endless = granted(await holdfast.reserve({ lines: [{ sku: 'PDF', quantity: 1_000_000 }] }))
  expect(endless.lines).toMatchObject([{ sku: 'PDF', location: null, version: null }])
  granted(await holdfast.commit({ reservation_id: endless.reservation_id, order_reference: 'o-1' }))
  granted(await holdfast.fulfill({ reservation_id: endless.reservation_id }))
})

test('the same key holds once, and answers the same', async () => {
  const cart = { lines: [{ sku: 'MUG', location: 'berlin', quantity: 1 }] }
  const answers = await Promise.all([1, 2, 3].map(() => holdfast.reserve(cart, { key: 'cart-7' })))
  expect(new Set(answers.map(answer => granted(answer).reservation_id)).size).toBe(1)
  expect(answers.filter(answer => answer.ok && answer.replayed)).toHaveLength(2)
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ held: 1 })
  const other = { lines: [{ sku: 'MUG', location: 'berlin', quantity: 2 }] }
  expect(outcome(await holdfast.reserve(other, { key: 'cart-7' }))).toBe('idempotency_key_reused')
  await shiftClock(url, '31 days')
  expect(outcome(await holdfast.reserve(cart, { key: 'cart-7' }))).toBe('key_expired')
  await shiftClock(url, '0')
  await holdfast.release({ reservation_id: granted(answers[0] as never)['reservation_id'] })
})

test('a refused key may succeed later', async () => {
  const cart = { lines: [{ sku: 'MUG', location: 'berlin', quantity: 6 }] }
  expect(outcome(await holdfast.reserve(cart, { key: 'later' }))).toBe('insufficient_stock')
  granted(await holdfast.receive({ lines: [{ sku: 'MUG', location: 'berlin', quantity: 1 }] }))
  const hold = granted(await holdfast.reserve(cart, { key: 'later' }))
  granted(await holdfast.release({ reservation_id: hold.reservation_id }))
})

test("a client's own id is its reservation's id, and a key by itself", async () => {
  const id = randomUUID()
  const cart = { id, lines: [{ sku: 'TEE', location: 'paris', quantity: 1 }] }
  expect(granted(await holdfast.reserve(cart)).reservation_id).toBe(id)
  expect(granted(await holdfast.reserve(cart))).toMatchObject({
    reservation_id: id,
    replayed: true,
  })
  expect(outcome(await holdfast.reserve(cart, { key: 'own' }))).toBe('reservation_exists')
  expect(await level(holdfast, 'TEE', 'paris')).toMatchObject({ held: 1 })
  granted(await holdfast.release({ reservation_id: id }))
})

test('a hold lapses by itself, and its unit goes to who comes next', async () => {
  const cart = { lines: [{ sku: 'LAST', location: 'berlin', quantity: 1 }], hold_seconds: 5 }
  const first = granted(await holdfast.reserve(cart))
  const refused = await holdfast.reserve(cart)
  expect(refused).toMatchObject({
    refusal: { lines: [{ available: 0, next_expires_at: expect.stringMatching(/^20/) }] },
  })
  await shiftClock(url, '6 seconds')
  expect(await level(holdfast, 'LAST', 'berlin')).toMatchObject({ available: 1 })
  const second = granted(await holdfast.reserve(cart))
  expect(second.reservation_id).not.toBe(first.reservation_id)
  expect(
    outcome(
      await holdfast.commit({ reservation_id: first.reservation_id, order_reference: 'late' }),
    ),
  ).toBe('reservation_expired')
  granted(await holdfast.release({ reservation_id: second.reservation_id }))
  await shiftClock(url, '0')
})

test('a staff hold has an owner and a review date, and no expiry', async () => {
  const staff = granted(
    await holdfast.reserve({
      lines: [{ sku: 'TEE', location: 'berlin', quantity: 1 }],
      owner: 'window display',
      review_at: '2030-01-01T00:00:00Z',
    }),
  )
  expect(staff.expires_at).toBeNull()
  await shiftClock(url, '2 days')
  expect((await holdfast.expire()).expired).toBe(0)
  await shiftClock(url, '0')
  granted(await holdfast.release({ reservation_id: staff.reservation_id }))
})

const line = { sku: 'TEE', location: 'berlin', quantity: 1 }
const bad: [string, object, string][] = [
  ['no lines', { lines: [] }, 'invalid_request'],
  ['lines of the wrong kind', { lines: 'TEE' }, 'invalid_request'],
  ['501 lines', { lines: Array.from({ length: 501 }, () => line) }, 'too_large'],
  ['an unknown SKU', { lines: [{ ...line, sku: 'NOPE' }] }, 'unknown_sku'],
  ['a SKU of 1 MB', { lines: [{ ...line, sku: 'x'.repeat(1_000_000) }] }, 'unknown_sku'],
  ['a SKU with a NUL', { lines: [{ ...line, sku: 'T\u0000' }] }, 'invalid_request'],
  ['half of a surrogate pair', { lines: [{ ...line, sku: '\ud800' }] }, 'invalid_request'],
  ['an unknown location', { lines: [{ ...line, location: 'mars' }] }, 'unknown_location'],
  [
    'a level that is not there',
    { lines: [{ ...line, sku: 'MUG', location: 'paris' }] },
    'level_not_found',
  ],
  ...[0, -1, 1.5, Number.NaN, 1e21, Number.POSITIVE_INFINITY, '2', null, true, [], {}].map(
    (quantity): [string, object, string] => [
      `a quantity of ${JSON.stringify(quantity)}`,
      { lines: [{ ...line, quantity }] },
      'invalid_quantity',
    ],
  ),
  ['another unit', { lines: [{ ...line, unit: 'kg' }] }, 'invalid_quantity'],
  ['a window of 0 s', { lines: [line], hold_seconds: 0 }, 'invalid_request'],
  ['an id that is none', { lines: [line], id: 'x' }, 'invalid_request'],
  ['an owner without review date', { lines: [line], owner: 'me' }, 'invalid_request'],
  [
    'a review date that is none',
    { lines: [line], owner: 'me', review_at: 'soon' },
    'invalid_request',
  ],
  ['a buyer of the wrong kind', { lines: [line], buyer: 7 }, 'invalid_request'],
  ['a buyer too long', { lines: [line], buyer: 'b'.repeat(256) }, 'too_large'],
]
test.each(bad)('%s is refused, and nothing changes', async (_what, request, code) => {
  const before = await level(holdfast, 'TEE', 'berlin')
  expect(outcome(await holdfast.reserve(request as never))).toBe(code)
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ version: before.version })
})

test('one bad request does not fail its neighbours in the flush', async () => {
  const answers = await Promise.all([
    holdfast.reserve({ lines: [line], buyer: '\u0000' }),
    holdfast.reserve({ lines: [line] }),
    holdfast.reserve({ lines: [{ ...line, sku: 'NOPE' }] }),
  ])
  expect(answers.map(outcome)).toEqual(['invalid_request', 'ok', 'unknown_sku'])
})
