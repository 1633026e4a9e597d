import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roles } from '../../src/access/roles.ts'
import { isWrite } from '../../src/server/route.ts'
import { routes } from '../../src/server/routes.ts'
import { freshDatabase } from '../database.ts'
import { startServer, type TestServer } from '../http.ts'
import { asOwner, granted, shiftClock, stock } from '../shop.ts'

// People at the pages' door: what a cookie opens, who can forge or steal it, and what a role may do.

const { holdfast, ownerUrl } = await freshDatabase()
const PASSWORD = 'three brass lamps'
const NEW = 'four copper kettles'
const from = (address: string) => ({ address, agent: 'test' })
let server: TestServer
let behindTls: TestServer

const ask = (role: keyof typeof roles, locations: string[] | null = null) =>
  holdfast.people.invite({ email: `${role}@shop.example`, role, locations })

const joined = async (role: keyof typeof roles, locations?: string[]): Promise<string> => {
  const { link } = granted(await ask(role, locations))
  const request = { link: link as string, password: PASSWORD, name: role }
  return granted(await holdfast.people.join(request, from('192.0.2.1'))).session
}

const sessions: Record<string, string> = {}

/** What a page of this server sends. */
const page = (session: string, at = server.url) => ({
  key: null,
  headers: { cookie: `holdfast_session=${session}`, origin: at },
})

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 10, paris: 10 } })
  server = await startServer({ holdfast }, 'none')
  behindTls = await startServer({ holdfast, trust_proxy: 'loopback' }, 'none')
  const { link } = granted(await holdfast.people.ownerLink())
  const owner = { link, password: PASSWORD, email: 'owner@shop.example' }
  sessions['admin'] = granted(await holdfast.people.join(owner, from('192.0.2.1'))).session
  for (const role of ['viewer', 'seller', 'purchaser'] as const) {
    sessions[role] = await joined(role)
  }
  sessions['stock_keeper'] = await joined('stock_keeper', ['berlin'])
})
afterAll(async () => {
  await server.close()
  await behindTls.close()
})

const signIn = (email: string, password: string, headers: Record<string, string> = {}) =>
  server.call('POST', '/v1/sign-in', { email, password }, { key: null, headers })

const cookieIn = ({ headers }: { headers: Headers }) => headers.get('set-cookie') ?? ''
const textIn = (cookie: string) => /=([^;]*)/.exec(cookie)?.[1] as string

