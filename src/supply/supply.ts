import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import type { StockGrant, StockState } from '../stock/stock.ts'

export type SupplyState = 'open' | 'received' | 'short' | 'cancelled'

/** Units that are ordered or on their way, and when they are expected. */
export type Supply = {
  code: string
  sku: string
  location: string
  quantity: number
  received: number
  /** Units that are still expected. */
  open: number
  /** A day, by the calendar of the location. */
  expected_on: string
  /** The last of these days. */
  expected_to: string
  first_expected_to: string
  state: SupplyState
  /** Still open, although its last day is over. */
  late: boolean
  created_at: string
  closed_at: string | null
}

/** Supply after a verb; how many promises have other dates now. */
/** Of those who wait: promises that rest on something else now, and buyers who are told of that. */
export type ChangedSupply = Supply & { promises_changed: number; notices: number }

type Before = Partial<
  Pick<Supply, 'quantity' | 'received' | 'expected_on' | 'expected_to' | 'state'>
>

export type SupplyHistory = Supply & {
  changes: {
    what: 'booked' | 'moved' | 'resized' | 'received' | 'short' | 'cancelled'
    before: Before
    after: Before
    reason: string | null
    actor_id: number | null
    changed_at: string
  }[]
}

export type BookSupply = {
  code: string
  sku: string
  location: string
  quantity: number
  expected_on: string
  /** The last day on which it may come; the same when left out. */
  expected_to?: string | undefined
  reason?: string | undefined
}

export type UpdateSupply = {
  code: string
  expected_on?: string | undefined
  expected_to?: string | undefined
  /** In units; what was received already closes it short. */
  quantity?: number | undefined
  reason?: string | undefined
}

export type ReceiveSupply = {
  code: string
  /** All that is open when left out. */
  quantity?: number | undefined
  /** More than was ordered may come. */
  over?: boolean | undefined
  state?: StockState | undefined
  document?: string | undefined
  reason?: string | undefined
  occurred_at?: string | undefined
}

export type ListSupply = PageRequest<'expected_to' | 'created_at' | 'code'> & {
  sku?: string | undefined
  location?: string | undefined
  state?: SupplyState | undefined
  late?: boolean | undefined
  /** Letters of the code, in any case. */
  q?: string | undefined
}

/** The one line of a booking, as the frame of every write reads lines. */
const asLine = ({ sku, location, quantity, ...rest }: BookSupply): object => ({
  ...rest,
  lines: [{ sku, location, quantity }],
})

/**
 * The room of supply, for one tenant: what is expected, when. Whoever waits for units is pegged to
 * it by date, and told when it moves.
 *
 * @example
 * await holdfast.supply.book({
 *   code: 'PO-1001', sku: 'TEE-M', location: 'berlin', quantity: 24, expected_on: '2027-03-01',
 * })
 * await holdfast.supply.update({ code: 'PO-1001', expected_on: '2027-03-08' })
 * await holdfast.supply.receive({ code: 'PO-1001', quantity: 20 })
 */
export const supplyOf = (context: Context) => ({
  book: (request: BookSupply, options?: CallOptions): Promise<Answer<ChangedSupply>> =>
    writeFitting(context, 'book_supply', asLine(request), options),
  /** Moves it to other days, or changes how much comes. */
  update: (request: UpdateSupply, options?: CallOptions): Promise<Answer<ChangedSupply>> =>
    writeFitting(context, 'update_supply', request, options),
  /** What of it has not come, never will. */
  cancel: (
    request: { code: string; reason?: string | undefined },
    options?: CallOptions,
  ): Promise<Answer<ChangedSupply>> => writeFitting(context, 'cancel_supply', request, options),
  receive: (request: ReceiveSupply, options?: CallOptions): Promise<Answer<StockGrant>> =>
    writeFitting(context, 'receive_supply', request, options),
  get: (request: { code: string }): Promise<Answer<SupplyHistory>> =>
    readFitting(context, 'get_supply', request),
  list: (request: ListSupply = {}): Promise<PageAnswer<Supply>> =>
    readFitting(context, 'list_supply', request),
})

export type SupplyRoom = ReturnType<typeof supplyOf>
