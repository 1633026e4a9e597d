/** What one row of a file says, in Holdfast's words, whatever its format. */

export type EntryLevel = {
  /** The code of the location, or its name where the file has only names. */
  location: string
  named: 'code' | 'name'
  on_hand?: number
  committed?: number
  damaged?: number
  quality_control?: number
  set_aside?: number
  safety_stock?: number
}

export type Shortfall = {
  line: number
  sku: string
  location: string | null
  /** The number in the file that is below zero. */
  quantity: number
  /** Units that are owed and do not exist. */
  missing: number
}

export type EntryProduct = {
  handle: string
  title?: string
  vendor?: string
  product_type?: string
  option_names: string[]
  source?: Record<string, unknown>
}

export type Entry = {
  line: number
  product?: EntryProduct
  variant?: { option_values: string[]; position?: number; source?: Record<string, string> }
  /** The file's own code; empty where it has none. */
  sku: string
  /** Absent: as it is, or tracked where the SKU is new. */
  tracked?: boolean
  barcode?: string
  unit?: string
  unit_decimals?: number
  levels: EntryLevel[]
  /** Numbers below zero, for the report. */
  shortfalls: Shortfall[]
  incoming: { location: string; quantity: number }[]
  not_stocked: number
  backorders: boolean
}

/** A row is an entry, an image of a product, a rejected row, or a level that is not kept. */
export type Reading =
  | { is: 'entry'; entry: Entry }
  | { is: 'image'; handle: string; image: Record<string, string> }
  | { is: 'rejected'; reason: string }

export const rejected = (reason: string): Reading => ({ is: 'rejected', reason })

export const QUANTITY_MAX = 1_000_000_000_000

export const inBounds = (value: number | null | undefined): boolean =>
  value !== undefined && (value === null || Math.abs(value) <= QUANTITY_MAX)
