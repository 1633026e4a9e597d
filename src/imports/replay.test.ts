import { join } from 'node:path'
import { Readable } from 'node:stream'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import type { Holdfast } from '../index.ts'
import { type ReplayReport, type ReplayRequest, replayOrders } from './replay.ts'

const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'
let root: Holdfast
let holdfast: Holdfast
let tenants = 0

const asNewTenant = async (): Promise<void> => {
  const code = `shop-${++tenants}`
  await root.tenants.create({ code, name: code })
  holdfast = await root.forTenant(code)
}

type Row = [order: string, sku: string, quantity: number | string, time: string, customer: string]

const fileOf = (rows: Row[]): Readable =>
  Readable.from([
    `${HEADER}\n`,
    ...rows.map(([o, s, q, t, c]) => `${o},${s},thing,${q},${t},1.00,${c},Denmark\n`),
  ])

const replayed = async (request: ReplayRequest): Promise<ReplayReport> => {
  const answer = await replayOrders(holdfast, { create_skus: true, opening_stock: 100, ...request })
  if (!answer.ok) throw new Error(answer.refusal.message)
  expect(answer.verify.findings).toBe(0)
  return answer
}

const counters = async (sku: string) => {
  const answer = await holdfast.levels({ sku })
  if (!('data' in answer) || !answer.data[0]) throw new Error('no level')
  const { on_hand, held, committed } = answer.data[0]
  return [on_hand, held, committed]
}

beforeAll(async () => {
  root = (await freshDatabase()).holdfast
})

test('our week of orders runs through, and the books are clean', async () => {
  await asNewTenant()
  const path = join(import.meta.dirname, '../../examples/data/orders.csv')
  const report = await replayed({ path })
  expect(report.rows).toBe(193)
  expect(report.lines).toBe(191)
  expect(report.skipped).toMatchObject({ zero_quantity: 1, missing_order: 1 })
  expect(report.unmatched).toBe(1)
  expect(report.released).toBeGreaterThan(0)
  expect(report.returned).toBeGreaterThan(0)
  expect(report.fulfilled + report.refused).toBeLessThanOrEqual(report.orders)
  expect(report.p99_ms).toBeGreaterThanOrEqual(report.p50_ms)
})

test('units go back to the newest order first: released, or after shipping returned', async () => {
  await asNewTenant()
  const report = await replayed({
    stream: fileOf([
      ['1', 'A', 5, '2026-01-01 10:00:00', '7'],
      ['2', 'A', 3, '2026-01-02 10:00:00', '7'],
      ['C3', 'A', -4, '2026-01-02 11:00:00', '7'],
      ['C4', 'A', -9, '2026-01-02 12:00:00', '7'],
      ['C5', 'A', -1, '2026-01-02 13:00:00', '7'],
      ['C6', 'A', -1, '2026-01-02 13:00:00', ''],
    ]),
  })
  // 4 = 3 of order 2 (still open) and 1 of order 1 (shipped); then 4 are left, then none.
  expect(report).toMatchObject({ released: 1, returned: 2, partly_matched: 1, unmatched: 2 })
  expect(report.unmatched_units).toBe(7)
  expect(await counters('A')).toEqual([100, 0, 0])
})

test('a later run finds the orders of an earlier one', async () => {
  const time = '2026-02-01 10:00:00'
  await replayed({ stream: fileOf([['10', 'B', 6, time, '8']]) })
  const report = await replayed({ stream: fileOf([['C11', 'B', -2, time, '8']]) })
  expect(report).toMatchObject({ orders: 0, returned: 1, unmatched: 0 })
  expect(await counters('B')).toEqual([96, 0, 0])
})

test('an order that stock cannot cover is refused whole, and counted by reason', async () => {
  const time = '2026-02-01 10:00:00'
  const rows: Row[] = [
    ['20', 'D', 3, time, '9'],
    ['20', 'd', 2, time, '9'],
    ['20', 'D', 2, time, '9'],
    ['21', 'D', 1, time, '9'],
  ]
  const report = await replayed({ stream: fileOf(rows), opening_stock: 4 })
  expect(report).toMatchObject({
    orders: 2,
    refused: 1,
    refused_lines: 3,
    refusals: { insufficient_stock: 1 },
    created_skus: 2,
  })
  expect(await counters('D')).toEqual([3, 0, 0])
  expect(await counters('d')).toEqual([4, 0, 0])
})

test('without SKUs on request, unknown ones are refused', async () => {
  const stream = fileOf([['30', 'NONE', 1, '2026-02-01 10:00:00', '9']])
  const report = await replayed({ stream, create_skus: false })
  expect(report).toMatchObject({ refused: 1, refusals: { unknown_sku: 1 } })
})

test('other columns are named by hand, and missing ones are told', async () => {
  const text = 'id,item,n\nX1,E,2\n'
  const columns = { order: 'id', sku: 'item', quantity: 'n' }
  const report = await replayed({ stream: Readable.from([text]), columns })
  expect(report).toMatchObject({ orders: 1, fulfilled: 1 })
  const answer = await replayOrders(holdfast, { stream: Readable.from([text]) })
  expect(answer.ok ? '' : answer.refusal.message).toMatch(/InvoiceNo \(--order\)/)
})

test('at a multiple of real time the pauses are kept', async () => {
  const rows: Row[] = [
    ['40', 'F', 1, '2026-02-01 10:00:00', '1'],
    ['41', 'F', 1, '2026-02-01 10:10:00', '2'],
  ]
  const report = await replayed({ stream: fileOf(rows), speed: 1_200 })
  expect(report.seconds).toBeGreaterThan(0.45)
})

test('an order of more lines than a reservation takes becomes several', async () => {
  const rows = Array.from(
    { length: 1_100 },
    (_, n): Row => ['50', `G-${n % 50}`, 1, '2026-02-01 10:00:00', '1'],
  )
  const report = await replayed({ stream: fileOf(rows) })
  expect(report).toMatchObject({ orders: 1, lines: 1_100, refused: 0, fulfilled: 3 })
})
