import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isWrite, type Route } from '../src/server/route.ts'
import { routes } from '../src/server/routes.ts'
import { freshDatabase } from './database.ts'
import { type Sent, startServer } from './http.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const made = await holdfast.keys.create({ name: 'all', scopes: ['admin'], mode: 'live' })
const server = await startServer({ holdfast }, (made.ok && made.key) || '')
const database = new pg.Client(ownerUrl)
const { call } = server

const RESERVATION = '0190c5a0-0000-7000-8000-00000000000a'
const line = { sku: 'TEE', location: 'berlin', quantity: 1 }
const move = { ...line, from: 'available', to: 'damaged' }

/** A good request of every route that takes one: what is spoilt below, field by field. */
const good: Record<string, { path?: Record<string, string>; body?: object }> = {
  reserve: {
    body: {
      lines: [{ ...line, unit: 'each' }],
      id: '0190c5a0-0000-7000-8000-00000000000b',
      hold_seconds: 60,
      buyer: 'b',
      tags: ['a'],
      partial: false,
      split: false,
      order_reference: 'o',
    },
  },
  amend: { body: { lines: [line], split: true } },
  extend: { body: { hold_seconds: 60, order_reference: 'o' } },
  commit: { body: { order_reference: 'o', lines: [line] } },
  fulfill: { body: { lines: [line], document: 'd' } },
  release: { body: { lines: [line], reason: 'r' } },
  return: { body: { lines: [{ ...line, state: 'damaged' }], reason: 'r' } },
  record_sale: {
    body: {
      order_reference: 'o',
      lines: [line],
      fulfilled: true,
      occurred_at: '2026-01-01T00:00:00Z',
      id: '0190c5a0-0000-7000-8000-00000000000c',
    },
  },
  adjust: { body: { lines: [{ ...line, state: 'damaged', change_from: 0 }], mode: 'each' } },
  set: { body: { lines: [{ ...line, state: 'on_hand', change_from: 10 }], reason: 'count' } },
  move: { body: { lines: [move], document: 'd' } },
  receive: { body: { lines: [{ ...line, state: 'available' }], reason: 'r' } },
  look_up_availability: { body: { skus: ['TEE'], location: 'berlin' } },
  create_product: { body: { handle: 'h', title: 't', vendor: 'v', option_names: ['Size'] } },
  update_product: { body: { title: 't', product_type: 'p', option_names: ['Size'] } },
  create_variant: { body: { sku: 'TEE', option_values: ['M'], position: 1 } },
  update_variant: { body: { option_values: ['M'], to: ['L'], position: 2 } },
  archive_variant: { body: { option_values: ['M'] } },
  unarchive_variant: { body: { option_values: ['M'] } },
  create_sku: { body: { code: 'NEW', unit: 'each', unit_decimals: 0, tracked: true } },
  update_sku: { body: { tracked: true, barcodes: ['1'] } },
  rename_sku: { body: { to: 'OTHER' } },
  merge_sku: { body: { into: 'OTHER' } },
  alias_sku: { body: { alias: 'PACK', factor: 6 } },
  create_location: { body: { code: 'paris', name: 'Paris', kind: 'store', priority: 1 } },
  update_location: { body: { name: 'Berlin', time_zone: 'UTC' } },
  create_key: { body: { name: 'n', scopes: ['read'], mode: 'live' } },
  create_tenant: { body: { code: 'acme', name: 'Acme', cart_window_seconds: 60, tracked: true } },
  update_tenant: { body: { name: 'Default', order_window_seconds: 60 } },
}

const parameters: Record<string, string> = {
  reservation_id: RESERVATION,
  code: 'TEE',
  handle: 'tee',
  alias: 'PACK',
  key_id: '999',
  import_id: RESERVATION,
}

const codeOf = (route: Route): string =>
  route.tag === 'Locations' ? 'berlin' : route.tag === 'Tenants' ? 'default' : 'TEE'

