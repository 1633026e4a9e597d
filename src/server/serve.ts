import { type Holdfast, openHoldfast } from '../index.ts'
import { type AuditOptions, startAuditor } from './auditor.ts'
import type { Limits } from './limits.ts'
import { type LogOptions, loggerOf } from './log.ts'
import { newMetrics, watchAudit } from './metrics.ts'
import { createServer } from './server.ts'

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
}

export type Serving = { url: string; holdfast: Holdfast; close: () => Promise<void> }

export const PORT = 4646
/** Connections that wait to be accepted: with Node's 511 a crowd's were reset after 16 s. */
const BACKLOG = 4_096

const urlOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`

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
  const holdfast = await openHoldfast({
    connectionString,
    observer: metrics.observer,
    ...(tenant === undefined ? {} : { tenant }),
    ...(poolSize === undefined ? {} : { poolSize }),
    ...(limits.answer_ms_max === undefined ? {} : { answer_ms_max: limits.answer_ms_max }),
  })
  const auditor = options.audit && startAuditor(holdfast, options.audit, metrics.audited)
  try {
    if (auditor) watchAudit(metrics, auditor.state)
    const app = await createServer({
      holdfast,
      metrics,
      ...(auditor ? { audit: auditor.state } : {}),
      ...(log ? { logger: loggerOf(log) } : {}),
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
      await holdfast.close() // ends a slice that takes long
      await audited
    }
    return { url: urlOf(host, port), holdfast, close }
  } catch (error) {
    await auditor?.stop()
    await holdfast.close()
    throw error
  }
}
