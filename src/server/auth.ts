import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../access/authenticate.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { admitBrowser, publishableIn } from './browsers.ts'
import type { CallLimit } from './callLimit.ts'
import { sessionIn } from './cookie.ts'
import type { Route, Scope } from './route.ts'

/** Who calls, by the text of a key or of a session; throws unauthenticated. */
export type Authenticate = (text: string) => Promise<Caller>
export type Authenticates = Record<'key' | 'session' | 'publishable', Authenticate>

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

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * A browser sends its cookie to whoever's page makes it; so a cookie alone is no will. Every write
 * must come from a page of this server: browsers name the page's origin, and pages cannot forge it.
 */
const requireOwnPage = (request: FastifyRequest): void => {
  const { origin, host = '' } = request.headers
  refuseStrangers(request)
  if (!SAFE.has(request.method) && !isOwn(request, origin, host)) throw notOurPage()
}

/** What the browser itself says is another site's doing; without cookies too (a forged sign-in). */
const refuseStrangers = ({ headers, method }: FastifyRequest): void => {
  const site = headers['sec-fetch-site']
  const strange = site !== undefined && site !== 'same-origin'
  if (strange && !(SAFE.has(method) && site === 'none')) throw notOurPage()
}

const notOurPage = () =>
  new HoldfastError('forbidden', {
    message: 'This call did not come from a page of this server.',
    hint: 'Behind a proxy start the server with --public-url; programs use an API key.',
  })

const isOwn = (request: FastifyRequest, origin: string | undefined, host: string): boolean => {
  if (origin === undefined || !URL.canParse(origin)) return false
  const { publicUrl } = request.server
  return publicUrl?.origin === origin || new URL(origin).host === host
}

const callerOf = async (request: FastifyRequest, authenticates: Authenticates): Promise<Caller> => {
  const publishable = publishableIn(request)
  if (publishable !== undefined) return authenticates.publishable(publishable)
  if (request.headers.authorization !== undefined) return authenticates.key(keyOf(request))
  const session = sessionIn(request)
  if (session === undefined) throw new HoldfastError('unauthenticated')
  requireOwnPage(request)
  return authenticates.session(session)
}

/** Whether somebody who was let in to listen may go on: the key or session may have ended since. */
export const mayStillListen = async (
  request: FastifyRequest,
  authenticates: Authenticates,
): Promise<boolean> => {
  // The key of a page stands in the URL of its stream, and was taken out of the request.
  const publishable = request.caller?.publishable
  if (publishable) return Boolean(await authenticates.publishable(publishable.key))
  return allows(await callerOf(request, authenticates), 'read')
}

const refuseBound = (caller: Caller, route: Asked): void => {
  if (!caller.only_locations || route.scope !== 'stock' || route.checks_location) return
  throw new HoldfastError('forbidden', {
    message: 'This changes all locations; you may change stock at some.',
    hint: 'An admin says in which locations you may change stock.',
  })
}

type Asked = Pick<Route, 'scope' | 'checks_location' | 'browser'>

/**
 * Finds who calls and whether they may; before any body is read. Null where nobody has to be known.
 */
export const identify = async (
  request: FastifyRequest,
  reply: FastifyReply,
  route: Asked,
  { authenticates, limit }: { authenticates: Authenticates; limit: CallLimit },
): Promise<Caller | null> => {
  const { scope } = route
  if (scope === 'none') {
    refuseStrangers(request)
    return null
  }
  const caller = await callerOf(request, authenticates)
  if (caller.publishable) {
    admitBrowser(request, reply, { route, limit, key: caller.publishable })
    return caller
  }
  if (scope !== 'any' && !allows(caller, scope)) {
    const who = caller.session ? `your role (${caller.session.person.role})` : 'the key'
    throw new HoldfastError('forbidden', {
      message: `This call needs the scope ${scope}; ${who} has ${caller.scopes.join(', ')}.`,
    })
  }
  refuseBound(caller, route)
  return caller
}
