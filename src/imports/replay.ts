import type { Readable } from 'node:stream'
import { clock } from '../clock.ts'
import type { Context } from '../database/context.ts'
import { verifyOf } from '../ledger/verify.ts'
import type { Answer } from '../refusals.ts'
import type { ReservationAnswer } from '../reservations/grant.ts'
import { type CsvFile, csvFileOf } from './csvFile.ts'
import { EarlierOrders } from './earlierOrders.ts'
import { newLatency } from './latency.ts'
import { locationsOf } from './locations.ts'
import { skuOpener } from './openSkus.ts'
import {
  newSkipped,
  type OrderColumns,
  onlineRetailColumns,
  ordersOf,
  type Skipped,
} from './orders.ts'
import { Seller } from './replaySeller.ts'
import { Shipping } from './shipping.ts'
import { UnreadableFile } from './unreadable.ts'

type Line = { sku: string; quantity: number; location?: string }

/** What replay needs of the library: the verbs of a reservation. */
export type ReplayTarget = {
  context: Context
  reserve(request: { lines: Line[]; buyer?: string }): Promise<ReservationAnswer>
  commit(request: { reservation_id: string; order_reference: string }): Promise<ReservationAnswer>
  fulfill(request: { reservation_id: string; document?: string }): Promise<ReservationAnswer>
  release(request: {
    reservation_id: string
    lines: Line[]
    reason?: string
  }): Promise<ReservationAnswer>
  return(request: {
    reservation_id: string
    lines: Line[]
    reason?: string
  }): Promise<ReservationAnswer>
}

export type ReplayProgress = { rows: number; orders: number; lines_per_second: number }

export type ReplayRequest = {
  path?: string
  stream?: Readable
  /** Names of the columns; those of the "Online Retail" data set when left out. */
  columns?: Partial<OrderColumns>
  /** So many times faster than it happened; full speed when left out. */
  speed?: number
  /** Makes SKUs that are missing, with this opening stock. */
  create_skus?: boolean
  opening_stock?: number
  /** Sells from this location only; from anywhere when left out. */
  location?: string
  /** Hours, by the times in the file, until an order is shipped; 24 when left out. */
  ship_after_hours?: number
  /** Orders under way at once; those of one customer keep their order. */
  concurrency?: number
  onProgress?: (progress: ReplayProgress) => void
  signal?: AbortSignal
}

export type ReplayReport = {
  rows: number
  orders: number
  lines: number
  /** Orders that were refused whole, and why. */
  refused: number
  refused_lines: number
  refusals: Record<string, number>
  fulfilled: number
  /** Releases made (before shipping) and returns (after it). */
  released: number
  returned: number
  /** Rows that gave back more than was found; what was found was given back. */
  partly_matched: number
  /** Rows for which no earlier order of this customer and SKU was found: nothing was changed. */
  unmatched: number
  unmatched_units: number
  skipped: Skipped
  created_skus: number
  interrupted: boolean
  seconds: number
  /** Orders a second. */
  rate: number
  lines_per_second: number
  p50_ms: number
  p99_ms: number
  verify: { findings: number; levels: number; movements: number }
}

const OPENING_STOCK_DEFAULT = 1_000
const SHIP_AFTER_HOURS_DEFAULT = 24
const CONCURRENCY_DEFAULT = 64
const PROGRESS_EVERY_ROWS = 200
const PACE_STEP_MS = 200
const HOUR_MS = 3_600_000

const newReport = (): ReplayReport => ({
  rows: 0,
  orders: 0,
  lines: 0,
  refused: 0,
  refused_lines: 0,
  refusals: {},
  fulfilled: 0,
  released: 0,
  returned: 0,
  partly_matched: 0,
  unmatched: 0,
  unmatched_units: 0,
  skipped: newSkipped(),
  created_skus: 0,
  interrupted: false,
  seconds: 0,
  rate: 0,
  lines_per_second: 0,
  p50_ms: 0,
  p99_ms: 0,
  verify: { findings: 0, levels: 0, movements: 0 },
})

/** Waits until the file's clock, run at this speed, has come to an order's time. */
const pacer = (speed: number | undefined, signal: AbortSignal | undefined) => {
  let began: { file: number; here: number } | undefined
  return async (time: number | null): Promise<void> => {
    if (speed === undefined || time === null) return
    began ??= { file: time, here: clock.monotonicMs() }
    const due = began.here + (time - began.file) / speed
    for (;;) {
      const left = due - clock.monotonicMs()
      if (left <= 0 || signal?.aborted) return
      await clock.sleep(Math.min(left, PACE_STEP_MS))
    }
  }
}

