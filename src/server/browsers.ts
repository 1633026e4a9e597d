import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../access/authenticate.ts'
import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'
import { type Browser, browserIn, type SigningKey } from '../storefront/browser.ts'
import type { CallLimit } from './callLimit.ts'
import type { Route } from './route.ts'

// Calls of shops' pages, with a publishable key: from the origins of the key alone, each browser
// by a text that this server has signed, so many a minute.

const BROWSER = 'x-holdfast-browser'
const PUBLISHABLE = /^(?:Bearer +)?(hf_pub_[0-9a-f]{1,8}_[0-9a-f]{32}) *$/i
const ASKED_HEADERS = [
  ...['authorization', 'content-type', 'idempotency-key', 'if-none-match', 'last-event-id'],
  BROWSER,
].join(', ')
const SHOWN_HEADERS =
  `etag, idempotency-replayed, ratelimit-limit, ratelimit-remaining, ratelimit-reset, ` +
  `retry-after, x-request-id, ${BROWSER}`
const PREFLIGHT_SECONDS = 600
const ORIGIN_LENGTH_MAX = 300
const ORIGINS_KEPT_MAX = 1_000
const ORIGIN_AGE_MS_MAX = 5_000

/**
 * The publishable key of a call: in its header, or in its URL, since an EventSource sends no
 * header. It is no secret; where it stands in the URL it is taken out: it is no field of the call.
 */
export const publishableIn = (request: FastifyRequest): string | undefined => {
  const { authorization } = request.headers
  if (authorization !== undefined) return PUBLISHABLE.exec(authorization)?.[1]
  const query = request.query as Record<string, unknown>
  const found = typeof query['key'] === 'string' ? PUBLISHABLE.exec(query['key'])?.[1] : undefined
  if (found === undefined) return undefined
  delete query['key']
  request.headers.authorization = `Bearer ${found}` // a stream is asked again whether it may go on
  return found
}

/** From which page a call comes; a read of the server's own pages names no origin. */
const originOf = (request: FastifyRequest): string | undefined => {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (origin !== undefined) return origin.toLowerCase()
  if (request.method !== 'GET' || (site !== undefined && site !== 'same-origin')) return undefined
  const { publicUrl } = request.server
  return publicUrl?.origin ?? `${request.protocol}://${request.host}`.toLowerCase()
}

const allow = (reply: FastifyReply, origin: string): void => {
  reply
    .header('access-control-allow-origin', origin)
    .header('access-control-expose-headers', SHOWN_HEADERS)
    .header('cross-origin-resource-policy', 'cross-origin')
    .header('vary', 'origin')
}

const forbidden = (message: string) => new HoldfastError('forbidden', { message })

/** Refuses a publishable key whatever is not its own: another route, another page, a flood. */
export const admitBrowser = (
  request: FastifyRequest,
  reply: FastifyReply,
  { route, limit, key }: { route: { browser?: unknown }; limit: CallLimit; key: SigningKey },
): void => {
  const origin = originOf(request)
  if (origin === undefined || !key.origins.includes(origin)) {
    throw forbidden(`This publishable key is not for pages of ${origin ?? 'no origin'}.`)
  }
  allow(reply, origin)
  if (!route.browser) throw forbidden('A publishable key opens availability and one cart alone.')
  reply.headers(limit.take(`${key.key_id} ${request.ip}`, key.calls_per_minute))
}

/** Which browser calls, and how it is told its name. */
export const browserOf = (
  request: FastifyRequest,
  reply: FastifyReply,
  caller: Caller,
): Browser => {
  const key = caller.publishable as SigningKey
  const text = request.headers[BROWSER]
  const browser_id = typeof text === 'string' ? browserIn(key, text) : undefined
  return {
    key,
    ...(browser_id === undefined ? {} : { browser_id }),
    address: request.ip,
    introduce: name => void reply.header(BROWSER, name),
  }
}

/** Which origins there are, remembered for some seconds: browsers ask before each kind of call. */
const rememberedOrigins = (isOrigin: (origin: string) => Promise<boolean>) => {
  const known = new Map<string, { found: Promise<boolean>; atMs: number }>()
  return (origin: string): Promise<boolean> => {
    const now = clock.monotonicMs()
    const last = known.get(origin)
    if (last && now - last.atMs < ORIGIN_AGE_MS_MAX) return last.found
    if (known.size >= ORIGINS_KEPT_MAX) known.clear()
    const found = isOrigin(origin)
    known.set(origin, { found, atMs: now })
    found.catch(() => known.delete(origin))
    return found
  }
}

/**
 * Answers what browsers ask before a call: for the routes and the origins of publishable keys
 * alone. For all others there is no such method, and so the browser makes no call.
 */
export const answerPreflights = (
  app: FastifyInstance,
  routes: Route[],
  isOrigin: (origin: string) => Promise<boolean>,
): void => {
  const isKnown = rememberedOrigins(isOrigin)
  const methods = new Map<string, string[]>()
  for (const { url, method, browser } of routes) {
    if (browser) methods.set(url, [...(methods.get(url) ?? []), method])
  }
  for (const [url, allowed] of methods) {
    app.options(url, { schema: { hide: true } }, async (request, reply) => {
      const origin = String(request.headers.origin ?? '').toLowerCase()
      const fits = origin !== '' && origin.length <= ORIGIN_LENGTH_MAX
      if (!fits || !(await isKnown(origin))) {
        reply.header('allow', allowed.join(', '))
        throw new HoldfastError('method_not_allowed')
      }
      allow(reply, origin)
      return reply
        .code(204)
        .header('access-control-allow-methods', allowed.join(', '))
        .header('access-control-allow-headers', ASKED_HEADERS)
        .header('access-control-max-age', String(PREFLIGHT_SECONDS))
        .send()
    })
  }
}
