import type { Random } from './random.ts'

export type Line = { sku: string; location: string; quantity: number }

/** A reservation that some client has been granted. */
export type Known = {
  reservation_id: string
  lines: Line[]
  expires_ms: number | null
}

const REMEMBERED_MAX = 16
export const PACK_UNITS = 3

/** What the policies of a shop say of units that wait for supply. */
export type Queues = {
  backorder_cap: number
  release_delay_seconds: number
  /** Of the tier vip. */
  backorder_priority: number
}

/** One tenant's shop, and what its clients know of it. */
export class Shop {
  readonly code: string
  readonly skus: string[]
  readonly locations: string[]
  readonly reservations: Known[] = []
  /** Left out: nothing is sold beyond stock. */
  readonly queues: Queues | undefined
  /** None: nobody names a channel, and nothing is kept for one. */
  readonly channels: string[]
  tenant_id = 0

  constructor(options: {
    code: string
    skus: string[]
    locations: string[]
    queues?: Queues | undefined
    channels?: string[] | undefined
  }) {
    this.queues = options.queues
    this.channels = options.channels ?? []
    this.code = options.code
    this.skus = options.skus
    this.locations = options.locations
  }

  /** Remembers the newest reservations; old ones are mostly closed, and teach little. */
  remember(known: Known): void {
    this.reservations.push(known)
    if (this.reservations.length > REMEMBERED_MAX) this.reservations.shift()
  }

  /** The instants at which a hold of this shop ends, where off-by-ones live. */
  expiries(): number[] {
    return this.reservations.flatMap(({ expires_ms }) => (expires_ms === null ? [] : [expires_ms]))
  }

  someReservation(random: Random): Known | undefined {
    return this.reservations.length === 0 ? undefined : random.pick(this.reservations)
  }
}

/** Units of the SKU in one of a code. */
export const factorOf = (code: string): number => (code.endsWith('-PACK') ? PACK_UNITS : 1)
export const skuOf = (code: string): string => code.replace(/-PACK$/, '')
