import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freshDatabase } from '../database.ts'
import { expectSound, granted, level, outcome, stock } from '../shop.ts'
import { freezeClock } from './frozenClock.ts'

// The end of a hold is an instant, and the instant itself belongs to what comes after: one
// microsecond before it the hold counts, at it and after it the units are free. Each verb, each side.

const { holdfast, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
let sku = ''
let count = 0
let hold: { reservation_id: string; expires_at: string }

const named = () => ({ reservation_id: hold.reservation_id })
const cart = (quantity: number) => ({ lines: [{ sku, location: 'berlin', quantity }] })

beforeEach(async () => {
  sku = `TEE-${++count}`
  await clock.setNear('2026-06-01T12:00:00Z', count * 3_600_000_000)
  await stock(holdfast, { [sku]: { berlin: 2 } })
  const made = granted(await holdfast.reserve({ ...cart(1), hold_seconds: 600 }))
  granted(await holdfast.reserve({ ...cart(1), hold_seconds: 3_000 })) // the other unit is taken
  hold = { reservation_id: made.reservation_id, expires_at: made.expires_at as string }
})
afterEach(() => expectSound(ownerUrl))

const sides: [string, number, boolean][] = [
  ['1 ms before', -1_000, true],
  ['1 µs before', -1, true],
  ['at', 0, false],
  ['1 µs after', 1, false],
  ['1 ms after', 1_000, false],
]

describe.each(sides)('%s the end of a hold', (_name, microseconds, counts) => {
  beforeEach(() => clock.setNear(hold.expires_at, microseconds))

  test('a walk-in is refused or served', async () => {
    const answer = await holdfast.reserve(cart(1))
    expect(outcome(answer)).toBe(counts ? 'insufficient_stock' : 'ok')
    if (answer.ok) return
    const [line] = answer.refusal.lines as { next_expires_at: string }[]
    expect(Date.parse(line?.next_expires_at ?? '')).toBe(Date.parse(hold.expires_at))
  })

  test('a checkout commits, and says whether it had to take the unit again', async () => {
    const answer = granted(await holdfast.commit({ ...named(), order_reference: 'O' }))
    expect(answer.reacquired).toBe(counts ? undefined : true)
    expect(await level(holdfast, sku, 'berlin')).toMatchObject({ committed: 1, available: 0 })
  })

  test('a checkout and a walk-in share one unit: one of them gets it', async () => {
    const { reservation_id } = hold
    const walkIn = await holdfast.reserve(cart(1))
    const paid = await holdfast.commit({ reservation_id, order_reference: 'O' })
    expect([outcome(walkIn), outcome(paid)]).toEqual(
      counts ? ['insufficient_stock', 'ok'] : ['ok', 'reservation_expired'],
    )
  })

  test('an extension finds it living, or ended', async () => {
    const answer = await holdfast.extend({ ...named(), hold_seconds: 600 })
    expect(outcome(answer)).toBe(counts ? 'ok' : 'reservation_expired')
  })

  test('an amendment goes on, or says that it took the unit again', async () => {
    const answer = granted(await holdfast.amend({ ...named(), ...cart(1) }))
    expect(answer.reacquired).toBe(counts ? undefined : true)
    expect(await level(holdfast, sku, 'berlin')).toMatchObject({ held: 2, available: 0 })
  })

  test('reads show the unit as held, or free', async () => {
    const { reservation_id } = hold
    const free = counts ? 0 : 1
    expect(await level(holdfast, sku, 'berlin')).toMatchObject({ overdue: free, available: free })
    const availability = granted(await holdfast.availability({ skus: [sku] }))
    expect(availability.data).toMatchObject([{ available: free, sellable: free }])
    const shown = await holdfast.reservation({ reservation_id })
    expect(shown).toMatchObject({ state: counts ? 'held' : 'expired' })
    const overdue = granted(await holdfast.reservations({ sku, overdue: true }))
    expect(overdue.data).toHaveLength(free)
  })

  test('the sweeper leaves it, or frees it once', async () => {
    const expired = counts ? 0 : 1
    let freed = 0
    for (let round = 0; round < 3; round++) freed += (await holdfast.expire()).expired
    const { held } = await level(holdfast, sku, 'berlin')
    expect(held).toBe(2 - expired)
    expect(freed).toBeGreaterThanOrEqual(expired) // holds of the tests before end here too
  })

  test('a release gives it back, or finds nothing left to give back', async () => {
    expect(outcome(await holdfast.release(named()))).toBe(counts ? 'ok' : 'exceeds_remaining')
    expect(outcome(await holdfast.release(named()))).toBe('exceeds_remaining')
    expect(await level(holdfast, sku, 'berlin')).toMatchObject({ available: 1 })
  })
})
