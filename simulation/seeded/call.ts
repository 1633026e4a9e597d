import type { Answered, Verb } from './rooms.ts'
import type { Shop } from './shop.ts'

/** One call of a client, with every time it was asked again. */
export type Call = {
  /** Stands in the ledger as the actor of every movement of this call. */
  id: number
  client: number
  shop: Shop
  verb: Verb
  request: Record<string, unknown>
  key: string | undefined
  deadline_ms: number | undefined
  /** The same key and content was called before, by this call. */
  again_of: Call | undefined
  /** Another content under a key that was granted: it must be refused. */
  reuses: boolean
  /** Inside a transaction of the caller's own. */
  own_transaction: boolean
  outcome: 'open' | 'granted' | 'refused' | 'unknown' | 'undone'
  answer: Answered | undefined
  asked: number
  /** When it was asked first and when it was answered, in steps of the simulation. */
  invoked_at: number
  answered_at: number
  /** The least and the most that holdfast.clock() said in between. */
  clock_least_ms: number
  clock_most_ms: number
  /** It failed while a statement of it was still on its way: an effect may come after an answer. */
  effect_may_follow: boolean
}

/** The call whose key this one shares; its own when it is the first. */
export const rootOf = (call: Call): Call => call.again_of ?? call

/** A call in one line, for the history. */
export const tellCall = (call: Call): string =>
  `${call.verb} ${JSON.stringify(call.request)}${call.key === undefined ? '' : ` key ${call.key}`}`

export const tellAnswer = ({ outcome, answer }: Call): string =>
  answer?.refusal ? `${outcome} ${answer.refusal.code}` : outcome
