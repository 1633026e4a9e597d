import type { Context } from '../database/context.ts'
import { readFor } from '../database/context.ts'
import type { Page, PageRequest } from '../ledger/page.ts'
import type { Answer } from '../refusals.ts'

/** The counters of one SKU at one location, as they are at `as_of`. */
export type Level = {
  sku: string
  location: string
  on_hand: number
  held: number
  committed: number
  /** held + committed */
  reserved: number
  damaged: number
  quality_control: number
  set_aside: number
  /** damaged + quality_control + set_aside */
  unavailable: number
  backordered: number
  /** Units that carts wait for; left out where nobody waits. */
  held_backordered?: number
  /** The most that may wait; left out where nobody waits. */
  backorder_ceiling?: number
  shortage: number
  safety_stock: number
  /** Units still in held although their hold's time is over: anybody may have them. */
  overdue: number
  /** on_hand - reserved - unavailable + overdue */
  available: number
  /** What a sale may take now: available less safety stock, buffers and units owed to a queue. */
  sellable: number
  version: number
  /** Null before the first movement. */
  changed_at: string | null
  as_of: string
}

export type ListLevels = PageRequest<'sku' | '-sku'> & {
  sku?: string | undefined
  location?: string | undefined
  /** Part of a code or of the product's title, or a barcode. */
  q?: string | undefined
}

/**
 * Lists levels with all their counters.
 *
 * @example
 * const { list } = levelsOf(context)
 * const page = await list({ location: 'berlin', limit: 100 })
 */
export const levelsOf = (context: Context) => ({
  list: (request: ListLevels = {}): Promise<Answer<Page<Level>>> =>
    readFor(context, 'list_levels', request),
})
