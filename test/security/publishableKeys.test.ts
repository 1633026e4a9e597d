import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../src/server/routes.ts'
import { freshDatabase } from '../database.ts'
import { type Answered, startServer, type TestServer } from '../http.ts'
import { asOwner, expectSound, granted, level, outcome, stock } from '../shop.ts'

// A key that everybody can read: what it opens, for whom, from where; and that it opens nothing else.

const SHOP = 'https://shop.example'
const { holdfast, ownerUrl } = await freshDatabase()
let server: TestServer
let key = ''
let keyId = 0

type Sent = {
  browser?: string | undefined
  origin?: string | null
  headers?: Record<string, string>
}

/** A call as a shop's page makes it. */
const call = (method: string, path: string, body?: unknown, sent: Sent = {}): Promise<Answered> => {
  const { browser, origin = SHOP, headers } = sent
  return server.call(method, path, body, {
    key,
    headers: {
      ...(origin === null ? {} : { origin }),
      ...(browser === undefined ? {} : { 'x-holdfast-browser': browser }),
      ...headers,
    },
  })
}

const cart = (quantity: number, sku = 'TEE') => ({ lines: [{ sku, location: 'berlin', quantity }] })

const hold = async (quantity: number) => {
  const answer = await call('POST', '/v1/reservations', cart(quantity))
  expect(answer.status).toBe(201)
  const browser = answer.headers.get('x-holdfast-browser') as string
  return { browser, id: answer.body.reservation_id as string }
}

/** Browsers are many here, from one address. */
const forgetBrowsers = () => asOwner(ownerUrl, 'delete from holdfast.attempts')

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 500 }, MUG: { berlin: 500 } })
  const made = await holdfast.publishableKeys.create({
    name: 'web shop',
    origins: [`${SHOP}/`, 'http://127.0.0.1:4646'],
    units_max: 5,
    shown_max: 20,
    calls_per_minute: 1_000,
  })
  ;({ key, key_id: keyId } = granted(made))
  server = await startServer({ holdfast }, 'none')
})
afterAll(() => server.close())

