import { beforeAll, describe, expect, test } from 'vitest'
import { fillTestShop, openTestShop, type TestShop } from '../ledger/testShop.ts'
import { availabilityOf } from './availability.ts'
import { type Level, type ListLevels, levelsOf } from './level.ts'

let shop: TestShop
const rowsOf = async (request: ListLevels): Promise<Level[]> => {
  const answer = await levelsOf(shop.context).list(request)
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
  return answer.data
}

beforeAll(async () => {
  shop = await openTestShop()
  await fillTestShop(shop)
  const a = { sku: 'A', location: 'berlin' }
  await shop.call('reserve', { lines: [{ ...a, quantity: 5 }], hold_seconds: 600 })
  await shop.call('reserve', {
    lines: [
      { ...a, quantity: 4 },
      { sku: 'B', quantity: 1 },
    ],
  })
  await shop.call('move', { lines: [{ ...a, quantity: 2, from: 'available', to: 'damaged' }] })
  await shop.owner.query(`update holdfast.levels set safety_stock = 3
    where level_id = (select min(level_id) from holdfast.levels)`)
})

describe('list_levels', () => {
  test('shows every counter and what follows from them', async () => {
    const [level] = await rowsOf({ sku: 'A', location: 'berlin' })
    expect(level).toMatchObject({
      on_hand: 20,
      held: 9,
      reserved: 9,
      damaged: 2,
      unavailable: 2,
      available: 9,
      sellable: 6,
      overdue: 0,
      version: 4,
    })
  })

  test('units of a hold whose time is over are free at once, with nobody tidying up', async () => {
    await shop.shiftClock('11 minutes')
    const [level] = await rowsOf({ sku: 'A', location: 'berlin' })
    await shop.shiftClock('0')
    expect(level).toMatchObject({ held: 9, overdue: 5, available: 14, sellable: 11, version: 4 })
  })

  test('pages put together are the whole list, in both orders', async () => {
    for (const sort of ['sku', '-sku'] as const) {
      const whole = await rowsOf({ sort })
      const found: Level[] = []
      let cursor: string | null | undefined
      do {
        const page = await levelsOf(shop.context).list({
          sort,
          limit: 3,
          cursor: cursor ?? undefined,
        })
        if (!page.ok) throw new Error(JSON.stringify(page))
        found.push(...page.data)
        cursor = page.next_cursor
      } while (cursor)
      const namesOf = (levels: Level[]) => levels.map(level => `${level.sku} ${level.location}`)
      expect(namesOf(found)).toEqual(namesOf(whole))
      expect(whole).toHaveLength(10)
    }
  })

  test('q finds by part of a code, of another code, or of the title', async () => {
    const skusOf = async (q: string) => [...new Set((await rowsOf({ q })).map(level => level.sku))]
    expect(await skusOf('pack')).toEqual(['A'])
    expect(await skusOf('blue sh')).toEqual(['B'])
    expect(await skusOf('nothing like it')).toEqual([])
  })

  test('a name that leads nowhere is refused', async () => {
    const { list } = levelsOf(shop.context)
    expect(await list({ sku: 'X' })).toMatchObject({ refusal: { code: 'unknown_sku' } })
    expect(await list({ location: 'X' })).toMatchObject({ refusal: { code: 'unknown_location' } })
    expect(await list({ cursor: '!' })).toMatchObject({ refusal: { code: 'invalid_request' } })
  })
})

describe('availability', () => {
  const ask = async (skus: string[], location?: string) => {
    const answer = await availabilityOf(shop.context)({ skus, location })
    if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
    return answer.data
  }

  test('answers each code in its place: own, pack, untracked, unknown', async () => {
    const [own, pack, untracked, unknown, again] = await ask(['A', 'A-PACK-6', 'EBOOK', 'X', 'A'])
    expect(own).toMatchObject({ sku: 'A', tracked: true, available: 29, sellable: 26 })
    expect(own?.locations.map(place => place.location)).toEqual(['berlin', 'paris'])
    // 9 in berlin make one pack, 20 in paris make three; no pack is made of two places.
    expect(pack).toMatchObject({ sku: 'A', asked_as: 'A-PACK-6', factor: 6, available: 4 })
    expect(untracked).toMatchObject({ sku: 'EBOOK', tracked: false, available: null })
    expect(unknown).toMatchObject({ sku: 'X', unknown: true, available: 0, locations: [] })
    expect(again).toEqual(own)
  })

  test('one location only, and overdue units are free', async () => {
    await shop.shiftClock('11 minutes')
    const [a] = await ask(['A'], 'berlin')
    await shop.shiftClock('0')
    expect(a).toMatchObject({ available: 14, sellable: 11 })
    expect(a?.locations).toEqual([{ location: 'berlin', available: 14, sellable: 11, version: 4 }])
  })

  test('what is sold out says when the next hold ends; what can be had does not', async () => {
    const line = { sku: 'B', location: 'paris' }
    await shop.call('set', { lines: [{ ...line, quantity: 0 }] })
    const [before] = await ask(['B'], 'paris')
    expect(before).toMatchObject({ sellable: 0, next_expires_at: null })
    await shop.call('set', { lines: [{ ...line, quantity: 2 }] })
    await shop.call('reserve', { lines: [{ ...line, quantity: 1 }], hold_seconds: 900 })
    const [between] = await ask(['B'], 'paris')
    expect(between).not.toHaveProperty('next_expires_at')
    await shop.call('reserve', { lines: [{ ...line, quantity: 1 }], hold_seconds: 300 })
    const [after] = await ask(['B'], 'paris')
    const left = Date.parse(after?.next_expires_at ?? '') - Date.parse(after?.as_of ?? '')
    expect(Math.round(left / 60_000)).toBe(5)
  })

  test('bad requests are refused', async () => {
    const ask = availabilityOf(shop.context)
    const many = Array.from({ length: 501 }, () => 'A')
    expect(await ask({ skus: [] })).toMatchObject({ refusal: { code: 'invalid_request' } })
    expect(await ask({ skus: many })).toMatchObject({ refusal: { code: 'too_large', limit: 500 } })
    expect(await ask({ skus: ['A'], location: 'x' })).toMatchObject({
      refusal: { code: 'unknown_location' },
    })
    expect(await ask({ skus: [1] as unknown as string[] })).toMatchObject({
      refusal: { code: 'invalid_request' },
    })
  })
})
