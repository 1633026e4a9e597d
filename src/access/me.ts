import type { Holdfast } from '../holdfast.ts'
import { type Answer, refusals } from '../refusals.ts'
import type { Caller } from './authenticate.ts'

/** Who calls, and what they may do. */
export const meOf = async (holdfast: Holdfast, caller: Caller): Promise<object> => {
  const { tenant, scopes, session, actor_id } = caller
  const found = await holdfast.tenants.get({ code: tenant })
  const name = found.ok ? found.name : tenant
  return {
    ok: true,
    tenant: { code: tenant, name },
    scopes,
    person: session?.person ?? null,
    session_id: session?.session_id ?? null,
    key_id: session ? null : actor_id,
  }
}

/** For what only a person can do who has signed in. */
export const PERSON_NEEDED: Answer<never> = {
  ok: false,
  refusal: { code: 'person_needed', message: refusals.person_needed },
}
