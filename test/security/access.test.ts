import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createServer } from '../../src/server/server.ts'
import { freshDatabase } from '../database.ts'
import { type Described, type Document, operationsOf } from '../document.ts'
import { booksOf } from '../fuzz/books.ts'
import type { Names } from '../fuzz/fitting.ts'
import { fittingRequests, type Request } from '../fuzz/request.ts'
import { urlOf } from '../fuzz/text.ts'
import { openWire } from '../fuzz/wire.ts'
import { asOwner, granted, stock } from '../shop.ts'

// OWASP API Security Top 10 (2023): who may do what to what. API1, API2 and API5, for every operation
// of the document.

const scopeOf = ({ description }: Described): string =>
  /Scope: `(\w+)`/.exec(description)?.[1] as string

const { holdfast, ownerUrl } = await freshDatabase()
const app = await createServer({ holdfast })
const base = await app.listen({ host: '127.0.0.1', port: 0 })
const document = app.swagger() as unknown as Document
const operations = operationsOf(document)
/** Those that nobody has to be known for: they have tests of their own. */
const closed = operations.filter(each => scopeOf(each) !== 'none')
const wire = openWire(base)
const database = new pg.Client(ownerUrl)

const RESERVATION = '0190c5a0-0000-7000-8000-00000000000a'
/** Nobody's, so that no test ends a key that another needs. */
const KEY_OF_NOBODY = 999_999
/** Whatever only the owner may read has this word in it; no request says it. */
const SECRET = 'hush'

const names: Names = {
  sku: ['TEE', 'MUG'],
  into: ['MUG'],
  location: ['berlin'],
  code: ['TEE'],
  alias: ['PACK'],
  handle: ['tee'],
  product: ['tee'],
  reservation_id: [RESERVATION],
  day: ['2027-12-25'],
  'option_values[]': [['M']],
}

/** What a code is of, where it is not a SKU's. */
const codes: Record<string, string> = {
  ...{ Locations: 'berlin', Tenants: 'default', Calendars: 'de', Channels: 'web' },
  ...{ Kits: 'BOX' },
}

const namesFor = ({ tags }: Described): Names => {
  const code = codes[tags[0] ?? '']
  return code === undefined ? names : { ...names, code: [code] }
}

const sample = (operation: Described, count: number): Request[] =>
  fc
    .sample(fittingRequests(operation, namesFor(operation)), { seed: 1, numRuns: count })
    .map(made => (made.path['key_id'] ? { ...made, path: { key_id: KEY_OF_NOBODY } } : made))

const newKey = async (library: typeof holdfast, scope: 'read' | 'sell' | 'stock' | 'admin') => {
  const made = await library.keys.create({ name: scope, scopes: [scope], mode: 'live' })
  return granted(made).key as string
}

const keys: Record<string, string> = {}
let importId = ''

