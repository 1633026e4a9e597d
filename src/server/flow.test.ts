import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { startServer } from '../../test/http.ts'

const { holdfast } = await freshDatabase()

const keyWith = async (scopes: ('read' | 'sell' | 'stock' | 'admin')[], tenant = holdfast) => {
  const made = await tenant.keys.create({ name: scopes.join(' '), scopes, mode: 'live' })
  if (!made.ok) throw new Error(made.refusal.message)
  return made.key as string
}

const server = await startServer({ holdfast }, await keyWith(['admin']))
afterAll(() => server.close())
const { call } = server

const availableOf = async (sku: string): Promise<number> => {
  const { body } = await call('GET', `/v1/availability?sku=${sku}`)
  return body.data[0].available
}

const stocked = async (sku: string, quantity: number, location = 'berlin') => {
  await call('POST', '/v1/locations', { code: location })
  await call('POST', '/v1/skus', { code: sku })
  const received = await call('POST', '/v1/stock/receive', { lines: [{ sku, location, quantity }] })
  expect(received.status).toBe(200)
}

const hold = async (sku: string, quantity: number): Promise<string> => {
  const { body } = await call('POST', '/v1/reservations', { lines: [{ sku, quantity }] })
  return body.reservation_id
}

test('hold 3 and see available fall; commit, fulfill 2, release 1, return 1', async () => {
  await stocked('TEE-M', 10)
  const held = await call('POST', '/v1/reservations', { lines: [{ sku: 'TEE-M', quantity: 3 }] })
  expect(held.status).toBe(201)
  expect(held.body).toMatchObject({ ok: true, state: 'held', lines: [{ held: 3, version: 2 }] })
  expect(await availableOf('TEE-M')).toBe(7)

  const path = `/v1/reservations/${held.body.reservation_id}`
  const lines = (quantity: number) => ({ lines: [{ sku: 'TEE-M', quantity }] })
  const committed = await call('POST', `${path}/commit`, { order_reference: 'ORDER-1' })
  expect(committed.body).toMatchObject({ state: 'committed', order_reference: 'ORDER-1' })
  expect((await call('POST', `${path}/fulfill`, lines(2))).status).toBe(200)
  expect((await call('POST', `${path}/release`, lines(1))).body.state).toBe('closed')
  expect((await call('POST', `${path}/return`, lines(1))).body.lines[0].returned).toBe(1)

  const { body: levels } = await call('GET', '/v1/levels?sku=TEE-M')
  expect(levels.data[0]).toMatchObject({ on_hand: 9, held: 0, committed: 0, available: 9 })
  const { body: ledger } = await call('GET', '/v1/transactions?sku=TEE-M&sort=recorded_at')
  const kinds = ledger.data.map(({ kind }: { kind: string }) => kind)
  expect(kinds).toEqual(['receive', 'reserve', 'commit', 'fulfill', 'release', 'return'])
})

test('the same key gives the same answer and one hold, and says so in a header', async () => {
  await stocked('MUG', 5)
  const cart = { lines: [{ sku: 'MUG', quantity: 2 }] }
  const headers = { 'idempotency-key': 'cart-1' }
  const first = await call('POST', '/v1/reservations', cart, { headers })
  const second = await call('POST', '/v1/reservations', cart, { headers })
  expect(first.headers.get('idempotency-replayed')).toBeNull()
  expect(second.headers.get('idempotency-replayed')).toBe('true')
  expect(second.status).toBe(201)
  expect(second.body.reservation_id).toBe(first.body.reservation_id)
  expect(await availableOf('MUG')).toBe(3)

  const other = { lines: [{ sku: 'MUG', quantity: 1 }] }
  const reused = await call('POST', '/v1/reservations', other, { headers })
  expect(reused.status).toBe(422)
  expect(reused.body.code).toBe('idempotency_key_reused')
})

test('a refusal is a problem with the facts of each line and a page of its code', async () => {
  await stocked('CAP', 1)
  await stocked('CAP', 4, 'paris')
  const cart = { lines: [{ sku: 'CAP', location: 'berlin', quantity: 2 }] }
  const refused = await call('POST', '/v1/reservations', cart)
  expect(refused.status).toBe(409)
  expect(refused.headers.get('content-type')).toContain('application/problem+json')
  expect(refused.body).toMatchObject({
    type: '/docs/errors/insufficient_stock',
    code: 'insufficient_stock',
    instance: '/v1/reservations',
    lines: [{ asked: 2, available: 1, other_locations: [{ location: 'paris', available: 4 }] }],
  })
  expect(refused.body.request_id).toBe(refused.headers.get('x-request-id'))
  const page = await call('GET', refused.body.type)
  expect(page.status).toBe(200)
  expect(page.body).toContain('insufficient_stock')
})

