import type { QueryClient } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { answerOf } from '../api/problem.ts'

export type LinkLook = {
  name: string
  email: string | null
  person: string | null
  expires_at: string
}

/** Signs in; the answer sets a cookie that no script can read. */
export const signIn = (body: { email: string; password: string }): Promise<unknown> =>
  answerOf(api.POST('/v1/sign-in', { body }))

/** Whom a one-time link is for; its text stands behind the # of the address, which no log sees. */
export const lookAtLink = (link: string): Promise<LinkLook> =>
  answerOf(api.POST('/v1/links/look', { body: { link } }))

/** Chooses a password by a link, and signs in. The first owner says who they are, too. */
export const join = (body: {
  link: string
  password: string
  email?: string
  name?: string
}): Promise<unknown> => answerOf(api.POST('/v1/join', { body }))

/** Ends the session here and on the server, and forgets what was read. */
export const signOut = async (client: QueryClient): Promise<void> => {
  await api.POST('/v1/sign-out', {}).catch(() => undefined)
  client.clear()
  window.location.assign('/')
}