beforeAll(async () => {
  await database.connect()
  await stock(holdfast, { TEE: { berlin: 50 }, MUG: { berlin: 50 } })
  const named = { name: SECRET }
  granted(await holdfast.locations.update({ code: 'berlin', ...named }))
  granted(await holdfast.tenants.update({ code: 'default', ...named }))
  const product = { handle: 'tee', title: SECRET, vendor: SECRET, option_names: ['Size'] }
  granted(await holdfast.products.create(product))
  granted(await holdfast.variants.create({ product: 'tee', sku: 'TEE', option_values: ['M'] }))
  granted(await holdfast.skus.alias({ sku: 'TEE', alias: 'PACK', factor: 6 }))
  const holidays = [{ day: '2027-12-25', name: SECRET }]
  granted(await holdfast.calendars.create({ code: 'de', name: SECRET, holidays }))
  granted(await holdfast.channels.create({ code: 'web', name: SECRET }))
  granted(await holdfast.skus.create({ code: 'BOX' }))
  const components = [{ sku: 'TEE', quantity: 2 }]
  granted(await holdfast.kits.set({ sku: 'BOX', components, assembled: true }))
  granted(await holdfast.mail.set({ shop_name: SECRET }))
  const { mail_id } = granted(await holdfast.mail.sendTest({ to: `${SECRET}@example.com` }))
  const told = granted(await holdfast.notices.set({ email: `${SECRET}@example.com` }))
  names['mail_id'] = [mail_id]
  names['recipient_id'] = [told.recipient_id]
  const contact = { order_reference: 'o-1', email: `${SECRET}@example.com` }
  granted(await holdfast.contacts.set(contact))
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 3 }]
  const hold = { lines, id: RESERVATION, buyer: SECRET, order_reference: SECRET, tags: [SECRET] }
  granted(await holdfast.reserve(hold))
  const asked = { email: 'a@shop.example', name: SECRET, role: 'viewer' as const }
  const person = granted(await holdfast.people.invite(asked))
  const join = { link: person.link as string, password: 'three brass lamps' }
  const begun = granted(await holdfast.people.join(join, { address: '192.0.2.1' }))
  names['person_id'] = [person.person_id]
  names['session_id'] = [begun.session_id]
  names['actor'] = [person.person_id]
  granted(await holdfast.tenants.create({ code: 'stranger', name: 'Stranger' }))
  granted(await holdfast.tenants.create({ code: 'newcomer', name: 'Newcomer' }))
  const stranger = await holdfast.forTenant('stranger')
  for (const scope of ['read', 'sell', 'stock', 'admin'] as const) {
    keys[scope] = await newKey(holdfast, scope)
  }
  keys['stranger'] = await newKey(stranger, 'admin')
  keys['newcomer'] = await newKey(await holdfast.forTenant('newcomer'), 'admin')
  const csv = 'sku,location,on_hand\nTEE,berlin,50\n'
  const sent = await fetch(`${base}/v1/imports?file_name=${SECRET}`, {
    method: 'POST',
    body: csv,
    headers: { authorization: `Bearer ${keys['admin']}`, 'content-type': 'text/csv' },
  })
  importId = ((await sent.json()) as { import_id: string }).import_id
  names['import_id'] = [importId]
  names['key_id'] = [KEY_OF_NOBODY]
  const hook = await holdfast.webhooks.create({
    ...{ url: 'https://shop.example/hooks', description: SECRET },
  })
  names['endpoint_id'] = [String(granted(hook).endpoint_id)]
  names['event_id'] = ['evt_1']
})

afterAll(async () => {
  wire.close()
  await database.end()
  await app.close()
})

const ownBooks = () => booksOf(database, holdfast.tenant_id, false)

/** Operations that name something by their path: there is something to be found, or not. */
const addressed = operations.filter(({ path }) => path.includes('{'))

describe("API1: another tenant's key", () => {
  test.each(operations)(
    "$operationId reads and changes nothing of somebody else's",
    async operation => {
      const before = await ownBooks()
      for (const request of sample(operation, 5)) {
        const { status, body } = await wire.tell(request, keys['stranger'] as string)
        expect(status, urlOf(request)).toBeLessThan(500)
        expect(JSON.stringify(body)).not.toContain(SECRET)
      }
      expect(await ownBooks()).toBe(before)
    },
  )

  test.each(addressed)(
    '$operationId does not find what is there for its owner',
    async operation => {
      const known = sample(operation, 30).filter(request =>
        Object.entries(request.path).every(([name, value]) =>
          namesFor(operation)[name]?.includes(value),
        ),
      )
      expect(known.length).toBeGreaterThan(0)
      for (const request of known.slice(0, 3)) {
        const asked = { ...request, query: {}, header: {} }
        const { status } = await wire.tell(asked, keys['newcomer'] as string)
        // a body may be refused before anything is looked for
        expect(operation.method === 'GET' ? [404] : [400, 404, 422], urlOf(request)).toContain(
          status,
        )
      }
    },
  )

  test('a list holds what its tenant has, and no more', async () => {
    for (const path of ['/v1/reservations', '/v1/levels', '/v1/skus', '/v1/transactions']) {
      const headers = { authorization: `Bearer ${keys['stranger']}` }
      const answer = await fetch(base + path, { headers })
      const { data } = (await answer.json()) as { data: unknown[] }
      expect(JSON.stringify(data)).not.toMatch(/"PACK"|0190c5a0|hush/)
    }
  })
})