describe('a publishable key', () => {
  test('reads availability up to what it shows, by header or URL', async () => {
    const byHeader = await call('GET', '/v1/availability?sku=TEE')
    expect(byHeader.body.data[0]).toMatchObject({ available: 20, sellable: 20 })
    expect(byHeader.headers.get('access-control-allow-origin')).toBe(SHOP)
    expect(byHeader.headers.get('access-control-allow-credentials')).toBeNull()
    expect(byHeader.headers.get('vary')).toContain('origin')
    const headers = { origin: SHOP }
    const byUrl = await fetch(`${server.url}/v1/availability?sku=TEE&key=${key}`, { headers })
    expect(byUrl.status).toBe(200)
    const asked = await call('POST', '/v1/availability', { skus: ['TEE'] })
    expect(asked.body.data[0]).toMatchObject({ sellable: 20, locations: [{ available: 20 }] })
  })

  test('a refusal does not say how deep the shelf is, either', async () => {
    granted(await holdfast.publishableKeys.update({ key_id: keyId, units_max: 600 }))
    const answer = await call('POST', '/v1/reservations', cart(600))
    expect(answer.body).toMatchObject({ code: 'insufficient_stock', lines: [{ available: 20 }] })
    granted(await holdfast.publishableKeys.update({ key_id: keyId, units_max: 5 }))
  })

  test.each(routes.filter(({ browser }) => !browser))('opens no $operation', async each => {
    const path = each.url.replaceAll(/:\w+/g, '1')
    const answer = await fetch(server.url + path, {
      method: each.method,
      headers: {
        origin: SHOP,
        authorization: `Bearer ${key}`,
        ...(each.method === 'GET' ? {} : { 'content-type': each.accepts ?? 'application/json' }),
      },
      ...(each.method === 'GET' ? {} : { body: '{}' }),
    })
    // What needs nobody is open to everybody, and gives this key nothing.
    if (each.scope === 'none') expect([400, 403]).toContain(answer.status)
    else expect(answer.status).toBe(403)
  })

  const elsewhere: [string, Sent][] = [
    ['another site', { origin: 'https://evil.example' }],
    ['a site whose name ends alike', { origin: 'https://evil-shop.example' }],
    ['a host below it', { origin: 'https://a.shop.example' }],
    ['the same host without TLS', { origin: 'http://shop.example' }],
    ['another port', { origin: `${SHOP}:8443` }],
    ['no page at all', { origin: null }],
    ['a page of a file', { origin: 'null' }],
    ['a forged referrer', { origin: null, headers: { referer: `${SHOP}/` } }],
  ]
  test.each(elsewhere)('opens nothing for %s', async (_from, sent) => {
    for (const [method, path, body] of [
      ['GET', '/v1/availability?sku=TEE', undefined],
      ['POST', '/v1/reservations', cart(1)],
    ] as const) {
      const answer = await call(method, path, body, sent)
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  })

  test('hears which SKU has changed, and nothing of how many or for whom', async () => {
    await holdfast.events.feed()
    const leaving = new AbortController()
    const url = `${server.url}/v1/events?key=${key}&sku=MUG`
    const headers = { origin: SHOP, accept: 'text/event-stream' }
    const stream = await fetch(url, { headers, signal: leaving.signal })
    expect(stream.headers.get('access-control-allow-origin')).toBe(SHOP)
    granted(await holdfast.reserve({ ...cart(1, 'MUG'), buyer: 'hush' }))
    await holdfast.events.feed()
    let heard = ''
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    while (!heard.includes('level.changed')) heard += (await reader?.read())?.value ?? ''
    leaving.abort()
    const { data } = JSON.parse(/data: (.*level\.changed.*)/.exec(heard)?.[1] ?? '')
    expect(data).toEqual({ sku: 'MUG', location: 'berlin' })
    expect(heard).not.toMatch(/hush|reservation_id|on_hand|sellable/)
    const listed = await call('GET', '/v1/events')
    expect(listed.status).toBe(403)
  })

  test('is known by its whole text', async () => {
    for (const text of [key.slice(0, -1), `${key}0`, key.replace('_1_', '_2_'), 'hf_pub_1_']) {
      const headers = { authorization: `Bearer ${text}`, origin: SHOP }
      const answer = await fetch(`${server.url}/v1/availability?sku=TEE`, { headers })
      expect(answer.status, text).toBe(401)
    }
  })
})

describe('what a browser asks before a call', () => {
  const ask = (path: string, origin: string, method = 'POST') =>
    fetch(server.url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization,content-type,x-holdfast-browser',
      },
    })

  test('is answered for the origins of keys and the routes that they open', async () => {
    for (const path of ['/v1/availability', '/v1/reservations', '/v1/reservations/x/amend']) {
      const { status, headers } = await ask(path, SHOP)
      expect(status, path).toBe(204)
      expect(headers.get('access-control-allow-origin')).toBe(SHOP)
      expect(headers.get('access-control-allow-methods')).toMatch(/POST/)
      expect(headers.get('access-control-allow-headers')).toMatch(/x-holdfast-browser/)
      expect(headers.get('access-control-allow-credentials')).toBeNull()
    }
  })

  test('is not answered for any other', async () => {
    for (const [path, origin] of [
      ['/v1/reservations', 'https://evil.example'],
      ['/v1/reservations', '*'],
      ['/v1/reservations', 'null'],
      ['/v1/keys', SHOP],
      ['/v1/sign-in', SHOP],
      ['/v1/stock/adjust', SHOP],
      ['/v1/reservations/x/commit', SHOP],
    ] as const) {
      const { status, headers } = await ask(path, origin)
      expect(status, `${path} ${origin}`).toBe(405)
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  })
})

