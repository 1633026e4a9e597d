import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import type { Answer } from '../refusals.ts'
import { authenticate, forgetCallers, newSecret, sha256Of } from './authenticate.ts'
import { isPassword, keptOf, weaknessOf } from './passwords.ts'

/** Where somebody is signed in. */
export type Session = {
  session_id: number
  person_id: number
  name: string
  address: string | null
  agent: string | null
  created_at: string
  seen_at: string
  expires_at: string
  ended_at: string | null
}

/** From where somebody knocks: for limits, and for them to know their own sessions by. */
export type Knock = {
  address: string
  agent?: string | undefined
  /** What the browser had before: it ends. */
  replaces?: string | undefined
}

/** A session that has begun; its text is in this one answer and nowhere else. */
export type Begun = { session: string; session_id: number; expires_at: string }

export type ListSessions = PageRequest<'created_at' | 'seen_at'> & {
  person_id?: number | undefined
}

type Kept = { person_id: number | null; password: string | null }

/** Adds the text of a new session to the answer that has begun it. */
export const begun = (answer: Answer<Omit<Begun, 'session'>>, session: string): Answer<Begun> =>
  answer.ok ? { ...answer, session } : answer

const knocking = ({ address, agent }: Knock) => ({ address, agent })

/** What is kept of somebody, if the password is theirs; each attempt counts, right or wrong. */
const known = async (
  context: Context,
  request: { email: string; password: string },
  knock: Knock,
): Promise<Answer<{ person_id: number; password: string }>> => {
  const { email, password } = request
  const who = { email, ...knocking(knock) }
  const found = await writeFitting<Kept>(context, 'begin_sign_in', who)
  if (!found.ok) return found
  const { person_id, password: kept } = found
  if ((await isPassword(password, kept)) && person_id !== null && kept !== null) {
    return { ok: true, person_id, password: kept }
  }
  return writeFitting(context, 'fail_sign_in', { person_id, ...knocking(knock) })
}

const signIn = async (
  context: Context,
  request: { email: string; password: string },
  knock: Knock,
): Promise<Answer<Begun>> => {
  const right = await known(context, request, knock)
  if (!right.ok) return right
  const { text, sha256 } = newSecret('session', context.tenant_id)
  const { person_id, password } = right
  const replaces_sha256 = knock.replaces === undefined ? null : sha256Of(knock.replaces)
  const answer = await writeFitting<Omit<Begun, 'session'>>(context, 'sign_in', {
    ...{ person_id, password, email: request.email, ...knocking(knock) },
    ...{ session_sha256: sha256, replaces_sha256 },
  })
  forgetCallers(context.database)
  return begun(answer, text)
}

/** The refusal of a password that is too easy to guess; undefined for a good one. */
export const refuseWeak = (password: string, words: string[]): Answer<never> | undefined => {
  const reason = weaknessOf(password, words)
  if (reason === undefined) return undefined
  const message = `The password ${reason}.`
  return { ok: false, refusal: { code: 'weak_password', message, field: 'password', reason } }
}

const changePassword = async (
  context: Context,
  request: { email: string; name?: string; password: string; to: string },
  knock: Knock,
): Promise<Answer<Begun>> => {
  const { email, name = '', password, to } = request
  const weak = refuseWeak(to, [email, name])
  if (weak) return weak
  const right = await known(context, { email, password }, knock)
  if (!right.ok) return right
  const { text, sha256 } = newSecret('session', context.tenant_id)
  const answer = await writeFitting<Omit<Begun, 'session'>>(context, 'change_password', {
    ...{ person_id: right.person_id, was: right.password, password: await keptOf(to) },
    ...{ session_sha256: sha256, ...knocking(knock) },
  })
  forgetCallers(context.database)
  return begun(answer, text)
}

const end = async (
  context: Context,
  request: { session_id: number; person_id?: number | undefined },
  options?: CallOptions,
): Promise<Answer<Session>> => {
  const ended = await writeFitting<Session>(context, 'end_session', request, options)
  forgetCallers(context.database)
  return ended
}

/**
 * The room of sign-in, for one tenant.
 *
 * @example
 * const begun = await holdfast.sessions.signIn({ email, password }, { address: '192.0.2.7' })
 * if (begun.ok) await holdfast.sessions.authenticate(begun.session)
 */
export const sessionsOf = (context: Context) => ({
  signIn: (request: { email: string; password: string }, knock: Knock) =>
    signIn(context, request, knock),
  /** Ends every session of the person and begins one; the password that was is asked for. */
  changePassword: (
    request: { email: string; name?: string; password: string; to: string },
    knock: Knock,
  ) => changePassword(context, request, knock),
  list: (request: ListSessions = {}): Promise<PageAnswer<Session>> =>
    readFitting(context, 'list_sessions', request),
  /** With person_id: only if it is a session of that person. */
  end: (request: { session_id: number; person_id?: number | undefined }, options?: CallOptions) =>
    end(context, request, options),
  /** Of any tenant: the text names it. Throws unauthenticated. */
  authenticate: (session: string) => authenticate(context.database, session, 'session'),
})

export type Sessions = ReturnType<typeof sessionsOf>
