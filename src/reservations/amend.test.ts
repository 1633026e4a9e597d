import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const tee = (quantity: number, location = 'berlin') => ({ sku: 'TEE', location, quantity })
const mug = (quantity: number) => ({ sku: 'MUG', location: 'berlin', quantity })
const hold = async (...lines: { sku: string; location: string; quantity: number }[]) =>
  granted(await holdfast.reserve({ lines, hold_seconds: 600 })).reservation_id

beforeEach(async () => {
  await shiftClock(url, '2 hours') // what earlier tests hold lapses
  await holdfast.expire()
  await shiftClock(url, '0')
  const { committed: tees } = await levelOr('TEE', 'berlin')
  const { committed: mugs } = await levelOr('MUG', 'berlin')
  await stock(holdfast, {
    TEE: { berlin: 5 + tees, paris: 5 },
    MUG: { berlin: 5 + mugs },
    PDF: null,
  })
})
afterEach(() => expectSound(ownerUrl))

const levelOr = async (sku: string, location: string) => {
  const page = await holdfast.levels({ sku, location })
  return (page.ok && page.data[0]) || { committed: 0 }
}

test('a cart that takes the last units may have one less or the same again', async () => {
  const reservation_id = await hold(tee(5))
  granted(await holdfast.amend({ reservation_id, lines: [tee(5)] }))
  granted(await holdfast.amend({ reservation_id, lines: [tee(4)] }))
  granted(await holdfast.amend({ reservation_id, lines: [tee(5)] }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: 5, available: 0 })
})

test('only the difference moves: lines come, grow, shrink and go', async () => {
  const reservation_id = await hold(tee(2), mug(2))
  const before = await level(holdfast, 'MUG', 'berlin')
  const lines = [mug(2), tee(3), tee(1, 'paris')]
  const amended = granted(await holdfast.amend({ reservation_id, lines }))
  expect(amended.lines.filter(line => line.held > 0)).toMatchObject([
    { sku: 'TEE', location: 'berlin', held: 3 },
    { sku: 'MUG', location: 'berlin', held: 2 },
    { sku: 'TEE', location: 'paris', held: 1 },
  ])
  expect((await level(holdfast, 'MUG', 'berlin')).version).toBe(before.version)
  granted(await holdfast.amend({ reservation_id, lines: [mug(1)] }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: 0 })
  expect(await level(holdfast, 'TEE', 'paris')).toMatchObject({ held: 0 })
})

test('a cart of one line becomes one of two and keeps its first allocation', async () => {
  const reservation_id = await hold(tee(2))
  const two = granted(await holdfast.amend({ reservation_id, lines: [tee(2), mug(1)] }))
  expect(two.lines).toMatchObject([
    { line: 1, sku: 'TEE', held: 2 },
    { line: 2, sku: 'MUG', held: 1 },
  ])
  granted(await holdfast.commit({ reservation_id, order_reference: 'o-two' }))
  granted(await holdfast.fulfill({ reservation_id }))
})

test('an amendment that cannot be served whole changes nothing', async () => {
  const reservation_id = await hold(tee(2))
  const answer = await holdfast.amend({ reservation_id, lines: [tee(1), mug(6)] })
  expect(answer).toMatchObject({
    refusal: {
      code: 'insufficient_stock',
      lines: [{ line: 2, sku: 'MUG', asked: 6, available: 5 }],
    },
  })
  const now = granted(await holdfast.reservation({ reservation_id }))
  expect(now.lines).toMatchObject([{ held: 2 }])
})

test('an order is edited: units come and go committed', async () => {
  const reservation_id = await hold(tee(3))
  granted(await holdfast.commit({ reservation_id, order_reference: 'o-edit' }))
  const edited = granted(await holdfast.amend({ reservation_id, lines: [tee(2), mug(1)] }))
  expect(edited).toMatchObject({
    state: 'committed',
    lines: [
      { sku: 'TEE', committed: 2, released: 1 },
      { sku: 'MUG', committed: 1 },
    ],
  })
  granted(await holdfast.release({ reservation_id }))
})