const wrongKeys: [string, (right: string) => string | undefined][] = [
  ['without a key', () => undefined],
  ['with an empty one', () => 'Bearer '],
  ['with a key that was never made', () => `Bearer hf_live_1_${'x'.repeat(43)}`],
  ['with half a key', right => `Bearer ${right.slice(0, -1)}`],
  ['with a letter more', right => `Bearer ${right}A`],
  ['with another tenant in its text', right => `Bearer ${right.replace('_1_', '_2_')}`],
  ['with a test key made of a live one', right => `Bearer ${right.replace('live', 'test')}`],
  ['by another scheme', right => `Basic ${Buffer.from(right).toString('base64')}`],
  ['with a key alone', right => right],
]

describe('API2: nobody calls', () => {
  test.each(closed)('$operationId without a right key: 401, and nothing else', async operation => {
    const [request] = sample(operation, 1) as [Request]
    const before = await ownBooks()
    for (const [how, authorization] of wrongKeys) {
      const value = authorization(keys['admin'] as string)
      const answer = await fetch(base + urlOf(request), {
        method: operation.method,
        headers: value === undefined ? {} : { authorization: value },
      })
      expect(answer.status, how).toBe(401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="holdfast"')
      const problem = (await answer.json()) as { detail: string; code: string }
      expect(problem.code).toBe('unauthenticated')
      expect(JSON.stringify(problem)).not.toContain((keys['admin'] as string).slice(-20))
    }
    expect(await ownBooks()).toBe(before)
  })
})

test('API2: a key in the URL is none: URLs stand in logs', async () => {
  for (const name of ['key', 'api_key', 'access_token']) {
    const answer = await fetch(`${base}/v1/skus?${name}=${keys['admin']}`)
    expect(answer.status).toBe(401)
  }
})

test('API2: no row of the database has the text of a key, and no list shows it', async () => {
  const rows = await asOwner(ownerUrl, 'select k::text as row, k.* from holdfast.api_keys k')
  expect(rows.length).toBeGreaterThanOrEqual(6)
  const listed = JSON.stringify(granted(await holdfast.keys.list()))
  for (const key of Object.values(keys)) {
    const secret = key.slice(key.lastIndexOf('_', 12) + 1)
    for (const { row, prefix, secret_sha256 } of rows) {
      expect(row).not.toContain(secret.slice(6))
      expect((secret_sha256 as Buffer).length).toBe(32)
      expect(String(prefix).length).toBeLessThanOrEqual(20)
    }
    expect(listed).not.toContain(secret.slice(6))
  }
})

describe.each(['read', 'sell', 'stock', 'admin'])('API5: a key of scope %s', scope => {
  test.each(closed)('$operationId: only if the document says so', async operation => {
    const [request] = sample(operation, 1) as [Request]
    const before = await ownBooks()
    const { status, body } = await wire.tell(request, keys[scope] as string)
    if (scope === 'admin' || [scope, 'any'].includes(scopeOf(operation))) {
      expect([401, 403]).not.toContain(status)
      return
    }
    expect([status, (body as { code: string }).code]).toEqual([403, 'forbidden'])
    expect(await ownBooks()).toBe(before)
  })
})

test('API5: no write is open to a key that reads, and every read of the shop is', () => {
  const writes = operations.filter(
    ({ method, operationId }) => method !== 'GET' && operationId !== 'look_up_availability',
  )
  expect(writes.filter(each => scopeOf(each) === 'read')).toEqual([])
  const keep = operations.filter(({ tags }) => tags[0] === 'Keys' || tags[0] === 'Tenants')
  const open = operations.filter(each => scopeOf(each) === 'none')
  expect(open.map(each => each.operationId).sort()).toEqual(['join', 'look_at_link', 'sign_in'])
  expect(keep.filter(each => scopeOf(each) !== 'admin')).toEqual([])
})

test('API5: only the operator makes tenants, or changes another', async () => {
  const headers = {
    authorization: `Bearer ${keys['stranger']}`,
    'content-type': 'application/json',
  }
  const made = await fetch(`${base}/v1/tenants`, {
    method: 'POST',
    headers,
    body: '{"code":"new"}',
  })
  expect(made.status).toBe(403)
  const body = '{"tracked":false}'
  const changed = await fetch(`${base}/v1/tenants/default`, { method: 'PATCH', headers, body })
  expect(changed.status).toBe(404)
  const listed = await fetch(`${base}/v1/tenants`, { headers })
  expect(await listed.json()).toMatchObject({ data: [{ code: 'stranger' }] })
})
