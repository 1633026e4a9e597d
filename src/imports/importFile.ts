import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { clock } from '../clock.ts'
import { type Context, writeFor } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import { readCode } from './cells.ts'
import { type ChunkAnswer, type ChunkImages, type Ready, writeChunk } from './chunk.ts'
import { importIdOf } from './codes.ts'
import { type CsvFile, csvFileOf, lookAtStart, type Row, rowsOf, sha256OfText } from './csvFile.ts'
import type { Entry } from './entry.ts'
import { type Columns, type FileFormat, recognise } from './header.ts'
import { type Locations, locationsOf } from './locations.ts'
import { openRejects, type Rejects } from './rejects.ts'
import { countEntry, type ImportReport, listUpTo, newReport, REPORT_LIST_MAX } from './report.ts'
import {
  checkBounds,
  type Memory,
  newMemory,
  readerOf,
  rememberProduct,
  type SiftOptions,
  sift,
} from './sift.ts'
import { UnreadableFile } from './unreadable.ts'

export type ImportProgress = {
  rows: number
  rows_total: number
  /** Of this run: rows that an earlier one has written are gone over much faster. */
  rows_per_second: number
  /** Null as long as rows of an earlier run are gone over. */
  seconds_left: number | null
}

export type ImportRequest = {
  /** A file on disk … */
  path?: string
  /** … or a stream, kept in a temporary file meanwhile. */
  stream?: Readable
  file_name?: string
  /** Recognised by the header when left out. */
  format?: FileFormat
  /** Where the quantities of a product export are: a location's code. */
  location?: string
  /** `all` tracks physical goods even where the file names no tracker. */
  track?: 'all' | 'as-in-file'
  /** false: a product export brings products alone; the inventory export brings the stock. */
  quantities?: boolean
  /** Reports in full and writes nothing. */
  dry_run?: boolean
  /** Imports a file anew that was imported before. */
  again?: boolean
  /** Where rejected rows go; beside the file when left out, nowhere for a stream or a dry run. */
  rejects_path?: string
  onProgress?: (progress: ImportProgress) => void
  signal?: AbortSignal
}

/** Rows are written in transactions of about this many. */
export const CHUNK_ROWS = 500
const CHUNK_LEVELS_MAX = 1_500

type Look = { delimiter: string; columns: Columns; sha256: string; rows: number }
type Started = { import_id: string; state: string; rows_done: number; report: ImportReport | null }

/** Reads the whole file once, so that a broken one is refused before anything is written. */
const lookThrough = async (
  file: CsvFile,
  memory: Memory,
  format: FileFormat | undefined,
): Promise<Look> => {
  const delimiter = await lookAtStart(file)
  const sha256 = await sha256OfText(file)
  let columns: Columns | undefined
  let rows = 0
  for await (const row of rowsOf(file, delimiter)) {
    if (!columns) {
      columns = recognise(row.cells, format)
      continue
    }
    rows++
    const sku = readCode(columns.cell(row.cells, 'variant sku', 'sku'))
    if (sku !== '' && columns.format !== 'holdfast') memory.explicit.add(sku)
    if (rows % CHUNK_ROWS === 0) checkBounds(memory)
  }
  if (!columns) throw new UnreadableFile('The file is empty.')
  if (rows === 0) throw new UnreadableFile('The file has a header, but no rows.')
  return { delimiter, columns, sha256, rows }
}

/** What a run carries from chunk to chunk. */
type Run = {
  context: Context
  request: ImportRequest
  report: ImportReport
  columns: Columns
  memory: Memory
  locations: Locations
  rejects: Rejects
  untracked: Set<string>
  skus: Set<string>
  importId: string
  /** Rows that an earlier run of the same import has written. */
  rowsDone: number
}

type Chunk = { rows: { row: Row; entry: Entry }[]; levels: number; images: ChunkImages }

const newChunk = (): Chunk => ({ rows: [], levels: 0, images: new Map() })

