import type { Logger } from 'pino'
import { type Holdfast, openHoldfast } from '../index.ts'
import { createServer, type Limits } from './server.ts'

export type ServeOptions = {
  connectionString: string
  host?: string
  port?: number
  /** The tenant on which the server itself is opened; keys decide the tenant of each call. */
  tenant?: string
  logger?: Logger
  limits?: Limits
}

export type Serving = { url: string; holdfast: Holdfast; close: () => Promise<void> }

export const PORT = 4646

const urlOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`

/**
 * Opens the library and serves it over HTTP, until closed: calls in flight are answered first.
 *
 * @example
 * const { url, close } = await serve({ connectionString: process.env.DATABASE_URL })
 */
export const serve = async (options: ServeOptions): Promise<Serving> => {
  const { connectionString, tenant, logger, limits } = options
  const host = options.host ?? '127.0.0.1'
  const holdfast = await openHoldfast({ connectionString, ...(tenant ? { tenant } : {}) })
  try {
    const app = await createServer({
      holdfast,
      ...(logger ? { logger } : {}),
      ...(limits ? { limits } : {}),
    })
    await app.listen({ host, port: options.port ?? PORT })
    const address = app.server.address()
    const port = typeof address === 'object' && address ? address.port : (options.port ?? PORT)
    const close = async () => {
      await app.close()
      await holdfast.close()
    }
    return { url: urlOf(host, port), holdfast, close }
  } catch (error) {
    await holdfast.close()
    throw error
  }
}
