import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, level, outcome, stock } from '../../test/shop.ts'
import { freezeClock } from '../../test/time/frozenClock.ts'
import type { CartLine } from '../reservations/grant.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
const NOW = '2026-11-27T12:00:00Z'
const location = 'berlin'

const allow = async (sku: string, cap: number, fields: object = {}) =>
  granted(
    await holdfast.policies.set({
      rules: [{ sku, fields: { backorder_mode: 'allow', backorder_cap: cap, ...fields } }],
    }),
  )
/** A SKU of its own for each test, with so many units in Berlin and a cap of backorders. */
let made = 0
const skuWith = async (units: number, cap?: number, fields: object = {}) => {
  const sku = `SKU-${++made}`
  await stock(holdfast, { [sku]: { berlin: units } })
  if (cap !== undefined) await allow(sku, cap, fields)
  return sku
}
const cart = (sku: string, quantity: number, more: Partial<CartLine> = {}) => ({
  lines: [{ sku, location, quantity, ...more }],
})
const hold = async (sku: string, quantity: number, more: Partial<CartLine> = {}) =>
  granted(await holdfast.reserve(cart(sku, quantity, more)))
let orders = 0
const order = async (sku: string, quantity: number) => {
  const { reservation_id } = await hold(sku, quantity)
  const order_reference = `o-${++orders}`
  return granted(await holdfast.commit({ reservation_id, order_reference }))
}
const receive = async (sku: string, quantity: number) => {
  const answer = granted(await holdfast.receive({ lines: [{ sku, location, quantity }] }))
  const [line] = answer.lines
  if (!line || 'refusal' in line) throw new Error('one line, that was done')
  return line
}
const lineOf = async (reservation_id: string) =>
  granted(await holdfast.reservation({ reservation_id })).lines[0]
const at = (seconds: number) => clock.set(new Date(Date.parse(NOW) + seconds * 1000).toISOString())

beforeAll(() => clock.set(NOW))
afterEach(async () => {
  await expectSound(ownerUrl)
  expect((await holdfast.verify()).findings).toEqual([])
  await clock.set(NOW)
})

