import { readFitting } from '../catalog/fitting.ts'
import type { PageAnswer } from '../catalog/page.ts'
import type { Context } from '../database/context.ts'

/** What was asked for on a day and refused. */
export type LostDemand = {
  /** UTC. */
  day: string
  sku: string
  /** Null: anywhere. */
  location: string | null
  channel: string | null
  reason: string
  refusals: number
  units: number
}

export type ListLostDemand = {
  sku?: string | undefined
  location?: string | undefined
  /** Days; `to` counts. */
  from?: string | undefined
  to?: string | undefined
  limit?: number | undefined
  cursor?: string | undefined
  sort?: '-day' | undefined
}

/**
 * The room of demand, for one tenant: what buyers asked for and did not get, summed up by day.
 *
 * @example
 * const { data } = await holdfast.lostDemand({ sku: 'TEE-M', from: '2027-01-01' })
 */
export const lostDemandOf =
  (context: Context) =>
  (request: ListLostDemand = {}): Promise<PageAnswer<LostDemand>> =>
    readFitting(context, 'list_lost_demand', request)