const openerFor = async (target: ReplayTarget, request: ReplayRequest) => {
  const { first, known } = await locationsOf(target.context)
  const { location } = request
  if (location !== undefined && !request.create_skus && !known(location)) {
    throw new UnreadableFile(`No location has the code "${location}".`, { field: 'location' })
  }
  if (!request.create_skus) return { location, open: async () => 0 }
  const place = location === undefined ? first : { code: location, name: location }
  const quantity = request.opening_stock ?? OPENING_STOCK_DEFAULT
  const open = skuOpener(target.context, { location: place, quantity })
  return { location: place.code, open }
}

const checkNumbers = (request: ReplayRequest): void => {
  const { speed, opening_stock: stock, concurrency, ship_after_hours: hours } = request
  const wrong =
    (speed !== undefined && !(speed > 0) && 'speed') ||
    (stock !== undefined &&
      !(Number.isInteger(stock) && stock >= 0 && stock <= 1e12) &&
      'opening_stock') ||
    (concurrency !== undefined && !(concurrency >= 1 && concurrency <= 10_000) && 'concurrency') ||
    (hours !== undefined && !(hours >= 0) && 'ship_after_hours')
  if (wrong) throw new UnreadableFile(`${wrong} is out of bounds.`, { field: wrong })
}

const run = async (target: ReplayTarget, request: ReplayRequest, file: CsvFile) => {
  checkNumbers(request)
  const report = newReport()
  const latency = newLatency()
  const { location, open } = await openerFor(target, request)
  const earlier = new EarlierOrders(target.context)
  const shipping = new Shipping((request.ship_after_hours ?? SHIP_AFTER_HOURS_DEFAULT) * HOUR_MS)
  const seller = new Seller({ target, report, latency, earlier, shipping, location })
  const concurrency = request.concurrency ?? CONCURRENCY_DEFAULT
  const pace = pacer(request.speed, request.signal)
  const columns = { ...onlineRetailColumns, ...request.columns }
  const startedMs = clock.monotonicMs()
  const seconds = (): number => Math.max(0.001, (clock.monotonicMs() - startedMs) / 1_000)
  let shown = 0
  try {
    for await (const order of ordersOf(file, columns, report)) {
      if (request.signal?.aborted || seller.failed) break
      await pace(order.time)
      report.created_skus += await open(order.sales.map(line => line.sku))
      seller.ship(shipping.due(order.time))
      await seller.room(concurrency)
      seller.sell(order)
      if (report.rows - shown < PROGRESS_EVERY_ROWS) continue
      shown = report.rows
      const lines_per_second = Math.round(report.rows / seconds())
      request.onProgress?.({ rows: report.rows, orders: report.orders, lines_per_second })
    }
  } finally {
    await seller.drain()
  }
  report.interrupted = request.signal?.aborted ?? false
  seller.ship(shipping.rest())
  await seller.drain()
  report.seconds = Math.round(seconds() * 1_000) / 1_000
  report.rate = Math.round((report.orders / seconds()) * 10) / 10
  report.lines_per_second = Math.round((report.lines / seconds()) * 10) / 10
  report.p50_ms = latency.quantile(0.5)
  report.p99_ms = latency.quantile(0.99)
  const checked = await verifyOf(target.context)()
  report.verify = {
    findings: checked.finding_count,
    levels: checked.levels,
    movements: checked.movements,
  }
  return report
}

/**
 * Runs a file of real orders through reserve, commit and fulfill; cancellations as releases or
 * returns. Then verifies the books.
 *
 * @example
 * const answer = await replayOrders(holdfast, { path: 'orders.csv', create_skus: true })
 * if (answer.ok) console.log(`${answer.orders} orders, ${answer.refused} refused`)
 */
export const replayOrders = async (
  target: ReplayTarget,
  request: ReplayRequest,
): Promise<Answer<ReplayReport>> => {
  let file: CsvFile | undefined
  try {
    file = await csvFileOf(request)
    return { ok: true, ...(await run(target, request, file)) }
  } catch (error) {
    if (error instanceof UnreadableFile) return { ok: false, refusal: error.refusal() }
    throw error
  } finally {
    await file?.dispose()
  }
}
