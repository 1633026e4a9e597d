import { forgetCallers, newSecret, sha256Of, tenantIn } from '../access/authenticate.ts'
import { keptOf } from '../access/passwords.ts'
import type { Role } from '../access/roles.ts'
import { type Begun, begun, type Knock, refuseWeak } from '../access/sessions.ts'
import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import type { Context } from '../database/context.ts'
import { type Answer, refusals } from '../refusals.ts'

export type Language = 'en' | 'zh'
export type Theme = 'system' | 'light' | 'dark'

/** Somebody who signs in. */
export type Person = {
  person_id: number
  email: string
  name: string
  role: Role
  /** Codes of the locations where they may change stock; null: everywhere. */
  locations: string[] | null
  language: Language | null
  theme: Theme | null
  /** False until they have chosen a password. */
  joined: boolean
  created_at: string
  signed_in_at: string | null
  removed_at: string | null
}

/** A link by which somebody chooses a password, once; shown in this one answer. */
export type Link = { link: string; expires_at: string }

/** What a link says of itself before it is used; without an address it is the first owner's. */
export type LinkLook = {
  tenant: string
  name: string
  email: string | null
  person: string | null
  language: Language | null
  expires_at: string
}

export type Invite = {
  email: string
  role: Role
  name?: string | undefined
  locations?: string[] | null | undefined
  language?: Language | undefined
}

export type UpdatePerson = {
  person_id: number
  email?: string | undefined
  name?: string | undefined
  role?: Role | undefined
  locations?: string[] | null | undefined
  language?: Language | undefined
  theme?: Theme | undefined
}

export type Preferences = {
  person_id: number
  language?: Language | undefined
  theme?: Theme | undefined
}

export type ListPeople = PageRequest<'name' | 'created_at'> & {
  /** True: those who were removed; else those who were not. */
  removed?: boolean | undefined
  role?: Role | undefined
  /** Letters of the name or address, in any case. */
  q?: string | undefined
}

export type Join = {
  link: string
  password: string
  /** The first owner's; of anybody else it is known. */
  email?: string | undefined
  name?: string | undefined
}

/** Who stands behind a number of the ledger. */
export type Actor = { actor_id: number; kind: 'key' | 'person'; name: string }

const link = async (
  context: Context,
  person_id: number | undefined,
  transaction?: unknown,
): Promise<Answer<Link>> => {
  const { text, sha256 } = newSecret('link', context.tenant_id)
  const request = { secret_sha256: sha256, ...(person_id === undefined ? {} : { person_id }) }
  const made = await writeFitting<Omit<Link, 'link'>>(context, 'create_link', request, {
    transaction,
  })
  return made.ok ? { ...made, link: text } : made
}

const invite = async (
  context: Context,
  request: Invite,
  options?: CallOptions,
): Promise<Answer<Person & { link?: string; link_expires_at?: string }>> => {
  const made = await writeFitting<Person>(context, 'create_person', request, options)
  if (!made.ok || made.replayed) return made
  const linked = await link(context, made.person_id, options?.transaction)
  return linked.ok
    ? { ...made, link: linked.link, link_expires_at: linked.expires_at }
    : { ok: false, refusal: linked.refusal }
}

const change = async (
  context: Context,
  verb: string,
  request: object,
  options?: CallOptions,
): Promise<Answer<Person>> => {
  const changed = await writeFitting<Person>(context, verb, request, options)
  forgetCallers(context.database)
  return changed
}

const NO_LINK: Answer<never> = {
  ok: false,
  refusal: { code: 'link_not_found', message: refusals.link_not_found },
}

/** The context of the tenant that a link's text names. */
const contextOf = (context: Context, text: string): Context | undefined => {
  const tenant_id = tenantIn('link', text)
  return tenant_id === undefined ? undefined : { ...context, tenant_id, actor_id: undefined }
}

const lookAtLink = async (context: Context, text: string): Promise<Answer<LinkLook>> => {
  const own = contextOf(context, text)
  if (!own) return NO_LINK
  return readFitting<LinkLook>(own, 'look_at_link', { secret_sha256: sha256Of(text) })
}

const join = async (context: Context, request: Join, knock: Knock): Promise<Answer<Begun>> => {
  const own = contextOf(context, request.link)
  const looked = await lookAtLink(context, request.link)
  if (!own || !looked.ok) return NO_LINK
  const { email, name, password } = request
  const weak = refuseWeak(password, [looked.email ?? email ?? '', name ?? looked.person ?? ''])
  if (weak) return weak
  const { text, sha256 } = newSecret('session', own.tenant_id)
  const answer = await writeFitting<Omit<Begun, 'session'>>(own, 'join_by_link', {
    ...{ secret_sha256: sha256Of(request.link), email, name, password: await keptOf(password) },
    ...{ session_sha256: sha256, address: knock.address, agent: knock.agent },
  })
  forgetCallers(context.database)
  return begun(answer, text)
}

/**
 * The room of people, for one tenant.
 *
 * @example
 * const asked = await holdfast.people.invite({ email: 'ana@shop.example', role: 'stock_keeper' })
 * if (asked.ok) console.log(`https://stock.shop.example/join#${asked.link}`)
 */
export const peopleOf = (context: Context) => ({
  invite: (request: Invite, options?: CallOptions) => invite(context, request, options),
  get: (request: { person_id: number }): Promise<Answer<Person>> =>
    readFitting(context, 'get_person', request),
  list: (request: ListPeople = {}): Promise<PageAnswer<Person>> =>
    readFitting(context, 'list_people', request),
  update: (request: UpdatePerson, options?: CallOptions) =>
    change(context, 'update_person', request, options),
  remove: ({ person_id }: { person_id: number }, options?: CallOptions) =>
    change(context, 'remove_person', { person_id }, options),
  /** How somebody likes the pages. */
  prefer: (request: Preferences) => change(context, 'set_preferences', request),
  /** A new link for somebody who is in already; the links before it end. */
  link: (request: { person_id: number }) => link(context, request.person_id),
  /** A link for the first owner, while the tenant has none. */
  ownerLink: () => link(context, undefined),
  lookAtLink: (request: { link: string }) => lookAtLink(context, request.link),
  /** Chooses a password by a link, and signs in. */
  join: (request: Join, knock: Knock) => join(context, request, knock),
  /** Who stands behind numbers of the ledger. */
  actors: (request: { actors: number[] }): Promise<Answer<{ data: Actor[] }>> =>
    readFitting(context, 'name_actors', request),
})

export type People = ReturnType<typeof peopleOf>
