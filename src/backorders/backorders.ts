import { readFitting } from '../catalog/fitting.ts'
import type { PageAnswer } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import { type ChangedRules, policiesOf, type RuleFields } from '../policies/policies.ts'
import type { ShipPromise } from '../promises/promises.ts'
import type { Answer } from '../refusals.ts'

/** Who waits for units of a level. */
export type Backorder = {
  reservation_id: string
  line: number
  part: number
  order_reference: string | null
  buyer: string | null
  sku: string
  location: string
  backordered: number
  held_backordered: number
  expires_at: string | null
  priority: number
  mode: 'allow' | 'notify' | 'pre_order' | 'made_to_order'
  ship_complete: boolean
  joined_at: string
  /** Units that are served before it. */
  ahead: number
  promise: ShipPromise | null
}

export type ListBackorders = {
  sku?: string | undefined
  location?: string | undefined
  order_reference?: string | undefined
  limit?: number | undefined
  cursor?: string | undefined
  sort?: 'queue' | undefined
}

type AdviseReason =
  | 'made_to_order'
  | 'campaign'
  | 'reliable'
  | 'lead_time_known'
  | 'no_feed'
  | 'often_late'
  | 'irregular'
  | 'nothing_known'

/** Whether a SKU should be backordered, and why. */
export type BackorderAdvice = {
  sku: string
  location: string | null
  advice: 'allow' | 'deny'
  reason: AdviseReason
  /** Of the supply that has come: how often late, after how many weekdays; and what is expected. */
  facts: {
    received: number
    late: number
    days_min: number | null
    days_max: number | null
    expected: number
  }
  /** What a rule would say. */
  fields: RuleFields
  /** The mode that holds now. */
  now: string
}

export type AdviseBackorders = { sku: string; location?: string | undefined }

/**
 * The room of backorders, for one tenant: who waits, in which order, and for whom it is wise.
 *
 * @example
 * const { data } = await holdfast.backorders.list({ sku: 'TEE-M' })
 * const { advice, reason } = await holdfast.backorders.advise({ sku: 'TEE-M' })
 */
export const backordersOf = (context: Context) => {
  const advise = (request: AdviseBackorders): Promise<Answer<BackorderAdvice>> =>
    readFitting(context, 'advise_backorders', request)
  return {
    /** Level by level, in the order in which they are served. */
    list: (request: ListBackorders = {}): Promise<PageAnswer<Backorder>> =>
      readFitting(context, 'list_backorders', request),
    advise,
    /** Makes the advice the rule of this SKU. */
    apply: async (
      request: AdviseBackorders,
      options?: CallOptions,
    ): Promise<Answer<BackorderAdvice & ChangedRules>> => {
      const advised = await advise(request)
      if (!advised.ok) return advised
      const { sku, location } = request
      const rules = [{ sku, ...(location && { location }), fields: advised.fields }]
      const changed = await policiesOf(context).set({ rules }, options)
      return changed.ok ? { ...advised, ...changed } : changed
    },
  }
}

export type Backorders = ReturnType<typeof backordersOf>
