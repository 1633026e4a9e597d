import type { Observer } from '../engine/observer.ts'
import { type Holdfast, openHoldfast } from '../index.ts'
import { type AuditOptions, startAuditor } from './auditor.ts'
import { consumers } from './consumers.ts'
import { type Dispatcher, type DispatcherOptions, startDispatcher } from './dispatcher.ts'
import type { Limits } from './limits.ts'
import { type LogOptions, loggerOf } from './log.ts'
import { type Metrics, newMetrics, watchAudit } from './metrics.ts'
import { createServer } from './server.ts'
import { Streams } from './streams.ts'

export type ServeOptions = {
  connectionString: string
  host?: string
  port?: number
  /** The tenant on which the server itself is opened; keys decide the tenant of each call. */
  tenant?: string
  /** Connections to the database; 10 when left out. */
  poolSize?: number
  /** Left out: no log. */
  log?: LogOptions
  limits?: Limits
  /** Where browsers find this server: https://stock.example.com. */
  publicUrl?: string
  /** Whose X-Forwarded headers are true: addresses, or `loopback`, `uniquelocal`. */
  trustProxy?: string
  /** Verify the books all the time, in slices; left out: not in this process. */
  audit?: AuditOptions
  /** Serves the demo store with this publishable key, once there is one. */
  store?: () => string | undefined
  /** The folder of what browsers load; where it was built, when left out. */
  assets?: string

  /** Feed the tenants' events and serve who reads them; left out: not in this process. */
  events?: DispatcherOptions
}

export type Serving = { url: string; holdfast: Holdfast; close: () => Promise<void> }

export const PORT = 4646
/** Connections that wait to be accepted: with Node's 511 a crowd's were reset after 16 s. */
const BACKLOG = 4_096

const urlOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/** A flush of ours has most likely brought events. */
const wakingObserver = (observer: Observer, wake: (tenantId: number) => void): Observer => ({
  ...observer,
  flushed: (verb, size, milliseconds, tenantId) => {
    observer.flushed(verb, size, milliseconds, tenantId)
    wake(tenantId)
  },
})

const dispatch = (
  holdfast: Holdfast,
  options: DispatcherOptions,
  metrics: Metrics,
  streams: Streams,
): Dispatcher =>
  startDispatcher(
    holdfast,
    { consumers, ...options },
    {
      fed: tenant => streams.wake(tenant),
      took: metrics.took,
    },
  )

/**
 * Opens the library and serves it over HTTP, until closed: calls in flight are answered first.
 *
 * @example
 * const { url, close } = await serve({ connectionString: process.env.DATABASE_URL })
 */
export const serve = async (options: ServeOptions): Promise<Serving> => {
  const { connectionString, tenant, poolSize, log, limits = {} } = options
  const host = options.host ?? '127.0.0.1'
  const metrics = newMetrics()
  const streams = new Streams()
  let dispatcher: Dispatcher | undefined
  const holdfast = await openHoldfast({
    connectionString,
    observer: wakingObserver(metrics.observer, tenantId => dispatcher?.wake(tenantId)),
    ...(tenant === undefined ? {} : { tenant }),
    ...(poolSize === undefined ? {} : { poolSize }),
    ...(limits.answer_ms_max === undefined ? {} : { answer_ms_max: limits.answer_ms_max }),
  })
  const auditor = options.audit && startAuditor(holdfast, options.audit, metrics.audited)
  dispatcher = options.events && dispatch(holdfast, options.events, metrics, streams)
  try {
    if (auditor) watchAudit(metrics, auditor.state)
    const app = await createServer({
      holdfast,
      metrics,
      streams,
      ...(auditor ? { audit: auditor.state } : {}),
      ...(log ? { logger: loggerOf(log) } : {}),
      ...(options.store ? { store: options.store } : {}),
      ...(options.assets === undefined ? {} : { assets: options.assets }),
      limits,
      ...(options.publicUrl ? { public_url: options.publicUrl } : {}),
      ...(options.trustProxy ? { trust_proxy: options.trustProxy } : {}),
    })
    await app.listen({ host, port: options.port ?? PORT, backlog: BACKLOG })
    const address = app.server.address()
    const port = typeof address === 'object' && address ? address.port : (options.port ?? PORT)
    const close = async () => {
      await app.close()
      const audited = auditor?.stop()
      const dispatched = dispatcher?.stop()
      await holdfast.close() // ends a slice that takes long
      await Promise.all([audited, dispatched])
    }
    return { url: urlOf(host, port), holdfast, close }
  } catch (error) {
    await Promise.all([auditor?.stop(), dispatcher?.stop()])
    await holdfast.close()
    throw error
  }
}
