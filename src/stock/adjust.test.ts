import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, level, outcome, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const tee = { sku: 'TEE', location: 'berlin' }

beforeEach(() => stock(holdfast, { TEE: { berlin: 10 }, MUG: { berlin: 5 } }))
afterEach(() => expectSound(ownerUrl))

test('a difference changes on_hand, with reason and document in the ledger', async () => {
  const request = { lines: [{ ...tee, quantity: -2 }], reason: 'broken', document: 'note-7' }
  const answer = granted(await holdfast.adjust(request))
  expect(answer.lines).toMatchObject([{ ...tee, on_hand: 8, available: 8 }])
  const found = granted(await holdfast.transactions({ document: 'note-7' }))
  expect(found.data).toMatchObject([{ kind: 'adjust', reason: 'broken', changes: { on_hand: -2 } }])
})

test('units come into a state together with on_hand', async () => {
  granted(await holdfast.adjust({ lines: [{ ...tee, quantity: 3, state: 'damaged' }] }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ damaged: 3, available: 10 })
  granted(await holdfast.adjust({ lines: [{ ...tee, quantity: -3, state: 'damaged' }] }))
})

test('one line that cannot be served undoes all, or stands alone when each is asked', async () => {
  const lines = [
    { ...tee, quantity: 1 },
    { sku: 'MUG', location: 'berlin', quantity: -100 },
  ]
  const all = await holdfast.adjust({ lines })
  expect(all).toMatchObject({ refusal: { code: 'would_go_negative', field: 'lines.1' } })
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 10 })
  const each = granted(await holdfast.adjust({ lines, mode: 'each' }))
  expect(each.lines).toMatchObject([{ on_hand: 11 }, { refusal: { code: 'would_go_negative' } }])
})

test('below what is promised is a fact: a shortage that names the newest promises', async () => {
  const lines = [{ ...tee, quantity: 8 }]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  const answer = granted(await holdfast.adjust({ lines: [{ ...tee, quantity: -5 }] }))
  expect(answer.lines).toMatchObject([
    { shortage: 3, shortage_named: { missing: 3, newest: [{ reservation_id, held: 8 }] } },
  ])
  const one = { lines: [{ ...tee, quantity: 1 }] }
  expect(outcome(await holdfast.reserve(one))).toBe('insufficient_stock')
  const events = await asOwner(ownerUrl, `select type from holdfast.events`)
  expect(events).toContainEqual({ type: 'level.shortage' })
  granted(await holdfast.release({ reservation_id }))
})

test('2,000 lines are one call, 2,001 are too many', async () => {
  const many = (count: number) => Array.from({ length: count }, () => ({ ...tee, quantity: 1 }))
  granted(await holdfast.adjust({ lines: many(2_000) }))
  expect(outcome(await holdfast.adjust({ lines: many(2_001) }))).toBe('too_large')
})

test('the same key adjusts once', async () => {
  const request = { lines: [{ ...tee, quantity: 1 }] }
  await Promise.all([1, 2, 3].map(() => holdfast.adjust(request, { key: 'count-1' })))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 11 })
})

const bad: [object, string][] = [
  [{ lines: [] }, 'invalid_request'],
  [{}, 'invalid_request'],
  ...[0, 1.5, Number.NaN, 1e21, '2', null].map((quantity): [object, string] => [
    { lines: [{ ...tee, quantity }] },
    'invalid_quantity',
  ]),
  [{ lines: [{ ...tee, quantity: 1, unit: 'kg' }] }, 'invalid_quantity'],
  [{ lines: [{ ...tee, quantity: 1, state: 'lost' }] }, 'invalid_request'],
  [{ lines: [{ ...tee, sku: 'NOPE', quantity: 1 }] }, 'unknown_sku'],
  [{ lines: [{ ...tee, location: 'mars', quantity: 1 }] }, 'unknown_location'],
  [{ lines: [{ sku: 'TEE', quantity: 1 }] }, 'invalid_request'],
  [{ lines: [{ ...tee, quantity: 1 }], mode: 'some' }, 'invalid_request'],
  [{ lines: [{ ...tee, quantity: 1 }], reason: 7 }, 'invalid_request'],
  [{ lines: [{ ...tee, quantity: 1 }], occurred_at: '2026-02-30T00:00:00Z' }, 'invalid_request'],
  [{ lines: [{ ...tee, quantity: 1, change_from: 9 }] }, 'stale_quantity'],
]
test.each(bad)('%j is refused with %s, and nothing changes', async (request, code) => {
  const { version } = await level(holdfast, 'TEE', 'berlin')
  expect(outcome(await holdfast.adjust(request as never))).toBe(code)
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ version })
})
