import type { FastifyInstance } from 'fastify'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import type { Metrics } from './metrics.ts'
import { placeOf, sendProblem } from './mount.ts'
import { thrownProblem } from './problem.ts'

export type Readiness = {
  in_recovery: boolean
  months_missing: string[]
  oldest_xid: {
    pid: number
    application: string
    state: string | null
    seconds: number
    age: number
  } | null
}

/** Asks the database itself; the server serves one that is a primary and migrated. */
export const readinessOf = async (_holdfast: Holdfast): Promise<Readiness> => {
  throw new HoldfastError('closed')
}

/** A session that has kept its snapshot for longer slows hot levels down. */
const OLDEST_XID_SECONDS_MAX = 60

/** What works, but should be looked at. */
export const warningsOf = (found: Readiness): string[] => {
  const warnings = found.months_missing.map(
    month => `The ledger has no partition for ${month}; run holdfast migrate.`,
  )
  const oldest = found.oldest_xid
  if (oldest && oldest.seconds > OLDEST_XID_SECONDS_MAX) {
    warnings.push(
      `Session ${oldest.pid} (${oldest.application || 'unnamed'}) has kept a transaction open for ` +
        `${oldest.seconds} s; hot levels slow down until it ends.`,
    )
  }
  return warnings
}

const READY_MS_MAX = 5_000

const inTime = <Value>(work: Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new HoldfastError('deadline_exceeded')), READY_MS_MAX)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/** For whoever watches: is the process alive, can it serve, how does it do. No key is needed. */
export const serveHealth = (
  app: FastifyInstance,
  readiness: () => Promise<Readiness>,
  metrics: Metrics,
): void => {
  const open = { config: { unbounded: true }, schema: { hide: true } }
  app.get('/healthz', open, () => ({ ok: true }))
  app.get('/readyz', open, async (request, reply) => {
    try {
      const found = await inTime(readiness())
      if (found.in_recovery) throw new HoldfastError('database_is_replica')
      return { ok: true, warnings: warningsOf(found) }
    } catch (error) {
      const { problem } = thrownProblem(error, placeOf(request))
      return sendProblem(reply, { ...problem, status: 503, ready: false })
    }
  })
  app.get('/metrics', open, async (_request, reply) => {
    reply.type(metrics.registry.contentType)
    return metrics.registry.metrics()
  })
}
