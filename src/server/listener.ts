import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'
import type { Limits } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { Overload } from './overload.ts'
import { errorProblem, headersFor, titleOf } from './problem.ts'

const REQUEST_MS_MAX = 120_000
const HEADERS_MS_MAX = 30_000
const IDLE_MS_MAX = 60_000
/** Connections that are late are looked for this often. */
const LATE_LOOK_MS = 5_000
/** Slow and idle clients have connections too; more than this would be memory without bound. */
const CONNECTIONS_MAX = 10_000
const INSTANCE_LENGTH_MAX = 300

export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

const REQUEST_ID = /^[\w.:-]{1,100}$/

export const requestIdOf = (request: { headers: Record<string, unknown> }): string => {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : clock.uuid()
}

/** The path of a URL, as far as an answer repeats it. */
export const pathOf = (url = '/'): string =>
  (url.split('?', 1)[0] ?? '/').slice(0, INSTANCE_LENGTH_MAX)

/** Health and metrics answer even when the rest is too much. */
const ALWAYS = new Set(['/healthz', '/readyz', '/metrics'])
const OVERLOADED = new HoldfastError('overloaded')

/** Says no before anything is looked at: the cheaper a no is, the more time is left for a yes. */
const refuse = (request: IncomingMessage, response: ServerResponse, metrics: Metrics): void => {
  const request_id = requestIdOf(request)
  const problem = errorProblem(OVERLOADED, { instance: pathOf(request.url), request_id })
  const body = JSON.stringify(problem)
  response.writeHead(problem.status, {
    ...SECURITY_HEADERS,
    ...headersFor(problem),
    'x-request-id': request_id,
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
  const method = request.method ?? 'GET'
  metrics.answered({ method, route: 'overloaded', status: problem.status }, 0)
}

/** What is no HTTP at all, has too many headers, or comes too slowly: no request to name. */
export const refuseUnreadable = (error: { code?: string }, socket: Socket): void => {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy()
  const status =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? '431 Request Header Fields Too Large'
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? '408 Request Timeout'
        : '400 Bad Request'
  const problem = {
    type: '/docs/errors/invalid_request',
    title: titleOf('invalid_request'),
    status: Number(status.slice(0, 3)),
    detail: `${status.slice(4)}.`,
    instance: '/',
    code: 'invalid_request',
    request_id: clock.uuid(),
  }
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${status}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** Makes the server that listens: its bounds in time and number, and its door for a crowd. */
export const listenerOf =
  (overload: Overload, metrics: Metrics, limits: Limits) =>
  (handler: Handler, options: { keepAliveTimeout?: number }): Server => {
    const requestTimeout = limits.request_ms_max ?? REQUEST_MS_MAX
    const headersTimeout = Math.min(HEADERS_MS_MAX, requestTimeout)
    const connectionsCheckingInterval = Math.min(LATE_LOOK_MS, requestTimeout)
    const times = { requestTimeout, headersTimeout, connectionsCheckingInterval }
    const server = createServer(times, (request, response) => {
      if (ALWAYS.has(pathOf(request.url))) return handler(request, response)
      if (overload.isFull()) return refuse(request, response, metrics)
      overload.enter(request, response)
      return handler(request, response)
    })
    server.keepAliveTimeout = options.keepAliveTimeout ?? server.keepAliveTimeout
    server.maxConnections = CONNECTIONS_MAX
    server.setTimeout(IDLE_MS_MAX)
    return server
  }