describe('a sale beyond stock', () => {
  test('takes what is there and lets the rest wait', async () => {
    const sku = await skuWith(2, 5)
    const held = await hold(sku, 4)
    expect(held).toMatchObject({
      state: 'held',
      lines: [{ quantity: 4, held: 2, held_backordered: 2, backordered: 0 }],
    })
    expect(await level(holdfast, sku, location)).toMatchObject({
      ...{ held: 2, held_backordered: 2, backordered: 0, backorder_ceiling: 5, sellable: 0 },
    })
    const { reservation_id } = held
    const done = granted(await holdfast.commit({ reservation_id, order_reference: 'first' }))
    expect(done).toMatchObject({ state: 'committed', lines: [{ committed: 2, backordered: 2 }] })
    expect(done.expires_at).toBeNull()
  })

  test('is refused where no policy allows it, past the cap, or where the cart says so', async () => {
    expect(outcome(await holdfast.reserve(cart(await skuWith(1), 2)))).toBe('insufficient_stock')
    const sku = await skuWith(1, 2)
    const past = await holdfast.reserve(cart(sku, 4))
    expect(past).toMatchObject({
      refusal: { lines: [{ asked: 4, available: 1, backorder: { mode: 'allow', left: 2 } }] },
    })
    expect(outcome(await holdfast.reserve(cart(sku, 2, { backorder: 'none' })))).toBe(
      'insufficient_stock',
    )
    await hold(sku, 3)
    expect(await holdfast.reserve(cart(sku, 1))).toMatchObject({
      refusal: { lines: [{ available: 0, backorder: { mode: 'allow', left: 0 } }] },
    })
    const unknown = { backorder: 'perhaps' } as unknown as Partial<CartLine>
    expect(outcome(await holdfast.reserve(cart(sku, 1, unknown)))).toBe('invalid_request')
  })

  test('a hundred buyers for a cap of five: five are accepted, all others know why not', async () => {
    const sku = await skuWith(0, 5)
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => holdfast.reserve(cart(sku, 1))),
    )
    expect(answers.filter(({ ok }) => ok)).toHaveLength(5)
    const refused = answers.flatMap(answer => (answer.ok ? [] : [answer.refusal.lines?.[0]]))
    expect(refused).toHaveLength(95)
    expect(refused.every(line => line?.backorder?.left === 0)).toBe(true)
  })

  test('a cart is all or nothing, and with partial takes what may wait', async () => {
    const [sku, other] = [await skuWith(0, 2), await skuWith(0)]
    const lines = [
      { sku, location, quantity: 3 },
      { sku: other, location, quantity: 1 },
    ]
    expect(outcome(await holdfast.reserve({ lines }))).toBe('insufficient_stock')
    expect(await level(holdfast, sku, location)).toMatchObject({ held: 0, version: 0 })
    const part = granted(await holdfast.reserve({ lines, partial: true }))
    expect(part.lines).toMatchObject([{ sku, quantity: 2, held: 0, held_backordered: 2 }])
    expect(part.short).toMatchObject([{ line: 1 }, { line: 2 }])
  })

  test('two lines of one SKU share the room, and "anywhere" waits where it is allowed', async () => {
    const sku = `SKU-${++made}`
    await stock(holdfast, { [sku]: { berlin: 0, paris: 1 } })
    await holdfast.policies.set({
      rules: [{ sku, location: 'paris', fields: { backorder_mode: 'notify', backorder_cap: 3 } }],
    })
    const two = [
      { sku, quantity: 3 },
      { sku, quantity: 2 },
    ]
    expect(outcome(await holdfast.reserve({ lines: two }))).toBe('insufficient_stock')
    const held = granted(await holdfast.reserve({ lines: [{ sku, quantity: 4 }] }))
    expect(held.lines).toMatchObject([{ location: 'paris', held: 1, held_backordered: 3 }])
  })
})

