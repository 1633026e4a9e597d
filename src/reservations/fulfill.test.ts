import { afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const order = async (quantity: number, sku = 'TEE') => {
  const lines = [{ sku, location: 'berlin', quantity }]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  granted(await holdfast.commit({ reservation_id, order_reference: `o-${reservation_id}` }))
  return reservation_id
}

beforeAll(() => stock(holdfast, { TEE: { berlin: 100 }, MUG: { berlin: 3 } }))
afterEach(() => expectSound(ownerUrl))

test('fulfilling in two parts lowers on_hand and committed alike', async () => {
  const reservation_id = await order(5)
  const first = granted(
    await holdfast.fulfill({ reservation_id, lines: [{ sku: 'TEE', quantity: 2 }] }),
  )
  expect(first).toMatchObject({ state: 'committed', lines: [{ committed: 3, fulfilled: 2 }] })
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 98, committed: 3 })
  const rest = granted(await holdfast.fulfill({ reservation_id }))
  expect(rest).toMatchObject({ state: 'closed', lines: [{ committed: 0, fulfilled: 5 }] })
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 95, committed: 0 })
})

test('hold 5, ship 2, release 1, ship 2', async () => {
  const reservation_id = await order(5)
  const two = [{ sku: 'TEE', quantity: 2 }]
  granted(await holdfast.fulfill({ reservation_id, lines: two }))
  granted(await holdfast.release({ reservation_id, lines: [{ sku: 'TEE', quantity: 1 }] }))
  const last = granted(await holdfast.fulfill({ reservation_id, lines: two }))
  expect(last).toMatchObject({ state: 'closed', lines: [{ fulfilled: 4, released: 1 }] })
  expect(outcome(await holdfast.fulfill({ reservation_id }))).toBe('exceeds_remaining')
})

test('what is only held is not fulfilled', async () => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  expect(outcome(await holdfast.fulfill({ reservation_id }))).toBe('exceeds_remaining')
})

test('units that the books do not have are refused, until a count finds them', async () => {
  const reservation_id = await order(3, 'MUG')
  const lines = [{ sku: 'MUG', location: 'berlin', quantity: 1 }]
  granted(await holdfast.set({ lines, reason: 'count' }))
  const answer = await holdfast.fulfill({ reservation_id })
  expect(answer).toMatchObject({
    refusal: {
      code: 'not_on_hand',
      lines: [{ sku: 'MUG', location: 'berlin', asked: 3, on_hand: 1 }],
    },
  })
  granted(await holdfast.set({ lines: [{ sku: 'MUG', location: 'berlin', quantity: 3 }] }))
  granted(await holdfast.fulfill({ reservation_id }))
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ on_hand: 0, shortage: 0 })
})

test('the same key ships once', async () => {
  const reservation_id = await order(4)
  const part = { reservation_id, lines: [{ sku: 'TEE', quantity: 2 }] }
  await Promise.all([1, 2, 3].map(() => holdfast.fulfill(part, { key: 'parcel-1' })))
  const now = granted(await holdfast.reservation({ reservation_id }))
  expect(now.lines).toMatchObject([{ fulfilled: 2, committed: 2 }])
})
