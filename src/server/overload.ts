import type { FastifyInstance } from 'fastify'
import { HoldfastError } from '../errors.ts'

/** More requests than this in one process are answered 503 at once, before memory grows. */
export const PENDING_MAX = 2_000

declare module 'fastify' {
  interface FastifyRequest {
    /** The call into the library that this request has started; it outlives a reader who leaves. */
    running: Promise<unknown> | null
  }
  interface FastifyContextConfig {
    /** Health and metrics answer even when the rest is too much. */
    unbounded?: boolean
  }
}

export type Pending = { readonly count: number }

/** Refuses what is too much, before authentication and before a body is read. */
export const boundPending = (app: FastifyInstance, max: number = PENDING_MAX): Pending => {
  let count = 0
  app.decorateRequest('running', null)
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.unbounded) return
    if (count >= max) throw new HoldfastError('overloaded')
    count++
    const leave = () => {
      count--
    }
    reply.raw.once('close', () => {
      if (request.running) request.running.then(leave, leave)
      else leave()
    })
  })
  return {
    get count() {
      return count
    },
  }
}