test('an exchange: what came back is replaced by something else', async () => {
  const reservation_id = await hold(tee(1))
  granted(await holdfast.commit({ reservation_id, order_reference: 'o-exchange' }))
  granted(await holdfast.fulfill({ reservation_id }))
  granted(await holdfast.return({ reservation_id }))
  const exchanged = granted(await holdfast.amend({ reservation_id, lines: [mug(1)] }))
  expect(exchanged.lines).toMatchObject([
    { sku: 'TEE', fulfilled: 1, returned: 1 },
    { sku: 'MUG', committed: 1 },
  ])
  granted(await holdfast.release({ reservation_id }))
})

test('a line cannot fall below what was fulfilled', async () => {
  const reservation_id = await hold(tee(3))
  granted(await holdfast.commit({ reservation_id, order_reference: 'o-below' }))
  granted(await holdfast.fulfill({ reservation_id, lines: [{ sku: 'TEE', quantity: 2 }] }))
  expect(outcome(await holdfast.amend({ reservation_id, lines: [tee(1)] }))).toBe(
    'exceeds_remaining',
  )
  granted(await holdfast.amend({ reservation_id, lines: [tee(2)] }))
})

test('a hold that has ended comes back if its units are free', async () => {
  const reservation_id = await hold(tee(2))
  await shiftClock(url, '11 minutes')
  const revived = granted(await holdfast.amend({ reservation_id, lines: [tee(2), mug(1)] }))
  expect(revived).toMatchObject({ state: 'held', reacquired: true })
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: 2 })
})

test('a hold that has ended and is sold does not come back', async () => {
  const reservation_id = await hold(tee(5))
  await shiftClock(url, '11 minutes')
  await hold(tee(5))
  const answer = await holdfast.amend({ reservation_id, lines: [tee(1)] })
  expect(outcome(answer)).toBe('insufficient_stock')
})

test('what was released is not amended', async () => {
  const reservation_id = await hold(tee(1))
  granted(await holdfast.release({ reservation_id }))
  expect(outcome(await holdfast.amend({ reservation_id, lines: [tee(1)] }))).toBe(
    'already_released',
  )
})

test('untracked lines come and go as well', async () => {
  const reservation_id = await hold(tee(1))
  const pdf = { sku: 'PDF', location: 'berlin', quantity: 2 }
  granted(await holdfast.amend({ reservation_id, lines: [tee(1), pdf] }))
  const without = granted(await holdfast.amend({ reservation_id, lines: [tee(1)] }))
  expect(without.lines).toMatchObject([{ held: 1 }, { sku: 'PDF', held: 0, released: 2 }])
})

test('a hold that has ended comes back with two lines of its SKU', async () => {
  const reservation_id = await hold(tee(3))
  await shiftClock(url, '3 hours')
  await holdfast.expire()
  const revived = granted(await holdfast.amend({ reservation_id, lines: [tee(1), tee(2)] }))
  expect(revived).toMatchObject({ reacquired: true, lines: [{ held: 3, expired: 0 }] })
})

test('a commit after a late amend takes what the lines are now, not what had expired', async () => {
  const reservation_id = await hold(tee(4, 'paris'))
  await shiftClock(url, '11 minutes')
  const lines = [tee(1, 'paris'), tee(1, 'paris')]
  const late = granted(await holdfast.amend({ reservation_id, lines }))
  expect(late).toMatchObject({ reacquired: true, lines: [{ quantity: 2, held: 2, expired: 0 }] })
  const order = granted(await holdfast.commit({ reservation_id, order_reference: 'o' }))
  expect(order.reacquired).toBeUndefined()
  expect(order.lines).toMatchObject([{ committed: 2 }])
  granted(await holdfast.release({ reservation_id }))
})

test('a refused amend names no version: what it had given back was undone', async () => {
  const reservation_id = await hold(tee(2), mug(1))
  const { version } = await level(holdfast, 'TEE', 'berlin')
  const answer = await holdfast.amend({ reservation_id, lines: [tee(1), mug(9)] })
  expect(answer).toMatchObject({ refusal: { lines: [{ sku: 'MUG', version: null }] } })
  expect((await level(holdfast, 'TEE', 'berlin')).version).toBe(version)
})
