import { clock } from '../src/clock.ts'
import { HoldfastError } from '../src/errors.ts'
import type { Refusal } from '../src/refusals.ts'

/** A line of an answer: what all verbs tell of a level or of an allocation. */
export type AnsweredLine = {
  line?: number
  part?: number
  sku: string
  location: string | null
  version: number | null
  [fact: string]: unknown
}

export type Answered =
  | {
      ok: true
      replayed?: true
      reacquired?: true
      reservation_id?: string
      lines: AnsweredLine[]
      [fact: string]: unknown
    }
  | { ok: false; refusal: Refusal }

export type AskedLine = {
  sku: string
  location?: string
  quantity: number
  [field: string]: unknown
}
export type Asked = { reservation_id?: string; lines?: AskedLine[]; [field: string]: unknown }

/** One call as its client saw it. All times are of one machine's clock, in milliseconds. */
export type Call = {
  client: string
  /** As the ledger names it: reserve, record_sale … */
  verb: string
  request: Asked
  key?: string
  began_ms: number
  /** Left out: no answer came, so nobody knows whether it happened. */
  ended_ms?: number
  answer?: Answered
  /** Why no answer came. */
  error?: string
}

/** The library, or whatever stands for it: the verbs as methods. */
export type Callee = object

const METHODS: Record<string, string> = { record_sale: 'recordSale' }

type Method = (request: object, options: object) => Promise<Answered>

/** The method of a verb; of `supply.book` in the room `supply`. */
const methodOf = (holdfast: Callee, verb: string): Method | undefined => {
  const [first = '', second] = (METHODS[verb] ?? verb).split('.')
  const of = (holdfast as Record<string, unknown>)[first]
  return (second === undefined ? of : (of as Record<string, unknown>)[second]) as Method | undefined
}

/** Writes down every call that clients make through the library, and what they were told. */
export class Calls {
  readonly made: Call[] = []

  /** Makes a call; undefined when no answer came: then ask again with the same key. */
  async make(
    holdfast: Callee,
    of: Omit<Call, 'began_ms'>,
    options: { deadline_ms?: number; transaction?: unknown } = {},
  ): Promise<Answered | undefined> {
    const call: Call = { ...of, began_ms: clock.monotonicMs() }
    this.made.push(call)
    const verb = methodOf(holdfast, of.verb)
    if (!verb) throw new Error(`there is no verb ${of.verb}`)
    try {
      const answer = await verb(of.request, { ...options, key: of.key })
      call.ended_ms = clock.monotonicMs()
      call.answer = answer
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      call.error = error.code
    }
    return call.answer
  }
}