const pathOf = (route: Route, named: Record<string, string> = {}): string =>
  route.url.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = named[name] ?? (name === 'code' ? codeOf(route) : parameters[name])
    return encodeURIComponent(value ?? '')
  })

const LONG = 'x'.repeat(1_000_000)
const json = JSON.stringify

/** Each as the JSON text that stands in a field's place; some are no JSON at all. */
const badValues: Record<string, string> = {
  empty: '""',
  blank: '" "',
  null: 'null',
  NaN: 'NaN',
  Infinity: 'Infinity',
  '1e21': '1e21',
  '1e400': '1e400',
  negative: '-1',
  zero: '0',
  fraction: '1.5',
  'string for number': '"2"',
  'number for string': '7',
  boolean: 'true',
  list: '[]',
  object: '{}',
  'list of null': '[null]',
  NUL: json('a\u0000b'),
  'escaped NUL': '"a\\u0000b"',
  'lone surrogate': '"a\\ud800b"',
  'a megabyte': json(LONG.slice(0, 900_000)),
  'more than a megabyte': json(LONG + LONG.slice(0, 200_000)),
  'unknown id': '"0190c5a0-0000-7000-8000-0000000000ff"',
  prototype: '{"__proto__":{"x":1}}',
  constructor: '{"constructor":{"prototype":{"x":1}}}',
}

/** What the field must be for a bad value to be no fault of shape. */
type Spoilt = { name: string; raw: string }

const HOLE = '"\u0001"'

/** Every field of a body, replaced by every bad value in its turn. */
const spoiltOf = (body: object): Spoilt[] => {
  const spoilt: Spoilt[] = []
  const walk = (value: unknown, path: string, put: (hole: unknown) => object): void => {
    const whole = json(put('\u0001')).replace(json('\u0001'), HOLE)
    for (const [name, bad] of Object.entries(badValues)) {
      spoilt.push({ name: `${path}: ${name}`, raw: whole.replace(HOLE, () => bad) })
    }
    if (typeof value !== 'object' || value === null) return
    for (const [name, inner] of Object.entries(value)) {
      const with_ = (hole: unknown) =>
        Array.isArray(value)
          ? put(value.map((each, index) => (String(index) === name ? hole : each)))
          : put({ ...value, [name]: hole })
      walk(inner, `${path}.${name}`, with_)
    }
  }
  for (const [name, inner] of Object.entries(body)) {
    walk(inner, name, hole => ({ ...body, [name]: hole }))
  }
  return spoilt
}

const brokenBodies: Spoilt[] = [
  { name: 'half of it', raw: '{"lines":' },
  { name: 'not JSON', raw: 'hello' },
  { name: 'null', raw: 'null' },
  { name: 'a list', raw: '[]' },
  { name: 'a number', raw: '7' },
  { name: 'a text', raw: '"x"' },
  { name: 'an unknown field', raw: '{"surprise":1}' },
  { name: 'a prototype', raw: '{"__proto__":{"admin":true}}' },
  { name: 'a deep nest', raw: '['.repeat(50_000) + ']'.repeat(50_000) },
  { name: 'a deep object', raw: `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}` },
  { name: 'a BOM and nothing', raw: '\ufeff' },
  { name: 'nothing', raw: '' },
]

const COUNTED = [
  'inventory_transactions',
  'levels',
  'reservations',
  'allocations',
  'requests',
  'events',
  'products',
  'variants',
  'skus',
  'sku_codes',
  'barcodes',
  'locations',
  'api_keys',
  'tenants',
  'imports',
]

/** Everything that a request could have changed, as one text. */
const books = async (): Promise<string> => {
  const parts = COUNTED.map(
    table => `(select md5(coalesce(string_agg(t::text, ',' order by t::text), ''))
      from (select * from holdfast.${table}) as t) as ${table}`,
  )
  const text = `select ${parts.join(', ')}`.replace(
    '(select * from holdfast.api_keys)',
    '(select key_id, name, revoked_at from holdfast.api_keys)',
  )
  return json((await database.query(text)).rows[0])
}

