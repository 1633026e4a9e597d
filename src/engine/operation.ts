import type { Answer } from '../refusals.ts'
import type { Keyed } from './keyed.ts'

/** One call of a verb that waits to be decided. */
export type Operation = {
  tenant_id: number
  verb: string
  /** The request as SQL takes it, with key and actor_id. */
  request: Record<string, unknown>
  /** Set when the fast path may serve it. */
  fast?: FastCart | FastChange | undefined
  /** What must not stand twice in one flush: the idempotency key, the reservation. */
  alone_by: readonly string[]
  /** Milliseconds within which its caller wants an answer; left out: as long as it takes. */
  deadline_ms?: number | undefined
  /** How often it was sent again because another call was in its way. */
  attempts: number
  done: boolean
  resolve(answer: Answer<object>): void
  reject(error: Error): void
}

export type FastLine = { level_id: number; sku: string; location: string; quantity: number }

/** A cart whose codes are resolved and whose options are the plain ones. */
export type FastCart = {
  catalog_version: number
  reservation_id: string
  seconds: number
  /** The newest policy of its lines; 0 where the tenant's settings alone hold. */
  policy_version: number
  buyer: string | null
  actor_id: number | null
  lines: FastLine[]
  keyed?: Keyed | undefined
}

/** A commit, fulfillment or release of a whole reservation, or of units of its only line. */
export type FastChange = {
  reservation_id: string
  /** Null for all there is. */
  units: number | null
  sku: string | null
  location: string | null
  order_reference: string | null
  reason: string | null
  document: string | null
  actor_id: number | null
  keyed?: Keyed | undefined
}

/** Ends an operation once; a second end is nothing (its deadline may have passed). */
export const settle = (operation: Operation, answer: Answer<object>): void => {
  if (operation.done) return
  operation.done = true
  operation.resolve(answer)
}

export const fail = (operation: Operation, error: Error): void => {
  if (operation.done) return
  operation.done = true
  operation.reject(error)
}
