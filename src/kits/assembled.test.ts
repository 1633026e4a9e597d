import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, someoneWaits, stock } from '../../test/shop.ts'
import { kitShops, refused } from './testShop.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const { kits, policies, channels } = holdfast
await channels.create({ code: 'amazon', kind: 'marketplace' })
const shop = kitShops(holdfast)

test('assembled kits are built and broken down, and components are conserved', async () => {
  const { name, kit, line, reserve, sellable } = await shop({ MUG: 9, TEA: 5 })
  await kit('BOX', { MUG: 2, TEA: 1 }, { assembled: true })
  const of = { sku: name('BOX'), location: 'berlin' }
  expect(await sellable('BOX')).toBe(0)
  const built = granted(await kits.build({ ...of, quantity: 3 }, { key: name('b') }))
  expect(built.lines.map(({ sku, change, on_hand }) => [sku, change, on_hand]).sort()).toEqual([
    [name('BOX'), 3, 3],
    [name('MUG'), -6, 3],
    [name('TEA'), -3, 2],
  ])
  const again = granted(await kits.build({ ...of, quantity: 3 }, { key: name('b') }))
  expect(again).toEqual({ ...built, replayed: true })
  expect(granted(await reserve(line('BOX', 1))).lines).toMatchObject([{ sku: name('BOX') }])
  expect(await kits.breakDown({ ...of, quantity: 3 })).toEqual(
    refused('insufficient_stock', {
      lines: [expect.objectContaining({ sku: name('BOX'), asked: 3, available: 2 })],
    }),
  )
  const wanted = Array.from({ length: 8 }, () => kits.build({ ...of, quantity: 1 }))
  const outcomes = (await Promise.all(wanted)).map(outcome)
  expect(outcomes.filter(code => code === 'ok')).toHaveLength(1)
  granted(await kits.breakDown({ ...of, quantity: 1 }))
  expect(await level(holdfast, name('MUG'), 'berlin')).toMatchObject({ on_hand: 3 })
  const kinds = granted(await holdfast.transactions({ sku: name('BOX') })).data
  expect(kinds.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['build', 'break_down', 'reserve']),
  )
  expect(await kit('BOX', { MUG: 1, TEA: 1 }, { assembled: true })).toEqual(
    refused('kit_in_use', { on_hand: 3 }),
  )
  expect(outcome(await kits.build({ ...of, location: 'nowhere', quantity: 1 }))).toBe(
    'unknown_location',
  )
  await stock(holdfast, { [name('ELSEWHERE')]: { rome: 1 } })
  expect(outcome(await kits.build({ ...of, location: 'rome', quantity: 1 }))).toBe(
    'level_not_found',
  )
  expect(granted(await holdfast.levels({ sku: name('BOX') })).data).toHaveLength(1)
})

test('what is built or comes of a broken kit goes to whoever waits, and then to buffers', async () => {
  const { name, kit, line, reserve } = await shop({ MUG: 4 })
  await kit('BOX', { MUG: 2 }, { assembled: true })
  const of = { sku: name('BOX'), location: 'berlin' }
  const fields = { backorder_mode: 'allow', backorder_cap: 5 } as const
  const rules = ['BOX', 'MUG'].map(sku => ({ sku: name(sku), fields }))
  granted(await policies.set({ rules }))
  await stock(holdfast, { [name('BOX')]: { berlin: 0 } })
  const box = granted(await reserve(line('BOX', 1)))
  expect(box.lines).toMatchObject([{ held: 0, held_backordered: 1 }])
  granted(await kits.build({ ...of, quantity: 2 }))
  expect(await level(holdfast, name('BOX'), 'berlin')).toMatchObject({ held: 1 })
  const keep = { sku: name('MUG'), location: 'berlin', channel: 'amazon', quantity: 1 }
  granted(await channels.setBuffers({ lines: [keep] }))
  const mug = granted(await reserve(line('MUG', 1)))
  expect(mug.lines).toMatchObject([{ held: 0, held_backordered: 1 }])
  granted(await kits.breakDown({ ...of, quantity: 1 }))
  expect(await level(holdfast, name('MUG'), 'berlin')).toMatchObject({ held: 1, on_hand: 2 })
  const kept = granted(await channels.buffers({ sku: name('MUG') }))
  expect(kept.data).toMatchObject([{ units: 1 }])
})

