import type { Context } from '../database/context.ts'
import { readFor } from '../database/context.ts'
import type { Page, PageRequest } from '../ledger/page.ts'
import type { ShipPromise } from '../promises/promises.ts'
import type { Answer } from '../refusals.ts'

/**
 * held while a unit is held and in time, else committed while one is open, else expired if its time
 * ran out before anything shipped, else closed.
 */
export type ReservationState = 'held' | 'committed' | 'expired' | 'closed'

/** A part of a line at one level; its units by outcome. */
export type ReservationLine = {
  line: number
  part: number
  sku: string
  location: string | null
  quantity: number
  held: number
  committed: number
  fulfilled: number
  released: number
  expired: number
  returned: number
  /** Of the level; null for an untracked SKU. */
  version: number | null
  /** Units of an order that wait for supply; left out where nothing waits. */
  backordered?: number
  /** Units of a cart that wait for supply; left out where nothing waits. */
  held_backordered?: number
  /** When the units that wait will ship; left out where nothing waits. */
  promise?: ShipPromise
  /** The virtual kit that it was sold as a part of, and its units in one kit. */
  kit?: string
  per_kit?: number
}

/** A reservation as everybody sees it at `as_of`: units past their time count as expired. */
export type Reservation = {
  reservation_id: string
  state: ReservationState
  /** True when time ran out for units of it that nobody has taken again. */
  expired: boolean
  expires_at: string | null
  order_reference: string | null
  created_at: string
  buyer: string | null
  tags: string[]
  owner: string | null
  review_at: string | null
  extensions: number
  lines: ReservationLine[]
  as_of: string
}

export type ListReservations = PageRequest<'-created_at' | 'created_at'> & {
  state?: ReservationState | undefined
  sku?: string | undefined
  location?: string | undefined
  order_reference?: string | undefined
  buyer?: string | undefined
  tag?: string | undefined
  /** Only holds whose time is over and that nobody has tidied up yet. */
  overdue?: boolean | undefined
}

/**
 * Reads reservations.
 *
 * @example
 * const { get, list } = reservationsOf(context)
 * const open = await list({ state: 'held', sku: 'TEE-M' })
 */
export const reservationsOf = (context: Context) => ({
  get: (request: { reservation_id: string }): Promise<Answer<Reservation>> =>
    readFor(context, 'get_reservation', request),
  list: (request: ListReservations = {}): Promise<Answer<Page<Reservation>>> =>
    readFor(context, 'list_reservations', request),
})
