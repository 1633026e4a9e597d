import { afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl, url } = await freshDatabase()

beforeAll(() => stock(holdfast, { TEE: { berlin: 10, paris: 2 }, MUG: { berlin: 1 } }))
afterEach(() => expectSound(ownerUrl))

test('a sale of a till leaves the shelf at once', async () => {
  const sale = granted(
    await holdfast.recordSale({
      order_reference: 'till-1',
      lines: [{ sku: 'TEE', location: 'berlin', quantity: 2 }],
      fulfilled: true,
      occurred_at: '2026-01-02T03:04:05Z',
    }),
  )
  expect(sale).toMatchObject({ state: 'closed', lines: [{ fulfilled: 2 }] })
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 8, shortage: 0 })
  const ledger = granted(await holdfast.transactions({ reservation_id: sale.reservation_id }))
  expect(ledger.data).toHaveLength(2)
  expect(Date.parse(ledger.data[0]?.occurred_at ?? '')).toBe(Date.parse('2026-01-02T03:04:05Z'))
})

test('a sale of what is not there stands as a shortage that names the newest promises', async () => {
  const lines = [{ sku: 'MUG', location: 'berlin', quantity: 3 }]
  const sale = granted(await holdfast.recordSale({ order_reference: 'web-1', lines }))
  expect(sale).toMatchObject({
    state: 'committed',
    shortage: [{ sku: 'MUG', missing: 2, newest: [{ order_reference: 'web-1', committed: 3 }] }],
  })
  const next = await holdfast.reserve({ lines: [{ sku: 'MUG', location: 'berlin', quantity: 1 }] })
  expect(outcome(next)).toBe('insufficient_stock')
})

test('a cancel in a shortage frees nothing that does not exist', async () => {
  const lines = [{ sku: 'MUG', location: 'berlin', quantity: 1 }]
  const sale = granted(await holdfast.recordSale({ order_reference: 'web-2', lines }))
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ shortage: 3 })
  granted(await holdfast.release({ reservation_id: sale.reservation_id }))
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ shortage: 2 })
  expect(outcome(await holdfast.reserve({ lines }))).toBe('insufficient_stock')
  granted(await holdfast.receive({ lines: [{ sku: 'MUG', location: 'berlin', quantity: 3 }] }))
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ shortage: 0, available: 1 })
})

test('the same sale is booked once by its key or its id', async () => {
  const request = {
    order_reference: 'web-3',
    id: '01890000-0000-7000-8000-000000000003',
    lines: [{ sku: 'TEE', location: 'paris', quantity: 1 }],
  }
  granted(await holdfast.recordSale(request))
  expect(await holdfast.recordSale(request)).toMatchObject({ replayed: true })
  expect(await level(holdfast, 'TEE', 'paris')).toMatchObject({ committed: 1 })
})

test.each([
  [{ lines: [{ sku: 'TEE', quantity: 1 }] }, 'invalid_request'],
  [{ order_reference: 'x', lines: [{ sku: 'NOPE', quantity: 1 }] }, 'unknown_sku'],
  [{ order_reference: 'x', lines: [{ sku: 'TEE', quantity: -1 }] }, 'invalid_quantity'],
  [
    {
      order_reference: 'x',
      lines: [{ sku: 'TEE', quantity: 1 }],
      occurred_at: '2026-02-30T00:00:00Z',
    },
    'invalid_request',
  ],
  [
    {
      order_reference: 'x',
      lines: [{ sku: 'TEE', quantity: 1 }],
      occurred_at: '2999-01-01T00:00:00Z',
    },
    'invalid_request',
  ],
])('%j is refused with %s', async (request, code) => {
  expect(outcome(await holdfast.recordSale(request as never))).toBe(code)
})

test('a hold that has ended is no reason for a shortage', async () => {
  await stock(holdfast, { CUP: { berlin: 3, paris: 9 } })
  const cup = (quantity: number) => ({ sku: 'CUP', location: 'berlin', quantity })
  granted(await holdfast.reserve({ lines: [cup(3)], hold_seconds: 60 }))
  await shiftClock(url, '61 seconds')
  const named = granted(await holdfast.recordSale({ order_reference: 'a', lines: [cup(2)] }))
  expect(named.shortage).toBeUndefined()
  const lines = [{ sku: 'CUP', quantity: 1 }]
  const anywhere = granted(await holdfast.recordSale({ order_reference: 'b', lines }))
  expect(anywhere.lines).toMatchObject([{ location: 'berlin' }])
  await shiftClock(url, '0')
})
