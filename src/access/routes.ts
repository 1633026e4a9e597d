import Type from 'typebox'
import type { Holdfast } from '../holdfast.ts'
import { Preferences } from '../people/shapes.ts'
import { type Route, route } from '../server/route.ts'
import type { Caller } from './authenticate.ts'
import { meOf, PERSON_NEEDED } from './me.ts'
import {
  AuditLogPage,
  ChangePassword,
  CreateKey,
  KeyId,
  KeyPage,
  ListAuditLog,
  ListKeys,
  ListSessions,
  SessionId,
  SessionPage,
  SignedOut,
  SignIn,
} from './shapes.ts'

const tag = 'Keys'

/** API keys over HTTP. */
export const keyRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/keys',
    scope: 'admin',
    tag,
    operation: 'list_keys',
    summary: 'List API keys',
    description: 'Never the keys themselves; by prefix, with their last use.',
    query: ListKeys,
    answer: KeyPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.keys.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/keys',
    scope: 'admin',
    tag,
    operation: 'create_key',
    summary: 'Make an API key',
    description: 'The key is in this answer and nowhere else.',
    body: CreateKey,
    answer: Type.Ref('NewApiKey#'),
    status: 201,
    refusals: ['too_large', 'tenant_exists'],
    call: (holdfast, { body, options }) => holdfast.keys.create({ mode: 'live', ...body }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/keys/:key_id/revoke',
    scope: 'admin',
    tag,
    operation: 'revoke_key',
    summary: 'Revoke an API key, at once',
    params: KeyId,
    answer: Type.Ref('ApiKey#'),
    refusals: ['key_not_found'],
    call: (holdfast, { params, options }) => holdfast.keys.revoke(params, options),
  }),
]

const signIn = 'Sign-in'
const me = Type.Ref('Me#')

/** The library of the tenant that somebody names; for one that is not there, of nobody's. */
const libraryOf = async (holdfast: Holdfast, tenant: string | undefined): Promise<Holdfast> =>
  tenant === undefined ? holdfast : holdfast.forTenant(tenant).catch(() => holdfast)

/** An admin sees and ends anybody's session, everybody else their own. */
const whose = (caller: Caller, asked: number | undefined): number | undefined | null => {
  if (caller.scopes.includes('admin')) return asked
  return caller.session ? caller.session.person.person_id : null
}

/** Sign-in, sessions and the audit log over HTTP. */
export const signInRoutes: Route[] = [
  route({
    method: 'POST',
    url: '/v1/sign-in',
    scope: 'none',
    tag: signIn,
    operation: 'sign_in',
    summary: 'Sign in',
    description: 'The answer sets the cookie of a new session; the one before it ends.',
    body: SignIn,
    answer: me,
    keyless: true,
    refusals: ['too_large', 'wrong_password', 'too_many_attempts'],
    call: async (holdfast, { body, knock, cookie }) => {
      const library = await libraryOf(holdfast, body.tenant)
      const stranger = body.tenant !== undefined && library.tenant !== body.tenant
      const email = stranger ? '' : body.email
      const begun = await library.sessions.signIn({ ...body, email }, knock)
      if (!begun.ok) return begun
      cookie.keep(begun.session, begun.expires_at)
      return meOf(library, await library.sessions.authenticate(begun.session))
    },
  }),
  route({
    method: 'POST',
    url: '/v1/sign-out',
    scope: 'any',
    tag: signIn,
    operation: 'sign_out',
    summary: 'Sign out',
    answer: SignedOut,
    keyless: true,
    refusals: ['person_needed', 'session_not_found'],
    call: async (holdfast, { caller, cookie }) => {
      if (!caller?.session) return PERSON_NEEDED
      const { session_id } = caller.session
      const ended = await holdfast.sessions.end({ session_id })
      cookie.drop()
      return ended.ok ? { ok: true } : ended
    },
  }),
  route({
    method: 'GET',
    url: '/v1/me',
    scope: 'any',
    tag: signIn,
    operation: 'get_me',
    summary: 'Who calls, and what they may do',
    answer: me,
    call: (holdfast, { caller }) => meOf(holdfast, caller as Caller),
  }),
  route({
    method: 'PATCH',
    url: '/v1/me',
    scope: 'any',
    tag: signIn,
    operation: 'update_me',
    summary: 'Say how you like the pages',
    body: Preferences,
    answer: Type.Ref('Person#'),
    keyless: true,
    refusals: ['person_needed', 'person_not_found'],
    call: async (holdfast, { body, caller }) => {
      if (!caller?.session) return PERSON_NEEDED
      return holdfast.people.prefer({ ...body, person_id: caller.actor_id })
    },
  }),
  route({
    method: 'POST',
    url: '/v1/me/password',
    scope: 'any',
    tag: signIn,
    operation: 'change_password',
    summary: 'Change your password',
    description: 'Every session of yours ends; the answer sets the cookie of a new one.',
    body: ChangePassword,
    answer: me,
    keyless: true,
    refusals: [
      'person_needed',
      'wrong_password',
      'weak_password',
      'too_many_attempts',
      'too_large',
    ],
    call: async (holdfast, { body, caller, knock, cookie }) => {
      if (!caller?.session) return PERSON_NEEDED
      const { email, name } = caller.session.person
      const begun = await holdfast.sessions.changePassword({ email, name, ...body }, knock)
      if (!begun.ok) return begun
      cookie.keep(begun.session, begun.expires_at)
      return meOf(holdfast, await holdfast.sessions.authenticate(begun.session))
    },
  }),
  route({
    method: 'GET',
    url: '/v1/sessions',
    scope: 'any',
    tag: signIn,
    operation: 'list_sessions',
    summary: 'List the sessions that are open',
    description: 'Your own; an admin sees those of all, or of one person.',
    query: ListSessions,
    answer: SessionPage,
    refusals: ['person_needed', 'too_large'],
    call: async (holdfast, { query, caller }) => {
      const person_id = whose(caller as Caller, query.person_id)
      return person_id === null ? PERSON_NEEDED : holdfast.sessions.list({ ...query, person_id })
    },
  }),
  route({
    method: 'POST',
    url: '/v1/sessions/:session_id/end',
    scope: 'any',
    tag: signIn,
    operation: 'end_session',
    summary: 'End a session, at once',
    description: 'One of your own; an admin ends anybody’s.',
    params: SessionId,
    answer: Type.Ref('Session#'),
    keyless: true,
    refusals: ['person_needed', 'session_not_found'],
    call: async (holdfast, { params, caller }) => {
      const person_id = whose(caller as Caller, undefined)
      return person_id === null ? PERSON_NEEDED : holdfast.sessions.end({ ...params, person_id })
    },
  }),
  route({
    method: 'GET',
    url: '/v1/audit-log',
    scope: 'admin',
    tag: signIn,
    operation: 'list_audit_log',
    summary: 'Who has signed in, and changed people, keys, policies and settings',
    query: ListAuditLog,
    answer: AuditLogPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.auditLog.list(query),
  }),
]