/** A good body, as its route takes it. */
const sentOf = (route: Route): Sent => {
  if (route.accepts) return { raw: 'SKU\nTEE\n', headers: { 'content-type': route.accepts } }
  return route.body ? { raw: json(good[route.operation]?.body ?? {}) } : {}
}

const send = (route: Route, raw: string) => call(route.method, pathOf(route), undefined, { raw })

beforeAll(async () => {
  await database.connect()
  await call('POST', '/v1/locations', { code: 'berlin' })
  await call('POST', '/v1/products', { handle: 'tee', title: 'Tee', option_names: ['Size'] })
  await call('POST', '/v1/products/tee/variants', { sku: 'TEE', option_values: ['M'] })
  await call('POST', '/v1/skus', { code: 'OTHER' })
  await call('POST', '/v1/stock/receive', { lines: [{ ...line, quantity: 10 }] })
  await call('POST', '/v1/reservations', { lines: [{ ...line, quantity: 4 }], id: RESERVATION })
})

afterAll(async () => {
  await database.end()
  await server.close()
})

const writers = routes.filter(route => route.body && !route.accepts)

test('the table has a good request for every route that takes a body', () => {
  expect(Object.keys(good).sort()).toEqual(writers.map(({ operation }) => operation).sort())
})

/** What no field accepts, whatever it is. */
const NEVER =
  /NaN|Infinity|1e21|1e400|NUL|surrogate|than a megabyte|prototype|constructor|list of null/

describe.each(writers)('$method $url', route => {
  const body = good[route.operation]?.body ?? {}

  test('spoilt fields are refused with a reason, and nothing changes', async () => {
    const before = await books()
    for (const { name, raw } of spoiltOf(body).filter(each => NEVER.test(each.name))) {
      const { status, body: problem } = await send(route, raw)
      expect(status, name).toBeGreaterThanOrEqual(400)
      expect(status, name).toBeLessThan(500)
      expect(problem.detail, name).toBeTruthy()
    }
    expect(await books()).toBe(before)
  })

  test('broken bodies are refused, and nothing changes', async () => {
    const before = await books()
    for (const { name, raw } of brokenBodies) {
      const { status, body: problem } = await send(route, raw)
      expect([400, 413, 422], `${name}: ${json(problem)}`).toContain(status)
    }
    const text = { raw: json(body), headers: { 'content-type': 'text/plain' } }
    const csv = { raw: json(body), headers: { 'content-type': 'text/csv' } }
    for (const sent of [text, csv]) {
      const { status, body: problem } = await call(route.method, pathOf(route), undefined, sent)
      expect(status, json(problem)).toBe(415)
    }
    const bytes = { raw: new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) }
    expect((await call(route.method, pathOf(route), undefined, bytes)).status).toBe(400)
    expect(await books()).toBe(before)
  })

  test('whatever stands in a field, it is never a 500', async () => {
    for (const { name, raw } of spoiltOf(body).filter(each => !NEVER.test(each.name))) {
      const { status, body: answer } = await send(route, raw)
      expect(status, `${name}: ${json(answer)}`).toBeLessThan(500)
    }
  })
})

