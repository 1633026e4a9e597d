import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { granted, someoneWaits } from '../../test/shop.ts'
import { connect } from '../database/connect.ts'
import { locationsOf } from '../locations/locations.ts'
import { productsOf } from './products.ts'
import { skusOf } from './skus.ts'
import { variantsOf } from './variants.ts'

const { url, ownerUrl, holdfast } = await freshDatabase()
const database = await connect({ connectionString: url })
const owner = await connect({ config: { connectionString: ownerUrl } })
afterAll(async () => {
  await database.pool.end()
  await owner.pool.end()
})
const context = { database, tenant_id: holdfast.tenant_id, tenant: 'default' }
const skus = skusOf(context)

const refused = (code: string) => ({ ok: false, refusal: expect.objectContaining({ code }) })
const totals = async (code: string) => {
  const sku = await skus.get({ code })
  if (!sku.ok) throw new Error(sku.refusal.message)
  return sku.totals
}

/** Each counter of each level is the sum of its movements, and versions have no gap. */
const faults = async () => {
  const { rows } = await owner.pool.query(`
    select l.level_id from holdfast.levels l
    left join (
      select level_id, count(*) as movements, max(version) as version,
        sum(coalesce(on_hand_change, 0)) as on_hand, sum(coalesce(held_change, 0)) as held,
        sum(coalesce(committed_change, 0)) as committed, sum(coalesce(damaged_change, 0)) as damaged
      from holdfast.inventory_transactions group by level_id
    ) as t on t.level_id = l.level_id
    where (l.on_hand, l.held, l.committed, l.damaged, l.version) is distinct from
      (coalesce(t.on_hand, 0), coalesce(t.held, 0), coalesce(t.committed, 0),
        coalesce(t.damaged, 0), coalesce(t.movements, 0))
      or l.version <> coalesce(t.version, 0)
      or (l.held, l.committed) not in (
        select coalesce(sum(a.held), 0), coalesce(sum(a.committed), 0) from (
          select held, committed from holdfast.reservations r where r.level_id = l.level_id
          union all
          select held, committed from holdfast.allocations a where a.level_id = l.level_id
        ) as a)`)
  return rows
}

beforeAll(async () => {
  for (const code of ['berlin', 'paris']) await locationsOf(context).create({ code })
})

const stocked = async (code: string, quantity: number, location = 'berlin') => {
  await skus.create({ code })
  await holdfast.receive({ lines: [{ sku: code, location, quantity }] })
}

test('a merge moves stock, holds and orders by ledgered movements, and every code', async () => {
  await stocked('FROM', 10)
  await stocked('INTO', 5)
  await holdfast.receive({ lines: [{ sku: 'FROM', location: 'paris', quantity: 7 }] })
  await holdfast.move({
    lines: [{ sku: 'FROM', location: 'berlin', quantity: 2, from: 'available', to: 'damaged' }],
  })
  await skus.alias({ sku: 'FROM', alias: 'FROM-6', factor: 6 })
  await productsOf(context).create({ handle: 'cup', title: 'Cup' })
  await variantsOf(context).create({ product: 'cup', sku: 'FROM' })
  const hold = await holdfast.reserve({
    lines: [{ sku: 'FROM', location: 'berlin', quantity: 3 }],
  })
  const order = await holdfast.reserve({
    lines: [
      { sku: 'FROM', location: 'berlin', quantity: 1 },
      { sku: 'INTO', location: 'berlin', quantity: 2 },
    ],
  })
  if (!hold.ok || !order.ok) throw new Error('both were in stock')
  await holdfast.commit({ reservation_id: order.reservation_id, order_reference: '1001' })

  const merged = await skus.merge({ from: 'FROM', into: 'INTO' })
  expect(merged).toMatchObject({
    ok: true,
    code: 'INTO',
    former_codes: ['FROM'],
    aliases: [{ code: 'FROM-6', factor: 6 }],
    variants: [{ product: 'cup' }],
    totals: { levels: 2, on_hand: 22, held: 3, committed: 3, damaged: 2, shortage: 0 },
  })
  expect(await totals('FROM')).toEqual(await totals('INTO'))
  expect(await skus.list({ archived: true })).toMatchObject({ data: [] })
  expect(await faults()).toEqual([])

  const { reservation_id } = hold
  expect(await holdfast.release({ reservation_id })).toMatchObject({ ok: true, state: 'closed' })
  const shipped = await holdfast.fulfill({ reservation_id: order.reservation_id })
  expect(shipped).toMatchObject({ ok: true, state: 'closed' })
  expect(await totals('INTO')).toMatchObject({ on_hand: 19, held: 0, committed: 0 })
  expect(await faults()).toEqual([])
})

