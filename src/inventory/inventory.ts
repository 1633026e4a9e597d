import { readFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import type { Level } from '../stock/level.ts'

export type InventorySort =
  | 'sku'
  | 'on_hand'
  | 'available'
  | 'held'
  | 'committed'
  | 'unavailable'
  | 'shortage'
  | 'changed_at'

export type InventoryState =
  | 'short'
  | 'sold_out'
  | 'available'
  | 'held'
  | 'committed'
  | 'unavailable'
  | 'backordered'

/** A level with what it is called. */
export type InventoryRow = Level & {
  location_name: string
  unit: string
  unit_decimals: number
  /** The handle and the title of its product, where it has one. */
  product: string | null
  title: string | null
  option_values: string[]
}

export type ListInventory = PageRequest<InventorySort> & {
  /** Part of a code or of the product's title, or a barcode. */
  q?: string | undefined
  location?: string | undefined
  product?: string | undefined
  state?: InventoryState | undefined
  /** Only levels with at most so many available. */
  available_max?: number | undefined
}

type PlaceSummary = {
  location: string
  name: string
  kind: string
  levels: number
  on_hand: number
  held: number
  committed: number
  unavailable: number
  available: number
  shortage: number
  sold_out: number
}

/** What needs a look, in numbers. */
export type InventorySummary = {
  levels: number
  sold_out: number
  /** Levels with one to `low_at` available. */
  low: number
  low_at: number
  /** Levels with a shortage, and how many units are missing in all. */
  short: number
  short_units: number
  backordered_units: number
  skus: number
  untracked_skus: number
  locations: PlaceSummary[]
  /** Holds whose time is not over, and those among them that end within five minutes. */
  holds: { count: number; units: number; ending: number }
  /** Orders with units that are promised and not shipped. */
  orders: { count: number; units: number }
  as_of: string
}

/**
 * The inventory as people look through it, for one tenant.
 *
 * @example
 * const page = await holdfast.inventory.list({ state: 'sold_out', sort: '-changed_at' })
 * const summary = await holdfast.inventory.summary()
 */
export const inventoryOf = (context: Context) => ({
  list: (request: ListInventory = {}): Promise<PageAnswer<InventoryRow>> =>
    readFitting(context, 'list_inventory', request),
  summary: (request: { low_at?: number | undefined } = {}): Promise<Answer<InventorySummary>> =>
    readFitting(context, 'summarize_inventory', request),
})
