import type { Context } from '../database/context.ts'
import { type Look, lookUp, type Ready } from './chunk.ts'
import { generatedSku, SKU_CODE_MAX, suffixedSku } from './codes.ts'
import type { Row } from './csvFile.ts'
import type { Entry, Reading } from './entry.ts'
import type { Columns, FileFormat } from './header.ts'
import type { Locations, NamedLocation } from './locations.ts'
import { readOwnRow } from './ownFormat.ts'
import { locationColumns, readInventoryRow } from './shopifyInventory.ts'
import { type ProductHead, readProductRow } from './shopifyProducts.ts'
import { UnreadableFile } from './unreadable.ts'

/** What is remembered of a file stays below this many SKUs and products, each. */
export const REMEMBERED_MAX = 2_000_000

export type SiftOptions = { location: string; track: 'all' | 'as-in-file'; quantities: boolean }

/** What the rows read so far have said, as far as later rows depend on it. */
export type Memory = {
  /** Codes that stand in the file itself. */
  explicit: Set<string>
  heads: Map<string, ProductHead & { variants: number }>
  /** Variant or code with location → the line that had it. */
  lines: Map<string, number>
  /** Code → the variant that has it, as text. */
  owners: Map<string, string>
}

export const newMemory = (): Memory => ({
  explicit: new Set(),
  heads: new Map(),
  lines: new Map(),
  owners: new Map(),
})

/** Fails before memory grows without bound. */
export const checkBounds = (memory: Memory): void => {
  const most = Math.max(memory.explicit.size, memory.heads.size, memory.lines.size)
  if (most > REMEMBERED_MAX) {
    throw new UnreadableFile(`The file has more than ${REMEMBERED_MAX} SKUs or levels: split it.`)
  }
}

/** Reads one row by the file's format. */
export const readerOf = (columns: Columns, memory: Memory, options: SiftOptions) => {
  const wide = columns.format === 'shopify_inventory' ? locationColumns(columns) : []
  if (columns.format === 'shopify_inventory' && !columns.has('location') && wide.length === 0) {
    throw new UnreadableFile(
      'Columns are missing for Shopify inventory export: location (or one column a location).',
      { format: columns.format, missing_columns: ['location'] },
    )
  }
  return (row: Row): Reading => {
    if (row.cells.length !== columns.names.length) {
      const [found, wanted] = [row.cells.length, columns.names.length]
      return { is: 'rejected', reason: `The row has ${found} cells, the header ${wanted}.` }
    }
    if (row.cells.some(cell => cell.includes('\0'))) {
      return { is: 'rejected', reason: 'The row has a NUL character.' }
    }
    if (columns.format === 'holdfast') return readOwnRow(columns, row)
    if (columns.format === 'shopify_inventory') return readInventoryRow(columns, row, wide)
    const handle = columns.cell(row.cells, 'handle').trim().replace(/^'/, '')
    const head = memory.heads.get(handle)
    return readProductRow(columns, row, head, (head?.variants ?? 0) + 1, options)
  }
}

/** Remembers what later rows of the same product will not say again. */
export const rememberProduct = (memory: Memory, entry: Entry): void => {
  const { product } = entry
  if (!product) return
  const head = memory.heads.get(product.handle)
  if (head) head.variants++
  else {
    const { title = product.handle, option_names } = product
    memory.heads.set(product.handle, { title, option_names, variants: 1 })
  }
}

const ownerOf = (entry: Entry, sku: string): string =>
  entry.product && entry.variant
    ? JSON.stringify([entry.product.handle, ...entry.variant.option_values])
    : sku

/** The SKU's code: the file's, the one that the variant has in the books, or a made one. */
const codeOf = (entry: Entry, plain: string, look: Look | undefined, memory: Memory): string => {
  if (entry.sku !== '') return entry.sku
  if (look?.sku) return look.sku
  const owner = ownerOf(entry, plain)
  const holder = memory.owners.get(plain)
  const free = memory.explicit.has(plain)
    ? false
    : holder === undefined
      ? !look?.known
      : holder === owner
  if (free) return plain
  return suffixedSku(plain, entry.product?.handle ?? '', entry.variant?.option_values ?? [])
}

/** Why a row cannot be taken beside the rows before it, or null. */
const conflictOf = (
  entry: Entry,
  sku: string,
  places: NamedLocation[],
  format: FileFormat,
  memory: Memory,
): string | null => {
  if (sku.length > SKU_CODE_MAX) return `The SKU has more than ${SKU_CODE_MAX} letters.`
  const owner = ownerOf(entry, sku)
  const holder = memory.owners.get(sku)
  if (format !== 'holdfast' && holder !== undefined && holder !== owner) {
    return `The SKU "${sku}" belongs to another variant of this file: a SKU is counted once.`
  }
  const keys =
    format === 'shopify_products' ? [owner] : places.map(place => `${sku}\n${place.code}`)
  for (const key of keys) {
    const line = memory.lines.get(key)
    if (line !== undefined) return `The row repeats line ${line}.`
  }
  memory.owners.set(sku, owner)
  for (const key of keys) memory.lines.set(key, entry.line)
  return null
}

/** Decides SKUs and locations of a chunk's entries; rejects what repeats or contradicts. */
export const sift = async (
  context: Context,
  format: FileFormat,
  rows: { row: Row; entry: Entry }[],
  memory: Memory,
  locations: Locations,
): Promise<{ ready: Ready[]; rejected: { row: Row; reason: string }[] }> => {
  const coded = rows.map(({ row, entry }) => {
    const { product, variant } = entry
    const made = generatedSku(product?.handle ?? '', variant?.option_values ?? [])
    return { row, entry, code: entry.sku === '' ? made : entry.sku }
  })
  const asked = coded.filter(one => format !== 'shopify_products' || one.entry.sku === '')
  const looks = new Map<Entry, Look>()
  const found = await lookUp(context, asked)
  for (const [index, look] of found.entries()) {
    looks.set((asked[index] as { entry: Entry }).entry, look)
  }
  const result = {
    ready: [] as Ready[],
    rejected: [] as { row: Row; reason: string }[],
    generated: 0,
  }
  for (const { row, entry, code } of coded) {
    const look = looks.get(entry)
    const resolved = entry.levels.map(level => locations.resolve(level))
    const refused = resolved.find(place => typeof place === 'string')
    const places = resolved as NamedLocation[]
    const sku = codeOf(entry, code, look, memory)
    const reason = refused ?? conflictOf(entry, sku, places, format, memory)
    if (typeof reason === 'string') {
      result.rejected.push({ row, reason })
      continue
    }
    result.ready.push({ row, entry, sku, locations: places })
  }
  checkBounds(memory)
  return result
}
