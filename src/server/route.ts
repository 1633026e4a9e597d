import type { Static, TSchema } from 'typebox'
import type { Caller } from '../access/authenticate.ts'
import type { Knock } from '../access/sessions.ts'
import type { CallOptions } from '../database/call.ts'
import type { Holdfast } from '../holdfast.ts'
import type { RefusalCode } from '../refusals.ts'
import type { Browser } from '../storefront/browser.ts'

/** What a key may do: read; sell (reservations); stock (stock, catalogue, imports); admin (all). */
export const scopes = ['read', 'sell', 'stock', 'admin'] as const
export type Scope = (typeof scopes)[number]
/** What a route asks for: a scope; any caller whom we know; or nobody at all. */
export type Access = Scope | 'any' | 'none'

type StaticOf<Shape> = Shape extends TSchema ? Static<Shape> : undefined

export type Call<Params, Query, Body> = {
  params: StaticOf<Params>
  query: StaticOf<Query>
  body: StaticOf<Body>
  options: CallOptions
  /** The code of the caller's tenant. */
  tenant: string
  /** True for a key of the tenant that the server was opened on: it may see all tenants. */
  operator: boolean
  /** Who calls; null only where nobody has to be known. */
  caller: Caller | null
  /** From where, and with which session before. */
  knock: Knock
  /** What the browser is to keep, or no more. */
  cookie: { keep: (session: string, expires_at: string) => void; drop: () => void }
}

type Shape = TSchema | undefined

type Definition<Params extends Shape, Query extends Shape, Body extends Shape> = {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  url: string
  scope: Access
  tag: string
  /** The operationId: unique, in the words of the library. */
  operation: string
  summary: string
  description?: string
  params?: Params
  query?: Query
  body?: Body
  /** A body of this kind instead of JSON, streamed to the call as a Readable. */
  accepts?: 'text/csv'
  body_bytes_max?: number
  /** For a call that may take longer than others. */
  deadline_ms?: number
  answer: TSchema
  /** Status of a grant: 200, or 201 where something was made. */
  status?: 200 | 201 | 202
  /** Which refusals the call may answer, besides those of every write. */
  refusals?: readonly RefusalCode[]
  /** The refusal when a read finds nothing. */
  missing?: RefusalCode
  /** A POST that only reads, because what it asks is too long for a URL. */
  reads?: true
  /** A write that takes no idempotency key: it makes or ends a session. */
  keyless?: true
  /** Who is bound to locations may call it: the call itself refuses other places. */
  checks_location?: true
  /** Whoever accepts text/event-stream is sent events instead, until he leaves. */
  streams?: true
  /** The answer carries an ETag, and If-None-Match is honoured. */
  etag?: true
  /** A read whose query may say how old an answer will do, as `max_age_ms`. */
  recent?: true
  /** A write that honours If-Match against the ETag of this reading route's answer. */
  if_match?: 'reservation' | 'sku'
  call: (holdfast: Holdfast, call: Call<Params, Query, Body>) => Promise<unknown>
  /** What a publishable key gets instead; without it the route is closed to such keys. */
  browser?: (
    holdfast: Holdfast,
    call: Call<Params, Query, Body>,
    browser: Browser,
  ) => Promise<unknown>
}

/** One row of a room's table of routes, with its call's parts untyped again. */
export type Route = Omit<Definition<undefined, undefined, undefined>, 'call' | 'browser'> & {
  params?: TSchema
  query?: TSchema
  body?: TSchema
  call: (holdfast: Holdfast, call: Call<TSchema, TSchema, TSchema>) => Promise<unknown>
  browser?: (
    holdfast: Holdfast,
    call: Call<TSchema, TSchema, TSchema>,
    browser: Browser,
  ) => Promise<unknown>
}

/**
 * Declares one route; the shapes give the call its types.
 *
 * @example
 * route({
 *   method: 'GET', url: '/v1/skus', scope: 'read', tag: 'SKUs', operation: 'list_skus',
 *   summary: 'List SKUs', query: ListSkus, answer: pageOf(Sku),
 *   call: (holdfast, { query }) => holdfast.skus.list(query),
 * })
 */
export const route = <
  const Params extends Shape = undefined,
  const Query extends Shape = undefined,
  const Body extends Shape = undefined,
>(
  definition: Definition<Params, Query, Body>,
): Route => definition as unknown as Route

export const isWrite = (route: Route): boolean => route.method !== 'GET' && !route.reads

/** True for a write that may be repeated with the same Idempotency-Key. */
export const takesKey = (route: Route): boolean => isWrite(route) && !route.keyless
