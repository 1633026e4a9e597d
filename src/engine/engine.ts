import type { Clock } from '../clock.ts'
import { type CallOptions, write } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import { HoldfastError } from '../errors.ts'
import { type Answer, type Refusal, refusals } from '../refusals.ts'
import type { Batcher } from './batcher.ts'
import type { CatalogCache } from './catalogCache.ts'
import { fail, type Operation } from './operation.ts'
import { unfitText } from './unfitText.ts'

/** What a verb needs: in whose name it speaks, and what gathers its calls. */
export type Engine = {
  context: Context
  batcher: Batcher
  catalog: CatalogCache
  clock: Clock
  /** Hears of every refusal within a caller's own transaction; the batcher hears of the others. */
  refused(tenantId: number, refusal: Refusal, channel: unknown): void
}

const KEY_LENGTH_MAX = 255

const refused = (field: string, reason: string): Answer<never> => {
  const refusal: Refusal = {
    code: 'invalid_request',
    message: `${refusals.invalid_request} ${field}: ${reason}`,
    field,
    reason,
  }
  return { ok: false, refusal }
}

/** Refuses what must not reach a flush, where it would fail its neighbours. */
export const refuseUnfit = (request: object, key: unknown): Answer<never> | undefined => {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return refused('request', 'must be an object')
  }
  if (key !== undefined && (typeof key !== 'string' || key === '' || key.length > KEY_LENGTH_MAX)) {
    return refused('key', `must be a text of 1 to ${KEY_LENGTH_MAX} letters`)
  }
  const unfit = unfitText(request) ?? (unfitText(key) === undefined ? undefined : 'key')
  return unfit === undefined
    ? undefined
    : refused(unfit, 'a text may hold no NUL and no half of a surrogate pair')
}

/**
 * Decides one call: inside the caller's transaction, or gathered with others. `fast` gives the
 * plain form of a call that a fast path may serve; it is asked only for a fit request.
 */
export const decide = <Grant>(
  engine: Engine,
  verb: string,
  request: object,
  options: CallOptions = {},
  fast: () => Operation['fast'] = () => undefined,
): Promise<Answer<Grant>> => {
  const unfit = refuseUnfit(request, options.key)
  if (unfit) return Promise.resolve(unfit)
  return decideFit(engine, verb, request, options, fast())
}

/**
 * Decides a call whose request `refuseUnfit` has let through. Not an async function, as each of
 * them between a caller and its flush costs every call a promise and a turn of the microtasks.
 */
export const decideFit = <Grant>(
  engine: Engine,
  verb: string,
  request: object,
  options: CallOptions,
  fast: Operation['fast'],
): Promise<Answer<Grant>> => {
  const { context } = engine
  const { actor_id } = context
  const signed = actor_id === undefined ? request : { ...request, actor_id }
  if (options.transaction) {
    const answer = write<Grant>(context.database, context.tenant_id, verb, signed, options)
    return answer.then(given => heard(engine, signed, given))
  }
  const keyed = options.key === undefined ? signed : { ...signed, key: options.key }
  return gathered<Grant>(engine, verb, keyed as Record<string, unknown>, options, fast)
}

const heard = <Grant>(engine: Engine, request: object, answer: Answer<Grant>): Answer<Grant> => {
  if (!answer.ok) {
    const { channel } = request as { channel?: unknown }
    engine.refused(engine.context.tenant_id, answer.refusal, channel)
  }
  return answer
}

const gathered = <Grant>(
  engine: Engine,
  verb: string,
  request: Record<string, unknown>,
  options: CallOptions,
  fast: Operation['fast'],
): Promise<Answer<Grant>> =>
  new Promise((resolve, reject) => {
    const { deadline_ms } = options
    const operation: Operation = {
      tenant_id: engine.context.tenant_id,
      verb,
      request,
      fast,
      alone_by: aloneBy(request),
      deadline_ms,
      attempts: 0,
      done: false,
      resolve: resolve as Operation['resolve'],
      reject,
    }
    if (deadline_ms !== undefined) endBy(engine.clock, deadline_ms, operation)
    engine.batcher.push(operation)
  })

/** Fails an operation that has not ended by then. */
const endBy = (clock: Clock, deadlineMs: number, operation: Operation): void => {
  const { resolve, reject } = operation
  const callOff = clock.after(deadlineMs, () =>
    fail(operation, new HoldfastError('deadline_exceeded')),
  )
  operation.resolve = answer => {
    callOff()
    resolve(answer)
  }
  operation.reject = error => {
    callOff()
    reject(error)
  }
}

const NO_NAMES: readonly string[] = []

const aloneBy = ({ key, reservation_id, id }: Record<string, unknown>): readonly string[] => {
  if (key === undefined && reservation_id === undefined && id === undefined) return NO_NAMES
  const names: string[] = []
  if (typeof key === 'string') names.push(`key ${key}`)
  if (typeof reservation_id === 'string') names.push(`reservation ${reservation_id.toLowerCase()}`)
  if (typeof id === 'string') names.push(`reservation ${id.toLowerCase()}`)
  return names
}
