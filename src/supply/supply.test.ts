import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, stock } from '../../test/shop.ts'
import { freezeClock } from '../../test/time/frozenClock.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
const { supply } = holdfast
const location = 'berlin'
const place = { sku: 'TEE', location }

let booked = 0
const book = async (quantity: number, expected_on: string, more: object = {}) => {
  const code = `PO-${++booked}`
  return granted(await supply.book({ code, ...place, quantity, expected_on, ...more }))
}

beforeAll(async () => {
  await clock.set('2026-11-27T12:00:00Z')
  await stock(holdfast, { TEE: { berlin: 0 }, MUG: { berlin: 0 }, PDF: null })
  granted(await holdfast.skus.alias({ sku: 'TEE', alias: 'SIX', factor: 6 }))
})
afterEach(async () => {
  await expectSound(ownerUrl)
  expect((await holdfast.verify()).findings).toEqual([])
})

describe('a booking', () => {
  test('names a SKU, a place and a day; a pack counts its units; a level is made', async () => {
    await holdfast.locations.create({ code: 'paris' })
    const answer = await supply.book({
      ...{ code: 'SHIP-1', sku: 'SIX', location: 'paris', quantity: 2 },
      ...{ expected_on: '2026-12-10', expected_to: '2026-12-12' },
    })
    expect(answer).toMatchObject({
      ...{ ok: true, sku: 'TEE', quantity: 12, open: 12, received: 0, state: 'open' },
      ...{ expected_on: '2026-12-10', expected_to: '2026-12-12', late: false },
    })
    expect(await level(holdfast, 'TEE', 'paris')).toMatchObject({ version: 0, on_hand: 0 })
  })

  test.each([
    ['a day that has gone by', { expected_on: '2026-11-26' }, 'invalid_request'],
    ['days in the wrong order', { expected_to: '2026-12-09' }, 'invalid_request'],
    ['a day beyond all plans', { expected_on: '2099-01-01' }, 'invalid_request'],
    ['no day', { expected_on: 'soon' }, 'invalid_request'],
    ['nothing', { quantity: 0 }, 'invalid_quantity'],
    ['an unknown SKU', { sku: 'NOPE' }, 'unknown_sku'],
    ['an unknown place', { location: 'nowhere' }, 'unknown_location'],
    ['a SKU that is not counted', { sku: 'PDF' }, 'invalid_request'],
    ['an unknown field', { supplier: 'x' }, 'invalid_request'],
  ])('of %s is refused', async (_what, wrong, code) => {
    const good = { code: 'BAD', ...place, quantity: 1, expected_on: '2026-12-10' }
    expect(outcome(await supply.book({ ...good, ...wrong }))).toBe(code)
    expect(outcome(await supply.get({ code: 'BAD' }))).toBe('supply_not_found')
  })

  test('has a code of its own, and a key makes it once', async () => {
    const request = { code: 'ONCE', ...place, quantity: 1, expected_on: '2026-12-10' }
    granted(await supply.book(request, { key: 'k' }))
    expect(granted(await supply.book(request, { key: 'k' })).replayed).toBe(true)
    expect(outcome(await supply.book(request))).toBe('supply_exists')
    granted(await supply.cancel({ code: 'ONCE' }))
  })
})

