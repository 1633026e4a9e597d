import { beforeAll, describe, expect, test } from 'vitest'
import { fillTestShop, openTestShop, type TestShop } from '../ledger/testShop.ts'
import { type ListReservations, type Reservation, reservationsOf } from './reservation.ts'

let shop: TestShop
const made: Record<string, string> = {}

const make = async (name: string, verb: string, request: object): Promise<void> => {
  made[name] = String((await shop.call(verb, request)).reservation_id)
}

const get = async (name: string): Promise<Reservation> => {
  const reservation_id = made[name] ?? ''
  const answer = await reservationsOf(shop.context).get({ reservation_id })
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
  return answer
}

const namesFound = async (request: ListReservations): Promise<string[]> => {
  const answer = await reservationsOf(shop.context).list(request)
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
  const nameOf = new Map(Object.entries(made).map(([name, id]) => [id, name]))
  return answer.data.map(row => nameOf.get(row.reservation_id) ?? '?')
}

beforeAll(async () => {
  shop = await openTestShop()
  await fillTestShop(shop)
  const a = { sku: 'A', location: 'berlin', quantity: 2 }
  await make('short', 'reserve', { lines: [a], hold_seconds: 60, buyer: 'b-1' })
  await make('cart', 'reserve', { lines: [a, { sku: 'B', quantity: 1 }], tags: ['vip'] })
  await make('order', 'reserve', { lines: [{ sku: 'C', quantity: 3 }], hold_seconds: 60 })
  await shop.call('commit', { reservation_id: made['order'], order_reference: 'o-1' })
  await make('shipped', 'record_sale', {
    order_reference: 'o-2',
    lines: [{ sku: 'C', quantity: 1 }],
    fulfilled: true,
  })
  await make('staff', 'reserve', {
    lines: [{ sku: 'EBOOK', quantity: 1 }],
    owner: 'mia',
    review_at: '2027-01-01T00:00:00Z',
  })
})

describe('get_reservation', () => {
  test('shows a held cart with its lines, both forms alike', async () => {
    expect(await get('cart')).toMatchObject({
      state: 'held',
      expired: false,
      tags: ['vip'],
      lines: [
        { line: 1, part: 0, sku: 'A', location: 'berlin', held: 2, version: 3 },
        { line: 2, sku: 'B', held: 1 },
      ],
    })
    const short = await get('short')
    expect(short).toMatchObject({ state: 'held', buyer: 'b-1', lines: [{ sku: 'A', held: 2 }] })
    expect(Date.parse(short.expires_at ?? '') - Date.parse(short.created_at)).toBe(60_000)
  })

  test('a hold whose time is over reads as expired, swept or not', async () => {
    await shop.shiftClock('2 minutes')
    const lazy = await get('short')
    expect(lazy).toMatchObject({
      state: 'expired',
      expired: true,
      lines: [{ held: 0, expired: 2, quantity: 2 }],
    })
    await shop.call('expire', {})
    const swept = await get('short')
    const { as_of: _lazy, lines: before, ...rest } = lazy
    expect(swept).toMatchObject(rest)
    expect(swept.lines).toMatchObject(before.map(({ version: _version, ...line }) => line))
    expect(await get('order')).toMatchObject({ state: 'committed', expired: false })
    await shop.shiftClock('0')
  })

  test('a committed one has no expiry; a shipped one is closed; a staff hold names its owner', async () => {
    expect(await get('order')).toMatchObject({ expires_at: null, order_reference: 'o-1' })
    expect(await get('shipped')).toMatchObject({ state: 'closed', lines: [{ fulfilled: 1 }] })
    const staff = await get('staff')
    expect(staff).toMatchObject({ state: 'held', owner: 'mia', expires_at: null })
    expect(staff.lines).toMatchObject([{ sku: 'EBOOK', location: null, version: null }])
  })

  test('an id that is none is refused', async () => {
    const { get: read } = reservationsOf(shop.context)
    for (const reservation_id of ['x', '01a20d8e-0000-7000-8000-000000000000']) {
      const answer = await read({ reservation_id })
      expect(answer).toMatchObject({ ok: false, refusal: { code: 'reservation_not_found' } })
    }
  })
})

describe('list_reservations', () => {
  test('newest first, and each filter finds what it names', async () => {
    expect(await namesFound({})).toEqual(['staff', 'shipped', 'order', 'cart', 'short'])
    expect(await namesFound({ sort: 'created_at', limit: 2 })).toEqual(['short', 'cart'])
    expect(await namesFound({ state: 'held' })).toEqual(['staff', 'cart'])
    expect(await namesFound({ state: 'committed' })).toEqual(['order'])
    expect(await namesFound({ state: 'expired' })).toEqual(['short'])
    expect(await namesFound({ state: 'closed' })).toEqual(['shipped'])
    expect(await namesFound({ sku: 'A' })).toEqual(['cart', 'short'])
    expect(await namesFound({ sku: 'A', state: 'held' })).toEqual(['cart'])
    expect(await namesFound({ sku: 'EBOOK' })).toEqual(['staff'])
    expect(await namesFound({ sku: 'C', location: 'paris' })).toEqual([])
    expect(await namesFound({ location: 'berlin' })).toEqual(['shipped', 'order', 'cart', 'short'])
    expect(await namesFound({ order_reference: 'o-2' })).toEqual(['shipped'])
    expect(await namesFound({ buyer: 'b-1' })).toEqual(['short'])
    expect(await namesFound({ tag: 'vip' })).toEqual(['cart'])
  })

  test('overdue finds holds that nobody has tidied up', async () => {
    expect(await namesFound({ overdue: true })).toEqual([])
    await shop.shiftClock('40 minutes')
    expect(await namesFound({ overdue: true })).toEqual(['cart'])
    expect(await namesFound({ state: 'held' })).toEqual(['staff'])
    await shop.shiftClock('0')
  })

  test('pages put together are the whole list', async () => {
    const { list } = reservationsOf(shop.context)
    const found: string[] = []
    let cursor: string | undefined
    do {
      const page = await list({ limit: 2, cursor })
      if (!page.ok) throw new Error(JSON.stringify(page))
      found.push(...page.data.map(row => row.reservation_id))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(found).toEqual([...new Set(Object.values(made))].sort().reverse())
  })
})
