import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, level, outcome, stock } from '../../test/shop.ts'
import { freezeClock } from '../../test/time/frozenClock.ts'
import type { RuleFields } from '../policies/policies.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
const { promises, supply } = holdfast
// A Friday at noon, before the cut-off of nobody.
const NOW = '2026-11-27T12:00:00Z'
const location = 'berlin'

let made = 0
const skuWith = async (fields: RuleFields, units = 0) => {
  const sku = `SKU-${++made}`
  await stock(holdfast, { [sku]: { berlin: units } })
  granted(await holdfast.policies.set({ rules: [{ sku, fields }] }))
  return sku
}
const allow = { backorder_mode: 'allow', backorder_cap: 100 } as const
const lead = { ...allow, lead_days_min: 7, lead_days_max: 10 } as const
let orders = 0
const order = async (sku: string, quantity = 1, more: object = {}) => {
  const lines = [{ sku, location, quantity }]
  const { reservation_id } = granted(await holdfast.reserve({ lines, ...more }))
  const order_reference = `o-${++orders}`
  return granted(await holdfast.commit({ reservation_id, order_reference }))
}
const book = async (code: string, sku: string, quantity: number, expected_on: string) =>
  granted(await supply.book({ code, sku, location, quantity, expected_on }))
const promiseOf = async (reservation_id: string) =>
  granted(await promises.get({ reservation_id })).promises[0]?.promise
const moved = async (sku: string) =>
  asOwner(
    ownerUrl,
    `select data from holdfast.events where type = 'promise.moved' and data #>> '{lines,0,sku}' = $1
     order by event_id`,
    [sku],
  )
const cancelOf = async (reservation_id: string) =>
  granted(await holdfast.release({ reservation_id }))

beforeAll(() => clock.set(NOW))
afterEach(async () => {
  await clock.set(NOW)
  await expectSound(ownerUrl)
  expect((await holdfast.verify()).findings).toEqual([])
})

