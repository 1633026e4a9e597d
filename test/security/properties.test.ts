import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer } from '../../src/server/server.ts'
import { freshDatabase } from '../database.ts'
import { type Document, operationsOf, type Schema } from '../document.ts'
import { asOwner, granted, level, outcome, stock } from '../shop.ts'

// API3: what a request may say, and what an answer may show. Injection: no text of a caller is ever
// more than a text, in SQL, in JavaScript's objects, or in a header.

const { holdfast, ownerUrl } = await freshDatabase()
const app = await createServer({ holdfast })
const base = await app.listen({ host: '127.0.0.1', port: 0 })
const operations = operationsOf(app.swagger() as unknown as Document)
let key = ''

const ask = async (method: string, path: string, body?: string) => {
  const answer = await fetch(base + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
  })
  return { status: answer.status, text: await answer.text() }
}

const line = { sku: 'TEE', location: 'berlin', quantity: 1 }

beforeAll(async () => {
  key = granted(await holdfast.keys.create({ name: 'a', scopes: ['admin'], mode: 'live' }))
    .key as string
  await stock(holdfast, { TEE: { berlin: 50 } })
})
afterAll(() => app.close())

/** Names of what only the house may set. */
const OURS = [
  'tenant_id',
  'tenant',
  'level_id',
  'sku_id',
  'actor_id',
  'resolved',
  'key',
  'fingerprint',
  'on_hand',
  'held',
  'version',
  'expires_at',
  'created_at',
  'recorded_at',
  'state',
  'sandbox_of',
  'secret_sha256',
  'scopes',
]

const allowsNot = (schema: Schema, name: string) => !Object.hasOwn(schema.properties ?? {}, name)

const bodied = operations.flatMap(operation => {
  const schema = operation.requestBody?.content['application/json']?.schema
  return schema ? [{ ...operation, schema }] : []
})

test.each(bodied)('API3: $operationId takes no field that it does not document', async each => {
  const path = each.path.replaceAll(/\{\w+\}/g, '1')
  for (const name of OURS.filter(name => allowsNot(each.schema, name))) {
    const { status, text } = await ask(each.method, path, JSON.stringify({ [name]: 1 }))
    expect(status, name).toBe(400)
    expect(text).toContain(`{"field":"${name}","reason":"is not a field of this request"}`)
  }
})

test('API3: the library gives such a field no meaning either', async () => {
  granted(await holdfast.tenants.create({ code: 'victim' }))
  const victim = await holdfast.forTenant('victim')
  const before = await level(holdfast, 'TEE', 'berlin')
  const forged = {
    lines: [line],
    tenant_id: victim.tenant_id,
    resolved: [{ line_no: 1, line, sku_id: 1, factor: 1_000_000, location_id: 1 }],
    expires_at: '2999-01-01T00:00:00Z',
    held: 9,
  }
  const hold = granted(await holdfast.reserve(forged as never))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: before.held + 1 })
  expect(hold.expires_at?.startsWith('2999')).toBe(false)
  expect(await victim.reservations()).toMatchObject({ data: [] })
})

test('API3: no schema of an answer has an id of the inside, or a hash', () => {
  const text = JSON.stringify((app.swagger() as { components: object }).components)
  expect(text).not.toMatch(/"(tenant_id|sku_id|level_id|location_id|secret_sha256|fingerprint)"/)
})

const injections = [
  `'; drop table holdfast.levels; --`,
  `' or '1'='1`,
  `x') union select secret_sha256::text from holdfast.api_keys --`,
  '$1',
  '%s%I%L',
  '\\',
  `"; select pg_sleep(60); --`,
  '{{constructor.constructor("return 1")()}}',
  '<script>alert(1)</script>',
  '$\x7b7*7}',
  'a\r\nset-cookie: x=1',
]

