import { afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const shipped = async (quantity: number) => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity }]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  granted(await holdfast.commit({ reservation_id, order_reference: 'o' }))
  granted(await holdfast.fulfill({ reservation_id }))
  return reservation_id
}

beforeAll(() => stock(holdfast, { TEE: { berlin: 20 } }))
afterEach(() => expectSound(ownerUrl))

test('what comes back goes into available, damaged or quality_control', async () => {
  const reservation_id = await shipped(4)
  const lines = [
    { sku: 'TEE', quantity: 1 },
    { sku: 'TEE', quantity: 1, state: 'damaged' as const },
    { sku: 'TEE', quantity: 1, state: 'quality_control' as const },
  ]
  const answer = granted(await holdfast.return({ reservation_id, lines, reason: 'too small' }))
  expect(answer.lines).toMatchObject([{ fulfilled: 4, returned: 3 }])
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({
    on_hand: 19,
    damaged: 1,
    quality_control: 1,
    available: 17,
  })
})

test('more than is out is refused', async () => {
  const reservation_id = await shipped(2)
  const three = { reservation_id, lines: [{ sku: 'TEE', quantity: 3 }] }
  expect(outcome(await holdfast.return(three))).toBe('exceeds_fulfilled')
  granted(await holdfast.return({ reservation_id }))
  expect(outcome(await holdfast.return({ reservation_id }))).toBe('exceeds_fulfilled')
})

test('a state that is none is refused', async () => {
  const reservation_id = await shipped(1)
  const answer = await holdfast.return({ reservation_id, state: 'lost' as never })
  expect(outcome(answer)).toBe('invalid_request')
})
