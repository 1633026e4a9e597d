import { createWriteStream } from 'node:fs'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stringify } from 'csv-stringify/sync'
import { clock } from '../clock.ts'
import { type Context, readFor } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import { guarded } from './cells.ts'
import { inventoryColumns, ownColumns } from './columns.ts'
import {
  inventoryRow,
  type LevelRow,
  ownRow,
  type ProductRow,
  productHeader,
  productRows,
} from './exportRows.ts'
import type { FileFormat } from './header.ts'
import { locationsOf } from './locations.ts'

const PRODUCTS_A_PAGE = 100
const LEVELS_A_PAGE = 1_000

export type ExportRequest = {
  format: FileFormat
  /** Only this location: its code. */
  location?: string
  /** Write to this file … */
  path?: string
  /** … or to this stream. */
  stream?: Writable
  onProgress?: (progress: { rows: number; rows_per_second: number }) => void
}

export type ExportReport = { format: FileFormat; rows: number; file: string | null }

type Cell = string | number | null | undefined
type Page<Line> = { rows: Line[]; after: unknown }

const csv = (rows: Cell[][]): string => stringify(rows.map(row => row.map(guarded)))

async function* pagesOf<Line>(
  context: Context,
  name: string,
  limit: number,
  location: string | undefined,
): AsyncGenerator<Line[]> {
  let after: unknown = null
  for (;;) {
    const request = { after, limit, location: location ?? null }
    const page: Page<Line> = await readFor<Page<Line>>(context, name, request)
    if (page.rows.length > 0) yield page.rows
    if (page.rows.length < limit) return
    after = page.after
  }
}

/** The file as text, a page at a time: memory stays the same however long it gets. */
async function* linesOf(
  context: Context,
  request: ExportRequest,
  count: (rows: number) => void,
): AsyncGenerator<string> {
  const { format, location } = request
  if (format === 'shopify_products') {
    const kept = await readFor<{ columns: string[]; options: number }>(context, 'export_columns')
    const header = productHeader(kept)
    yield csv([header])
    const pages = pagesOf<ProductRow>(context, 'export_products', PRODUCTS_A_PAGE, location)
    for await (const page of pages) {
      const rows = page.flatMap(product => productRows(product, header))
      count(rows.length)
      yield csv(rows)
    }
    return
  }
  const own = format === 'holdfast'
  yield csv([own ? ownColumns : inventoryColumns])
  const pages = pagesOf<LevelRow>(context, 'export_levels', LEVELS_A_PAGE, location)
  for await (const page of pages) {
    count(page.length)
    yield csv(page.map(own ? ownRow : inventoryRow))
  }
}

/**
 * Writes products or stock as a file that Shopify, a spreadsheet or `importFile` reads.
 *
 * @example
 * await exportFile(context, { format: 'shopify_inventory', path: 'inventory.csv' })
 */
export const exportFile = async (
  context: Context,
  request: ExportRequest,
): Promise<Answer<ExportReport>> => {
  if (request.location !== undefined) {
    const { known } = await locationsOf(context)
    if (!known(request.location)) {
      const message = `No location has the code "${request.location}".`
      return { ok: false, refusal: { code: 'unknown_location', message } }
    }
  }
  const startedMs = clock.monotonicMs()
  let rows = 0
  const count = (more: number): void => {
    rows += more
    const seconds = Math.max(0.001, (clock.monotonicMs() - startedMs) / 1_000)
    request.onProgress?.({ rows, rows_per_second: Math.round(rows / seconds) })
  }
  const lines = linesOf(context, request, count)
  if (request.path !== undefined) {
    await pipeline(Readable.from(lines), createWriteStream(request.path))
  } else if (request.stream) {
    await pipeline(Readable.from(lines), request.stream, { end: false })
  }
  return { ok: true, format: request.format, rows, file: request.path ?? null }
}