describe.each(injections)('injection: %j', text => {
  const encoded = encodeURIComponent(text)

  test('is a code, a name, a reason: nothing but its letters', async () => {
    const before = await asOwner(ownerUrl, `select count(*)::int as n from holdfast.api_keys`)
    const sku = granted(await holdfast.skus.create({ code: text.replace('\r\n', ' ') }))
    expect(sku.code).toBe(text.replace('\r\n', ' '))
    const reason = granted(await holdfast.adjust({ lines: [line], reason: text, document: text }))
    expect(reason.lines).toHaveLength(1)
    const found = granted(await holdfast.transactions({ document: text }))
    expect(found.data[0]).toMatchObject({ reason: text, document: text })
    expect(await asOwner(ownerUrl, `select count(*)::int as n from holdfast.api_keys`)).toEqual(
      before,
    )
  })

  test('in every path and filter of every read finds nothing', async () => {
    for (const operation of operations.filter(each => each.method === 'GET')) {
      // The database's own settings, by their names, are what /v1/system is for.
      const leak =
        operation.path === '/v1/system'
          ? /syntax error|relation |secret_sha/
          : /syntax error|pg_|relation |secret_sha/
      const path = operation.path.replaceAll(/\{\w+\}/g, encoded)
      const filters = (operation.parameters ?? []).filter(each => each.in === 'query')
      for (const query of ['', ...filters.map(({ name }) => `?${name}=${encoded}`)]) {
        const { status, text: answer } = await ask('GET', path + query)
        expect([200, 400, 404, 422], `${path}${query} ${answer}`).toContain(status)
        // What it echoes, and what the tests before this one have put there as codes.
        const echoes = [encoded, ...injections.map(each => JSON.stringify(each).slice(1, -1))]
        const own = echoes.reduce((left, echo) => left.replaceAll(echo, ''), answer)
        expect(own).not.toMatch(leak)
      }
    }
  })
})

test('injection: the name of a sort is one of a list, or refused', async () => {
  for (const { path, parameters } of operations) {
    const sort = parameters?.find(({ name }) => name === 'sort')
    if (!sort) continue
    expect(sort.schema.enum, path).toBeTruthy()
    const where = path.replaceAll(/\{\w+\}/g, 'x')
    for (const name of ['tenant_id', 'code;', 'code desc', '--code', '(select 1)', '__proto__']) {
      const { status, text } = await ask('GET', `${where}?sort=${encodeURIComponent(name)}`)
      expect(status, `${path} ${name}`).toBe(400)
      expect(text).toContain('"field":"sort"')
    }
  }
})

const polluting = [
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"lines":[{"sku":"TEE","location":"berlin","quantity":1,"__proto__":{"polluted":true}}]}',
  '{"\\u005f_proto__":{"polluted":true}}',
]

test.each(polluting)('prototype pollution: %s is refused and pollutes nothing', async raw => {
  for (const { method, path } of bodied) {
    const { status } = await ask(method, path.replaceAll(/\{\w+\}/g, 'x'), raw)
    expect(status).toBe(400)
  }
  expect(({} as { polluted?: true }).polluted).toBeUndefined()
})

test('prototype pollution: names of an object are names like others', async () => {
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    granted(await holdfast.skus.create({ code: name }))
    granted(await holdfast.locations.create({ code: name }))
    granted(await holdfast.receive({ lines: [{ sku: name, location: name, quantity: 2 }] }))
    granted(await holdfast.reserve({ lines: [{ sku: name, location: name, quantity: 1 }] }))
    expect(await level(holdfast, name, name)).toMatchObject({ on_hand: 2, held: 1 })
    expect(outcome(await holdfast.availability({ skus: [name] }))).toBe('ok')
    const { status } = await ask('GET', `/v1/skus?${name}=1`)
    expect(status).toBe(400)
    expect((await ask('GET', `/v1/skus/${name}`)).status).toBe(200)
    expect((await ask('GET', `/docs/errors/${name}`)).status).toBe(404)
  }
})

test('a header says what a caller sent only if it is an id', async () => {
  for (const id of ['a b', '<x>', 'x'.repeat(101), 'é', '']) {
    const answer = await fetch(`${base}/healthz`, { headers: { 'x-request-id': id } })
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  }
})