describe('the cart of a browser', () => {
  test('is one, of so many units, and its own to change and give back', async () => {
    await forgetBrowsers()
    const { browser, id } = await hold(2)
    const second = await call('POST', '/v1/reservations', cart(1), { browser })
    expect(second).toMatchObject({ status: 409, body: { code: 'cart_open', reservation_id: id } })
    const more = await call('POST', `/v1/reservations/${id}/amend`, cart(5), { browser })
    expect(more).toMatchObject({ status: 200, body: { lines: [{ held: 5 }] } })
    const tooMany = await call('POST', `/v1/reservations/${id}/amend`, cart(6), { browser })
    expect(tooMany).toMatchObject({ status: 409, body: { code: 'cart_too_large', units_max: 5 } })
    const read = await call('GET', `/v1/reservations/${id}`, undefined, { browser })
    expect(read.body).toMatchObject({ state: 'held', lines: [{ held: 5 }] })
    const gone = await call('POST', `/v1/reservations/${id}/release`, {}, { browser })
    expect(gone.body.state).toBe('closed')
    const again = await call('POST', '/v1/reservations', cart(1), { browser })
    expect(again.status).toBe(201)
    expect(again.headers.get('x-holdfast-browser')).toBeNull()
  })

  test('packs count as the units that are in them', async () => {
    await forgetBrowsers()
    granted(await holdfast.skus.alias({ sku: 'TEE', alias: 'PACK', factor: 6 }))
    const { held } = await level(holdfast, 'TEE', 'berlin')
    const answer = await call('POST', '/v1/reservations', cart(1, 'PACK'))
    expect(answer).toMatchObject({ status: 409, body: { code: 'cart_too_large' } })
    expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held })
  })

  test('of two tabs at once one holds', async () => {
    await forgetBrowsers()
    const { browser, id } = await hold(1)
    await call('POST', `/v1/reservations/${id}/release`, {}, { browser })
    const tabs = Array.from({ length: 6 }, () =>
      call('POST', '/v1/reservations', cart(1), { browser }),
    )
    const statuses = (await Promise.all(tabs)).map(({ status }) => status)
    expect(statuses.sort()).toEqual([201, 409, 409, 409, 409, 409])
  })

  test('is there for nobody else: another browser, no browser, a forged one', async () => {
    await forgetBrowsers()
    const mine = await hold(2)
    const theirs = await hold(2)
    const [, , , signature] = mine.browser.split('_')
    const forged = [theirs.browser.replace(/_[^_]*$/, `_${signature}`), undefined, 'x']
    for (const browser of [theirs.browser, ...forged]) {
      for (const [method, path, body] of [
        ['GET', '', undefined],
        ['POST', '/amend', cart(1)],
        ['POST', '/release', {}],
      ] as const) {
        const answer = await call(method, `/v1/reservations/${mine.id}${path}`, body, { browser })
        expect(answer).toMatchObject({ status: 404, body: { code: 'reservation_not_found' } })
      }
    }
    const own = await call('GET', `/v1/reservations/${mine.id}`, undefined, mine)
    expect(own.body).toMatchObject({ state: 'held', lines: [{ held: 2 }] })
  })

  test('that became an order is the shop’s: the browser changes nothing of it', async () => {
    await forgetBrowsers()
    const { browser, id } = await hold(2)
    granted(await holdfast.commit({ reservation_id: id, order_reference: 'ORDER-9' }))
    for (const [path, body] of [
      ['amend', cart(1)],
      ['release', {}],
    ] as const) {
      const answer = await call('POST', `/v1/reservations/${id}/${path}`, body, { browser })
      expect(answer.status).toBe(404)
    }
    for (const verb of ['commit', 'fulfill', 'extend', 'return']) {
      const body = { order_reference: 'MINE' }
      const answer = await call('POST', `/v1/reservations/${id}/${verb}`, body, { browser })
      expect(answer.status, verb).toBe(403)
    }
    expect(outcome(await holdfast.fulfill({ reservation_id: id }))).toBe('ok')
  })

  test.each([
    ['buyer', { buyer: 'somebody' }],
    ['hold_seconds', { hold_seconds: 31_536_000 }],
    ['owner', { owner: 'staff' }],
    ['order_reference', { order_reference: 'ORDER-1' }],
    ['tier', { tier: 'vip' }],
    ['channel', { channel: 'wholesale' }],
    ['partial', { partial: true }],
    ['id', { id: '0190c5a0-0000-7000-8000-00000000000b' }],
    ['tags', { tags: ['x'] }],
  ])('has no %s of the browser’s choice', async (field, extra) => {
    const answer = await call('POST', '/v1/reservations', { ...cart(1), ...extra })
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_request', field } })
  })

  test('a key that is repeated holds once, and meets no key of the shop', async () => {
    await forgetBrowsers()
    const headers = { 'idempotency-key': 'cart-1' }
    granted(await holdfast.reserve(cart(1), { key: 'cart-1' }))
    const { browser, id } = await hold(1)
    await call('POST', `/v1/reservations/${id}/release`, {}, { browser })
    const first = await call('POST', '/v1/reservations', cart(2), { browser, headers })
    expect(first.status).toBe(201)
    const again = await call('POST', '/v1/reservations', cart(2), { browser, headers })
    expect(again).toMatchObject({
      ...{ status: 201, body: { replayed: true, reservation_id: first.body.reservation_id } },
    })
  })

  test('nobody is a thousand browsers', async () => {
    await forgetBrowsers()
    const { held } = await level(holdfast, 'MUG', 'berlin')
    const crowd = Array.from({ length: 30 }, () => call('POST', '/v1/reservations', cart(1, 'MUG')))
    const codes = (await Promise.all(crowd)).map(({ body }) => body.code ?? 'held')
    expect(codes.filter(code => code === 'held')).toHaveLength(20)
    expect(codes.filter(code => code === 'too_many_attempts')).toHaveLength(10)
    expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ held: held + 20 })
    await forgetBrowsers()
  })
})