test('what was shipped before a merge is returned to the merged SKU after it', async () => {
  await stocked('SHIPPED', 4)
  await stocked('HEIR', 1)
  const lines = [{ sku: 'SHIPPED', location: 'berlin', quantity: 2 }]
  const sold = await holdfast.reserve({ lines })
  if (!sold.ok) throw new Error('in stock')
  const { reservation_id } = sold
  await holdfast.commit({ reservation_id, order_reference: '1002' })
  await holdfast.fulfill({ reservation_id })
  await skus.merge({ from: 'SHIPPED', into: 'HEIR' })
  expect(await holdfast.return({ reservation_id, lines })).toMatchObject({ ok: true })
  expect(await totals('HEIR')).toMatchObject({ on_hand: 5, available: 5 })
  expect(await faults()).toEqual([])
})

test('a code of a merged SKU can become the own code of the other', async () => {
  await stocked('LEFT', 1)
  await stocked('RIGHT', 1)
  await skus.merge({ from: 'LEFT', into: 'RIGHT' })
  expect(await skus.rename({ sku: 'RIGHT', to: 'LEFT' })).toMatchObject({
    code: 'LEFT',
    former_codes: ['RIGHT'],
  })
  expect(await skus.create({ code: 'RIGHT' })).toEqual(refused('code_in_use'))
})

test('a shortage moves along and does not grow', async () => {
  await stocked('SHORT', 2)
  await stocked('LONG', 5)
  await holdfast.reserve({ lines: [{ sku: 'SHORT', location: 'berlin', quantity: 2 }] })
  await holdfast.set({ lines: [{ sku: 'SHORT', location: 'berlin', quantity: 1 }] })
  expect(await totals('SHORT')).toMatchObject({ shortage: 1 })
  expect(await skus.merge({ from: 'SHORT', into: 'LONG' })).toMatchObject({
    totals: { on_hand: 6, held: 2, shortage: 0, available: 4 },
  })
  expect(await faults()).toEqual([])
})

test('SKUs in different units, of packs, archived or the same are not merged', async () => {
  await stocked('EACH', 1)
  await skus.create({ code: 'KILO', unit: 'kg' })
  await skus.alias({ sku: 'EACH', alias: 'EACH-2', factor: 2 })
  await skus.create({ code: 'GONE' })
  await skus.archive({ sku: 'GONE' })
  expect(await skus.merge({ from: 'EACH', into: 'KILO' })).toEqual(refused('units_differ'))
  expect(await skus.merge({ from: 'EACH', into: 'NONE' })).toEqual(refused('unknown_sku'))
  expect(await skus.merge({ from: 'EACH', into: 'EACH-2' })).toEqual(refused('invalid_request'))
  expect(await skus.merge({ from: 'EACH-2', into: 'INTO' })).toEqual(refused('invalid_request'))
  expect(await skus.merge({ from: 'EACH', into: 'GONE' })).toEqual(refused('invalid_request'))
  expect(await totals('EACH')).toMatchObject({ on_hand: 1 })
})

test('sales that run while a SKU is merged lose nothing and oversell nothing', async () => {
  await stocked('BUSY', 60)
  await stocked('CALM', 40)
  const buy = (sku: string) =>
    holdfast.reserve({ lines: [{ sku, location: 'berlin', quantity: 1 }] })
  const buyers = Array.from({ length: 150 }, (_, n) => buy(n % 2 ? 'BUSY' : 'CALM'))
  const merged = skus.merge({ from: 'BUSY', into: 'CALM' })
  const answers = await Promise.all(buyers)
  expect(await merged).toMatchObject({ ok: true })
  const later = await Promise.all(Array.from({ length: 100 }, () => buy('BUSY')))
  const sold = [...answers, ...later].filter(answer => answer.ok)
  expect(sold).toHaveLength(100)
  expect(await totals('CALM')).toMatchObject({ on_hand: 100, held: 100, available: 0, shortage: 0 })
  expect(await faults()).toEqual([])
})

test('two merges of the same pair in opposite directions end in one SKU', async () => {
  await stocked('YIN', 3)
  await stocked('YANG', 4)
  const answers = await Promise.all([
    skus.merge({ from: 'YIN', into: 'YANG' }),
    skus.merge({ from: 'YANG', into: 'YIN' }),
  ])
  expect(answers.filter(answer => answer.ok)).toHaveLength(1)
  expect(await totals('YIN')).toMatchObject({ on_hand: 7 })
  expect(await totals('YANG')).toMatchObject({ on_hand: 7 })
  expect(await faults()).toEqual([])
})

test('what comes to a new location while a merge waits is merged too', async () => {
  await stocked('OLD', 1)
  await stocked('NEW', 1)
  const clerk = new pg.Client(url)
  await clerk.connect()
  await clerk.query('begin')
  const lines = ['berlin', 'paris'].map(location => ({ sku: 'OLD', location, quantity: 1 }))
  granted(await holdfast.receive({ lines }, { transaction: clerk }))
  const merged = skus.merge({ from: 'OLD', into: 'NEW' })
  await someoneWaits(ownerUrl)
  await clerk.query('commit')
  await clerk.end()
  granted(await merged)
  expect(await totals('NEW')).toMatchObject({ on_hand: 4 })
  expect(await faults()).toEqual([])
})
