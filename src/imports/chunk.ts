import { type Context, readFor, writeFor } from '../database/context.ts'
import type { Refusal } from '../refusals.ts'
import type { Row } from './csvFile.ts'
import type { Entry, EntryProduct } from './entry.ts'
import type { NamedLocation } from './locations.ts'

/** One entry that is ready to be written: its SKU and locations are decided. */
export type Ready = {
  row: Row
  entry: Entry
  sku: string
  locations: NamedLocation[]
}

export type ChunkImages = Map<string, Record<string, string>[]>

export type ChunkAnswer = {
  levels: number
  changed: number
  committed: number
  rejected: { line: number; reason: string }[]
  shortages: { line: number; sku: string; location: string; shortage: number }[]
  untracked: number[]
  /** Codes; absent in an answer of an older version. */
  made_locations?: string[]
  /** Variants that the catalogue refused; with a barcode: only that was left out. */
  refused: { message: string; product?: string; sku?: string; barcode?: string; field?: string }[]
}

export type Look = { sku: string | null; known: boolean }

/** Which SKUs the books have already for these variants and codes. */
export const lookUp = async (
  context: Context,
  entries: { entry: Entry; code: string }[],
): Promise<Look[]> => {
  if (entries.length === 0) return []
  const variants = entries.map(({ entry, code }) => ({
    handle: entry.product?.handle ?? null,
    option_values: entry.variant?.option_values ?? [],
    code,
  }))
  const { variants: looks } = await readFor<{ variants: Look[] }>(context, 'import_look', {
    variants,
  })
  return looks
}

const productFields = (product: EntryProduct, images: ChunkImages) => {
  const pictures = images.get(product.handle)
  return {
    ...product,
    ...(product.source && pictures ? { source: { ...product.source, images: pictures } } : {}),
  }
}

const skuFields = ({ entry }: Ready) => ({
  ...(entry.tracked === undefined ? {} : { tracked: entry.tracked }),
  ...(entry.barcode === undefined ? {} : { barcode: entry.barcode }),
  ...(entry.unit === undefined ? {} : { unit: entry.unit }),
  ...(entry.unit_decimals === undefined ? {} : { unit_decimals: entry.unit_decimals }),
})

const catalogOf = (ready: Ready[], images: ChunkImages) => {
  const products = new Map<string, EntryProduct & { variants: object[] }>()
  const skus = new Map<string, object>()
  for (const one of ready) {
    const { product, variant } = one.entry
    if (!product || !variant) {
      skus.set(one.sku, { code: one.sku, ...skuFields(one) })
      continue
    }
    const found = products.get(product.handle) ?? {
      ...productFields(product, images),
      variants: [],
    }
    products.set(product.handle, found)
    if (skus.has(one.sku)) continue
    skus.set(one.sku, {})
    found.variants.push({ ...variant, sku: one.sku, ...skuFields(one) })
  }
  const bare = [...skus.values()].filter(sku => 'code' in sku)
  return { products: [...products.values()], skus: bare }
}

const levelsOf = (ready: Ready[]): object[] =>
  ready.flatMap(({ entry, sku, locations }) =>
    entry.levels.map((level, index) => {
      const { location: _, named: __, ...counters } = level
      const { unit, unit_decimals } = entry
      const place = { line: entry.line, sku, location: locations[index]?.code }
      return { ...place, unit, unit_decimals, ...counters } // undefined is not sent
    }),
  )

/** The request that writes these entries. */
const requestOf = (ready: Ready[], images: ChunkImages) => {
  const locations = new Map(ready.flatMap(one => one.locations).map(place => [place.code, place]))
  return {
    locations: [...locations.values()],
    ...catalogOf(ready, images),
    levels: levelsOf(ready),
  }
}

const nothing = (): ChunkAnswer => ({
  levels: 0,
  changed: 0,
  committed: 0,
  rejected: [],
  shortages: [],
  untracked: [],
  made_locations: [],
  refused: [],
})

const together = (a: ChunkAnswer, b: ChunkAnswer): ChunkAnswer => ({
  levels: a.levels + b.levels,
  changed: a.changed + b.changed,
  committed: a.committed + b.committed,
  rejected: [...a.rejected, ...b.rejected],
  shortages: [...a.shortages, ...b.shortages],
  untracked: [...a.untracked, ...b.untracked],
  made_locations: [...(a.made_locations ?? []), ...(b.made_locations ?? [])],
  refused: [...a.refused, ...b.refused],
})

export type ChunkTarget = {
  importId: string
  dryRun: boolean
  rowsDone: number
  /** Files of stock make what is missing; files of products change what is there, too. */
  onlyMissing: boolean
}

// The key was used before: this chunk of this import is in the books.
const DONE_EARLIER = new Set(['key_expired', 'idempotency_key_reused'])

const reasonOf = (refusal: Refusal): string => {
  const about = refusal.code === 'invalid_request' ? refusal.field : undefined
  return `${refusal.message}${typeof about === 'string' ? ` (${about})` : ''}`
}

/**
 * Writes a chunk in one transaction. Where the catalogue refuses it, halves are tried, down to the
 * rows that are to blame; the others are written.
 */
export const writeChunk = async (
  context: Context,
  ready: Ready[],
  images: ChunkImages,
  target: ChunkTarget,
): Promise<ChunkAnswer> => {
  const [first, last] = [ready[0], ready.at(-1)]
  if (!first || !last) return nothing()
  const key = `import:${target.importId}:${first.row.line}-${last.row.line}`
  const request = {
    import_id: target.importId,
    rows_done: target.rowsDone,
    dry_run: target.dryRun,
    only_missing: target.onlyMissing,
    ...requestOf(ready, images),
  }
  const answer = await writeFor<ChunkAnswer>(
    context,
    'import_chunk',
    request,
    target.dryRun ? {} : { key },
  )
  if (answer.ok) return answer
  if (DONE_EARLIER.has(answer.refusal.code)) return nothing()
  if (ready.length === 1) {
    return {
      ...nothing(),
      rejected: [{ line: first.entry.line, reason: reasonOf(answer.refusal) }],
    }
  }
  const half = Math.ceil(ready.length / 2)
  return together(
    await writeChunk(context, ready.slice(0, half), images, target),
    await writeChunk(context, ready.slice(half), images, target),
  )
}
