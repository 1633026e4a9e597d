import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound } from '../../test/shop.ts'
import type { Holdfast } from '../index.ts'
import { demoOrders } from './orders.ts'
import { demoProducts } from './products.ts'
import { SCARCE } from './scarce.ts'
import { seedDemo } from './seed.ts'

const first = await freshDatabase()
const second = await freshDatabase()
const third = await freshDatabase()

const everyLevel = async (holdfast: Holdfast): Promise<unknown[]> => {
  const levels: unknown[] = []
  let cursor: string | null = null
  do {
    const page = await holdfast.levels({ limit: 250, ...(cursor ? { cursor } : {}) })
    if (!page.ok) throw new Error(page.refusal.code)
    for (const { sku, location, on_hand, held, committed, shortage, version } of page.data) {
      levels.push({ sku, location, on_hand, held, committed, shortage, version })
    }
    cursor = page.next_cursor
  } while (cursor)
  return levels
}

test('two demo shops are the same, sound, and two weeks old', async () => {
  expect(demoProducts().length).toBe(40)
  const reports = [await seedDemo(first.holdfast), await seedDemo(second.holdfast)]
  expect(reports[0]).toMatchObject({ fresh: true, sku: 'HARBOUR-TEE-M-NAVY' })
  expect(reports[1]).toEqual(reports[0])
  const levels = await everyLevel(first.holdfast)
  expect(await everyLevel(second.holdfast)).toEqual(levels)
  expect(levels.length).toBe((reports[0]?.skus ?? 0) * 3)
  expect(levels.filter(level => (level as { shortage: number }).shortage > 0)).toEqual([])
  const hours = demoOrders(['A', 'B']).map(order => order.hours_ago)
  expect(Math.max(...hours)).toBe(14 * 24)
  await expectSound(first.ownerUrl)
})

test('some goods are scarce, and the last order is not among them', async () => {
  const answer = await first.holdfast.availability({ skus: Object.keys(SCARCE) })
  const left = answer.ok ? answer.data.map(({ sku, sellable }) => [sku, sellable]) : []
  expect(Object.fromEntries(left)).toEqual(SCARCE)
})

test('no order is refused: each of them can be read back', async () => {
  const page = await first.holdfast.reservations({ limit: 250 })
  const { orders } = (await seedDemo(first.holdfast)) ?? {}
  expect(page.ok && page.data.length).toBe(orders)
})

test('a second start changes nothing', async () => {
  const before = await everyLevel(first.holdfast)
  expect(await seedDemo(first.holdfast)).toMatchObject({ fresh: false })
  expect(await everyLevel(first.holdfast)).toEqual(before)
})

test('a shop with goods of its own is left alone', async () => {
  await third.holdfast.skus.create({ code: 'OWN' })
  expect(await seedDemo(third.holdfast)).toBeUndefined()
  const skus = await third.holdfast.skus.list({})
  expect(skus.ok && skus.data.map(sku => sku.code)).toEqual(['OWN'])
})
