import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import type { Knock } from '../access/sessions.ts'
import type { Call } from './route.ts'

// The session's cookie: scripts cannot read it, other sites cannot send it, and behind HTTPS no
// other host or plain connection can set it.

const PLAIN = 'holdfast_session'
const SECURE = `__Host-${PLAIN}`
const AGENT_LENGTH_MAX = 255
const SECRET = /^[\w-]{1,100}$/

/** True where the browser has come by HTTPS, here or at the proxy that we trust. */
export const isSecure = (request: FastifyRequest): boolean =>
  request.protocol === 'https' || request.server.publicUrl?.protocol === 'https:'

/** The session that a browser sends; one that came by another way than ours is none. */
export const sessionIn = (request: FastifyRequest): string | undefined => {
  const name = isSecure(request) ? SECURE : PLAIN
  const found = (request.headers.cookie ?? '')
    .split(';')
    .map(pair => pair.trim())
    .filter(pair => pair.startsWith(`${name}=`))
  const [value] = found
  if (found.length !== 1 || value === undefined) return undefined
  const text = value.slice(name.length + 1)
  return SECRET.test(text) ? text : undefined
}

const header = (request: FastifyRequest, value: string, rest: string): string => {
  const secure = isSecure(request)
  const attributes = `Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}${rest}`
  return `${secure ? SECURE : PLAIN}=${value}; ${attributes}`
}

/** What a call may do to the browser's cookie. */
export const cookieOf = (
  request: FastifyRequest,
  reply: FastifyReply,
): Call<TSchema, TSchema, TSchema>['cookie'] => ({
  keep: (session, expires_at) =>
    void reply.header(
      'set-cookie',
      header(request, session, `; Expires=${new Date(expires_at).toUTCString()}`),
    ),
  drop: () => void reply.header('set-cookie', header(request, '', '; Max-Age=0')),
})

/** From where a call comes. */
export const knockOf = (request: FastifyRequest): Knock => ({
  address: request.ip,
  agent: request.headers['user-agent']?.slice(0, AGENT_LENGTH_MAX),
  replaces: sessionIn(request),
})

declare module 'fastify' {
  interface FastifyInstance {
    /** Where browsers find this server, if somebody has said so. */
    publicUrl: URL | undefined
  }
}
