import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../database.ts'
import { expectSound, granted, level, lockWaiters, outcome, someoneWaits, stock } from '../shop.ts'
import { freezeClock } from './frozenClock.ts'

// A hold that ends while its call waits for the level's lock: time is read after the lock, so the
// call takes the units again or is refused, and is never granted short.

const { holdfast, url, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
let clerk: pg.Client
let sku = ''
let count = 0
let reservation_id = ''
let expires_at = ''

const cart = (quantity = 1) => ({ lines: [{ sku, location: 'berlin', quantity }] })

/** The level's only unit is held; a clerk's own transaction sits on the level. */
beforeEach(async () => {
  sku = `TEE-${++count}`
  await stock(holdfast, { [sku]: { berlin: 1 } })
  const hold = granted(await holdfast.reserve({ ...cart(), hold_seconds: 60 }))
  reservation_id = hold.reservation_id
  expires_at = hold.expires_at as string
  clerk = new pg.Client(url)
  await clerk.connect()
  await clerk.query('begin')
  granted(await holdfast.adjust({ ...cart(), reason: 'found one' }, { transaction: clerk }))
  const taken = { lines: [{ sku, location: 'berlin', quantity: -1 }] }
  granted(await holdfast.adjust({ ...taken, reason: 'lost it' }, { transaction: clerk }))
})
afterEach(async () => {
  await clerk.end()
  await expectSound(ownerUrl)
})

/** Starts a call that must wait, lets the hold end meanwhile, and lets the call go on. */
const outlast = async <Result>(call: () => Promise<Result>, meanwhile?: () => Promise<unknown>) => {
  const waiting = call()
  await someoneWaits(ownerUrl)
  await clock.setNear(expires_at, 1)
  await meanwhile?.()
  await clerk.query('commit')
  return waiting
}

const pay = () => holdfast.commit({ reservation_id, order_reference: 'O' })

test('a commit takes the units again when nobody else has', async () => {
  expect(await outlast(pay)).toMatchObject({ ok: true, reacquired: true })
  expect(await level(holdfast, sku, 'berlin')).toMatchObject({ committed: 1, available: 0 })
})

test('so does a commit within a transaction of its caller', async () => {
  const buyer = new pg.Client(url)
  await buyer.connect()
  await buyer.query('begin')
  const order = { reservation_id, order_reference: 'O' }
  const paid = await outlast(() => holdfast.commit(order, { transaction: buyer }))
  await buyer.query('commit')
  await buyer.end()
  expect(paid).toMatchObject({ ok: true, reacquired: true })
})

test('a commit is refused when the one before it in the queue has sold the unit', async () => {
  const sell = () => holdfast.reserve(cart(), { transaction: clerk })
  let sold: unknown
  const paid = await outlast(pay, async () => {
    sold = granted(await sell()).reservation_id
  })
  expect(outcome(paid)).toBe('reservation_expired')
  expect(sold).toBeTruthy()
  expect(await level(holdfast, sku, 'berlin')).toMatchObject({ held: 1, committed: 0 })
})

test('an extension comes too late', async () => {
  const answer = await outlast(() => holdfast.extend({ reservation_id, hold_seconds: 60 }))
  expect(outcome(answer)).toBe('reservation_expired')
})

test('an amendment takes the units again, or is refused as a commit is', async () => {
  const answer = await outlast(() => holdfast.amend({ reservation_id, ...cart() }))
  expect(answer).toMatchObject({ ok: true, reacquired: true })
  expect(await level(holdfast, sku, 'berlin')).toMatchObject({ held: 1, available: 0 })
})

test('a walk-in who came after the end waits for the level, and is served', async () => {
  await clock.setNear(expires_at, 1)
  const waiting = holdfast.reserve(cart())
  await someoneWaits(ownerUrl)
  await clerk.query('commit')
  expect(outcome(await waiting)).toBe('ok')
  expect(outcome(await pay())).toBe('reservation_expired')
})

test('a walk-in who came before the end is told the truth of that moment', async () => {
  await clock.setNear(expires_at, -1)
  let answered = false
  const answering = holdfast.reserve(cart()).finally(() => {
    answered = true
  })
  // One question that ends with the answer: no look is left behind when the database goes.
  await expect
    .poll(async () => answered || Number(await lockWaiters(ownerUrl)) > 0, { timeout: 60_000 })
    .toBe(true)
  await clerk.query('commit')
  expect(outcome(await answering)).toBe('insufficient_stock')
  expect(await pay()).toMatchObject({ ok: true })
})
