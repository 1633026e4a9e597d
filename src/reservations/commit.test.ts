import { afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const hold = async (quantity: number, sku = 'TEE') =>
  granted(
    await holdfast.reserve({ lines: [{ sku, location: 'berlin', quantity }], hold_seconds: 60 }),
  ).reservation_id

beforeAll(() =>
  stock(holdfast, { TEE: { berlin: 100, paris: 10 }, LAST: { berlin: 1 }, WAIT: { berlin: 3 } }),
)
afterEach(async () => {
  await shiftClock(url, '0')
  await expectSound(ownerUrl)
})

test('a commit turns held units into committed ones of an order', async () => {
  const reservation_id = await hold(3)
  const order = granted(await holdfast.commit({ reservation_id, order_reference: 'o-1' }))
  expect(order).toMatchObject({
    state: 'committed',
    order_reference: 'o-1',
    expires_at: null,
    lines: [{ held: 0, committed: 3 }],
  })
})

test('the same commit again is granted, one to another order is refused', async () => {
  const reservation_id = await hold(1)
  granted(await holdfast.commit({ reservation_id, order_reference: 'o-2' }))
  granted(await holdfast.commit({ reservation_id, order_reference: 'o-2' }))
  const other = await holdfast.commit({ reservation_id, order_reference: 'o-3' })
  expect(outcome(other)).toBe('exceeds_remaining')
})

test('a part is committed, and the held rest keeps its expiry', async () => {
  const reservation_id = await hold(5)
  const lines = [{ sku: 'TEE', quantity: 2 }]
  const order = granted(await holdfast.commit({ reservation_id, order_reference: 'o-4', lines }))
  expect(order).toMatchObject({ state: 'held', lines: [{ held: 3, committed: 2 }] })
  expect(order.expires_at).not.toBeNull()
  await shiftClock(url, '61 seconds')
  expect((await holdfast.expire()).expired).toBe(3)
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: 0 })
  const reservation = granted(await holdfast.reservation({ reservation_id }))
  expect(reservation).toMatchObject({ state: 'committed', lines: [{ committed: 2, expired: 3 }] })
})

test('more than the rest is refused, and nothing changes', async () => {
  const reservation_id = await hold(2)
  const lines = [{ sku: 'TEE', quantity: 3 }]
  const answer = await holdfast.commit({ reservation_id, order_reference: 'o-5', lines })
  expect(answer).toMatchObject({
    refusal: { code: 'exceeds_remaining', lines: [{ sku: 'TEE', asked: 3, available: 2 }] },
  })
})

test('a late commit takes the units again if they are free', async () => {
  const reservation_id = await hold(4)
  await shiftClock(url, '61 seconds')
  const order = granted(await holdfast.commit({ reservation_id, order_reference: 'o-6' }))
  expect(order).toMatchObject({ reacquired: true, lines: [{ committed: 4, expired: 0 }] })
})

test('a late commit after the sweeper takes the units again too', async () => {
  const reservation_id = await hold(4)
  await shiftClock(url, '61 seconds')
  await holdfast.expire()
  const order = granted(await holdfast.commit({ reservation_id, order_reference: 'o-7' }))
  expect(order).toMatchObject({ reacquired: true, lines: [{ committed: 4, expired: 0 }] })
})

test('a late commit whose units are gone says so, with what is available', async () => {
  const reservation_id = await hold(1, 'LAST')
  await shiftClock(url, '61 seconds')
  await hold(1, 'LAST')
  const answer = await holdfast.commit({ reservation_id, order_reference: 'o-8' })
  expect(answer).toMatchObject({
    refusal: {
      code: 'reservation_expired',
      lines: [{ sku: 'LAST', location: 'berlin', asked: 1, available: 0 }],
    },
  })
})

test('what was released is not committed', async () => {
  const reservation_id = await hold(1)
  granted(await holdfast.release({ reservation_id }))
  const answer = await holdfast.commit({ reservation_id, order_reference: 'o-9' })
  expect(outcome(answer)).toBe('already_released')
})

test.each([
  [
    { reservation_id: '00000000-0000-7000-8000-000000000000', order_reference: 'x' },
    'reservation_not_found',
  ],
  [{ reservation_id: 'none', order_reference: 'x' }, 'reservation_not_found'],
  [{ order_reference: 'x' }, 'reservation_not_found'],
  [{ reservation_id: 'none' }, 'invalid_request'],
  [{ reservation_id: 'none', order_reference: '' }, 'invalid_request'],
  [{ reservation_id: 'none', order_reference: 7 }, 'invalid_request'],
  [{ reservation_id: 'none', order_reference: 'x'.repeat(256) }, 'too_large'],
])('%j is refused with %s', async (request, code) => {
  expect(outcome(await holdfast.commit(request as never))).toBe(code)
})

test('two lines of the same units take them once each, those that wait too', async () => {
  const fields = { backorder_mode: 'allow' as const, backorder_cap: 9 }
  granted(await holdfast.policies.set({ rules: [{ sku: 'WAIT', fields }] }))
  const held = async () => granted(await holdfast.reserve({ lines: [line(5)] })).reservation_id
  const line = (quantity: number) => ({ sku: 'WAIT', location: 'berlin', quantity })
  const lines = [line(2), line(2)]
  const reservation_id = await held() // three are there, two wait
  const order = granted(await holdfast.commit({ reservation_id, order_reference: 'o-9', lines }))
  expect(order.lines).toMatchObject([
    { held: 0, committed: 3, backordered: 1, held_backordered: 1 },
  ])
  const less = granted(await holdfast.release({ reservation_id, lines: [line(1), line(3)] }))
  expect(less.lines).toMatchObject([{ held: 0, committed: 1, released: 4 }])
})

test('what a late commit has to wait for waits in its last line', async () => {
  const fields = { backorder_mode: 'allow' as const, backorder_cap: 9 }
  await stock(holdfast, { LATE: { berlin: 2 } })
  granted(await holdfast.policies.set({ rules: [{ sku: 'LATE', fields }] }))
  const line = { sku: 'LATE', location: 'berlin' }
  const lines = [
    { ...line, quantity: 1, backorder: 'whole' as const },
    { ...line, quantity: 2 },
  ]
  const { reservation_id } = granted(await holdfast.reserve({ lines, hold_seconds: 60 }))
  await shiftClock(url, '2 minutes')
  granted(await holdfast.set({ lines: [{ ...line, quantity: 1 }], reason: 'count' }))
  const order = granted(await holdfast.commit({ reservation_id, order_reference: 'o-10' }))
  expect(order).toMatchObject({ reacquired: true })
  expect(order.lines).toMatchObject([
    { line: 1, committed: 1 },
    { line: 2, committed: 0, backordered: 2 },
  ])
})
