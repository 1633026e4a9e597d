import { afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const hold = async (lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]) =>
  granted(await holdfast.reserve({ lines, hold_seconds: 600 }))
const secondsUntil = (instant: string | null) => (Date.parse(instant ?? '') - Date.now()) / 1000

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 100 }, MUG: { berlin: 100 } })
  granted(await holdfast.tenants.update({ extension_count_max: 2, hold_life_seconds_max: 7200 }))
})
afterEach(async () => {
  await shiftClock(url, '0')
  await expectSound(ownerUrl)
})

test('an extension moves the end of the hold, and never shortens it', async () => {
  const { reservation_id } = await hold()
  const longer = granted(await holdfast.extend({ reservation_id, hold_seconds: 1200 }))
  expect(secondsUntil(longer.expires_at)).toBeGreaterThan(1190)
  const shorter = granted(await holdfast.extend({ reservation_id, hold_seconds: 10 }))
  expect(shorter.expires_at).toBe(longer.expires_at)
})

test('a placed order that is not paid yet has its own window', async () => {
  const { reservation_id } = await hold()
  const order = granted(await holdfast.extend({ reservation_id, order_reference: 'o-1' }))
  expect(order.order_reference).toBe('o-1')
  expect(secondsUntil(order.expires_at)).toBeGreaterThan(3590)
})

test('the count of extensions is capped', async () => {
  const { reservation_id } = await hold()
  granted(await holdfast.extend({ reservation_id }))
  granted(await holdfast.extend({ reservation_id }))
  const third = await holdfast.extend({ reservation_id })
  expect(third).toMatchObject({ refusal: { code: 'extension_limit', extension_count_max: 2 } })
})

test('the whole life of a hold is capped', async () => {
  const { reservation_id } = await hold()
  const last = granted(await holdfast.extend({ reservation_id, hold_seconds: 86_400 }))
  expect(secondsUntil(last.expires_at)).toBeLessThan(7201)
  expect(outcome(await holdfast.extend({ reservation_id }))).toBe('extension_limit')
})

test('every allocation of a cart is extended, so none lapses early', async () => {
  const lines = ['TEE', 'MUG'].map(sku => ({ sku, location: 'berlin', quantity: 1 }))
  const { reservation_id } = await hold(lines)
  granted(await holdfast.extend({ reservation_id, hold_seconds: 3600 }))
  await shiftClock(url, '30 minutes')
  await holdfast.expire()
  const now = granted(await holdfast.reservation({ reservation_id }))
  expect(now.lines.map(line => line.held)).toEqual([1, 1])
})

test('a hold that has ended, or was committed or released, is not extended', async () => {
  const ended = await hold()
  const committed = await hold()
  const released = await hold()
  const order = { reservation_id: committed.reservation_id, order_reference: 'o' }
  granted(await holdfast.commit(order))
  granted(await holdfast.release({ reservation_id: released.reservation_id }))
  await shiftClock(url, '11 minutes')
  const outcomes = await Promise.all(
    [ended, committed, released].map(({ reservation_id }) => holdfast.extend({ reservation_id })),
  )
  expect(outcomes.map(outcome)).toEqual([
    'reservation_expired',
    'already_released',
    'already_released',
  ])
})
