import { writeFor } from '../database/context.ts'
import type { Engine } from '../engine/engine.ts'
import type { Answer } from '../refusals.ts'

export type ExpireRequest = {
  /** Holds freed at the most in this step; 1,000 when left out. */
  limit?: number
  /** From the step before: where it stopped. */
  after?: number | null
}

export type ExpireGrant = { expired: number; more: boolean; after: number | null }

/**
 * The sweeper's step: frees holds whose time is over. They count as free without it; it only tidies
 * up. Call it again with `after` while `more` is true: what is locked is left for the next round.
 *
 * @example
 * const { expired, more, after } = await holdfast.expire({ limit: 1000 })
 */
export const expire = async (engine: Engine, request: ExpireRequest = {}): Promise<ExpireGrant> => {
  const answer: Answer<ExpireGrant> = await writeFor(engine.context, 'expire', request)
  return answer.ok ? answer : { expired: 0, more: false, after: null }
}
