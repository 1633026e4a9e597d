import type { FastifyInstance } from 'fastify'
import { asHoldfastError } from '../database/call.ts'
import { within } from '../database/within.ts'
import { HoldfastError } from '../errors.ts'
import type { Metrics } from './metrics.ts'
import { placeOf, sendProblem } from './mount.ts'
import { thrownProblem } from './problem.ts'
import { type AuditState, type Readiness, warningsOf } from './readiness.ts'

const READY_MS_MAX = 5_000

/** For whoever watches: is the process alive, can it serve, how does it do. No key is needed. */
export const serveHealth = (
  app: FastifyInstance,
  readiness: () => Promise<Readiness>,
  audit: () => AuditState,
  metrics: Metrics,
): void => {
  const open = { schema: { hide: true } }
  app.get('/healthz', open, () => ({ ok: true }))
  app.get('/readyz', open, async (request, reply) => {
    try {
      const found = await within(readiness(), READY_MS_MAX)
      if (found.in_recovery) throw new HoldfastError('database_is_replica')
      return { ok: true, warnings: warningsOf(found, audit()), audit: audit() }
    } catch (error) {
      const { problem } = thrownProblem(asHoldfastError(error), placeOf(request))
      return sendProblem(reply, { ...problem, status: 503 })
    }
  })
  app.get('/metrics', open, async (_request, reply) => {
    reply.type(metrics.registry.contentType)
    return metrics.registry.metrics()
  })
}