describe.each(routes)('$method $url', route => {
  test('no key, a wrong key and a key without the scope do nothing', async () => {
    const before = await books()
    const none = await holdfast.keys.create({ name: 'sell', scopes: ['sell'], mode: 'live' })
    const revoked = await holdfast.keys.create({ name: 'gone', scopes: ['admin'], mode: 'live' })
    if (!none.ok || !revoked.ok) throw new Error('no keys')
    await holdfast.keys.revoke({ key_id: revoked.key_id })
    const keys = [null, 'x', 'hf_live_1_', `hf_live_1_${'x'.repeat(43)}`, revoked.key as string]
    const sent = sentOf(route)
    for (const key of keys) {
      const { status } = await call(route.method, pathOf(route), undefined, { key, ...sent })
      expect(status, String(key)).toBe(401)
    }
    if (route.scope !== 'sell') {
      const key = none.key as string
      const { status } = await call(route.method, pathOf(route), undefined, { key, ...sent })
      expect(status).toBe(403)
    }
    await database.query(`delete from holdfast.api_keys where name in ('sell', 'gone')`)
    expect(await books()).toBe(before)
  })

  if (route.url.includes(':'))
    test('names that lead nowhere are told so', async () => {
      const before = await books()
      const nowhere = ['x', '%', '../..', 'a/b', '☃', '0', '-1', '1e21', 'x'.repeat(400), ' ']
      const raw = sentOf(route)
      for (const name of [...nowhere, 'undefined', 'null', '__proto__', 'constructor']) {
        const named = Object.fromEntries(Object.keys(parameters).map(each => [each, name]))
        const { status } = await call(route.method, pathOf(route, named), undefined, raw)
        expect([400, 404, 422], name).toContain(status)
      }
      for (const encoded of ['%00', 'a%00b', '%ED%A0%80', '%zz', '%']) {
        const path = route.url.replaceAll(/:\w+/g, encoded)
        const { status } = await call(route.method, path, undefined, raw)
        expect([400, 404, 422], encoded).toContain(status)
      }
      expect(await books()).toBe(before)
    })

  if (isWrite(route))
    test('an idempotency key must be one', async () => {
      const raw = sentOf(route)
      for (const key of ['', 'x'.repeat(256), 'caf\u00e9', 'a\tb']) {
        const headers = { 'idempotency-key': key }
        const { status } = await call(route.method, pathOf(route), undefined, {
          ...raw,
          headers: { ...raw.headers, ...headers },
        })
        expect(status, key).toBe(400)
      }
    })

  if (route.query && !route.accepts)
    test('a query that makes no sense is refused', async () => {
      const names = Object.keys(((route.query ?? {}) as { properties?: object }).properties ?? {})
      const needed = route.operation === 'get_availability' ? 'sku=TEE&' : ''
      const path = pathOf(route)
      const bad = names.flatMap(name => [
        `${name}=%00`,
        `${name}=a%00b`,
        `${name}=`,
        `${name}=${'x'.repeat(5_000)}`,
      ])
      for (const limit of ['0', '-1', '251', '1.5', '1e21', 'NaN', 'abc', '1&limit=2']) {
        if (names.includes('limit')) bad.push(`limit=${limit}`)
      }
      for (const cursor of ['abc', '%7B%7D', 'e30', 'W10', 'WzFd', 'bnVsbA', '-_-_']) {
        if (names.includes('cursor')) bad.push(`cursor=${cursor}`)
      }
      for (const query of [...bad, 'surprise=1', 'sort=surprise', '__proto__=1', 'limit[]=1']) {
        const { status, body } = await call(route.method, `${path}?${needed}${query}`)
        expect([400, 404, 422], `${query.slice(0, 80)}: ${json(body)}`).toContain(status)
      }
    })
})

const quantities = ['0', '-1', '1.5', '1e21', '1000000000001', '"1"', 'null', 'true', '[]', '{}']

test.each(['reserve', 'adjust', 'set', 'move', 'receive', 'record_sale', 'return', 'amend'])(
  'a quantity of %s that is none is an invalid_quantity',
  async operation => {
    const route = writers.find(each => each.operation === operation) as Route
    const before = await books()
    const fits = { adjust: ['-1'], set: ['0'] }[operation] ?? []
    for (const quantity of quantities.filter(each => !fits.includes(each))) {
      const raw = json({ ...good[operation]?.body, mode: undefined }).replace(
        '"quantity":1',
        `"quantity":${quantity}`,
      )
      const { status, body } = await send(route, raw)
      expect([status, body.code], quantity).toEqual([422, 'invalid_quantity'])
    }
    expect(await books()).toBe(before)
  },
)
