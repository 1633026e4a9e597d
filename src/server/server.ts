import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Logger } from 'pino'
import type { Caller } from '../access/authenticate.ts'
import { serveStore } from '../demo/store/routes.ts'
import { HoldfastError } from '../errors.ts'
import type { As, Holdfast } from '../holdfast.ts'
import { serveAnswers } from './answers.ts'
import { type Authenticates, gathered } from './auth.ts'
import { readBodies } from './body.ts'
import { answerPreflights } from './browsers.ts'
import { CallLimit } from './callLimit.ts'
import { shapes } from './components.ts'
import { isSecure } from './cookie.ts'
import { dashboardOf, type Pages, serveDashboard } from './dashboard.ts'
import { sendStartPage, serveDocs } from './docs.ts'
import { serveElement } from './element.ts'
import { guidesOf, serveGuides } from './guides.ts'
import { serveHealth } from './health.ts'
import type { Limits } from './limits.ts'
import { listenOf } from './listen.ts'
import { listenerOf, refuseUnreadable, requestIdOf, SECURITY_HEADERS } from './listener.ts'
import { type Metrics, newMetrics, watch, watchStreams } from './metrics.ts'
import { type Mounting, mount, observe, placeOf, sendProblem, validateWithShapes } from './mount.ts'
import { documentRoutes } from './openapi.ts'
import { Overload, PENDING_MAX } from './overload.ts'
import { errorProblem, shapeProblem, thrownProblem } from './problem.ts'
import { type AuditState, NO_AUDIT, readinessOf } from './readiness.ts'
import { Recent } from './recent.ts'
import { routes } from './routes.ts'
import { Streams } from './streams.ts'
import { ShapeError } from './validate.ts'
import { version } from './version.ts'

export type ServerOptions = {
  /** The library, opened on the operator's tenant: finds keys, and says whether all is well. */
  holdfast: Holdfast
  /** The library for the tenant of a key; left out: `holdfast.forTenant`. */
  forTenant?: (tenant: string, as: As) => Promise<Holdfast>
  logger?: Logger
  limits?: Limits
  /** Made before the library was opened, so that the engine tells them of its flushes. */
  metrics?: Metrics
  /** The folders of the built dashboard and documents; left out: where the build puts them. */
  dashboard?: string
  guides?: string
  /** Where browsers find this server: https://stock.example.com. */
  public_url?: string
  /** Whose X-Forwarded headers are true: addresses or `loopback`, `uniquelocal`, by comma. */
  trust_proxy?: string
  /** What the background audit says, where one runs in this process. */
  audit?: () => AuditState
  /** Who listens to events; made before, so that a dispatcher of this process can wake them. */
  streams?: Streams

  /** The folder of what browsers load; where it was built, when left out. */
  assets?: string
  /** Serves the demo store with this publishable key; undefined while there is no demo. */
  store?: () => string | undefined
}

const MIB = 1024 * 1024
const DEADLINE_MS = 20_000
const PARAM_LENGTH_MAX = 4_096

const newApp = (options: ServerOptions, overload: Overload, metrics: Metrics): FastifyInstance => {
  const limits = options.limits ?? {}
  return Fastify({
    ...(options.logger ? { loggerInstance: options.logger as FastifyBaseLogger } : {}),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestIdOf,
    bodyLimit: limits.body_bytes_max ?? MIB,
    serverFactory: listenerOf(overload, metrics, limits),
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    clientErrorHandler: refuseUnreadable,
    ...(options.trust_proxy === undefined ? {} : { trustProxy: options.trust_proxy }),
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id })
      sendProblem(reply, thrownProblem(error, placeOf(request)).problem)
    },
  })
}

/** Every failure leaves as a problem; what only a bug explains is logged with its cause. */
const answerFailures = (app: FastifyInstance): void => {
  app.setErrorHandler((thrown, request, reply) => {
    const place = placeOf(request)
    if (thrown instanceof ShapeError) return sendProblem(reply, shapeProblem(thrown.fields, place))
    const { problem, known } = thrownProblem(thrown, place)
    if (!known) request.log.error({ request_id: request.id, err: thrown }, 'failed')
    return sendProblem(reply, problem)
  })
}