describe('a promise', () => {
  test('counts business days from its lead time, and stands in the answer of the hold', async () => {
    const sku = await skuWith(lead, 1)
    const lines = [{ sku, location, quantity: 2 }]
    const held = granted(await holdfast.reserve({ lines }))
    expect(held.lines[0]?.promise).toEqual({
      ...{ source: 'lead_time', ship_from: '2026-12-08', ship_to: '2026-12-11' },
      ...{ days_min: 7, days_max: 10 },
    })
    const { data } = granted(await holdfast.availability({ skus: [sku] }))
    expect(data[0]?.promise).toMatchObject({ source: 'lead_time', left: 99 })
    await holdfast.receive({ lines: [{ sku, location, quantity: 2 }] })
    expect(granted(await holdfast.availability({ skus: [sku] })).data[0]?.promise).toMatchObject({
      ...{ source: 'stock', ship_from: '2026-11-27', ship_to: '2026-11-27' },
    })
  })

  test('is pegged to supply by date, in the order of the queue', async () => {
    const sku = await skuWith(lead)
    await book('A-1', sku, 2, '2026-12-03')
    await book('A-2', sku, 2, '2026-12-12') // a Saturday: ships on Monday
    const answers = [await order(sku), await order(sku, 2), await order(sku), await order(sku)]
    expect(answers.map(({ lines }) => lines[0]?.promise)).toMatchObject([
      { source: 'supply', supply: 'A-1', ship_to: '2026-12-03' },
      { source: 'supply', supply: 'A-2', ship_to: '2026-12-14' },
      { source: 'supply', supply: 'A-2' },
      { source: 'lead_time', ship_to: '2026-12-11' },
    ])
    await cancelOf(answers[0]?.reservation_id as string)
    await holdfast.expire()
    expect(await promiseOf(answers[3]?.reservation_id as string)).toMatchObject({ supply: 'A-2' })
    expect(await promiseOf(answers[1]?.reservation_id as string)).toMatchObject({ supply: 'A-1' })
  })

  test('is pegged anew when a late commit waits again before others', async () => {
    const sku = await skuWith(lead)
    await book('B-1', sku, 2, '2026-12-03')
    const lines = [{ sku, location, quantity: 2 }]
    const { reservation_id } = granted(await holdfast.reserve({ lines }))
    const one = { lines: [{ sku, quantity: 1 }], order_reference: 'in-parts' }
    granted(await holdfast.commit({ reservation_id, ...one }))
    await clock.set('2026-11-27T13:00:00Z')
    const second = await order(sku)
    await holdfast.expire()
    expect(await promiseOf(second.reservation_id)).toMatchObject({ supply: 'B-1' })
    const late = await holdfast.commit({ reservation_id, ...one })
    expect(granted(late)).toMatchObject({ reacquired: true, lines: [{ backordered: 2 }] })
    await holdfast.expire()
    expect(await promiseOf(second.reservation_id)).toMatchObject({ source: 'lead_time' })
  })

  test('of a campaign is its ship date, and later only if its supply is later', async () => {
    const sku = await skuWith({
      ...{ backorder_mode: 'pre_order', backorder_cap: 10 },
      ...{ ship_from: '2026-12-20', ship_to: '2026-12-22' },
    })
    const { reservation_id } = await order(sku)
    expect(await promiseOf(reservation_id)).toMatchObject({
      ...{ source: 'campaign', ship_from: '2026-12-20', ship_to: '2026-12-22' },
    })
    await book('C-1', sku, 5, '2026-12-10')
    expect(await promiseOf(reservation_id)).toMatchObject({ ship_to: '2026-12-22' })
    granted(await supply.update({ code: 'C-1', expected_on: '2026-12-29' }))
    expect(await promiseOf(reservation_id)).toMatchObject({
      ...{ source: 'supply', supply: 'C-1', ship_to: '2026-12-29' },
    })
  })

  test('of a campaign moves with it, for everybody', async () => {
    const sku = await skuWith({
      ...{ backorder_mode: 'pre_order', backorder_cap: 10 },
      ...{ ship_from: '2026-12-20', ship_to: '2026-12-20' },
    })
    const ids = [(await order(sku)).reservation_id, (await order(sku)).reservation_id]
    const fields = { ship_from: '2027-01-10', ship_to: '2027-01-12' }
    granted(await holdfast.policies.set({ rules: [{ sku, fields }] }))
    await holdfast.expire()
    for (const id of ids) expect(await promiseOf(id)).toMatchObject({ ship_to: '2027-01-12' })
    expect(await moved(sku)).toHaveLength(2)
  })

  test('of a campaign that is over keeps its date, and nobody joins any more', async () => {
    const sku = `SKU-${++made}`
    await stock(holdfast, { [sku]: { berlin: 0 } })
    const fields = {
      ...({ backorder_mode: 'pre_order', backorder_cap: 10 } as const),
      ...{ ship_from: '2026-12-20', ship_to: '2026-12-20' },
    }
    const rules = [{ sku, ends_at: '2026-11-28T00:00:00Z', fields }]
    granted(await holdfast.policies.set({ rules }))
    const { reservation_id } = await order(sku)
    await clock.set('2026-11-28T12:00:00Z')
    const lines = [{ sku, location, quantity: 1 }]
    expect(outcome(await holdfast.reserve({ lines }))).toBe('insufficient_stock')
    await book('OVER-1', sku, 1, '2026-12-01')
    expect(await promiseOf(reservation_id)).toMatchObject({ ship_to: '2026-12-20' })
  })

  test('of what is made to order follows the length of the queue', async () => {
    const sku = await skuWith({
      ...{ backorder_mode: 'made_to_order', capacity_per_day: 2 },
      ...{ lead_days_min: 3, lead_days_max: 4 },
    })
    const dates: (string | null | undefined)[] = []
    for (let n = 0; n < 5; n++) dates.push((await order(sku)).lines[0]?.promise?.ship_to)
    const [one, two, three] = ['2026-12-03', '2026-12-04', '2026-12-07']
    expect(dates).toEqual([one, one, two, two, three])
  })

  const madeToOrder = {
    backorder_mode: 'made_to_order',
    lead_days_min: 3,
    lead_days_max: 4,
  } as const

  test('of what is made by the week spans the days of its week', async () => {
    const sku = await skuWith({ ...madeToOrder, capacity_per_week: 4 })
    const shown: unknown[] = []
    for (const units of [1, 3, 1]) shown.push((await order(sku, units)).lines[0]?.promise)
    const first = { source: 'production', ship_from: '2026-12-02', ship_to: '2026-12-09' }
    expect(shown).toEqual([
      { ...first, days_min: 3, days_max: 8 },
      { ...first, days_min: 3, days_max: 8 },
      { ...first, ship_from: '2026-12-09', ship_to: '2026-12-16', days_min: 8, days_max: 13 },
    ])
    const { data } = granted(await holdfast.availability({ skus: [sku] }))
    expect(data[0]?.promise).toMatchObject({ source: 'production', ship_to: '2026-12-16' })
  })

  test('of what is made day by day knows the end of the week, by its calendar', async () => {
    granted(await holdfast.calendars.create({ code: 'six', working_days: [1, 2, 3, 4, 5, 6] }))
    granted(await holdfast.locations.update({ code: location, calendar: 'six' }))
    const sku = await skuWith({ ...madeToOrder, capacity_per_day: 2, capacity_per_week: 3 })
    const days: unknown[] = []
    for (let n = 0; n < 6; n++) days.push((await order(sku)).lines[0]?.promise?.days_max)
    expect(days).toEqual([4, 4, 5, 10, 10, 11])
    granted(await holdfast.locations.update({ code: location, calendar: null }))
  })

  test('says when it arrives, where the location knows how long the carrier takes', async () => {
    const sku = await skuWith(lead, 1)
    const shown = async () => granted(await holdfast.availability({ skus: [sku] })).data[0]?.promise
    expect(await shown()).not.toHaveProperty('arrives_to')
    const days = { carrier_days_min: 1, carrier_days_max: 2 }
    granted(await holdfast.locations.update({ code: location, ...days }))
    expect(await shown()).toEqual({
      ...{ source: 'stock', ship_from: '2026-11-27', ship_to: '2026-11-27' },
      ...{ arrives_from: '2026-11-30', arrives_to: '2026-12-01' },
    })
    const { reservation_id } = await order(sku, 2)
    const waits = { ship_from: '2026-12-08', ship_to: '2026-12-11' }
    const arrives = { arrives_from: '2026-12-09', arrives_to: '2026-12-15' }
    expect(await shown()).toMatchObject({ ...waits, ...arrives, left: 99 })
    expect(await promiseOf(reservation_id)).toMatchObject({ ...waits, ...arrives })
    const { data } = granted(await holdfast.backorders.list({ sku }))
    expect(data[0]?.promise).toMatchObject(arrives)

    // By the calendar of the location: a holiday is one for the carrier too.
    const holidays = [{ day: '2026-12-14', name: 'stocktaking' }]
    granted(await holdfast.calendars.create({ code: 'closed', holidays }))
    granted(await holdfast.locations.update({ code: location, calendar: 'closed' }))
    expect(await promiseOf(reservation_id)).toMatchObject({ ...waits, arrives_to: '2026-12-16' })
    const none = { carrier_days_min: null, carrier_days_max: null, calendar: null }
    granted(await holdfast.locations.update({ code: location, ...none }))
    expect(await promiseOf(reservation_id)).not.toHaveProperty('arrives_to')
  })

  test.each([
    { carrier_days_min: 1 },
    { carrier_days_max: 1 },
    { carrier_days_min: 3, carrier_days_max: 2 },
    { carrier_days_min: -1, carrier_days_max: 2 },
    { carrier_days_min: 1, carrier_days_max: 366 },
    { carrier_days_min: 1, carrier_days_max: null },
  ])('carrier days %j are refused', async days => {
    const answer = await holdfast.locations.update({ code: location, ...days })
    expect(outcome(answer)).toBe('invalid_request')
    expect(outcome(await holdfast.locations.create({ code: 'x', ...days }))).toBe('invalid_request')
  })

  test('without any ground says so', async () => {
    const sku = await skuWith(allow)
    expect((await order(sku)).lines[0]?.promise).toEqual({
      ...{ source: 'unknown', ship_from: null, ship_to: null },
    })
  })
})

