import type { FastifyRequest } from 'fastify'
import type { Caller } from '../access/authenticate.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import type { Scope } from './route.ts'

/** Who calls, by the text of a key; throws unauthenticated. */
export type Authenticate = (key: string) => Promise<Caller>

declare module 'fastify' {
  interface FastifyRequest {
    /** The library, opened for the tenant of the caller's key. */
    holdfast: Holdfast | null
    caller: Caller | null
  }
}

const BEARER = /^Bearer +(\S{1,300}) *$/i

const keyOf = (request: FastifyRequest): string => {
  const key = BEARER.exec(request.headers.authorization ?? '')?.[1]
  if (key === undefined) throw new HoldfastError('unauthenticated')
  return key
}

/**
 * One look at a key serves every request that came before it began; who comes later waits for the
 * next. So a storm under one key costs one read at a time, and nobody gets an old answer.
 */
export const gathered = (authenticate: Authenticate): Authenticate => {
  type Look = { now: Promise<Caller>; next: Promise<Caller> | undefined }
  const looks = new Map<string, Look>()
  const begin = (key: string): Promise<Caller> => {
    const look: Look = { now: authenticate(key), next: undefined }
    looks.set(key, look)
    const end = () => {
      if (look.next === undefined && looks.get(key) === look) looks.delete(key)
    }
    look.now.then(end, end)
    return look.now
  }
  return key => {
    const look = looks.get(key)
    if (look === undefined) return begin(key)
    look.next ??= look.now.then(
      () => begin(key),
      () => begin(key),
    )
    return look.next
  }
}

const allows = ({ scopes }: Caller, scope: Scope): boolean =>
  scopes.includes(scope) || scopes.includes('admin')

/** Finds who calls and whether the key's scopes allow it; before any body is read. */
export const identify = async (
  request: FastifyRequest,
  scope: Scope,
  authenticate: Authenticate,
): Promise<Caller> => {
  const caller = await authenticate(keyOf(request))
  if (!allows(caller, scope)) {
    throw new HoldfastError('forbidden', {
      message: `This call needs the scope ${scope}; the key has ${caller.scopes.join(', ')}.`,
    })
  }
  return caller
}