describe('the queue', () => {
  test('a receipt serves whoever came first, in the same call', async () => {
    const sku = await skuWith(0, 5)
    const first = await order(sku, 2)
    const second = await order(sku, 2)
    const line = await receive(sku, 3)
    expect(line).toMatchObject({
      ...{ on_hand: 3, committed: 3, available: 0 },
      allocated: [
        { reservation_id: first.reservation_id, quantity: 2 },
        { reservation_id: second.reservation_id, order_reference: 'o-2', quantity: 1 },
      ],
    })
    expect(await lineOf(second.reservation_id)).toMatchObject({ committed: 1, backordered: 1 })
    const events = await asOwner(
      ownerUrl,
      `select reservation_id, data ->> 'quantity' as quantity, data ->> 'waiting' as waiting
       from holdfast.events where type = 'backorder.allocated' and data ->> 'sku' = '${sku}'
       order by event_id`,
    )
    expect(events).toEqual([
      { reservation_id: first.reservation_id, quantity: '2', waiting: '0' },
      { reservation_id: second.reservation_id, quantity: '1', waiting: '1' },
    ])
  })

  test('a walk-in gets nothing while somebody waits, and the rest after them', async () => {
    const sku = await skuWith(0, 1)
    await order(sku, 1)
    expect(outcome(await holdfast.reserve(cart(sku, 1)))).toBe('insufficient_stock')
    await receive(sku, 2)
    expect(await hold(sku, 1)).toMatchObject({ lines: [{ held: 1 }] })
    expect(outcome(await holdfast.reserve(cart(sku, 1, { backorder: 'none' })))).toBe(
      'insufficient_stock',
    )
  })

  test('a higher priority is served first', async () => {
    const sku = await skuWith(0, 5)
    await holdfast.policies.set({
      rules: [{ sku, tier: 'vip', fields: { backorder_priority: 5 } }],
    })
    const plain = await order(sku, 1)
    const vip = granted(await holdfast.reserve({ ...cart(sku, 1), tier: 'vip' }))
    await receive(sku, 1)
    expect(await lineOf(vip.reservation_id)).toMatchObject({ held: 1 })
    expect(await lineOf(plain.reservation_id)).toMatchObject({ backordered: 1 })
  })

  test('a cancelled order that was served hands its unit to the next in line', async () => {
    const sku = await skuWith(0, 5)
    const [first, second] = [await order(sku, 1), await order(sku, 1)]
    await receive(sku, 1)
    granted(await holdfast.release({ reservation_id: first.reservation_id }))
    expect(await lineOf(second.reservation_id)).toMatchObject({ committed: 1 })
    expect(await level(holdfast, sku, location)).toMatchObject({ committed: 1, backordered: 0 })
  })

  test('what waits is given back first, and leaves its place', async () => {
    const sku = await skuWith(1, 5)
    const { reservation_id } = await order(sku, 3)
    const lines = [{ sku, quantity: 2 }]
    const left = granted(await holdfast.release({ reservation_id, lines }))
    expect(left.lines).toMatchObject([{ committed: 1, released: 2 }])
    expect(left.lines[0]).not.toHaveProperty('backordered')
    expect(await level(holdfast, sku, location)).toMatchObject({ committed: 1, backordered: 0 })
  })

  test('a cart that waits and ends gives up its place; it is served while it is in time', async () => {
    const sku = await skuWith(0, 2)
    const early = await hold(sku, 1)
    const late = granted(await holdfast.reserve({ ...cart(sku, 1), hold_seconds: 7200 }))
    await at(1801)
    expect(await level(holdfast, sku, location)).toMatchObject({ held_backordered: 1 })
    await receive(sku, 1)
    expect(await lineOf(early.reservation_id)).toMatchObject({ expired: 1, held: 0 })
    expect(await lineOf(late.reservation_id)).toMatchObject({ held: 1 })
  })

  test('a cart that has ended is passed over for whoever waits behind it', async () => {
    const sku = await skuWith(1, 5)
    const first = await order(sku, 1)
    await hold(sku, 1)
    const next = await order(sku, 1)
    await at(1801)
    granted(await holdfast.release({ reservation_id: first.reservation_id }))
    expect(await lineOf(next.reservation_id)).toMatchObject({ committed: 1 })
  })

  test('an overdue cart in the queue makes room before anybody is refused', async () => {
    const sku = await skuWith(0, 1)
    await hold(sku, 1)
    expect(outcome(await holdfast.reserve(cart(sku, 1)))).toBe('insufficient_stock')
    await at(1801)
    expect(await hold(sku, 1)).toMatchObject({ lines: [{ held_backordered: 1 }] })
  })

  test('a late commit takes stock again, or waits again behind the others', async () => {
    const sku = await skuWith(0, 3)
    const late = await hold(sku, 1)
    await at(1801)
    const other = await order(sku, 1)
    const { reservation_id } = late
    const again = granted(await holdfast.commit({ reservation_id, order_reference: 'late' }))
    expect(again).toMatchObject({ reacquired: true, lines: [{ backordered: 1, expired: 0 }] })
    await receive(sku, 1)
    expect(await lineOf(other.reservation_id)).toMatchObject({ committed: 1 })
    expect(await lineOf(reservation_id)).toMatchObject({ backordered: 1 })
  })

  test('a sale elsewhere is booked where a cart waited whose time is over', async () => {
    const sku = `SKU-${++made}`
    await stock(holdfast, { [sku]: { berlin: 1, paris: 5 } })
    await allow(sku, 5)
    await hold(sku, 3)
    await at(1801)
    const till = { order_reference: 'till-1', lines: [{ sku, quantity: 1 }] }
    const sold = granted(await holdfast.recordSale(till))
    expect(sold.lines).toMatchObject([{ location: 'berlin', committed: 1 }])
  })

  test('units come from every side: return, release, move, expiry, count', async () => {
    const sku = await skuWith(4, 9)
    const shipped = await order(sku, 1)
    granted(await holdfast.fulfill({ reservation_id: shipped.reservation_id }))
    const kept = await order(sku, 1)
    await holdfast.move({
      lines: [{ sku, location, quantity: 1, from: 'available', to: 'damaged' }],
    })
    await hold(sku, 1)
    const waits = await order(sku, 5)
    const committed = async () => (await lineOf(waits.reservation_id))?.committed
    granted(await holdfast.return({ reservation_id: shipped.reservation_id }))
    expect(await committed()).toBe(1)
    granted(await holdfast.release({ reservation_id: kept.reservation_id }))
    expect(await committed()).toBe(2)
    await holdfast.move({
      lines: [{ sku, location, quantity: 1, from: 'damaged', to: 'available' }],
    })
    expect(await committed()).toBe(3)
    await at(1801)
    await holdfast.expire()
    expect(await committed()).toBe(4)
    granted(await holdfast.set({ lines: [{ sku, location, quantity: 6 }] }))
    expect(await committed()).toBe(5)
    expect(await level(holdfast, sku, location)).toMatchObject({ sellable: 1, backordered: 0 })
  })

  test('more than one call can serve is left to the sweeper', async () => {
    const sku = await skuWith(0, 2000)
    await Promise.all(Array.from({ length: 505 }, () => hold(sku, 1)))
    const { allocated } = await receive(sku, 506)
    expect(allocated).toHaveLength(500)
    expect(await level(holdfast, sku, location)).toMatchObject({ held: 500, sellable: 1 })
    while ((await holdfast.expire()).more);
    expect(await level(holdfast, sku, location)).toMatchObject({ held: 505, sellable: 1 })
  }, 60_000)
})