describe('a date that moves', () => {
  test('is told once for each order; small moves add up', async () => {
    const sku = await skuWith({ ...lead, date_tolerance_days: 2 })
    await book('T-1', sku, 9, '2026-12-08')
    const { reservation_id } = await order(sku)
    granted(await supply.update({ code: 'T-1', expected_on: '2026-12-10' }))
    expect(await moved(sku)).toEqual([])
    granted(await supply.update({ code: 'T-1', expected_on: '2026-12-11' }))
    const [event, ...more] = await moved(sku)
    expect(more).toEqual([])
    expect(event?.data).toMatchObject({
      reservation_id,
      reason: 'supply',
      choices: ['keep', 'cancel'],
      lines: [{ sku, quantity: 1, old: { to: '2026-12-08' }, new: { to: '2026-12-11' } }],
    })
    const found = granted(await promises.get({ reservation_id }))
    expect(found.promises[0]).toMatchObject({ moves: 1, first_ship_to: '2026-12-08' })
    expect(found.promises[0]?.history.map(({ told }) => told)).toEqual([true, false, true])
    expect(found.notices).toMatchObject([{ answer: null, silence_default: 'keep' }])
  })

  const noticeOf = async (fields: RuleFields) => {
    const sku = await skuWith({ ...lead, ...fields })
    const code = `N-${made}`
    await book(code, sku, 9, '2026-12-08')
    const { reservation_id } = await order(sku, 2)
    granted(await supply.update({ code, expected_on: '2026-12-15' }))
    const { notices } = granted(await promises.get({ reservation_id }))
    return { sku, code, reservation_id, notice_id: notices[0]?.notice_id as string }
  }

  test('lets the buyer cancel by a link that is good once', async () => {
    const { sku, notice_id, reservation_id } = await noticeOf({})
    const void_ = granted(await promises.link({ notice_id })).token
    const { token } = granted(await promises.link({ notice_id }))
    expect(outcome(await promises.answer({ token: void_, choice: 'keep' }))).toBe(
      'notice_not_found',
    )
    const done = granted(await promises.answer({ token, choice: 'cancel' }))
    expect(done).toMatchObject({ answer: 'cancel', answered_by: 'buyer', cancelled: 2 })
    expect(outcome(await promises.answer({ token, choice: 'keep' }))).toBe('notice_answered')
    expect(outcome(await promises.link({ notice_id }))).toBe('notice_answered')
    expect(await level(holdfast, sku, location)).toMatchObject({ backordered: 0 })
    expect(granted(await promises.get({ reservation_id })).promises).toMatchObject([
      { outcome: 'cancelled', waiting: 0 },
    ])
    const kept = await asOwner(
      ownerUrl,
      `select count(*)::int as n from holdfast.events e where e.data::text like '%hf_notice_%'`,
    )
    expect(kept).toEqual([{ n: 0 }])
  })

  test('is kept, or cancelled, by silence: as the policy says', async () => {
    const keeps = await noticeOf({ silence_default: 'keep', silence_days: 3 })
    const cancels = await noticeOf({ silence_default: 'cancel', silence_days: 3 })
    await promises.closeSilent()
    expect(await level(holdfast, cancels.sku, location)).toMatchObject({ backordered: 2 })
    await clock.set('2026-11-30T12:00:01Z')
    while ((await promises.closeSilent()).more);
    expect(await level(holdfast, cancels.sku, location)).toMatchObject({ backordered: 0 })
    expect(await level(holdfast, keeps.sku, location)).toMatchObject({ backordered: 2 })
    const { notices } = granted(await promises.get({ reservation_id: keeps.reservation_id }))
    expect(notices).toMatchObject([{ answer: 'keep', answered_by: 'silence' }])
  })

  test.each([
    ['nothing named', { choice: 'keep' }, 'invalid_request'],
    ['no choice', { notice_id: 'x', choice: 'perhaps' }, 'invalid_request'],
    ['a token of nobody', { token: 'hf_notice_0', choice: 'keep' }, 'notice_not_found'],
  ])('an answer with %s is refused', async (_what, request, code) => {
    expect(outcome(await promises.answer(request as never))).toBe(code)
  })
})

