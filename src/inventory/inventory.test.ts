import { beforeAll, describe, expect, test } from 'vitest'
import { addTenant, fillTestShop, openTestShop, type TestShop } from '../ledger/testShop.ts'
import { type InventoryRow, inventoryOf, type ListInventory } from './inventory.ts'

let shop: TestShop
const rowsOf = async (request: ListInventory): Promise<InventoryRow[]> => {
  const answer = await inventoryOf(shop.context).list(request)
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
  return answer.data
}
const namesOf = (rows: InventoryRow[]) => rows.map(row => `${row.sku} ${row.location}`)

beforeAll(async () => {
  shop = await openTestShop()
  await fillTestShop(shop)
  const a = { sku: 'A', location: 'berlin' }
  await shop.call('reserve', { lines: [{ ...a, quantity: 5 }], hold_seconds: 600 })
  const { reservation_id } = await shop.call('reserve', {
    lines: [{ sku: 'B', location: 'paris', quantity: 20 }],
  })
  await shop.call('commit', { reservation_id, order_reference: 'ORDER-1' })
  await shop.call('set', { lines: [{ sku: 'B', location: 'paris', quantity: 18 }] })
  await shop.call('move', { lines: [{ ...a, quantity: 2, from: 'available', to: 'damaged' }] })
})

describe('list_inventory', () => {
  test('shows a level with its product', async () => {
    const [row] = await rowsOf({ q: 'blue sh', location: 'berlin' })
    expect(row).toMatchObject({
      ...{ sku: 'B', location: 'berlin', location_name: 'Berlin', unit: 'each' },
      ...{ product: 'shirt', title: 'Blue Shirt', on_hand: 20, available: 20 },
    })
    expect((await rowsOf({ q: 'A-PACK' }))[0]).toMatchObject({ sku: 'A', product: null })
  })

  test('sorts by a counter, both ways; pages put together are the whole list', async () => {
    for (const sort of ['available', '-available', '-sku', '-changed_at'] as const) {
      const whole = await rowsOf({ sort })
      expect(whole).toHaveLength(10)
      const found: InventoryRow[] = []
      let cursor: string | null | undefined
      do {
        const request = { sort, limit: 3, cursor: cursor ?? undefined }
        const page = await inventoryOf(shop.context).list(request)
        if (!page.ok) throw new Error(JSON.stringify(page))
        found.push(...page.data)
        cursor = page.next_cursor
      } while (cursor)
      expect(namesOf(found)).toEqual(namesOf(whole))
      expect(new Set(namesOf(found)).size).toBe(10)
    }
    const available = (await rowsOf({ sort: 'available' })).map(row => row.available)
    expect(available).toEqual(available.toSorted((a, b) => a - b))
  })

  test('finds levels by their state', async () => {
    expect(namesOf(await rowsOf({ state: 'short' }))).toEqual(['B paris'])
    expect(namesOf(await rowsOf({ state: 'sold_out' }))).toEqual(['B paris'])
    expect(namesOf(await rowsOf({ state: 'held' }))).toEqual(['A berlin'])
    expect(namesOf(await rowsOf({ state: 'committed' }))).toEqual(['B paris'])
    expect(namesOf(await rowsOf({ state: 'unavailable' }))).toEqual(['A berlin'])
    expect(namesOf(await rowsOf({ available_max: 13 }))).toEqual(['A berlin', 'B paris'])
    expect(namesOf(await rowsOf({ product: 'shirt' }))).toEqual(['B berlin', 'B paris'])
  })

  test('units of a hold whose time is over are free at once', async () => {
    await shop.shiftClock('11 minutes')
    const [row] = await rowsOf({ q: 'A', location: 'berlin', state: 'held' })
    await shop.shiftClock('0')
    expect(row).toMatchObject({ held: 5, overdue: 5, available: 18 })
  })

  test('what leads nowhere is refused', async () => {
    const { list } = inventoryOf(shop.context)
    expect(await list({ location: 'X' })).toMatchObject({ refusal: { code: 'unknown_location' } })
    expect(await list({ cursor: '!' })).toMatchObject({ refusal: { code: 'invalid_request' } })
    const of = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url')
    for (const value of ['x', 1.5, 1e300, '9'.repeat(40)]) {
      const request = { sort: 'available' as const, cursor: of(['available', value, 1]) }
      expect(await list(request)).toMatchObject({ refusal: { code: 'invalid_request' } })
    }
    const state = 'lost' as unknown as 'short'
    expect(await list({ state })).toMatchObject({ refusal: { code: 'invalid_request' } })
  })
})

describe('summarize_inventory', () => {
  test('counts what needs a look', async () => {
    const answer = await inventoryOf(shop.context).summary({ low_at: 13 })
    expect(answer).toMatchObject({
      ...{ ok: true, levels: 10, sold_out: 1, low: 1, low_at: 13, short: 1, short_units: 2 },
      ...{ skus: 6, untracked_skus: 1, holds: { count: 1, units: 5 }, orders: { count: 1 } },
    })
    if (!answer.ok) return
    const paris = answer.locations.find(({ location }) => location === 'paris')
    expect(paris).toMatchObject({ levels: 5, committed: 20, shortage: 2, sold_out: 1 })
  })

  test('a hold whose time is over is none; one that ends soon is told', async () => {
    await shop.shiftClock('6 minutes')
    const soon = await inventoryOf(shop.context).summary()
    await shop.shiftClock('11 minutes')
    const over = await inventoryOf(shop.context).summary()
    await shop.shiftClock('0')
    expect(soon).toMatchObject({ holds: { count: 1, ending: 1 } })
    expect(over).toMatchObject({ holds: { count: 0, units: 0, ending: 0 } })
  })

  test("nothing of another merchant's is counted or listed", async () => {
    const other = await addTenant(shop, 'other')
    const inventory = inventoryOf(other.context)
    expect(await inventory.list({ q: 'A' })).toMatchObject({ data: [] })
    expect(await inventory.summary()).toMatchObject({
      ...{ levels: 0, short: 0, locations: [], holds: { count: 0 }, orders: { count: 0 } },
    })
  })
})
