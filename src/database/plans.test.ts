import { expect, test } from 'vitest'
import { expectSound } from '../../test/shop.ts'
import { openPlansShop } from './testPlans.ts'

// PostgreSQL plans by its statistics, and keeps a plan for a session's life. None of ours may turn
// into a scan of the tenant, whatever the planner knows: a table that was never analysed made a
// batch four times slower in a trial, and one that was analysed while it was small no better.

const ROWS = 3_000

test(`plans of empty, never analysed tables read few rows when ${ROWS} have come`, async () => {
  const shop = await openPlansShop()
  await shop.settle()
  await shop.grow(ROWS)
  expect.soft(await shop.wide('grown')).toEqual([])
  // Statistics make every session plan anew: nothing may be worse for it.
  await shop.analyze()
  await shop.settle()
  expect.soft(await shop.wide('grown')).toEqual([])
  await shop.close()
  await expectSound(shop.ownerUrl)
})

test('plans of small, analysed tables read no whole table, neither then nor when they have grown', async () => {
  const shop = await openPlansShop()
  await shop.settle()
  await shop.analyze()
  await shop.settle()
  expect.soft(await shop.wide('small')).toEqual([])
  await shop.grow(ROWS)
  expect.soft(await shop.wide('grown')).toEqual([])
  await shop.close()
  await expectSound(shop.ownerUrl)
})
