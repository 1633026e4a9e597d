import { readCode, readText, readWhole } from './cells.ts'
import { type CsvFile, lookAtStart, type Row, rowsOf } from './csvFile.ts'
import { UnreadableFile } from './unreadable.ts'

/** Which columns of a file of orders are which; names as in the header. */
export type OrderColumns = {
  order: string
  sku: string
  quantity: string
  time: string
  customer: string
}

/** The columns of the public data set "Online Retail", and so the default. */
export const onlineRetailColumns: OrderColumns = {
  order: 'InvoiceNo',
  sku: 'StockCode',
  quantity: 'Quantity',
  time: 'InvoiceDate',
  customer: 'CustomerID',
}

export type OrderLine = { line: number; sku: string; quantity: number }

/** Neighbouring rows of one order: what was bought, and what goes back. */
export type Order = {
  order: string
  customer: string | null
  /** Milliseconds since 1970; null where the file does not say. */
  time: number | null
  sales: OrderLine[]
  backs: OrderLine[]
}

export type Skipped = {
  zero_quantity: number
  invalid_quantity: number
  missing_order: number
  missing_sku: number
}

export const newSkipped = (): Skipped => ({
  zero_quantity: 0,
  invalid_quantity: 0,
  missing_order: 0,
  missing_sku: 0,
})

/** An order of more rows is handed on in pieces, so that memory stays bounded. */
export const ORDER_ROWS_MAX = 5_000
const CANCELLATION = /^C/i

type Places = Record<keyof OrderColumns, number>

const placesOf = (header: string[], columns: OrderColumns): Places => {
  const names = header.map(name => readText(name).trim().toLowerCase())
  const places = {} as Places
  const missing: string[] = []
  for (const key of Object.keys(columns) as (keyof OrderColumns)[]) {
    places[key] = names.indexOf(columns[key].trim().toLowerCase())
    const needed = key !== 'time' && key !== 'customer'
    if (places[key] < 0 && needed) missing.push(`${columns[key]} (--${key})`)
  }
  if (missing.length === 0) return places
  throw new UnreadableFile(
    `Columns are missing: ${missing.join(', ')}. ` +
      `The header has: ${header.join(', ').slice(0, 500)}.`,
    { missing_columns: missing, header: header.slice(0, 100) },
  )
}

const timeOf = (cell: string): number | null => {
  const text = cell.trim()
  const iso = /^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?$/.test(text) ? `${text.replace(' ', 'T')}Z` : text
  const time = Date.parse(iso)
  return text === '' || Number.isNaN(time) ? null : time
}

const customerOf = (cell: string): string | null => {
  const text = readCode(cell).replace(/^(\d+)\.0$/, '$1')
  return text === '' ? null : text.slice(0, 255)
}

/** One row as a line of an order, or the reason why it is left out. */
const lineOf = (row: Row, places: Places): OrderLine | keyof Skipped => {
  const cell = (key: keyof OrderColumns): string => row.cells[places[key]] ?? ''
  if (readCode(cell('order')) === '') return 'missing_order'
  const sku = readCode(cell('sku'))
  if (sku === '' || sku.length > 255) return 'missing_sku'
  const quantity = readWhole(cell('quantity'))
  if (quantity === 0) return 'zero_quantity'
  if (typeof quantity !== 'number' || Math.abs(quantity) > 1e12) return 'invalid_quantity'
  return { line: row.line, sku, quantity }
}

/** The orders of a file, one at a time; rows of one order stand together in it. */
export async function* ordersOf(
  file: CsvFile,
  columns: OrderColumns,
  count: { rows: number; skipped: Skipped },
): AsyncGenerator<Order> {
  let places: Places | undefined
  let current: Order | undefined
  for await (const row of rowsOf(file, await lookAtStart(file))) {
    if (!places) {
      places = placesOf(row.cells, columns)
      continue
    }
    count.rows++
    const line = lineOf(row, places)
    if (typeof line === 'string') {
      count.skipped[line]++
      continue
    }
    const order = readCode(row.cells[places.order] ?? '').slice(0, 255)
    const size = current ? current.sales.length + current.backs.length : 0
    if (current && (current.order !== order || size >= ORDER_ROWS_MAX)) {
      yield current
      current = undefined
    }
    current ??= {
      order,
      customer: customerOf(row.cells[places.customer] ?? ''),
      time: timeOf(row.cells[places.time] ?? ''),
      sales: [],
      backs: [],
    }
    // A cancellation gives back whatever sign its quantity has.
    if (line.quantity < 0 || CANCELLATION.test(order)) {
      current.backs.push({ ...line, quantity: Math.abs(line.quantity) })
    } else current.sales.push(line)
  }
  if (!places) throw new UnreadableFile('The file is empty.')
  if (count.rows === 0) throw new UnreadableFile('The file has a header, but no rows.')
  if (current) yield current
}