test('If-Match: a reservation that has changed since it was read stays as it is', async () => {
  await stocked('SOCK', 9)
  const path = `/v1/reservations/${await hold('SOCK', 3)}`
  const read = await call('GET', path)
  const etag = read.headers.get('etag') as string
  expect((await call('GET', path, undefined, { headers: { 'if-none-match': etag } })).status).toBe(
    304,
  )

  const key = { 'idempotency-key': 'sock-1', 'if-match': etag }
  const order = { order_reference: 'ORDER-2' }
  expect((await call('POST', `${path}/commit`, order, { headers: key })).status).toBe(200)
  const again = await call('POST', `${path}/commit`, order, { headers: key })
  expect(again.headers.get('idempotency-replayed')).toBe('true')

  const stale = await call('POST', `${path}/release`, {}, { headers: { 'if-match': etag } })
  expect(stale.status).toBe(412)
  expect(stale.body.code).toBe('precondition_failed')
  expect((await call('GET', path)).body.state).toBe('committed')
})

test('of twenty writers with one ETag, one wins', async () => {
  await stocked('SCARF', 9)
  const path = `/v1/reservations/${await hold('SCARF', 3)}`
  const etag = (await call('GET', path)).headers.get('etag') as string
  const amended = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      call(
        'POST',
        `${path}/amend`,
        { lines: [{ sku: 'SCARF', quantity: 4 + (index % 5) }] },
        { headers: { 'if-match': etag } },
      ),
    ),
  )
  const statuses = amended.map(({ status }) => status).sort()
  expect(statuses).toEqual([200, ...Array(19).fill(412)])
})

test('a SKU is renamed only if it is still the one that was read', async () => {
  await stocked('OLD', 1)
  const etag = (await call('GET', '/v1/skus/OLD')).headers.get('etag') as string
  await call('PATCH', '/v1/skus/OLD', { barcodes: ['4006381333931'] })
  const headers = { 'if-match': etag }
  const refused = await call('POST', '/v1/skus/OLD/rename', { to: 'NEW' }, { headers })
  expect(refused.status).toBe(412)
  expect((await call('POST', '/v1/skus/OLD/rename', { to: 'NEW' })).body.code).toBe('NEW')
  expect((await call('GET', '/v1/skus/OLD')).body).toMatchObject({ code: 'NEW', asked_as: 'OLD' })
})

test('each key does what its scopes allow; a revoked one does nothing', async () => {
  const read = await keyWith(['read'])
  const sell = await keyWith(['sell'])
  const cart = { lines: [{ sku: 'TEE-M', quantity: 1 }] }
  expect((await call('GET', '/v1/levels', undefined, { key: null })).status).toBe(401)
  expect((await call('GET', '/v1/levels', undefined, { key: 'hf_live_1_x' })).status).toBe(401)
  expect((await call('GET', '/v1/levels', undefined, { key: read })).status).toBe(200)
  expect((await call('POST', '/v1/reservations', cart, { key: read })).status).toBe(403)
  expect((await call('POST', '/v1/reservations', cart, { key: sell })).status).toBe(201)
  expect((await call('GET', '/v1/keys', undefined, { key: sell })).status).toBe(403)

  const listed = await call('GET', '/v1/keys')
  const prefix = /^hf_live_[0-9a-z]+_.{6}/.exec(read)?.[0]
  const { key_id } = listed.body.data.find((each: { prefix: string }) => each.prefix === prefix)
  expect(JSON.stringify(listed.body)).not.toContain(read)
  expect((await call('POST', `/v1/keys/${key_id}/revoke`)).status).toBe(200)
  const refused = await call('GET', '/v1/levels', undefined, { key: read })
  expect(refused.status).toBe(401)
  expect(refused.headers.get('www-authenticate')).toContain('Bearer')
})

test('a key is shown once; a test key works on the sandbox', async () => {
  const made = await call('POST', '/v1/keys', { name: 'till', scopes: ['admin'], mode: 'test' })
  expect(made.status).toBe(201)
  expect(made.body.key).toMatch(/^hf_test_/)
  const key = made.body.key
  expect((await call('GET', '/v1/skus', undefined, { key })).body.data).toEqual([])
  expect((await call('GET', '/v1/skus/TEE-M', undefined, { key })).status).toBe(404)
})

