import type { CallOptions } from '../database/call.ts'
import { decide, type Engine } from '../engine/engine.ts'
import type { ReservationAnswer, ReservationGrant } from './grant.ts'

export type ExtendRequest = {
  reservation_id: string
  /** Seconds from now; the tenant's cart window when left out. */
  hold_seconds?: number
  /** The order is placed but not paid yet: the hold gets that window. */
  order_reference?: string
}

/**
 * Gives a hold more time, within the tenant's caps of count and of a hold's whole life.
 *
 * Refuses with `extension_limit`, `reservation_expired`, `already_released`,
 * `reservation_not_found`
 * or `invalid_request`.
 *
 * @example
 * await holdfast.extend({ reservation_id, order_reference: 'order-1001' })
 */
export const extend = (
  engine: Engine,
  request: ExtendRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> => decide<ReservationGrant>(engine, 'extend', request, options)