/** A file or page of the dashboard; a path that exists with another method says which. */
const answerUnknownRoutes = (app: FastifyInstance, pages: Pages[]): void => {
  const known: { parts: string[]; method: string }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    for (const each of [method].flat()) known.push({ parts: url.split('/'), method: each })
  })
  const fits = (pattern: string[], parts: string[]) =>
    pattern.length === parts.length &&
    pattern.every((part, at) => part.startsWith(':') || part === parts[at])
  app.setNotFoundHandler((request, reply) => {
    const place = placeOf(request)
    const parts = place.instance.split('/')
    const methods = known.filter(({ parts: pattern }) => fits(pattern, parts))
    if (methods.length === 0) {
      const reads = request.method === 'GET' || request.method === 'HEAD'
      for (const answer of reads ? pages : []) {
        const page = answer(request, reply, place.instance)
        if (page) return page
      }
      return sendProblem(reply, errorProblem(new HoldfastError('route_not_found'), place))
    }
    reply.header('allow', [...new Set(methods.map(({ method }) => method))].sort().join(', '))
    return sendProblem(reply, errorProblem(new HoldfastError('method_not_allowed'), place))
  })
}

const TENANTS_OPEN_MAX = 10_000

/** One opened library per tenant and key: who acts stands in the ledger. */
const openerOf = (options: ServerOptions) => {
  const opened = new Map<string, Promise<Holdfast>>()
  const forTenant =
    options.forTenant ?? ((tenant: string, as: As) => options.holdfast.forTenant(tenant, as))
  return ({ tenant, actor_id, only_locations }: Caller): Promise<Holdfast> => {
    const name = `${tenant}/${actor_id}/${only_locations ?? ''}`
    const found = opened.get(name)
    if (found) return found
    if (opened.size >= TENANTS_OPEN_MAX) opened.clear()
    const opening = forTenant(tenant, { actor_id, only_locations })
    opened.set(name, opening)
    opening.catch(() => opened.delete(name))
    return opening
  }
}

const mountAll = (
  app: FastifyInstance,
  options: ServerOptions,
  metrics: Metrics,
  overload: Overload,
): void => {
  const streams = options.streams ?? new Streams()
  const authenticates: Authenticates = {
    key: gathered(key => options.holdfast.keys.authenticate(key)),
    session: gathered(session => options.holdfast.sessions.authenticate(session)),
    publishable: gathered(key => options.holdfast.publishableKeys.authenticate(key)),
  }
  watchStreams(metrics, streams)
  app.addHook('preClose', async () => streams.end())
  const mounting: Mounting = {
    authenticates,
    recent: new Recent(),
    limit: new CallLimit(),
    library: options.holdfast,
    open: openerOf(options),
    operator: options.holdfast.tenant,
    metrics,
    runs: (request, work) => overload.runs(request, work),
    deadline_ms: options.limits?.deadline_ms ?? DEADLINE_MS,
    listen: listenOf(streams, overload, authenticates),
  }
  app.decorateRequest('holdfast', null)
  app.decorateRequest('caller', null)
  for (const route of routes) mount(app, route, mounting)
  answerPreflights(app, routes, origin => options.holdfast.publishableKeys.isOrigin(origin))
}

/**
 * Builds the HTTP server over an opened library; it listens when told to.
 *
 * @example
 * const app = await createServer({ holdfast: await openHoldfast({ connectionString }) })
 * await app.listen({ host: '127.0.0.1', port: 4646 })
 */
export const createServer = async (options: ServerOptions): Promise<FastifyInstance> => {
  const { pending_max = PENDING_MAX, deadline_ms = DEADLINE_MS } = options.limits ?? {}
  const overload = new Overload({ pending_max, deadline_ms })
  const metrics = options.metrics ?? newMetrics()
  const app = newApp(options, overload, metrics)
  validateWithShapes(app)
  readBodies(app)
  answerFailures(app)
  const dashboard = dashboardOf(options.dashboard)
  const guides = guidesOf(options.guides)
  answerUnknownRoutes(app, [guides, dashboard])
  app.decorate('publicUrl', options.public_url ? new URL(options.public_url) : undefined)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS)
    if (isSecure(request)) reply.header('strict-transport-security', 'max-age=31536000')
  })
  watch(metrics, options.holdfast, overload)
  observe(app, metrics)
  for (const shape of shapes) app.addSchema(shape)
  await documentRoutes(app, version)
  await app.register(async scope => mountAll(scope, options, metrics, overload))
  await app.register(async scope =>
    serveHealth(
      scope,
      () => readinessOf(options.holdfast),
      options.audit ?? (() => NO_AUDIT),
      metrics,
    ),
  )
  await app.register(async scope => serveDashboard(scope, dashboard, sendStartPage))
  await app.register(async scope => serveAnswers(scope, options.holdfast))
  await app.register(async scope => serveDocs(scope))
  await app.register(async scope => serveGuides(scope, guides))

  await app.register(async scope => serveElement(scope, options.assets))
  const { holdfast, store: key, assets } = options
  if (key) await app.register(async scope => serveStore(scope, { holdfast, key, assets }))
  return app
}