test('whoever breaks down the first kit while it is built takes that kit', async () => {
  const { name, kit } = await shop({ MUG: 4 })
  await kit('BOX', { MUG: 2 }, { assembled: true })
  const of = { sku: name('BOX'), location: 'berlin' }
  const builder = new pg.Client(url)
  await builder.connect()
  await builder.query('begin')
  granted(await kits.build({ ...of, quantity: 1 }, { transaction: builder }))
  const broken = kits.breakDown({ ...of, quantity: 1 }) // waits for the mugs; the box has a level then
  await someoneWaits(ownerUrl)
  await builder.query('commit')
  await builder.end()
  expect(granted(await broken).lines).toHaveLength(2)
  expect(await level(holdfast, name('BOX'), 'berlin')).toMatchObject({ on_hand: 0 })
  expect(await level(holdfast, name('MUG'), 'berlin')).toMatchObject({ on_hand: 4 })
})

test('a virtual kit has no stock, and a SKU with stock becomes no virtual kit', async () => {
  const { name, kit, line } = await shop({ MUG: 9, TEA: 5, OLD: 1 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const lines = [line('BOX', 1)]
  expect(await holdfast.receive({ lines })).toEqual(refused('kit_is_virtual'))
  expect(await holdfast.set({ lines })).toEqual(refused('kit_is_virtual'))
  expect(outcome(await kits.build({ sku: name('BOX'), location: 'berlin', quantity: 1 }))).toBe(
    'kit_is_virtual',
  )
  expect(outcome(await kits.build({ sku: name('MUG'), location: 'berlin', quantity: 1 }))).toBe(
    'kit_not_found',
  )
  expect(await kit('OLD', { MUG: 1 })).toEqual(refused('kit_in_use', { on_hand: 1 }))
  expect(granted(await kit('OLD', { MUG: 1 }, { assembled: true })).assembled).toBe(true)
})

test('a SKU that kits are made of is not archived; merged into another, the kit follows', async () => {
  const { name, kit } = await shop({ MUG: 9, CUP: 5, TEA: 2 })
  await kit('BOX', { MUG: 2, CUP: 1, TEA: 1 })
  expect(await holdfast.skus.archive({ sku: name('TEA') })).toEqual(
    refused('sku_in_use', { kits: [name('BOX')] }),
  )
  granted(await holdfast.skus.merge({ from: name('CUP'), into: name('MUG') }))
  expect(granted(await kits.get({ sku: name('BOX') })).components).toMatchObject([
    { sku: name('MUG'), quantity: 3 },
    { sku: name('TEA'), quantity: 1 },
  ])
  const merge = { from: name('BOX'), into: name('TEA') }
  expect(await holdfast.skus.merge(merge)).toEqual(refused('sku_in_use'))
})

test.each([
  ['components', { components: [] }],
  ['components', { components: undefined }],
  ['components.0.quantity', { components: [{ sku: 'A', quantity: 0 }] }],
  ['components.1.quantity', { components: [{ sku: 'A', quantity: 1 }, { sku: 'B' }] }],
  ['components.0', { components: ['A'] }],
  ['assembled', { components: [{ sku: 'A', quantity: 1 }], assembled: 'yes' }],
])('a kit with wrong %s is refused: %j', async (field, request) => {
  const answer = await kits.set({ sku: 'ANY', ...request } as never)
  expect(answer).toMatchObject({ ok: false, refusal: { code: 'invalid_request' } })
  expect(JSON.stringify(answer)).toContain(field.split('.')[0])
})

test('codes that lead nowhere are named', async () => {
  const { name, kit } = await shop({ MUG: 1 })
  const components = [{ sku: name('NOPE'), quantity: 1 }]
  expect(await kits.set({ sku: name('MUG'), components })).toEqual(
    refused('unknown_sku', { sku: name('NOPE') }),
  )
  expect(await kits.clear({ sku: name('MUG') })).toEqual(refused('kit_not_found'))
  await kit('BOX', { MUG: 1_000_000 })
  expect(await kit('CRATE', { BOX: 2 })).toEqual(refused('too_large'))
})

test('the books agree, and every kit was conserved', async () => {
  await expectSound(ownerUrl)
  expect((await holdfast.verify()).findings).toEqual([])
})
