import { readCode, readText, readTruth, readWhole } from './cells.ts'
import { imageColumns } from './columns.ts'
import { type EntryProduct, inBounds, type Reading, rejected } from './entry.ts'
import type { Columns } from './header.ts'

/** What a product's first row said; later rows of it have only the handle. */
export type ProductHead = { title: string; option_names: string[] }

export type ProductFileOptions = {
  location: string
  track: 'all' | 'as-in-file'
  quantities: boolean
}

const OPTIONS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
const own = new Set(
  'Handle,Title,Vendor,Type,Variant SKU,Variant Inventory Qty,Variant Barcode'.split(','),
)
const VARIANT_COLUMN = /^(variant |cost per item|price \/|included \/|compare at)/i
const OPTION_COLUMN = /^option\d+ /i

/**
 * Columns that we do not use ourselves, kept for export: of the product, or of the variant. A
 * product's later rows may carry one more image each.
 */
const sourceOf = (columns: Columns, cells: string[], of: 'product' | 'variant') => {
  const source: Record<string, string> = {}
  const later = columns.cell(cells, 'title').trim() === ''
  for (const [place, name] of columns.names.entries()) {
    const value = cells[place] ?? ''
    if (value === '' || name === '' || own.has(name) || OPTION_COLUMN.test(name)) continue
    const isVariants = VARIANT_COLUMN.test(name) || (later && imageColumns.includes(name))
    if ((of === 'variant') === isVariants) source[name] = readText(value)
  }
  return source
}

/** Option values as kept: a product without options has none (the file says "Default Title"). */
export const optionsOf = (
  columns: Columns,
  cells: string[],
  head: ProductHead | undefined,
): { names: string[]; values: string[] } => {
  let names = OPTIONS.map(n => readText(columns.cell(cells, `option${n} name`)).trim())
  const values = OPTIONS.map(n => readText(columns.cell(cells, `option${n} value`)).trim())
  while (names.at(-1) === '') names.pop()
  if (names.length === 0) names = head ? [...head.option_names] : []
  const used = values.findLastIndex(value => value !== '') + 1
  if (names.length <= 1 && used === 1 && values[0] === 'Default Title') {
    return { names: [], values: [] }
  }
  while (names.length < used && !head) names.push(`Option${names.length + 1}`)
  return { names, values: values.slice(0, Math.max(names.length, used)) }
}

const isTrackedIn = (columns: Columns, cells: string[], options: ProductFileOptions): boolean => {
  const tracker = readCode(columns.cell(cells, 'variant inventory tracker'))
  if (tracker !== '') return true
  if (options.track === 'as-in-file') return false
  return readTruth(columns.cell(cells, 'variant requires shipping')) ?? true
}

const allowsBackorders = (columns: Columns, cells: string[]): boolean => {
  const policy = readCode(columns.cell(cells, 'variant inventory policy')).toLowerCase()
  return policy === 'continue' || policy === 'true'
}

const filled = (name: string, value: string): object => (value === '' ? {} : { [name]: value })

const productOf = (
  columns: Columns,
  cells: string[],
  handle: string,
  names: string[],
  head: ProductHead | undefined,
): EntryProduct => {
  const title = readText(columns.cell(cells, 'title')).trim()
  if (title === '') return { handle, title: head?.title ?? handle, option_names: names }
  return {
    handle,
    title,
    ...filled('vendor', readText(columns.cell(cells, 'vendor')).trim()),
    ...filled('product_type', readText(columns.cell(cells, 'type')).trim()),
    option_names: names,
    source: sourceOf(columns, cells, 'product'),
  }
}

/** Reads one row of Shopify's product export. */
export const readProductRow = (
  columns: Columns,
  row: { line: number; cells: string[] },
  head: ProductHead | undefined,
  position: number,
  options: ProductFileOptions,
): Reading => {
  const { cells, line } = row
  const handle = readCode(columns.cell(cells, 'handle'))
  if (handle === '') return rejected('The handle is empty.')
  const first = readCode(columns.cell(cells, 'option1 value'))
  const price = readCode(columns.cell(cells, 'variant price'))
  const sku = readCode(columns.cell(cells, 'variant sku'))
  const title = readText(columns.cell(cells, 'title')).trim()
  if (first === '' && price === '' && sku === '' && (head || title === '')) {
    const image = Object.fromEntries(
      imageColumns.map(name => [name, readText(columns.cell(cells, name.toLowerCase()))]),
    )
    if (image['Image Src'] === '') return rejected('Neither a variant nor an image.')
    return { is: 'image', handle, image }
  }
  const { names, values } = optionsOf(columns, cells, head)
  if (values.length > names.length) {
    return rejected(`The row has ${values.length} option values, its product ${names.length}.`)
  }
  const quantity = readWhole(columns.cell(cells, 'variant inventory qty'))
  if (!inBounds(quantity)) {
    const cell = columns.cell(cells, 'variant inventory qty')
    return rejected(`"${cell.slice(0, 40)}" in Variant Inventory Qty is no whole number.`)
  }
  const barcode = readCode(columns.cell(cells, 'variant barcode'))
  const { location } = options
  const known = typeof quantity === 'number' && options.quantities
  return {
    is: 'entry',
    entry: {
      line,
      product: productOf(columns, cells, handle, names, head),
      variant: { option_values: values, position, source: sourceOf(columns, cells, 'variant') },
      sku,
      tracked: isTrackedIn(columns, cells, options),
      ...(barcode === '' ? {} : { barcode }),
      levels: known ? [{ location, named: 'code', on_hand: Math.max(0, quantity) }] : [],
      shortfalls:
        known && quantity < 0 ? [{ line, sku, location, quantity, missing: -quantity }] : [],
      incoming: [],
      not_stocked: 0,
      backorders: allowsBackorders(columns, cells),
    },
  }
}