describe('orders that wait', () => {
  test('ship what is there, and nothing of what waits', async () => {
    const sku = await skuWith(1, 5)
    const { reservation_id } = await order(sku, 3)
    const two = { reservation_id, lines: [{ sku, quantity: 2 }] }
    expect(outcome(await holdfast.fulfill(two))).toBe('awaits_supply')
    granted(await holdfast.fulfill({ reservation_id }))
    expect(await holdfast.fulfill({ reservation_id })).toMatchObject({
      refusal: { code: 'awaits_supply', ship_complete: false, lines: [{ sku, waiting: 2 }] },
    })
    await receive(sku, 2)
    expect(granted(await holdfast.fulfill({ reservation_id }))).toMatchObject({ state: 'closed' })
  })

  test('ship complete where the policy or the cart says so', async () => {
    const byPolicy = await skuWith(1, 5, { ship_complete: true })
    const { reservation_id } = await order(byPolicy, 2)
    expect(outcome(await holdfast.fulfill({ reservation_id }))).toBe('awaits_supply')
    const sku = await skuWith(1, 5)
    const whole = await hold(sku, 2, { backorder: 'whole' })
    granted(
      await holdfast.commit({ reservation_id: whole.reservation_id, order_reference: 'whole' }),
    )
    const asked = { reservation_id: whole.reservation_id }
    expect(await holdfast.fulfill(asked)).toMatchObject({ refusal: { ship_complete: true } })
    await receive(sku, 1)
    expect(granted(await holdfast.fulfill(asked))).toMatchObject({ state: 'closed' })
  })

  test('an amended order waits for what it adds, behind all others', async () => {
    const sku = await skuWith(0, 9)
    const first = await order(sku, 1)
    const second = await order(sku, 1)
    const lines = [{ sku, location, quantity: 2 }]
    const more = granted(await holdfast.amend({ reservation_id: first.reservation_id, lines }))
    expect(more.lines).toMatchObject([{ backordered: 1 }, { line: 2, backordered: 1 }])
    await receive(sku, 2)
    expect(await lineOf(second.reservation_id)).toMatchObject({ committed: 1 })
    const fewer = [{ sku, location, quantity: 1 }]
    granted(await holdfast.amend({ reservation_id: first.reservation_id, lines: fewer }))
    expect(await level(holdfast, sku, location)).toMatchObject({ backordered: 0, committed: 2 })
  })
})

