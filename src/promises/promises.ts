import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import { type Context, writeFor } from '../database/context.ts'
import type { Answer } from '../refusals.ts'

export type PromiseSource = 'stock' | 'supply' | 'lead_time' | 'campaign' | 'production' | 'unknown'

/** When units ship, and what that rests on. */
export type ShipPromise = {
  source: PromiseSource
  /** Null with ship_to: nobody knows yet. */
  ship_from: string | null
  ship_to: string | null
  /** Business days, where the source counts them. */
  days_min?: number
  days_max?: number
  /** When it is with the buyer, where the location has carrier days. */
  arrives_from?: string
  arrives_to?: string
  /** The supply that brings the last of its units. */
  supply?: string
  /** Of a unit that is asked for now: how many may be backordered still. */
  left?: number
}

export type LinePromise = {
  reservation_id: string
  line: number
  part: number
  order_reference: string | null
  buyer: string | null
  sku: string
  location: string
  quantity: number
  /** Units that wait still. */
  waiting: number
  promise: ShipPromise
  /** What the buyer was told last: small moves are not told. */
  told: { ship_from: string | null; ship_to: string | null }
  first_ship_to: string | null
  /** How often the buyer was told of another date. */
  moves: number
  made_at: string
  ended_at: string | null
  outcome: 'kept' | 'late' | 'cancelled' | 'undated' | null
  late: boolean
}

export type PromiseNotice = {
  notice_id: string
  reservation_id: string
  created_at: string
  silence_at: string
  silence_default: 'keep' | 'cancel'
  answer: 'keep' | 'cancel' | null
  answered_by: 'buyer' | 'merchant' | 'silence' | null
  answered_at: string | null
}

export type ReservationPromises = {
  reservation_id: string
  order_reference: string | null
  promises: (LinePromise & {
    history: {
      reason: 'made' | 'supply' | 'policy' | 'queue'
      told: boolean
      promise: ShipPromise
      changed_at: string
    }[]
  })[]
  notices: PromiseNotice[]
}

export type PromiseRate = {
  days: number
  kept: number
  late: number
  cancelled: number
  undated: number
  /** Kept of kept and late; null for none. */
  rate: number | null
  /** The same against the day that was told first. */
  first_rate: number | null
  open: number
  open_late: number
  moved: number
}

export type ListPromises = {
  sku?: string | undefined
  location?: string | undefined
  order_reference?: string | undefined
  state?: 'open' | 'ended' | undefined
  /** True: open, and their last day is over. */
  late?: boolean | undefined
  limit?: number | undefined
  cursor?: string | undefined
  sort?: 'ship_to' | undefined
}

export type AnswerPromise = {
  /** Of the link, or … */
  token?: string | undefined
  /** … the notice, where the merchant answers for the buyer. */
  notice_id?: string | undefined
  choice: 'keep' | 'cancel'
}

/**
 * The room of promises, for one tenant: what buyers were told of units that are not there yet,
 * whether it was kept, and what they answered when a date moved.
 *
 * @example
 * const { data } = await holdfast.promises.list({ late: true })
 * const { rate } = await holdfast.promises.rate()
 */
export const promisesOf = (context: Context) => ({
  list: (request: ListPromises = {}): Promise<PageAnswer<LinePromise>> =>
    readFitting(context, 'list_promises', request),
  /** Each line of a reservation, with its history and the notices that were sent. */
  get: (request: { reservation_id: string }): Promise<Answer<ReservationPromises>> =>
    readFitting(context, 'get_promises', request),
  rate: (request: { days?: number | undefined } = {}): Promise<Answer<PromiseRate>> =>
    readFitting(context, 'promise_rate', request),
  /** The token for the link of a notice: good once. Only its hash is kept. */
  link: (
    request: { notice_id: string },
    options?: CallOptions,
  ): Promise<Answer<{ notice_id: string; token: string; silence_at: string }>> =>
    writeFitting(context, 'promise_link', request, options),
  answer: (
    request: AnswerPromise,
    options?: CallOptions,
  ): Promise<Answer<PromiseNotice & { cancelled: number }>> =>
    writeFitting(context, 'answer_promise', request, options),
  /** The sweeper's step for notices that nobody has answered in time. */
  closeSilent: async (): Promise<{ closed: number; more: boolean }> => {
    const answer = await writeFor<{ closed: number; more: boolean }>(
      context,
      'close_silent_notices',
      {},
    )
    return answer.ok ? answer : { closed: 0, more: false }
  },
})

export type Promises = ReturnType<typeof promisesOf>
