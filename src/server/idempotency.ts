import type { FastifyReply, FastifyRequest } from 'fastify'
import { ShapeError } from './validate.ts'

/** 1 to 255 printable ASCII characters, no blank at either end. */
export const PRINTABLE = '^[\\x21-\\x7e](?:[\\x20-\\x7e]{0,253}[\\x21-\\x7e])?$'
const printable = new RegExp(PRINTABLE)

/** The header Idempotency-Key as the key of the call; one namespace for all keys of a tenant. */
export const keyOf = (request: FastifyRequest): string | undefined => {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && printable.test(key)) return key
  throw new ShapeError([
    { field: 'Idempotency-Key', reason: 'must be 1 to 255 printable ASCII characters' },
  ])
}

/** Says in a header that this is the first answer again, and nothing was done twice. */
export const markReplay = (reply: FastifyReply, answer: unknown): void => {
  const replayed = (answer as { replayed?: unknown } | null)?.replayed
  if (replayed === true) reply.header('idempotency-replayed', 'true')
}