test('a queue that was changed by hand is found and repaired', async () => {
  const sku = await skuWith(0, 5)
  const [first, second] = [await order(sku, 1), await order(sku, 2)]
  const of = `where reservation_id = '${second.reservation_id}'`
  await asOwner(ownerUrl, `update holdfast.backorders set backordered = 1 ${of}`)
  expect((await holdfast.verify()).findings.map(({ code }) => code).sort()).toEqual([
    'place_differs_from_allocation',
  ])
  await asOwner(ownerUrl, `delete from holdfast.backorders ${of}`)
  expect((await holdfast.verify()).findings).toMatchObject([
    { code: 'counter_differs_from_queue', what: 'backordered' },
  ])
  expect((await holdfast.repair()).corrections).toMatchObject([{ code: 'queue' }])
  await receive(sku, 2)
  expect(await lineOf(first.reservation_id)).toMatchObject({ committed: 1 })
  expect(await lineOf(second.reservation_id)).toMatchObject({ committed: 1, backordered: 1 })
})

describe('the cap', () => {
  test('is not lowered below what is promised; deny takes no more', async () => {
    const sku = await skuWith(0, 5)
    await order(sku, 3)
    const lower = { rules: [{ sku, fields: { backorder_cap: 2 } }] }
    expect(outcome(await holdfast.policies.set(lower))).toBe('cap_below_promised')
    granted(await holdfast.policies.set({ rules: [{ sku, fields: { backorder_mode: 'deny' } }] }))
    expect(outcome(await holdfast.reserve(cart(sku, 1)))).toBe('insufficient_stock')
    await receive(sku, 3)
    expect(await level(holdfast, sku, location)).toMatchObject({ committed: 3, sellable: 0 })
  })

  test('may be lowered below what carts have waited for whose time is over', async () => {
    const sku = await skuWith(0, 5)
    await hold(sku, 3)
    const lower = { rules: [{ sku, fields: { backorder_cap: 2 } }] }
    expect(outcome(await holdfast.policies.set(lower))).toBe('cap_below_promised')
    await at(1801)
    granted(await holdfast.policies.set(lower))
  })

  test('room of a cancelled backorder comes back after the release delay', async () => {
    const sku = await skuWith(0, 1, { release_delay_seconds: 600 })
    const { reservation_id } = await order(sku, 1)
    granted(await holdfast.release({ reservation_id }))
    expect(outcome(await holdfast.reserve(cart(sku, 1)))).toBe('insufficient_stock')
    await at(601)
    await hold(sku, 1)
  })

  test('safety stock is kept from the queue as from every sale', async () => {
    const sku = await skuWith(0, 5, { safety_stock: 2 })
    const { reservation_id } = await order(sku, 1)
    await receive(sku, 2)
    expect(await lineOf(reservation_id)).toMatchObject({ backordered: 1 })
    granted(await holdfast.policies.set({ rules: [{ sku, fields: { safety_stock: 1 } }] }))
    await holdfast.expire()
    expect(await lineOf(reservation_id)).toMatchObject({ committed: 1 })
  })

  test('a SKU that somebody waits for is neither merged nor archived', async () => {
    const [sku, other] = [await skuWith(0, 5), await skuWith(0)]
    await order(sku, 1)
    expect(outcome(await holdfast.skus.merge({ from: sku, into: other }))).toBe('sku_in_use')
    expect(outcome(await holdfast.skus.archive({ code: sku }))).toBe('sku_in_use')
    await stock(holdfast, { [other]: { berlin: 2 } })
    granted(await holdfast.skus.merge({ from: other, into: sku }))
    await holdfast.expire()
    expect(await level(holdfast, sku, location)).toMatchObject({ committed: 1, backordered: 0 })
  })
})