test('so many calls a minute, then none: with the seconds to wait, readable for the page', async () => {
  const request = { name: 'small', origins: [SHOP], calls_per_minute: 3 }
  const small = granted(await holdfast.publishableKeys.create(request))
  const read = () =>
    server.call('GET', '/v1/availability?sku=TEE', undefined, {
      key: small.key,
      headers: { origin: SHOP },
    })
  for (const left of ['2', '1', '0']) {
    expect((await read()).headers.get('ratelimit-remaining')).toBe(left)
  }
  const flood = await read()
  expect(flood).toMatchObject({ status: 429, body: { code: 'rate_limited', retryable: true } })
  expect(Number(flood.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(flood.headers.get('access-control-allow-origin')).toBe(SHOP)
})

test('another tenant’s key sees that tenant’s shop', async () => {
  granted(await holdfast.tenants.create({ code: 'other' }))
  const other = await holdfast.forTenant('other')
  const made = granted(await other.publishableKeys.create({ name: 'o', origins: [SHOP] }))
  const sent = { key: made.key, headers: { origin: SHOP } }
  const { body } = await server.call('GET', '/v1/availability?sku=TEE', undefined, sent)
  expect(body.data[0]).toMatchObject({ unknown: true })
  expect(await other.publishableKeys.revoke({ key_id: keyId })).toMatchObject({
    refusal: { code: 'key_not_found' },
  })
})

test.each([
  ['origins', { origins: [] }],
  ['origins', { origins: ['*'] }],
  ['origins', { origins: ['http://shop.example'] }],
  ['origins', { origins: ['https://shop.example/path'] }],
  ['origins', { origins: ['https://user@shop.example'] }],
  ['units_max', { units_max: 0 }],
  ['calls_per_minute', { calls_per_minute: 0 }],
  ['name', { name: '' }],
])('a key with wrong %s is refused: %j', async (field, request) => {
  const whole = { name: 'x', origins: [SHOP], ...request }
  expect(await holdfast.publishableKeys.create(whole)).toMatchObject({
    refusal: { code: 'invalid_request', field },
  })
})

test('a revoked key opens nothing, and its origin asks in vain', async () => {
  const made = granted(
    await holdfast.publishableKeys.create({ name: 'gone', origins: ['https://gone.example'] }),
  )
  granted(await holdfast.publishableKeys.revoke(made))
  const headers = { origin: 'https://gone.example' }
  const sent = { key: made.key, headers }
  expect((await server.call('GET', '/v1/availability?sku=TEE', undefined, sent)).status).toBe(401)
  const asked = await fetch(`${server.url}/v1/availability`, { method: 'OPTIONS', headers })
  expect(asked.headers.get('access-control-allow-origin')).toBeNull()
  expect(await holdfast.publishableKeys.update({ ...made, name: 'back' } as never)).toMatchObject({
    refusal: expect.anything(),
  })
})

test('after all of it the books are sound', () => expectSound(ownerUrl))