test('what was kept is known, and what is late', async () => {
  const sku = await skuWith(lead)
  const [kept, late] = [await order(sku), await order(sku)]
  await holdfast.receive({ lines: [{ sku, location, quantity: 1 }] })
  await clock.set('2026-12-12T12:00:00Z')
  const { data } = granted(await promises.list({ late: true, sku }))
  expect(data).toMatchObject([{ reservation_id: late.reservation_id, late: true }])
  await holdfast.receive({ lines: [{ sku, location, quantity: 1 }] })
  const ended = granted(await promises.list({ sku, state: 'ended' })).data
  expect(ended.map(({ reservation_id, outcome: how }) => [reservation_id, how]).sort()).toEqual(
    [
      [kept.reservation_id, 'kept'],
      [late.reservation_id, 'late'],
    ].sort(),
  )
  const rate = granted(await promises.rate())
  expect(rate.late).toBe(1)
  expect(rate.rate).toBeLessThan(1)
})

test('allow 5, let 100 try, book supply, move it, receive 3, cancel one', async () => {
  const sku = await skuWith({ ...lead, backorder_cap: 5 })
  const lines = [{ sku, location, quantity: 1 }]
  const answers = await Promise.all(Array.from({ length: 100 }, () => holdfast.reserve({ lines })))
  const accepted = answers.flatMap(answer => (answer.ok ? [answer] : []))
  expect(accepted).toHaveLength(5)
  expect(accepted.every(({ lines: [line] }) => line?.promise?.ship_to === '2026-12-11')).toBe(true)
  const refused = answers.flatMap(answer => (answer.ok ? [] : [answer.refusal.lines?.[0]]))
  expect(refused).toHaveLength(95)
  expect(refused[0]).toMatchObject({ asked: 1, available: 0, backorder: { left: 0 } })
  // A place among those who wait comes free when the first of these carts ends.
  expect(refused.at(-1)?.next_expires_at).toBe(accepted[0]?.expires_at)
  for (const [n, { reservation_id }] of accepted.entries()) {
    granted(await holdfast.commit({ reservation_id, order_reference: `done-${n}` }))
  }
  const booked = await book('DONE-1', sku, 5, '2026-12-14')
  expect(booked).toMatchObject({ promises_changed: 5, notices: 5 })
  const later = granted(await supply.update({ code: 'DONE-1', expected_on: '2026-12-21' }))
  expect(later).toMatchObject({ promises_changed: 5, notices: 5 })
  expect(await moved(sku)).toHaveLength(10)

  const queue = granted(await holdfast.backorders.list({ sku })).data
  const ids = queue.map(({ reservation_id }) => reservation_id)
  expect(queue.map(({ ahead }) => ahead)).toEqual([0, 1, 2, 3, 4])
  const { lines: received } = granted(await supply.receive({ code: 'DONE-1', quantity: 3 }))
  expect(received[0]).toMatchObject({
    allocated: ids.slice(0, 3).map(reservation_id => ({ reservation_id, quantity: 1 })),
  })
  await cancelOf(ids[1] as string)
  const fourth = granted(await holdfast.reservation({ reservation_id: ids[3] as string }))
  expect(fourth.lines).toMatchObject([{ committed: 1 }])
  expect(await level(holdfast, sku, location)).toMatchObject({ committed: 3, backordered: 1 })
})
