import type { Context } from '../database/context.ts'
import type { Answer, Refusal } from '../refusals.ts'
import type { Shortage } from '../reservations/grant.ts'

/** What units on hand may be: for sale, or set aside from sale as a fact. */
export type StockState = 'available' | 'damaged' | 'quality_control' | 'set_aside'

export type StockRequest<Line> = {
  lines: Line[]
  /** Why, in your own words; it stands in the ledger. */
  reason?: string
  /** The document behind it: a count sheet, a delivery note. */
  document?: string
  /** `all_or_nothing` when left out; `each` lets the good lines pass. */
  mode?: 'all_or_nothing' | 'each'
  /** When it happened in the world (ISO 8601). */
  occurred_at?: string
}

/** A level after a line of a stock verb. */
export type StockLine = {
  sku: string
  location: string
  version: number
  on_hand: number
  held: number
  committed: number
  damaged: number
  quality_control: number
  set_aside: number
  shortage: number
  available: number
  /** Set when this line has raised a shortage. */
  shortage_named?: Shortage
  /** Who waited and was served from it, in their order; each is a movement more. */
  allocated?: Allocated[]
}

/** Units that came to somebody who waited for them. */
export type Allocated = {
  reservation_id: string
  order_reference: string | null
  line: number
  part: number
  quantity: number
}

export type StockGrant = {
  lines: (StockLine | { sku: string; location: string; refusal: Refusal })[]
}

export type StockAnswer = Answer<StockGrant>

/** A request with the locations that whoever acts is bound to; the verb refuses any other. */
export const bound = <Request extends object>(
  { only_locations }: Context,
  request: Request,
): Request => (only_locations === undefined ? request : { ...request, only_locations })
