import type { ShipPromise } from '../promises/promises.ts'
import type { Answer, RefusedLine } from '../refusals.ts'

/** A line of a cart: a SKU's code, how many of its units, and where (anywhere when left out). */
export type CartLine = {
  sku: string
  /** In the SKU's smallest unit; a pack's code counts packs. */
  quantity: number
  /** A location's code; `anywhere` or nothing leaves the choice to the priorities. */
  location?: string | null
  /** Refuses when the SKU is counted in another unit. */
  unit?: string
  /**
   * Where stock is short: `none` refuses; `mixed`, when left out, lets the rest wait if the policy
   * allows; `whole` too, but then the order ships complete.
   */
  backorder?: 'none' | 'mixed' | 'whole'
}

/** A part of a reservation's line at one level, in units. */
export type AllocationLine = {
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
  /** The level's version at which this was decided; null for an untracked SKU. */
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

/** The reservation as it is after a verb. */
export type ReservationGrant = {
  reservation_id: string
  state: 'held' | 'committed' | 'closed'
  /** When the hold ends (ISO 8601); null when nothing is held, or for a staff hold. */
  expires_at: string | null
  order_reference: string | null
  lines: AllocationLine[]
  /** Of reserve: the newest policy of its lines; left out where no rule has a say in them. */
  policy_version?: number
  /** A late call took the units again. */
  reacquired?: true
  /** With `partial`: the lines that got less than they asked for. */
  short?: RefusedLine[]
  /** Of record_sale: what is missing now, and the newest promises that it may break. */
  shortage?: Shortage[]
}

export type Shortage = {
  sku: string
  location: string
  missing: number
  version: number
  newest: {
    reservation_id: string
    order_reference: string | null
    held: number
    committed: number
  }[]
}

export type ReservationAnswer = Answer<ReservationGrant>