const keepAnswer = (run: Run, ready: Ready[], answer: ChunkAnswer): Map<number, string> => {
  const { report } = run
  report.levels += answer.levels
  report.levels_changed += answer.changed
  report.committed += answer.committed
  for (const one of answer.shortages) {
    report.shortage_units += one.shortage
    listUpTo(report.shortages, one)
  }
  // A dry run makes a location for each chunk that names it.
  const made = new Set([...(report.made_locations ?? []), ...(answer.made_locations ?? [])])
  report.made_locations = [...made].slice(0, REPORT_LIST_MAX)
  const reasons = new Map(answer.rejected.map(one => [one.line, one.reason]))
  for (const refused of answer.refused) {
    for (const { entry, sku } of ready) {
      if (sku.normalize() !== refused.sku) continue
      if (refused.barcode === undefined) reasons.set(entry.line, refused.message)
      else
        listUpTo(report.notes, `Line ${entry.line}: barcode ${refused.barcode} is another SKU's.`)
    }
  }
  const untracked = new Set(answer.untracked)
  for (const one of ready) {
    if (one.entry.tracked === false || untracked.has(one.entry.line)) run.untracked.add(one.sku)
  }
  return reasons
}

const flush = async (run: Run, chunk: Chunk): Promise<void> => {
  if (chunk.rows.length === 0) return
  const { context, report, request } = run
  const { format } = run.columns
  const sifted = await sift(context, format, chunk.rows, run.memory, run.locations)
  const answer = await writeChunk(context, sifted.ready, chunk.images, {
    importId: run.importId,
    dryRun: request.dry_run ?? false,
    rowsDone: report.rows,
    onlyMissing: format !== 'shopify_products',
  })
  const reasons = keepAnswer(run, sifted.ready, answer)
  for (const { row, reason } of sifted.rejected) await run.rejects.add(row, reason)
  for (const { row, entry, sku } of sifted.ready) {
    const reason = reasons.get(entry.line)
    if (reason !== undefined) {
      await run.rejects.add(row, reason)
      continue
    }
    if (entry.sku === '' && !run.skus.has(sku)) report.generated_skus++
    run.skus.add(sku)
    countEntry(report, entry, sku)
  }
}

/** The progress of a run that begins after so many rows of an earlier one. */
const paceAfter = (rowsDone: number): ((report: ImportReport) => ImportProgress) => {
  let began = { rows: 0, ms: clock.monotonicMs() }
  return ({ rows, rows_total }) => {
    const ms = clock.monotonicMs()
    if (rows <= rowsDone) {
      began = { rows, ms }
      return { rows, rows_total, rows_per_second: 0, seconds_left: null }
    }
    const rate = (rows - began.rows) / Math.max(0.001, (ms - began.ms) / 1_000)
    return {
      ...{ rows, rows_total, rows_per_second: Math.round(rate) },
      seconds_left: Math.round((rows_total - rows) / Math.max(rate, 0.001)),
    }
  }
}

const addImage = (chunk: Chunk, handle: string, image: Record<string, string>): void => {
  const images = chunk.images.get(handle) ?? []
  images.push(image)
  chunk.images.set(handle, images)
}

/** Reads the rows, chunk by chunk; a chunk ends between two products where that is possible. */
const work = async (run: Run, file: CsvFile, delimiter: string, options: SiftOptions) => {
  const { report, request, memory, columns } = run
  const read = readerOf(columns, memory, options)
  const pace = paceAfter(run.rowsDone)
  let chunk = newChunk()
  let header = true
  const write = async (): Promise<void> => {
    await flush(run, chunk)
    chunk = newChunk()
    request.onProgress?.(pace(report))
  }
  for await (const row of rowsOf(file, delimiter)) {
    if (header) {
      header = false
      continue
    }
    const reading = read(row)
    const handle = reading.is === 'entry' ? reading.entry.product?.handle : undefined
    const goesOn =
      reading.is === 'image' || (handle && handle === chunk.rows.at(-1)?.entry.product?.handle)
    const full = chunk.rows.length >= CHUNK_ROWS || chunk.levels >= CHUNK_LEVELS_MAX
    if (full && (!goesOn || chunk.levels + chunk.rows.length > 2 * CHUNK_LEVELS_MAX)) {
      await write()
      if (request.signal?.aborted) {
        report.interrupted = true
        return
      }
    }
    report.rows++
    if (reading.is === 'rejected') await run.rejects.add(row, reading.reason)
    else if (reading.is === 'image') {
      report.image_only++
      addImage(chunk, reading.handle, reading.image)
    } else {
      rememberProduct(memory, reading.entry)
      chunk.rows.push({ row, entry: reading.entry })
      chunk.levels += reading.entry.levels.length
    }
  }
  await write()
}

