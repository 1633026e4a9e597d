import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type, { type TSchema } from 'typebox'
import type { Caller } from '../access/authenticate.ts'
import { clock } from '../clock.ts'
import { within } from '../database/within.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import type { Refusal } from '../refusals.ts'
import type { Browser } from '../storefront/browser.ts'
import { type Authenticates, identify } from './auth.ts'
import { browserOf } from './browsers.ts'
import type { CallLimit } from './callLimit.ts'
import { cookieOf, knockOf } from './cookie.ts'
import { tagged } from './etag.ts'
import { keyOf, markReplay } from './idempotency.ts'
import { guarded } from './ifMatch.ts'
import { type Listen, wantsStream } from './listen.ts'
import { pathOf } from './listener.ts'
import type { Metrics } from './metrics.ts'
import { operationOf } from './openapi.ts'
import { headersFor, type Place, type Problem, refusalProblem } from './problem.ts'
import { type Recent, Told } from './recent.ts'
import { type Call, isWrite, type Route, takesKey } from './route.ts'
import { unfitQuery, unfitText } from './unfitText.ts'
import { parsedQuery, ShapeError, validatorOf } from './validate.ts'

export type Mounting = {
  authenticates: Authenticates
  /** Of calls with publishable keys. */
  limit: CallLimit
  /** Of the server itself: for whoever is not known yet. */
  library: Holdfast
  open: (caller: Caller) => Promise<Holdfast>
  /** The tenant whose admin keys see all tenants. */
  operator: string
  metrics: Metrics
  recent: Recent
  /** Hears what a request has begun, which may outlive it. */
  runs: (request: IncomingMessage, work: Promise<unknown>) => void
  deadline_ms: number
  /** Left out: nobody can listen. */
  listen?: Listen
}

export const placeOf = (request: FastifyRequest): Place => ({
  instance: pathOf(request.url),
  request_id: request.id,
})

export const sendProblem = (reply: FastifyReply, problem: Problem): FastifyReply => {
  reply.problem_code = problem.code
  return reply
    .code(problem.status)
    .headers(headersFor(problem))
    .type('application/problem+json')
    .send(problem)
}

/** Fastify's own validation with our validator: nothing is coerced but the query's text. */
export const validateWithShapes = (app: FastifyInstance): void => {
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => {
    if (httpPart === 'headers' || Type.IsUnsafe(schema)) return value => ({ value })
    const validate = validatorOf(schema)
    return value => {
      try {
        const read = httpPart === 'body' ? value : parsedQuery(schema, value)
        validate(read)
        return { value: read }
      } catch (error) {
        return { error: error as Error }
      }
    }
  })
  app.setSerializerCompiler(() => answer => JSON.stringify(answer))
}

const refuseUnfit = (request: FastifyRequest): void => {
  const body = request.body
  const streamed = typeof (body as { pipe?: unknown } | null)?.pipe === 'function'
  const found =
    unfitQuery(request.url) ??
    unfitText(request.params) ??
    unfitText(request.query) ??
    (streamed ? undefined : unfitText(body))
  if (found) throw new ShapeError([found])
}

/** Before the shapes are checked: a body that was left out is an empty one; texts must be fit. */
const prepare = (route: Route) => async (request: FastifyRequest) => {
  if (request.body === undefined && route.body && !route.accepts) request.body = {}
  refuseUnfit(request)
  const type = request.headers['content-type'] ?? ''
  const csv = type.toLowerCase().startsWith('text/csv')
  if (csv !== (route.accepts === 'text/csv') && request.body !== undefined && route.body) {
    throw new HoldfastError('unsupported_media_type', {
      message: `The body must be ${route.accepts ?? 'application/json'}.`,
    })
  }
}

type Refused = { ok: false; refusal: Refusal }

const isRefused = (answer: unknown): answer is Refused =>
  typeof answer === 'object' && answer !== null && (answer as { ok?: unknown }).ok === false

const missingOf = (route: Route): Refused => ({
  ok: false,
  refusal: { code: route.missing ?? 'invalid_request', message: 'Nothing has this name or id.' },
})

/** A route's own way for publishable keys; identify has let nobody in where there is none. */
const forBrowser = async (
  { browser }: Route,
  holdfast: Holdfast,
  call: Call<TSchema, TSchema, TSchema>,
  who: Browser,
): Promise<unknown> => {
  assert(browser, 'a publishable key is let in where there is a way for it')
  return browser(holdfast, call, who)
}