test('another merchant sees nothing of this one', async () => {
  expect((await call('POST', '/v1/tenants', { code: 'acme' })).status).toBe(201)
  const acme = await holdfast.forTenant('acme')
  const key = await keyWith(['admin'], acme)
  const reservation = await hold('TEE-M', 1)
  const asAcme = (method: string, path: string, body?: object) => call(method, path, body, { key })
  expect((await asAcme('GET', `/v1/reservations/${reservation}`)).status).toBe(404)
  expect((await asAcme('POST', `/v1/reservations/${reservation}/release`)).status).toBe(404)
  expect((await asAcme('GET', '/v1/skus/TEE-M')).status).toBe(404)
  expect((await asAcme('GET', '/v1/levels')).body.data).toEqual([])
  expect((await asAcme('GET', '/v1/transactions')).body.data).toEqual([])
  const tenants = (await asAcme('GET', '/v1/tenants')).body.data
  expect(tenants.map(({ code }: { code: string }) => code)).toEqual(['acme'])
  expect((await asAcme('GET', '/v1/tenants/default')).status).toBe(404)
  expect((await asAcme('PATCH', '/v1/tenants/default', { name: 'mine' })).status).toBe(404)
  expect((await asAcme('POST', '/v1/tenants', { code: 'more' })).status).toBe(403)
  const settings = { cart_window_seconds: 60 }
  expect((await asAcme('PATCH', '/v1/tenants/acme', settings)).body).toMatchObject(settings)
})

test('every list goes page by page with the same words', async () => {
  for (const code of ['P-1', 'P-2', 'P-3']) await stocked(code, 1, 'paged')
  const lists = ['/v1/skus', '/v1/levels', '/v1/transactions', '/v1/reservations', '/v1/keys']
  for (const list of lists) {
    const whole = (await call('GET', `${list}?limit=250`)).body.data
    const seen: unknown[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const { body } = await call('GET', `${list}?limit=2${from}`)
      seen.push(...body.data)
      cursor = body.next_cursor
    }
    const plain = (rows: unknown[]) => JSON.stringify(rows).replaceAll(/"as_of":"[^"]*",?/g, '')
    expect(plain(seen), list).toBe(plain(whole))
  }
})

test('the levels of an instant are those that the ledger had then', async () => {
  await stocked('THEN', 5)
  const then = new Date(Date.now() + 1).toISOString()
  await new Promise(resolve => setTimeout(resolve, 20))
  await call('POST', '/v1/stock/adjust', {
    lines: [{ sku: 'THEN', location: 'berlin', quantity: -2 }],
  })
  const { body } = await call('GET', `/v1/levels?sku=THEN&as_of=${then}`)
  expect(body.data[0].on_hand).toBe(5)
  expect((await call('GET', '/v1/levels?sku=THEN')).body.data[0].on_hand).toBe(3)
})

test('health, readiness and metrics need no key and name no tenant', async () => {
  expect((await call('GET', '/healthz', undefined, { key: null })).body).toEqual({ ok: true })
  const ready = await call('GET', '/readyz', undefined, { key: null })
  expect(ready.body).toMatchObject({ ok: true, warnings: [], audit: { state: 'off' } })
  const metrics = await call('GET', '/metrics', undefined, { key: null })
  expect(metrics.body).toMatch(/holdfast_decisions_total\{verb="reserve",outcome="granted"\} \d+/)
  expect(metrics.body).toContain('outcome="insufficient_stock"')
  expect(metrics.body).toMatch(/holdfast_pool_total \d+/)
  expect(metrics.body).not.toMatch(/TEE-M|acme|hf_live/)
})

test('the reference and its script come from this server alone', async () => {
  const page = await call('GET', '/docs/api')
  expect(page.headers.get('content-security-policy')).toContain("connect-src 'self'")
  const sources = [...String(page.body).matchAll(/(?:src|href)="([^"]+)"/g)].map(found => found[1])
  expect(sources.every(source => source?.startsWith('/docs/assets/'))).toBe(true)
  for (const source of sources) {
    const asset = await call('GET', source as string)
    expect(asset.status).toBe(200)
    expect(asset.body.length).toBeGreaterThan(100)
  }
  const { body } = await call('GET', '/openapi.json')
  expect(body.openapi).toBe('3.1.0')
  const [curl] = body.paths['/v1/reservations'].post['x-codeSamples']
  expect(curl.source).toContain(`'${server.url}/v1/reservations'`)
})

test('an old answer goes only to who says that it will do, and says how old it is', async () => {
  await stocked('PLATE', 4)
  const lately = '/v1/availability?max_age_ms=10000&sku=PLATE'
  const first = await call('GET', lately)
  await hold('PLATE', 1)
  const again = await call('GET', lately)
  expect(again.body).toEqual(first.body)
  expect(again.body.data[0]).toMatchObject({ available: 4, as_of: first.body.as_of })
  expect(await availableOf('PLATE')).toBe(3)
  const known = { 'if-none-match': String(first.headers.get('etag')) }
  expect((await call('GET', lately, undefined, { headers: known })).status).toBe(304)
  expect((await call('GET', `${lately}&max_age_ms=-1`)).status).toBe(400)
  expect((await call('GET', '/v1/availability?max_age_ms=3600000&sku=PLATE')).status).toBe(400)
  const nowhere = await call('GET', '/v1/availability?max_age_ms=9000&sku=PLATE&location=moon')
  expect(nowhere.body.code).toBe('unknown_location')
})
