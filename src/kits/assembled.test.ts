import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, stock } from '../../test/shop.ts'
import { kitShops, refused } from './testShop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { kits } = holdfast
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
