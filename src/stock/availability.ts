import type { Context } from '../database/context.ts'
import { readFor } from '../database/context.ts'
import type { ShipPromise } from '../promises/promises.ts'
import type { Answer } from '../refusals.ts'

export type AskAvailability = {
  /** At most 500 codes of any kind: own, former, aliases, packs. */
  skus: string[]
  location?: string | undefined
  /** What this channel may sell: its locations, its share, its own buffer. */
  channel?: string | undefined
}

/** What may be had of one code; a pack counts in packs. Null numbers: untracked, never runs out. */
export type Availability = {
  /** The SKU's own code. */
  sku: string
  /** The code that was asked for, where it is another one. */
  asked_as?: string
  /** No SKU has this code. */
  unknown?: true
  archived?: true
  tracked: boolean
  unit?: string
  /** Units of the SKU in one of the code that was asked for. */
  factor?: number
  available: number | null
  sellable: number | null
  /** When one would ship that is asked for now; left out where nothing can be had. */
  promise?: ShipPromise
  /** By the priority of the locations. */
  locations: {
    location: string
    available: number
    sellable: number
    /** Of a kit: the sum over its components. */
    version: number
    /** Of a kit: the component that says how many there are. */
    scarcest?: string
  }[]
  /** A virtual kit, counted by its parts. */
  kit?: true
  parts?: { sku: string; quantity: number }[]
  /** Where nothing is sellable: when the next hold ends, if nobody commits it; null: none is. */
  next_expires_at?: string | null
  as_of: string
}

/**
 * What may be sold now, for many codes in one statement.
 *
 * @example
 * const answer = await availabilityOf(context)({ skus: ['TEE-M', 'TEE-L'] })
 * if (answer.ok) answer.data.map(found => [found.sku, found.sellable])
 */
export const availabilityOf =
  (context: Context) =>
  (request: AskAvailability): Promise<Answer<{ data: Availability[]; as_of: string }>> =>
    readFor(context, 'availability', request)
