import { beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { channels, policies } = holdfast
await channels.create({ code: 'web' })
await channels.create({ code: 'amazon', kind: 'marketplace' })
await channels.create({ code: 'shop', kind: 'pos' })

let sku = ''
let made = 0

/** A SKU of its own for each test, with so many units in Berlin. */
const stocked = async (units: number, elsewhere: Record<string, number> = {}) => {
  sku = `SKU-${made++}`
  await stock(holdfast, { [sku]: { berlin: units, ...elsewhere } })
}
const keep = async (channel: string, quantity: number) => {
  const lines = [{ sku, location: 'berlin', channel, quantity }]
  return granted(await channels.setBuffers({ lines, reason: 'kept' })).lines[0]
}
const hold = (channel: string | undefined, quantity: number, location = 'berlin') =>
  holdfast.reserve({ ...(channel && { channel }), lines: [{ sku, location, quantity }] })
const sellable = async (channel?: string) =>
  granted(await holdfast.availability({ skus: [sku], channel })).data[0]?.sellable
const kept = async () => {
  const page = granted(await channels.buffers({ sku, sort: 'sku' }))
  return Object.fromEntries(page.data.map(found => [found.channel, found.units]))
}
const verified = async () => expect((await holdfast.verify()).findings).toEqual([])

beforeEach(() => stocked(10))

test('a buffer is sold by its channel alone', async () => {
  expect(await keep('amazon', 4)).toMatchObject({ size: 4, units: 4, sellable: 10 })
  expect([await sellable(), await sellable('web'), await sellable('amazon')]).toEqual([6, 6, 10])
  expect(outcome(await hold('web', 7))).toBe('insufficient_stock')
  expect(outcome(await hold(undefined, 7))).toBe('insufficient_stock')
  expect(outcome(await hold('amazon', 7))).toBe('ok')
  expect([await sellable(), await sellable('amazon')]).toEqual([0, 3])
  expect(outcome(await hold(undefined, 1))).toBe('insufficient_stock')
  expect(outcome(await hold('amazon', 3))).toBe('ok')
  expect(await kept()).toEqual({ amazon: 0 })
  await verified()
})

test('what is given back or ends fills the buffer before anybody else', async () => {
  await keep('amazon', 4)
  const all = granted(await hold('amazon', 10))
  expect(await kept()).toEqual({ amazon: 0 })
  granted(await holdfast.release({ reservation_id: all.reservation_id }))
  expect(await kept()).toEqual({ amazon: 4 })
  granted(await hold(undefined, 6))
  granted(await hold('amazon', 4))
  await shiftClock(ownerUrl, '31 minutes')
  expect([await sellable(), await sellable('amazon')]).toEqual([6, 10])
  const lines = [{ sku, location: 'berlin', quantity: 7 }]
  expect(outcome(await holdfast.reserve({ split: true, lines }))).toBe('insufficient_stock')
  expect(outcome(await hold('web', 7))).toBe('insufficient_stock')
  expect(outcome(await hold('web', 6))).toBe('ok')
  expect(await sellable('amazon')).toBe(4)
  await shiftClock(ownerUrl, '0 minutes')
  await verified()
})

test('a committed order that is released by the fast path fills the buffer', async () => {
  await keep('amazon', 4)
  const { reservation_id } = granted(await hold('amazon', 10))
  granted(await holdfast.commit({ reservation_id, order_reference: sku }))
  granted(await holdfast.release({ reservation_id }))
  expect(await kept()).toEqual({ amazon: 4 })
  await verified()
})

test('where less is free than is to be kept, what is received fills it', async () => {
  granted(await hold(undefined, 8))
  expect(await keep('amazon', 5)).toMatchObject({ size: 5, units: 2 })
  const lines = [{ sku, location: 'berlin', quantity: 4 }]
  granted(await holdfast.receive({ lines }))
  expect(await kept()).toEqual({ amazon: 5 })
  expect(await sellable()).toBe(1)
  expect(granted(await channels.buffers({ sku, short: true })).data).toEqual([])
  await verified()
})

test('a count that finds less takes from the buffer made last, and blocks nobody', async () => {
  await keep('amazon', 4)
  await keep('shop', 4)
  granted(await holdfast.set({ lines: [{ sku, location: 'berlin', quantity: 6 }] }))
  expect(await kept()).toEqual({ amazon: 4, shop: 2 })
  expect([await sellable(), await sellable('amazon'), await sellable('shop')]).toEqual([0, 4, 2])
  expect(outcome(await hold('shop', 2))).toBe('ok')
  expect(outcome(await hold('amazon', 4))).toBe('ok')
  await verified()
})

test('what a call takes from one buffer fills the others it has made', async () => {
  await stocked(4)
  const line = (channel: string, quantity: number) => ({
    ...{ sku, location: 'berlin', channel, quantity },
  })
  const lines = [line('shop', 3), line('amazon', 2), line('shop', 0)]
  granted(await channels.setBuffers({ lines }))
  expect(await kept()).toEqual({ amazon: 2 })
  await verified()
})

test('two channels never sell each other out', async () => {
  await keep('amazon', 5)
  await keep('shop', 5)
  const buyers = ['amazon', 'shop', 'web'].flatMap(channel =>
    Array.from({ length: 12 }, () => channel),
  )
  const outcomes = await Promise.all(
    buyers.map(async channel => `${channel} ${outcome(await hold(channel, 1))}`),
  )
  const count = (what: string) => outcomes.filter(each => each === what).length
  expect([count('amazon ok'), count('shop ok'), count('web ok')]).toEqual([5, 5, 0])
  await verified()
})

test('a share is of what is free for all', async () => {
  const rules = [{ sku, channel: 'amazon', fields: { share_percent: 50 } }]
  granted(await policies.set({ rules }))
  expect([await sellable('amazon'), await sellable()]).toEqual([5, 10])
  expect(outcome(await hold('amazon', 6))).toBe('insufficient_stock')
  await keep('amazon', 4)
  expect(await sellable('amazon')).toBe(7)
  expect(outcome(await hold('amazon', 7))).toBe('ok')
  const bad = await policies.set({ rules: [{ sku, fields: { share_percent: 50 } }] })
  expect(JSON.stringify(bad)).toContain('share_percent is of a channel')
  await verified()
})

test('a channel sells from its locations alone', async () => {
  await stocked(1, { paris: 5 })
  granted(await channels.update({ code: 'shop', locations: ['paris'] }))
  expect(await channels.get({ code: 'shop' })).toMatchObject({ locations: ['paris'] })
  expect(await sellable('shop')).toBe(5)
  expect(await hold('shop', 1)).toMatchObject({
    refusal: { code: 'location_not_in_channel', channel: 'shop', location: 'berlin' },
  })
  const held = granted(await hold('shop', 1, 'anywhere'))
  expect(held.lines).toMatchObject([{ location: 'paris' }])
  expect(await hold('shop', 6, 'anywhere')).toMatchObject({
    refusal: { lines: [{ available: 4, other_locations: [{ location: 'paris' }] }] },
  })
  const sold = granted(
    await holdfast.recordSale({
      order_reference: sku,
      channel: 'shop',
      lines: [{ sku, quantity: 1 }],
    }),
  )
  expect(sold.lines).toMatchObject([{ location: 'paris' }])
  const { reservation_id } = held
  const amend = (location: string) =>
    holdfast.amend({ reservation_id, lines: [{ sku, location, quantity: 1 }] })
  expect(await amend('berlin')).toMatchObject({
    refusal: { code: 'location_not_in_channel', channel: 'shop', location: 'berlin' },
  })
  expect(outcome(await amend('paris'))).toBe('ok')
  granted(await channels.update({ code: 'shop', locations: null }))
  expect(await sellable('shop')).toBe(4)
  expect(outcome(await channels.update({ code: 'shop', locations: ['mars'] }))).toBe(
    'unknown_location',
  )
})

test('a kit that a till has sold is a fact, wherever its channel should have sold', async () => {
  const part = sku
  sku = `KIT-${made++}`
  granted(await holdfast.skus.create({ code: sku }))
  granted(await holdfast.kits.set({ sku, components: [{ sku: part, quantity: 2 }] }))
  await stock(holdfast, { ELSEWHERE: { paris: 1 } })
  granted(await channels.update({ code: 'shop', locations: ['paris'] }))
  const lines = [{ sku, quantity: 1 }]
  const sale = { order_reference: sku, channel: 'shop', lines }
  expect(granted(await holdfast.recordSale(sale)).lines).toMatchObject([
    { sku: part, location: 'berlin', committed: 2 },
  ])
  expect(outcome(await hold('shop', 1, 'anywhere'))).toBe('level_not_found')
  granted(await channels.update({ code: 'shop', locations: null }))
  await verified()
})

test('whoever waits is served before a buffer is filled', async () => {
  await stocked(0)
  granted(
    await policies.set({
      rules: [{ sku, fields: { backorder_mode: 'allow', backorder_cap: 5 } }],
    }),
  )
  const waits = granted(await hold('web', 3))
  granted(await holdfast.commit({ reservation_id: waits.reservation_id, order_reference: 'W' }))
  await keep('amazon', 4)
  granted(await holdfast.receive({ lines: [{ sku, location: 'berlin', quantity: 5 }] }))
  expect(await level(holdfast, sku, 'berlin')).toMatchObject({ committed: 3, backordered: 0 })
  expect(await kept()).toEqual({ amazon: 2 })
  await verified()
})

test('a sale that frees ended holds fills no buffer before those who wait', async () => {
  await stocked(4)
  granted(
    await policies.set({
      rules: [{ sku, fields: { backorder_mode: 'allow', backorder_cap: 3 } }],
    }),
  )
  granted(await hold('web', 4))
  const waits = granted(await hold('web', 3))
  granted(await holdfast.commit({ reservation_id: waits.reservation_id, order_reference: 'W' }))
  await keep('amazon', 4)
  await shiftClock(ownerUrl, '31 minutes')
  expect(outcome(await hold('web', 2))).toBe('insufficient_stock')
  expect(await level(holdfast, sku, 'berlin')).toMatchObject({ committed: 3, backordered: 0 })
  expect(await kept()).toEqual({ amazon: 1 })
  await shiftClock(ownerUrl, '0 minutes')
  await verified()
})

test('what a refused line of stock or a late commit frees fills the buffer', async () => {
  const late = granted(await hold(undefined, 10))
  await keep('amazon', 4)
  await shiftClock(ownerUrl, '31 minutes')
  const lines = [{ sku, location: 'berlin', quantity: -20 }]
  granted(await holdfast.adjust({ lines, mode: 'each' }))
  expect(await kept()).toEqual({ amazon: 4 })
  const { reservation_id } = late
  const commit = await holdfast.commit({ reservation_id, order_reference: sku })
  expect(outcome(commit)).toBe('reservation_expired')
  await shiftClock(ownerUrl, '0 minutes')
  await verified()
})

test('what a refused archive ends fills the buffer', async () => {
  const { reservation_id } = granted(await hold(undefined, 1))
  granted(await holdfast.commit({ reservation_id, order_reference: sku }))
  await keep('amazon', 4)
  const archives = {
    sku_in_use: () => holdfast.skus.archive({ sku }),
    location_in_use: () => holdfast.locations.archive({ code: 'berlin' }),
  }
  for (const [index, [code, archive]] of Object.entries(archives).entries()) {
    granted(await hold('amazon', 9))
    expect(await kept()).toEqual({ amazon: 0 })
    await shiftClock(ownerUrl, `${31 * (index + 1)} minutes`)
    expect(outcome(await archive())).toBe(code)
    expect(await kept()).toEqual({ amazon: 4 })
  }
  await shiftClock(ownerUrl, '0 minutes')
  await verified()
})

test('a till takes from where its channel has the units', async () => {
  await stocked(3, { paris: 10 })
  await keep('amazon', 3)
  const sale = (channel?: string) =>
    holdfast.recordSale({
      ...(channel && { channel }),
      order_reference: `${sku}-${channel}`,
      lines: [{ sku, quantity: 2 }],
    })
  expect(granted(await sale()).lines).toMatchObject([{ location: 'paris' }])
  expect(granted(await sale('amazon')).lines).toMatchObject([{ location: 'berlin' }])
  await verified()
})

test('moves of a buffer stand in the ledger', async () => {
  await keep('amazon', 4)
  granted(await hold('amazon', 8))
  await keep('amazon', 0)
  const page = granted(await holdfast.transactions({ sku, sort: 'recorded_at' }))
  const moves = page.data.filter(each => each.buffer)
  expect(moves.map(({ kind, reason, buffer }) => [kind, reason, buffer])).toEqual([
    ['buffer', 'kept', { channel: 'amazon', change: 4, units: 4, size: 4 }],
    ['reserve', null, { channel: 'amazon', change: -2, units: 2, size: 4 }],
    ['buffer', 'kept', { channel: 'amazon', change: -2, units: 0, size: 0 }],
  ])
  expect(await sellable()).toBe(2)
  await verified()
})

test('an archived channel keeps nothing', async () => {
  await channels.create({ code: 'old' })
  await keep('old', 4)
  granted(await channels.archive({ code: 'old' }))
  expect(await sellable()).toBe(10)
  expect(await kept()).toEqual({})
  await verified()
})

test('a line that cannot be kept changes nothing', async () => {
  const lines = [{ sku, location: 'berlin', channel: 'amazon', quantity: 4 }]
  const bad = [
    ['unknown_sku', { sku: 'NONE' }],
    ['unknown_location', { location: 'mars' }],
    ['unknown_channel', { channel: 'ebay' }],
    ['invalid_quantity', { quantity: -1 }],
    ['invalid_quantity', { quantity: 1e13 }],
    ['invalid_quantity', { unit: 'kg' }],
    ['level_not_found', { location: 'paris' }],
  ] as const
  await holdfast.locations.create({ code: 'paris' })
  for (const [code, wrong] of bad) {
    const all = [...lines, { ...lines[0], ...wrong }] as typeof lines
    const answer = await channels.setBuffers({ lines: all })
    expect(answer).toMatchObject({ refusal: { code, field: 'lines.1' } })
  }
  expect(outcome(await channels.setBuffers({ lines: [] }))).toBe('invalid_request')
  expect(await kept()).toEqual({})
  expect(outcome(await holdfast.availability({ skus: [sku], channel: 'ebay' }))).toBe(
    'unknown_channel',
  )
})

test('verify names a buffer that was changed by hand, and repair sets it right', async () => {
  await keep('amazon', 4)
  await asOwner(
    ownerUrl,
    `update holdfast.channel_buffers set units = 1 where level_id = (select l.level_id
     from holdfast.levels l join holdfast.skus s using (sku_id) where s.code = $1)`,
    [sku],
  )
  const { findings } = await holdfast.verify()
  expect(findings.map(found => found.code)).toEqual(
    expect.arrayContaining(['buffer_differs_from_moves', 'buffer_sum_wrong']),
  )
  await holdfast.repair()
  await verified()
  expect(await kept()).toEqual({ amazon: 4 })
})
