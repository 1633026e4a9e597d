import { HoldfastError } from '../errors.ts'
import type { Answer } from '../refusals.ts'
import { ask, patienceFor, patienceOf } from './ask.ts'
import type { Database } from './connect.ts'
import { isConnectionFailure } from './connect.ts'
import { engineSchema } from './statements.ts'
import { asTransaction, type Transaction } from './transaction.ts'
import { within } from './within.ts'

export type { Transaction } from './transaction.ts'

export type CallOptions = {
  /** Idempotency key: the same key gives the same answer, and one effect. At most 255 letters. */
  key?: string | undefined
  /** Run inside this transaction of the caller's own instead of one of ours. */
  transaction?: unknown
  /**
   * Milliseconds after which the call fails with deadline_exceeded; its outcome is then unknown.
   */
  deadline_ms?: number | undefined
}

/** A deadlock or a lost race inside our own verbs: the same call may simply be made again. */
const AGAIN_CODES = new Set(['40P01', '40001', '55P03'])
export const AGAIN_MAX = 20

/** Turns a database failure into the coded error that a caller can act on. */
export const asHoldfastError = (error: unknown): Error => {
  if (error instanceof HoldfastError) return error
  const { code, message } = error as { code?: string; message?: string }
  const details = { message: message ?? String(error), cause: error }
  if (isConnectionFailure(error)) return new HoldfastError('database_unavailable', details)
  if (code === '25006') return new HoldfastError('database_is_replica', details)
  if (code === 'HF002') return new HoldfastError('wrong_isolation', details)
  if (code && AGAIN_CODES.has(code)) return new HoldfastError('busy', details)
  if (code === '42501') return new HoldfastError('rights_missing', details)
  if (code === '23514' || code === '23505') return new HoldfastError('broken_invariant', details)
  if (code === '3F000' || code === '42883') return new HoldfastError('migration_required', details)
  return error as Error
}

export const isAgain = (error: unknown): boolean =>
  AGAIN_CODES.has((error as { code?: string }).code ?? '')

const readText = `select ${engineSchema}.read($1, $2, $3::jsonb) as answer`
// The request goes as text, since some clients would encode a jsonb value once more.
const runText = `select array_to_json(${engineSchema}.run($1::int, $2::text,
  $3::text::jsonb))::text as answers`

/** Calls a room's reading function. */
export const read = async <Result>(
  database: Database,
  tenantId: number,
  name: string,
  request: object,
): Promise<Result> => {
  try {
    const values = [tenantId, name, JSON.stringify(request)]
    const { rows } = await ask(database, { text: readText, values }, patienceOf(name))
    return rows[0]?.['answer'] as Result
  } catch (error) {
    throw asHoldfastError(error)
  }
}

/** Runs a verb for many requests of one tenant: one round trip, one function call, one commit. */
export const run = async (
  client: Transaction,
  tenantId: number,
  verb: string,
  requests: object[],
): Promise<unknown[]> => {
  const { rows } = await client.query(runText, [tenantId, verb, JSON.stringify(requests)])
  return JSON.parse(rows[0]?.['answers'] as string)
}

/** The pool as what runs one statement; a longer request, or a long verb, is waited for longer. */
const pooled = (database: Database, verb: string): Transaction => ({
  query: (text, values) => {
    const patienceMs = patienceOf(verb) + patienceFor(String(values.at(-1)).length)
    return ask(database, { text, values }, patienceMs)
  },
})

/** Calls a room's writing function, alone, again where another call was in the way. */
export const write = <Grant>(
  database: Database,
  tenantId: number,
  verb: string,
  request: object,
  options: CallOptions = {},
): Promise<Answer<Grant>> =>
  within(writeAgain<Grant>(database, tenantId, verb, request, options), options.deadline_ms)

const writeAgain = async <Grant>(
  database: Database,
  tenantId: number,
  verb: string,
  request: object,
  options: CallOptions,
): Promise<Answer<Grant>> => {
  const keyed = options.key === undefined ? request : { ...request, key: options.key }
  const client = options.transaction ? asTransaction(options.transaction) : pooled(database, verb)
  for (let attempt = 1; ; attempt++) {
    try {
      const [answer] = await run(client, tenantId, verb, [keyed])
      if (!(answer as { again?: true }).again) return answer as Answer<Grant>
    } catch (error) {
      if (options.transaction || !isAgain(error) || attempt >= AGAIN_MAX)
        throw asHoldfastError(error)
    }
    if (attempt >= AGAIN_MAX) throw new HoldfastError('busy')
  }
}