describe('what is expected', () => {
  test('moves, keeps its span, and its history says why', async () => {
    const { code } = await book(5, '2026-12-10', { expected_to: '2026-12-12' })
    const moved = granted(
      await supply.update({ code, expected_on: '2026-12-17', reason: 'the ship is late' }),
    )
    expect(moved).toMatchObject({ expected_to: '2026-12-19', first_expected_to: '2026-12-12' })
    expect(granted(await supply.get({ code })).changes).toMatchObject([
      { what: 'booked', before: {}, after: { expected_on: '2026-12-10' } },
      { what: 'moved', before: { expected_on: '2026-12-10' }, reason: 'the ship is late' },
    ])
    expect(outcome(await supply.update({ code, expected_on: '2026-11-01' }))).toBe(
      'invalid_request',
    )
    expect(outcome(await supply.update({ code: 'NOPE', quantity: 1 }))).toBe('supply_not_found')
    granted(await supply.cancel({ code }))
    expect(outcome(await supply.cancel({ code }))).toBe('supply_closed')
    expect(outcome(await supply.update({ code, quantity: 9 }))).toBe('supply_closed')
  })

  test('is received in parts, never more than was ordered unless that is said', async () => {
    const { code } = await book(5, '2026-12-10')
    const before = await level(holdfast, 'TEE', location)
    granted(await supply.receive({ code, quantity: 3, document: 'D-1' }))
    expect(outcome(await supply.receive({ code, quantity: 3 }))).toBe('exceeds_ordered')
    expect(outcome(await supply.update({ code, quantity: 2 }))).toBe('exceeds_ordered')
    expect(granted(await supply.get({ code }))).toMatchObject({ received: 3, open: 2 })
    const lines = [{ ...place, quantity: 1, supply: code }]
    granted(await holdfast.receive({ lines }))
    const other = [{ sku: 'MUG', location, quantity: 1, supply: code }]
    expect(outcome(await holdfast.receive({ lines: other }))).toBe('supply_not_found')
    granted(await supply.receive({ code, quantity: 3, over: true }))
    expect(granted(await supply.get({ code }))).toMatchObject({ received: 7, state: 'received' })
    expect(outcome(await supply.receive({ code }))).toBe('supply_closed')
    expect((await level(holdfast, 'TEE', location)).on_hand).toBe(before.on_hand + 7)
  })

  test('comes short, or not at all', async () => {
    const { code } = await book(5, '2026-12-10')
    granted(await supply.receive({ code, quantity: 3 }))
    expect(granted(await supply.update({ code, quantity: 3 }))).toMatchObject({
      ...{ state: 'short', open: 0, quantity: 3 },
    })
    const none = await book(5, '2026-12-10')
    const given = granted(await supply.update({ code: none.code, quantity: 0 }))
    expect(given).toMatchObject({ state: 'cancelled', quantity: 5, open: 0 })
  })

  test('is listed by what comes first, and late where its last day is over', async () => {
    const { code } = await book(5, '2026-11-27')
    expect(granted(await supply.list({ late: true })).data).toEqual([])
    await clock.set('2026-11-28T12:00:00Z')
    expect(granted(await supply.list({ late: true, sku: 'TEE' })).data).toMatchObject([
      { code, late: true },
    ])
    const open = granted(await supply.list({ state: 'open', limit: 1 }))
    expect(open.data).toMatchObject([{ code }])
    expect(open.next_cursor).not.toBeNull()
    granted(await supply.cancel({ code }))
    await clock.set('2026-11-27T12:00:00Z')
  })
})

test('a refusal says when supply comes that nobody waits for', async () => {
  granted(
    await holdfast.policies.set({
      rules: [{ sku: 'MUG', fields: { backorder_mode: 'allow', backorder_cap: 3 } }],
    }),
  )
  const lines = [{ sku: 'MUG', location, quantity: 3 }]
  granted(await holdfast.reserve({ lines }))
  for (const [code, quantity] of [
    ['M-1', 2],
    ['M-2', 4],
  ] as const) {
    const expected_on = code === 'M-1' ? '2026-12-10' : '2026-12-20'
    granted(await supply.book({ code, sku: 'MUG', location, quantity, expected_on }))
  }
  expect(await holdfast.reserve({ lines })).toMatchObject({
    refusal: { lines: [{ supply: { expected_to: '2026-12-20', units: 3 } }] },
  })
})

test('SQL books and receives as well', async () => {
  const client = holdfast.context.database.pool
  const request = { code: 'SQL-1', ...place, quantity: 2, expected_on: '2026-12-24' }
  const call = async (name: string, asked: object) =>
    (await client.query(`select holdfast.${name}('default', $1) as answer`, [asked])).rows[0].answer
  expect(await call('book_supply', request)).toMatchObject({ ok: true, open: 2 })
  expect(await call('update_supply', { code: 'SQL-1', expected_on: '2026-12-25' })).toMatchObject({
    expected_on: '2026-12-25',
  })
  expect(await call('receive_supply', { code: 'SQL-1', quantity: 1 })).toMatchObject({ ok: true })
  expect(await call('cancel_supply', { code: 'SQL-1' })).toMatchObject({ state: 'short' })
  expect(await call('book_supply', { code: 'SQL-2' })).toMatchObject({ ok: false })
})
