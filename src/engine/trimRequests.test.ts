import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()

test('an answer is kept for 30 days, its key for a year, and verify finds nothing wrong', async () => {
  await stock(holdfast, { TEE: { berlin: 9 } })
  const cart = { lines: [{ sku: 'TEE', location: 'berlin', quantity: 1 }] }
  const options = { key: 'order-7' }
  granted(await holdfast.reserve(cart, options))
  expect(await holdfast.trimRequests()).toEqual({ forgotten: 0, more: false })
  await shiftClock(url, '31 days')
  expect(await holdfast.trimRequests()).toEqual({ forgotten: 1, more: false })
  expect(outcome(await holdfast.reserve(cart, options))).toBe('key_expired')
  expect((await holdfast.verify()).findings).toEqual([])
  await shiftClock(url, '366 days')
  expect(await holdfast.trimRequests()).toEqual({ forgotten: 1, more: false })
  expect(await asOwner(ownerUrl, 'select key from holdfast.requests')).toEqual([])
  granted(await holdfast.reserve(cart, options))
})
