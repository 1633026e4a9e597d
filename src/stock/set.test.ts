import { afterEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl, url } = await freshDatabase()
await stock(holdfast, { TEE: { berlin: 10 }, NEW: { paris: 1 } })
const tee = { sku: 'TEE', location: 'berlin' }
afterEach(() => expectSound(ownerUrl))

test('a count sets on_hand, and a level that is missing is made', async () => {
  granted(await holdfast.set({ lines: [{ ...tee, quantity: 12 }], reason: 'count' }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 12 })
  granted(await holdfast.set({ lines: [{ sku: 'NEW', location: 'berlin', quantity: 0 }] }))
  expect(await level(holdfast, 'NEW', 'berlin')).toMatchObject({ on_hand: 0 })
})

test('setting available leaves what is promised', async () => {
  const { reservation_id } = granted(await holdfast.reserve({ lines: [{ ...tee, quantity: 4 }] }))
  granted(await holdfast.set({ lines: [{ ...tee, quantity: 20, state: 'available' }] }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 24, available: 20 })
  granted(await holdfast.release({ reservation_id }))
})

test('of two that compare and set at once, one is told that it is stale', async () => {
  granted(await holdfast.set({ lines: [{ ...tee, quantity: 7 }] }))
  const from = (quantity: number) => ({ lines: [{ ...tee, quantity, change_from: 7 }] })
  const both = await Promise.all([holdfast.set(from(8)), holdfast.set(from(9))])
  expect(both.map(outcome).sort()).toEqual(['ok', 'stale_quantity'])
  const stale = await holdfast.set(from(10))
  expect(stale).toMatchObject({ refusal: { change_from: 7, is: expect.any(Number) } })
})

test('the same number again is no movement', async () => {
  const { on_hand, version } = await level(holdfast, 'TEE', 'berlin')
  granted(await holdfast.set({ lines: [{ ...tee, quantity: on_hand }] }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ version })
})

test.each([-1, 1.5, 1e21, '7', null])('setting %s is refused', async quantity => {
  const lines = [{ ...tee, quantity: quantity as number }]
  expect(outcome(await holdfast.set({ lines }))).toBe('invalid_quantity')
})

test('setting available to what a read shows changes nothing, though a hold is overdue', async () => {
  granted(await holdfast.set({ lines: [{ ...tee, quantity: 10 }] }))
  granted(await holdfast.reserve({ lines: [{ ...tee, quantity: 4 }], hold_seconds: 60 }))
  await shiftClock(url, '61 seconds')
  const { available } = await level(holdfast, 'TEE', 'berlin')
  const seen = { ...tee, quantity: available, state: 'available' as const, change_from: available }
  granted(await holdfast.set({ lines: [seen] }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 10, available: 10 })
  const lower = granted(await holdfast.set({ lines: [{ ...tee, quantity: 8 }] }))
  expect(lower.lines).toMatchObject([{ held: 0, shortage: 0 }])
  await shiftClock(url, '0')
})

test('a refused count names a version that the level has, though a hold was overdue', async () => {
  granted(await holdfast.set({ lines: [{ ...tee, quantity: 10 }] }))
  granted(await holdfast.reserve({ lines: [{ ...tee, quantity: 3 }], hold_seconds: 60 }))
  await shiftClock(url, '61 seconds')
  const stale = await holdfast.set({ lines: [{ ...tee, quantity: 8, change_from: 9 }] })
  const { on_hand, version } = await level(holdfast, 'TEE', 'berlin')
  expect(stale).toMatchObject({ ok: false, refusal: { is: on_hand, version } })
  await shiftClock(url, '0')
})