const finish = (run: Run): void => {
  const { report, memory, untracked, skus } = run
  report.products = memory.heads.size
  report.skus = skus.size
  report.unprotected = untracked.size
  if (report.unprotected > 0) {
    report.notes.push(
      `SKUs that are not tracked: ${report.unprotected}. They are always granted, and can be ` +
        'oversold.',
    )
  }
  if (report.backorders_allowed > 0) {
    report.notes.push(
      `Variants that the other shop sells beyond stock: ${report.backorders_allowed}. ` +
        'Here they stop at zero.',
    )
  }
  if (run.columns.format === 'shopify_products' && !run.columns.has('variant inventory qty')) {
    report.notes.push('The file has no quantities: import the inventory export as well.')
  } else if (run.columns.format === 'shopify_products' && report.levels > 0) {
    report.notes.push(
      `The quantities stand at ${report.location}. If the inventory export is to come as well, ` +
        'its stock comes on top: then import the products without quantities.',
    )
  }
}

const optionsFor = (request: ImportRequest, locations: Locations): SiftOptions => {
  if (request.location !== undefined && !locations.known(request.location)) {
    throw new UnreadableFile(`No location has the code "${request.location}".`, {
      field: 'location',
    })
  }
  return {
    location: request.location ?? locations.first.code,
    track: request.track ?? 'all',
    quantities: request.quantities ?? true,
  }
}

const start = async (context: Context, request: ImportRequest, look: Look, name: string) => {
  const { location = null, track = 'all', quantities = true } = request
  const options = { location, track, quantities }
  const parts = [look.sha256, look.columns.format, location ?? '', track, `${quantities}`]
  const import_id = importIdOf(request.again ? [...parts, clock.uuid()] : parts)
  const started = await writeFor<Started>(context, 'start_import', {
    import_id,
    file_name: name,
    file_sha256: look.sha256,
    format: look.columns.format,
    options,
  })
  if (!started.ok) throw new UnreadableFile(started.refusal.message)
  return started
}

const importOf = async (context: Context, request: ImportRequest, file: CsvFile) => {
  const memory = newMemory()
  const look = await lookThrough(file, memory, request.format)
  const { columns } = look
  const name = request.file_name ?? (request.path ? basename(request.path) : 'stream')
  const dryRun = request.dry_run ?? false
  const report = newReport({
    file_name: name,
    format: columns.format,
    dry_run: dryRun,
    rows_total: look.rows,
  })
  const locations = await locationsOf(context)
  const options = optionsFor(request, locations)
  if (columns.format === 'shopify_products') report.location = options.location
  const started = dryRun ? undefined : await start(context, request, look, name)
  if (started?.state === 'finished' && started.report) {
    return { ...started.report, already_imported: true }
  }
  report.import_id = started?.import_id ?? null
  const beside = request.path && !dryRun ? `${request.path}.rejects.csv` : undefined
  const rejects = await openRejects(report, request.rejects_path ?? beside, columns.header)
  const importId = started?.import_id ?? 'dry run'
  const run: Run = {
    ...{ context, request, report, columns, memory, locations, rejects, importId },
    ...{ untracked: new Set(), skus: new Set(), rowsDone: started?.rows_done ?? 0 },
  }
  try {
    await work(run, file, look.delimiter, options)
  } finally {
    await rejects.close()
  }
  finish(run)
  if (!dryRun && !report.interrupted) {
    await writeFor(context, 'finish_import', { import_id: report.import_id, report })
  }
  return report
}

/**
 * Imports a file of products or stock: Shopify's product export, Shopify's inventory export, or
 * Holdfast's own format, recognised by the header.
 *
 * @example
 * const answer = await importFile(context, { path: 'products_export.csv' })
 * if (answer.ok) console.log(`${answer.skus} SKUs, ${answer.rejected} rows rejected`)
 */
export const importFile = async (
  context: Context,
  request: ImportRequest,
): Promise<Answer<ImportReport>> => {
  let file: CsvFile | undefined
  try {
    file = await csvFileOf(request)
    return { ok: true, ...(await importOf(context, request, file)) }
  } catch (error) {
    if (error instanceof UnreadableFile) return { ok: false, refusal: error.refusal() }
    throw error
  } finally {
    await file?.dispose()
  }
}