describe('signing in', () => {
  test('the right password begins a session, in a cookie that no script and no site can use', async () => {
    const answer = await signIn('Owner@Shop.example', PASSWORD)
    expect(answer).toMatchObject({ status: 200, body: { person: { role: 'admin' } } })
    expect(cookieIn(answer)).toMatch(
      /^holdfast_session=hf_session_1_[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Expires=/,
    )
    expect(JSON.stringify(answer.body)).not.toContain(textIn(cookieIn(answer)))
    const me = await server.call('GET', '/v1/me', undefined, page(textIn(cookieIn(answer))))
    expect(me.body).toMatchObject({ person: { email: 'owner@shop.example' }, key_id: null })
  })

  test('behind HTTPS the cookie is Secure and bound to its host; a plain one opens nothing', async () => {
    const forwarded = { 'x-forwarded-proto': 'https' }
    const body = { email: 'owner@shop.example', password: PASSWORD }
    const sent = { key: null, headers: forwarded }
    const answer = await behindTls.call('POST', '/v1/sign-in', body, sent)
    expect(cookieIn(answer)).toMatch(
      /^__Host-holdfast_session=.*; Path=\/; .*SameSite=Strict; Secure/,
    )
    expect(answer.headers.get('strict-transport-security')).toMatch(/max-age/)
    const session = textIn(cookieIn(answer))
    const me = (name: string) =>
      behindTls.call('GET', '/v1/me', undefined, {
        key: null,
        headers: { ...forwarded, cookie: `${name}=${session}` },
      })
    expect((await me('__Host-holdfast_session')).status).toBe(200)
    expect((await me('holdfast_session')).status).toBe(401)
  })

  test('a header that no proxy of ours has sent makes nothing secure', async () => {
    const answer = await signIn('owner@shop.example', PASSWORD, { 'x-forwarded-proto': 'https' })
    expect(cookieIn(answer)).toMatch(/^holdfast_session=/)
  })

  test('the session before ends, so nobody is led into one that another has begun', async () => {
    const planted = textIn(cookieIn(await signIn('viewer@shop.example', PASSWORD)))
    const answer = await signIn('viewer@shop.example', PASSWORD, {
      cookie: `holdfast_session=${planted}`,
    })
    expect(textIn(cookieIn(answer))).not.toBe(planted)
    const me = await server.call('GET', '/v1/me', undefined, page(planted))
    expect(me.status).toBe(401)
  })

  test('nobody learns who is known: same answer, same headers, same sum', async () => {
    const known = await signIn('viewer@shop.example', 'not this one')
    const unknown = await signIn('stranger@shop.example', 'not this one')
    const without = await signIn('not an address', 'not this one')
    const elsewhere = await server.call(
      'POST',
      '/v1/sign-in',
      { email: 'viewer@shop.example', password: PASSWORD, tenant: 'nowhere' },
      { key: null },
    )
    const shown = [known, unknown, without, elsewhere].map(({ status, body, headers }) => {
      const { request_id: _, ...rest } = body
      return { status, rest, cookie: headers.get('set-cookie') }
    })
    for (const each of shown) expect(each).toEqual(shown[0])
    expect(shown[0]).toMatchObject({ status: 401, rest: { code: 'wrong_password' }, cookie: null })
  })

  test('eleven guesses at once from one address: the eleventh waits, even with the right word', async () => {
    const tries = Array.from({ length: 14 }, () =>
      holdfast.sessions.signIn(
        { email: 'seller@shop.example', password: 'a guess' },
        from('198.51.100.9'),
      ),
    )
    const codes = (await Promise.all(tries)).map(answer => !answer.ok && answer.refusal.code)
    expect(codes.filter(code => code === 'wrong_password')).toHaveLength(10)
    const right = { email: 'seller@shop.example', password: PASSWORD }
    const waits = await holdfast.sessions.signIn(right, from('198.51.100.9'))
    expect(waits).toMatchObject({ refusal: { code: 'too_many_attempts' } })
    // Whoever guesses from one address locks nobody out who comes from another.
    granted(await holdfast.sessions.signIn(right, from('198.51.100.10')))
    await shiftClock(ownerUrl, '15 minutes 1 second')
    granted(await holdfast.sessions.signIn(right, from('198.51.100.9')))
    await shiftClock(ownerUrl, '0')
  })

  test('an address that guesses at many people waits as well, and is told how long', async () => {
    const subject = 'address 127.0.0.1'
    await asOwner(
      ownerUrl,
      `insert into holdfast.attempts (tenant_id, subject, count, since)
      values (1, sha256(convert_to($1, 'UTF8')), 100, holdfast.clock())
      on conflict (tenant_id, subject) do update set count = 100, since = excluded.since`,
      [subject],
    )
    const answer = await signIn('owner@shop.example', PASSWORD)
    expect(answer).toMatchObject({ status: 429, body: { code: 'too_many_attempts' } })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(800)
    await asOwner(ownerUrl, 'delete from holdfast.attempts')
  })
})

describe('a session', () => {
  test('ends after 12 hours without use, and after 7 days in any case', async () => {
    const begun = granted(
      await holdfast.sessions.signIn(
        { email: 'owner@shop.example', password: PASSWORD },
        from('192.0.2.3'),
      ),
    )
    const isOpen = async () => {
      await holdfast.sessions.end({ session_id: 0 }) // so that nothing is remembered
      return holdfast.sessions.authenticate(begun.session).then(
        () => true,
        () => false,
      )
    }
    for (let half = 1; half <= 13; half++) {
      await shiftClock(ownerUrl, `${half * 11} hours`)
      expect(await isOpen(), `${half * 11} hours`).toBe(true)
    }
    await shiftClock(ownerUrl, '154 hours 59 minutes') // 12 hours after its last use
    expect(await isOpen()).toBe(true)
    await shiftClock(ownerUrl, '167 hours')
    expect(await isOpen()).toBe(false)
    await shiftClock(ownerUrl, '0')
  })

  test('is kept as its SHA-256 alone', async () => {
    const rows = await asOwner(
      ownerUrl,
      'select s::text as row, p::text from holdfast.sessions s, holdfast.people p',
    )
    const all = JSON.stringify(rows)
    for (const session of Object.values(sessions)) expect(all).not.toContain(session.slice(-20))
    expect(all).not.toContain(PASSWORD)
  })

  test('is listed for its person alone, who can end it; an admin sees and ends all', async () => {
    const own = await server.call(
      'GET',
      '/v1/sessions',
      undefined,
      page(sessions['viewer'] as string),
    )
    const people = new Set(own.body.data.map((each: { name: string }) => each.name))
    expect([...people]).toEqual(['viewer'])
    const all = await server.call(
      'GET',
      '/v1/sessions',
      undefined,
      page(sessions['admin'] as string),
    )
    expect(all.body.data.length).toBeGreaterThan(own.body.data.length)
    const admins = all.body.data.find((each: { name: string }) => each.name === 'owner')
    const path = `/v1/sessions/${admins.session_id}/end`
    const stolen = await server.call('POST', path, undefined, page(sessions['viewer'] as string))
    expect(stolen).toMatchObject({ status: 404, body: { code: 'session_not_found' } })
    const spare = await joined('seller').catch(() => undefined)
    expect(spare).toBeUndefined() // asked in once
  })

  test('that was signed out, or whose password changed, opens nothing any more', async () => {
    const enter = async () => textIn(cookieIn(await signIn('purchaser@shop.example', PASSWORD)))
    const [here, there] = [await enter(), await enter()]
    const left = await server.call('POST', '/v1/sign-out', undefined, page(here))
    expect(cookieIn(left)).toMatch(/^holdfast_session=; .*Max-Age=0/)
    expect((await server.call('GET', '/v1/me', undefined, page(here))).status).toBe(401)
    const wrong = { password: 'not this one', to: NEW }
    const refused = await server.call('POST', '/v1/me/password', wrong, page(there))
    expect(refused).toMatchObject({ status: 401, body: { code: 'wrong_password' } })
    const right = { password: PASSWORD, to: NEW }
    const changed = await server.call('POST', '/v1/me/password', right, page(there))
    expect(changed.status).toBe(200)
    for (const old of [there, sessions['purchaser'] as string]) {
      expect((await server.call('GET', '/v1/me', undefined, page(old))).status).toBe(401)
    }
    sessions['purchaser'] = textIn(cookieIn(changed))
    const me = await server.call('GET', '/v1/me', undefined, page(sessions['purchaser']))
    expect(me.status).toBe(200)
  })

  test('cannot be used as a key, nor a key as a session', async () => {
    const bearer = await server.call('GET', '/v1/me', undefined, {
      key: sessions['admin'] as string,
    })
    expect(bearer.status).toBe(401)
    const made = await holdfast.keys.create({ name: 'k', scopes: ['admin'], mode: 'live' })
    const key = granted(made).key as string
    expect((await server.call('GET', '/v1/me', undefined, page(key))).status).toBe(401)
  })

  test.each([
    ['half of it', (text: string) => text.slice(0, -1)],
    ['another tenant in it', (text: string) => text.replace('_1_', '_2_')],
    ['two of them', (text: string) => `${text}; holdfast_session=${text}`],
    ['odd letters', () => `hf_session_1_${"'".repeat(43)}`],
  ])('%s opens nothing', async (_what, change) => {
    const text = change(sessions['admin'] as string)
    expect((await server.call('GET', '/v1/me', undefined, page(text))).status).toBe(401)
  })
})

const strangers: [string, Record<string, string>][] = [
  ['without an origin', {}],
  ['from another site', { origin: 'https://evil.example' }],
  ['from a page without an origin', { origin: 'null' }],
  ['from another port', { origin: 'http://127.0.0.1:1' }],
  ['from a site of the same owner', { 'sec-fetch-site': 'same-site' }],
  ['from another site, with our origin', { 'sec-fetch-site': 'cross-site' }],
]

describe('a write that another site makes with the cookie', () => {
  test.each(strangers)('%s changes nothing', async (what, extra) => {
    const origin: Record<string, string> =
      what.includes('site') && !extra['origin'] ? { origin: server.url } : {}
    const body = { lines: [{ sku: 'TEE', location: 'berlin', quantity: -5 }] }
    const headers = { cookie: `holdfast_session=${sessions['admin']}`, ...origin, ...extra }
    const answer = await server.call('POST', '/v1/stock/adjust', body, { key: null, headers })
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  test('signs nobody in, either', async () => {
    const answer = await signIn('owner@shop.example', PASSWORD, { 'sec-fetch-site': 'cross-site' })
    expect(answer).toMatchObject({ status: 403 })
    expect(cookieIn(answer)).toBe('')
  })
})

/** Of every route that asks for a scope: who of the five may call it. */
describe.each(Object.entries(roles))('a %s', (role, scopes) => {
  const asked = routes.filter(({ scope }) => scope !== 'any' && scope !== 'none')
  test.each(asked)('$operation: as the role says', async each => {
    const path = each.url.replaceAll(/:\w+/g, '0')
    const body = isWrite(each) ? { raw: '{"nonsense": true}' } : {}
    const type = { 'content-type': each.accepts ?? 'application/json' }
    const { key, headers } = page(sessions[role] as string)
    const sent = { key, headers: { ...headers, ...type }, ...body }
    const answer = await fetch(server.url + path, {
      method: each.method,
      headers: sent.headers,
      ...('raw' in sent ? { body: sent.raw as string } : {}),
    })
    const has = (scopes as readonly string[]).includes(each.scope)
    const bound = role === 'stock_keeper' && each.scope === 'stock' && !each.checks_location
    expect(answer.status === 403).toBe(!has || bound)
    expect(answer.status).not.toBe(401)
  })
})

test('a stock keeper of Berlin counts there, and not in Paris; the ledger has their number', async () => {
  const count = (location: string) =>
    server.call(
      'POST',
      '/v1/stock/adjust',
      { lines: [{ sku: 'TEE', location, quantity: 1 }], reason: `counted ${location}` },
      page(sessions['stock_keeper'] as string),
    )
  expect(await count('paris')).toMatchObject({ status: 403, body: { code: 'not_your_location' } })
  expect(await count('berlin')).toMatchObject({ status: 200 })
  const me = await server.call('GET', '/v1/me', undefined, page(sessions['stock_keeper'] as string))
  const rows = await asOwner(
    ownerUrl,
    `select actor_id, reason from holdfast.inventory_transactions where reason like 'counted%'`,
  )
  expect(rows).toEqual([{ actor_id: me.body.person.person_id, reason: 'counted berlin' }])
})

test('a role that is changed counts at once', async () => {
  const viewer = page(sessions['viewer'] as string)
  const { body } = await server.call('GET', '/v1/me', undefined, viewer)
  const { person_id } = body.person
  const path = `/v1/people/${person_id}`
  const admin = page(sessions['admin'] as string)
  expect((await server.call('GET', '/v1/audit-log', undefined, viewer)).status).toBe(403)
  expect((await server.call('PATCH', path, { role: 'admin' }, admin)).status).toBe(200)
  expect((await server.call('GET', '/v1/audit-log', undefined, viewer)).status).toBe(200)
  expect((await server.call('PATCH', path, { role: 'viewer' }, admin)).status).toBe(200)
  expect((await server.call('GET', '/v1/audit-log', undefined, viewer)).status).toBe(403)
})

test('the people of one tenant are nobody in another', async () => {
  granted(await holdfast.tenants.create({ code: 'other' }))
  const other = await holdfast.forTenant('other')
  const { link } = granted(await other.people.ownerLink())
  const join = { link, password: PASSWORD, email: 'boss@other.example' }
  const joinedThere = await server.call('POST', '/v1/join', join, { key: null })
  const boss = page(textIn(cookieIn(joinedThere)))
  expect(joinedThere.body).toMatchObject({ tenant: { code: 'other' } })
  const people = await server.call('GET', '/v1/people', undefined, boss)
  expect(people.body.data).toMatchObject([{ email: 'boss@other.example' }])
  const { body } = await server.call('GET', '/v1/me', undefined, page(sessions['admin'] as string))
  const admin = body.person.person_id
  for (const [method, path, sent] of [
    ['GET', `/v1/people/${admin}`, undefined],
    ['PATCH', `/v1/people/${admin}`, { role: 'viewer' }],
    ['POST', `/v1/people/${admin}/remove`, undefined],
    ['POST', `/v1/people/${admin}/link`, undefined],
    ['POST', `/v1/sessions/${body.session_id}/end`, undefined],
  ] as const) {
    expect((await server.call(method, path, sent, boss)).status, path).toBe(404)
  }
  expect((await signIn('boss@other.example', PASSWORD)).status).toBe(401)
  const named = { email: 'boss@other.example', password: PASSWORD, tenant: 'other' }
  expect((await server.call('POST', '/v1/sign-in', named, { key: null })).status).toBe(200)
})
