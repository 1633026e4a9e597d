import { afterEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
await stock(holdfast, { TEE: { berlin: 10 } })
const move = (quantity: number, from: string, to: string) => ({
  lines: [{ sku: 'TEE', location: 'berlin', quantity, from: from as never, to: to as never }],
})
afterEach(() => expectSound(ownerUrl))

test('units move between states, and on_hand stays', async () => {
  granted(await holdfast.move(move(3, 'available', 'damaged')))
  granted(await holdfast.move(move(1, 'damaged', 'quality_control')))
  granted(await holdfast.move(move(1, 'quality_control', 'set_aside')))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({
    ...{ on_hand: 10, damaged: 2, quality_control: 0, set_aside: 1, available: 7 },
  })
  granted(await holdfast.move(move(2, 'damaged', 'available')))
  granted(await holdfast.move(move(1, 'set_aside', 'available')))
})

test('more than a state has is refused', async () => {
  for (const [from, to] of [
    ['damaged', 'available'],
    ['available', 'damaged'],
  ] as const) {
    expect(outcome(await holdfast.move(move(11, from, to)))).toBe('would_go_negative')
  }
})

test('damage to promised units is a fact, and a shortage', async () => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 9 }]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  granted(await holdfast.move(move(3, 'available', 'damaged')))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ shortage: 2 })
  granted(await holdfast.release({ reservation_id }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ shortage: 0, available: 7 })
})

test.each([
  ['available', 'available'],
  ['held', 'available'],
  ['available', 'lost'],
  [undefined, 'damaged'],
])('from %s to %s is refused', async (from, to) => {
  expect(outcome(await holdfast.move(move(1, from as string, to)))).toBe('invalid_request')
})
