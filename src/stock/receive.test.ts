import { afterEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
await stock(holdfast, { TEE: { berlin: 2 }, MUG: { paris: 0 } })
const tee = { sku: 'TEE', location: 'berlin' }
afterEach(() => expectSound(ownerUrl))

test('what arrives is on hand, for sale or waiting for quality control', async () => {
  const lines = [
    { ...tee, quantity: 10 },
    { ...tee, quantity: 5, state: 'quality_control' as const },
  ]
  granted(await holdfast.receive({ lines, document: 'PO-7', occurred_at: '2026-01-02T08:00:00Z' }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ on_hand: 17, available: 12 })
})

test('a level that is missing is made, by several at once', async () => {
  const lines = [{ sku: 'MUG', location: 'berlin', quantity: 1 }]
  await Promise.all(Array.from({ length: 5 }, () => holdfast.receive({ lines })))
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ on_hand: 5, version: 5 })
})

test('a refused line makes no level, though its neighbours would have', async () => {
  granted(await holdfast.skus.create({ code: 'NEW' }))
  const lines = [
    { sku: 'NEW', location: 'berlin', quantity: 1 },
    { sku: 'NOBODY', location: 'berlin', quantity: 1 },
  ]
  expect(outcome(await holdfast.receive({ lines }))).toBe('unknown_sku')
  expect(await holdfast.levels({ sku: 'NEW' })).toMatchObject({ data: [] })
  granted(await holdfast.receive({ lines, mode: 'each' }))
  expect(await holdfast.levels({ sku: 'NEW' })).toMatchObject({ data: [{ on_hand: 1 }] })
  granted(await holdfast.set({ lines: [{ sku: 'NEW', location: 'paris', quantity: 0 }] }))
  expect(await level(holdfast, 'NEW', 'paris')).toMatchObject({ on_hand: 0, version: 0 })
})

test('a receipt lowers a shortage first', async () => {
  granted(await holdfast.set({ lines: [{ ...tee, quantity: 3, state: 'available' }] }))
  const { reservation_id } = granted(await holdfast.reserve({ lines: [{ ...tee, quantity: 3 }] }))
  granted(await holdfast.adjust({ lines: [{ ...tee, quantity: -2 }] }))
  granted(await holdfast.receive({ lines: [{ ...tee, quantity: 3 }] }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ shortage: 0, available: 1 })
  granted(await holdfast.release({ reservation_id }))
})

test.each([0, -1, 1.5, 1e21, '1'])('receiving %s is refused', async quantity => {
  const lines = [{ ...tee, quantity: quantity as number }]
  expect(outcome(await holdfast.receive({ lines }))).toBe('invalid_quantity')
})
