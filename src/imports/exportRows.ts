import { imageColumns, productColumns } from './columns.ts'

/** How products and levels stand in the rows of a file. */

type Source = Record<string, unknown> | null

export type ProductRow = {
  handle: string
  title: string
  vendor: string | null
  product_type: string | null
  option_names: string[]
  source: Source
  variants: {
    option_values: string[]
    sku: string
    tracked: boolean
    barcode: string | null
    source: Source
    available: number | null
  }[]
}

export type LevelRow = {
  sku: string
  unit: string
  unit_decimals: number
  location: string
  location_name: string
  on_hand: number
  held: number
  committed: number
  damaged: number
  quality_control: number
  set_aside: number
  safety_stock: number
  handle: string | null
  title: string | null
  option_names: string[] | null
  option_values: string[] | null
  barcode: string | null
}

type Cell = string | number | null | undefined
type Cells = Record<string, Cell>

const OPTIONS_OF_SHOPIFY = 3

/** Shopify's columns, more options where a product has them, and what imports have kept. */
export const productHeader = (kept: { columns: string[]; options: number }): string[] => {
  const more: string[] = []
  for (let n = OPTIONS_OF_SHOPIFY + 1; n <= kept.options; n++) {
    more.push(`Option${n} Name`, `Option${n} Value`)
  }
  const known = new Set([...productColumns, ...more])
  return [...productColumns, ...more, ...kept.columns.filter(name => !known.has(name)).sort()]
}

/** A product without options has one variant, which Shopify calls "Default Title". */
const optionCells = (names: string[], values: string[], first: boolean): Cells => {
  if (names.length === 0) {
    return { ...(first ? { 'Option1 Name': 'Title' } : {}), 'Option1 Value': 'Default Title' }
  }
  const cells: Cells = {}
  for (const [index, name] of names.entries()) {
    if (first) cells[`Option${index + 1} Name`] = name
    cells[`Option${index + 1} Value`] = values[index]
  }
  return cells
}

const scalars = (source: Source): Cells =>
  Object.fromEntries(Object.entries(source ?? {}).filter(([name]) => name !== 'images')) as Cells

const TRACKER = 'Variant Inventory Tracker'

/** The rows of one product: its variants, then the images that stood alone. */
export const productRows = (product: ProductRow, header: string[]): Cell[][] => {
  const { handle, title, vendor, product_type, option_names } = product
  const rows: Cells[] = product.variants.map((variant, index) => {
    const kept = scalars(variant.source)
    return {
      'Variant Inventory Policy': 'deny',
      ...(index === 0
        ? { ...scalars(product.source), Title: title, Vendor: vendor, Type: product_type }
        : {}),
      ...kept,
      Handle: handle,
      ...optionCells(option_names, variant.option_values, index === 0),
      'Variant SKU': variant.sku,
      [TRACKER]: variant.tracked ? (kept[TRACKER] ?? 'shopify') : '',
      'Variant Inventory Qty': variant.available,
      'Variant Barcode': variant.barcode,
    }
  })
  const images = product.source?.images
  for (const image of Array.isArray(images) ? (images as Cells[]) : []) {
    const cells = imageColumns.map(name => [name, image[name]])
    rows.push({ Handle: handle, ...Object.fromEntries(cells) })
  }
  return rows.map(row => header.map(name => row[name]))
}

/** One row of Shopify's inventory export; "On hand (new)" is for the merchant to fill in. */
export const inventoryRow = (level: LevelRow): Cell[] => {
  const unavailable = level.damaged + level.quality_control + level.set_aside
  const names = level.option_names ?? []
  const options = level.handle === null ? {} : optionCells(names, level.option_values ?? [], true)
  const option = (n: number): Cell[] => [options[`Option${n} Name`], options[`Option${n} Value`]]
  return [
    level.handle,
    level.title ?? level.sku,
    ...option(1),
    ...option(2),
    ...option(3),
    level.sku,
    null,
    null,
    level.location_name,
    null,
    0,
    unavailable,
    level.committed,
    level.on_hand - level.held - level.committed - unavailable,
    level.on_hand,
    null,
  ]
}

/** One row of Holdfast's own format. */
export const ownRow = (level: LevelRow): Cell[] => [
  level.sku,
  level.location,
  level.on_hand,
  level.committed,
  level.damaged,
  level.quality_control,
  level.set_aside,
  level.safety_stock,
  level.unit,
  level.unit_decimals,
  level.handle,
  level.barcode,
]