const handlerOf =
  (route: Route, mounting: Mounting) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const { metrics } = mounting
    const deadline_ms = msLeft(request, route.deadline_ms ?? mounting.deadline_ms)
    if (reply.raw.destroyed) return reply // the reader has left: begin nothing
    const holdfast = request.holdfast as Holdfast
    if (route.streams && mounting.listen && wantsStream(request)) {
      return mounting.listen(request, reply)
    }
    const options = takesKey(route) ? { key: keyOf(request), deadline_ms } : {}
    const { params, query, body } = request
    const { caller } = request
    const tenant = caller?.tenant ?? mounting.operator
    const operator = caller !== null && tenant === mounting.operator
    const who = {
      tenant,
      operator,
      caller,
      knock: knockOf(request),
      cookie: cookieOf(request, reply),
    }
    const call = { params, query, body, options, ...who } as Call<TSchema, TSchema, TSchema>
    const look = () =>
      caller?.publishable
        ? forBrowser(route, holdfast, call, browserOf(request, reply, caller))
        : guarded(request, route, holdfast, call)
    const age_ms = route.recent ? Number((query as { max_age_ms?: number }).max_age_ms ?? 0) : 0
    const name = `${tenant} ${caller?.actor_id} ${caller?.only_locations} ${request.url}`
    const work = age_ms > 0 ? mounting.recent.read(name, age_ms, look) : look()
    mounting.runs(request.raw, work)
    if (route.deadline_ms) request.raw.setTimeout(route.deadline_ms)
    const answer = (await within(work, deadline_ms)) ?? missingOf(route)
    if (isRefused(answer)) {
      if (isWrite(route)) metrics.decided(route.operation, answer.refusal.code)
      return sendProblem(reply, refusalProblem(answer.refusal, placeOf(request)))
    }
    if (answer instanceof Told) return answer.send(request, reply)
    const replayed = (answer as { replayed?: unknown }).replayed === true
    if (isWrite(route)) metrics.decided(route.operation, replayed ? 'replayed' : 'granted')
    markReplay(reply, answer)
    reply.code(route.status ?? 200)
    return route.etag ? tagged(request, reply, answer) : answer
  }

/** What is left of a deadline after the caller was identified; a slow body takes nothing of it. */
const msLeft = (request: FastifyRequest, deadline_ms: number): number =>
  Math.max(1, deadline_ms - request.identified_ms)

/** Finds out who calls and opens the library for them, within the deadline of the whole call. */
const enter =
  (route: Route, mounting: Mounting) => async (request: FastifyRequest, reply: FastifyReply) => {
    const beganMs = clock.monotonicMs()
    const entering = async () => {
      request.caller = await identify(request, reply, route, mounting)
      request.holdfast = request.caller ? await mounting.open(request.caller) : mounting.library
    }
    await within(entering(), route.deadline_ms ?? mounting.deadline_ms)
    request.identified_ms = clock.monotonicMs() - beganMs
  }

/** Puts one row of a room's table on the server. */
export const mount = (app: FastifyInstance, route: Route, mounting: Mounting): void => {
  app.route({
    method: route.method,
    url: route.url,
    ...(route.body_bytes_max ? { bodyLimit: route.body_bytes_max } : {}),
    schema: operationOf(route),
    config: { operation: route.operation },
    onRequest: enter(route, mounting),
    preValidation: prepare(route),
    handler: handlerOf(route, mounting),
  })
}

/** Logs and measures every answer; nothing of what was said. */
export const observe = (app: FastifyInstance, metrics: Metrics): void => {
  app.decorateRequest('began_ms', 0)
  app.decorateRequest('identified_ms', 0)
  app.decorateReply('problem_code', null)
  app.addHook('onRequest', async (request, reply) => {
    request.began_ms = clock.monotonicMs()
    reply.header('x-request-id', request.id)
  })
  app.addHook('onResponse', async (request, reply) => {
    const ms = clock.monotonicMs() - request.began_ms
    const route = request.routeOptions.url ?? 'none'
    const status = reply.statusCode
    metrics.answered({ method: request.method, route, status }, ms / 1000)
    const line = { request_id: request.id, method: request.method, route, status }
    const code = reply.problem_code ?? undefined
    const actor_id = request.caller?.actor_id
    request.log.info({ ...line, ms: Math.round(ms * 10) / 10, code, actor_id }, 'answered')
  })
}

declare module 'fastify' {
  interface FastifyRequest {
    began_ms: number
    /** What it took to find out who calls. */
    identified_ms: number
  }
  interface FastifyReply {
    problem_code: string | null
  }
  interface FastifyContextConfig {
    operation?: string
  }
}
