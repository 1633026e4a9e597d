import type { AnswerOf, Operation, RequestOf, ReserveAnswer } from './answer.ts'
import { routes } from './api.generated.ts'
import { clock } from './clock.ts'
import { HoldfastError } from './error.ts'
import { untilDeadline } from './retry.ts'
import { sendOnce, sentOf, type Wire } from './send.ts'

export type ClientOptions<When extends 'sell' | 'stop' = 'stop'> = {
  /** Where the server is: https://stock.example.com */
  url: string
  /** The API key. In a browser use one that may only read, or call through your own server. */
  key: string
  /** Milliseconds for a call with all its retries; 10,000 when left out. */
  deadline_ms?: number
  /** Milliseconds after which one attempt is given up and made again; 4,000 when left out. */
  attempt_ms?: number
  /** What reserve does when nobody can be asked: answer so and let the shop sell, or throw. */
  whenUnavailable?: When
  /** Another fetch, for tests or proxies. */
  fetch?: typeof fetch
}

export type CallOptions = {
  /** Idempotency key; minted once per call when left out, and the same in all its retries. */
  key?: string
  deadline_ms?: number
  signal?: AbortSignal
}

const DEADLINE_MS = 10_000
const ATTEMPT_MS = 4_000

type Caller = <Name extends Operation>(
  operation: Name,
  request: RequestOf<Name>,
  options?: CallOptions,
) => Promise<AnswerOf<Name>>

const callerOf = (options: ClientOptions<'sell' | 'stop'>): Caller => {
  const wire: Wire = {
    url: options.url.replace(/\/+$/, ''),
    key: options.key,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    attempt_ms: options.attempt_ms ?? ATTEMPT_MS,
  }
  return async (operation, request, call = {}) => {
    const sent = sentOf(operation, request as Record<string, unknown>)
    const headers = {
      authorization: `Bearer ${wire.key}`,
      accept: 'application/json, application/problem+json',
      ...(sent.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(sent.method === 'GET' ? {} : { 'idempotency-key': call.key ?? clock.key() }),
    }
    const answer = await untilDeadline(
      call.deadline_ms ?? options.deadline_ms ?? DEADLINE_MS,
      msLeft => sendOnce(wire, sent, headers, msLeft, call.signal),
      call.signal,
    )
    return answer as AnswerOf<typeof operation>
  }
}

/** The same words as the library has, each bound to its operation. */
const wordsOf = (call: Caller) => {
  const word =
    <Name extends Operation>(operation: Name) =>
    (request: RequestOf<Name>, options?: CallOptions): Promise<AnswerOf<Name>> =>
      call(operation, request, options)
  return {
    amend: word('amend'),
    extend: word('extend'),
    commit: word('commit'),
    fulfill: word('fulfill'),
    release: word('release'),
    return: word('return'),
    recordSale: word('record_sale'),
    adjust: word('adjust'),
    set: word('set'),
    move: word('move'),
    receive: word('receive'),
    availability: word('look_up_availability'),
    levels: word('list_levels'),
    reservation: word('get_reservation'),
    reservations: word('list_reservations'),
    transactions: word('list_transactions'),
  }
}

const isUnavailable = (error: unknown): boolean => error instanceof HoldfastError && error.retryable

/**
 * A client of a Holdfast server: the library's words over HTTP. Refusals are returned, errors are
 * thrown; every write has a key, so that a retry has one effect.
 *
 * @example
 * const shop = holdfastClient({ url: 'http://127.0.0.1:4646', key: process.env.HOLDFAST_KEY })
 * const answer = await shop.reserve({ lines: [{ sku: 'TEE-M', quantity: 2 }] })
 * if (answer.ok) await shop.commit({ reservation_id: answer.reservation_id, order_reference: '7' })
 * else console.log(answer.refusal.code, answer.refusal.lines)
 */
export const holdfastClient = <const When extends 'sell' | 'stop' = 'stop'>(
  options: ClientOptions<When>,
) => {
  const call = callerOf(options)
  return {
    ...wordsOf(call),
    /**
     * Takes a hold on stock for a cart. With `whenUnavailable: 'sell'` and nobody to be asked it
     * answers `{ ok: true, unavailable: true, key }`: sell, and book by recordSale afterwards.
     *
     * @example
     * const answer = await shop.reserve({ lines: [{ sku: 'TEE-M', quantity: 2 }] })
     * if (answer.ok && answer.unavailable) bookLater(cart)
     */
    reserve: async (
      request: RequestOf<'reserve'>,
      given: CallOptions = {},
    ): Promise<ReserveAnswer<When>> => {
      const key = given.key ?? clock.key()
      try {
        return await call('reserve', request, { ...given, key })
      } catch (error) {
        if (options.whenUnavailable !== 'sell' || !isUnavailable(error)) throw error
        return { ok: true, unavailable: true, key } as ReserveAnswer<When>
      }
    },
    /**
     * Any other operation of the API, by its name in the OpenAPI document.
     *
     * @example
     * await shop.call('create_location', { code: 'berlin', name: 'Berlin' })
     */
    call,
    /** Every operation that `call` knows, as its method and path. */
    routes,
  }
}

export type HoldfastClient<When extends 'sell' | 'stop' = 'stop'> = ReturnType<
  typeof holdfastClient<When>
>
