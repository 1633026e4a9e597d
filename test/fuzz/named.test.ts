import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Route } from '../../src/server/route.ts'
import { routes } from '../../src/server/routes.ts'
import { freshDatabase } from '../database.ts'
import { startServer } from '../http.ts'
import { granted, stock } from '../shop.ts'
import { booksOf } from './books.ts'

// What the generator of fuzz.test.ts does not make: bodies that are no JSON, other kinds of body,
// cursors of somebody's own, and the code that a quantity which is none is answered with.

const { holdfast, ownerUrl } = await freshDatabase()
const made = await holdfast.keys.create({ name: 'all', scopes: ['admin'], mode: 'live' })
const server = await startServer({ holdfast }, granted(made).key as string)
const database = new pg.Client(ownerUrl)
const { call } = server
const books = () => booksOf(database, holdfast.tenant_id, true)

const RESERVATION = '0190c5a0-0000-7000-8000-00000000000a'
const line = { sku: 'TEE', location: 'berlin', quantity: 1 }

const names: Record<string, string> = { reservation_id: RESERVATION, handle: 'tee', alias: 'PACK' }

const pathOf = ({ url }: Route): string =>
  url.replaceAll(/:(\w+)/g, (_, name: string) => names[name] ?? 'TEE')

beforeAll(async () => {
  await database.connect()
  await stock(holdfast, { TEE: { berlin: 10 } })
  granted(await holdfast.reserve({ lines: [{ ...line, quantity: 4 }], id: RESERVATION }))
})
afterAll(async () => {
  await database.end()
  await server.close()
})

const brokenBodies: Record<string, string> = {
  'half of it': '{"lines":',
  'not JSON': 'hello',
  null: 'null',
  'a list': '[]',
  'a number': '7',
  'a text': '"x"',
  'an unknown field': '{"surprise":1}',
  'a prototype': '{"__proto__":{"admin":true}}',
  'a deep nest': '['.repeat(50_000) + ']'.repeat(50_000),
  'a deep object': `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
  'a BOM and nothing': '\ufeff',
  nothing: '',
  'two of them': '{} {}',
  'a comment': '{} // x',
}

const writers = routes.filter(route => route.body && !route.accepts)

describe.each(writers)('$method $url', route => {
  test('broken bodies and other kinds of body are refused, and nothing changes', async () => {
    const before = await books()
    const send = (raw: string | Uint8Array<ArrayBuffer>, type = 'application/json') =>
      call(route.method, pathOf(route), undefined, { raw, headers: { 'content-type': type } })
    for (const [name, raw] of Object.entries(brokenBodies)) {
      const { status, body } = await send(raw)
      expect([400, 413, 422], `${name}: ${JSON.stringify(body)}`).toContain(status)
    }
    for (const type of ['text/plain', 'text/csv', 'application/x-www-form-urlencoded']) {
      expect((await send('{}', type)).status, type).toBe(415)
    }
    const noText = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])
    expect((await send(noText)).status).toBe(400)
    expect(await books()).toBe(before)
  })
})

const lists = routes.filter(
  ({ query }) => 'cursor' in ((query as { properties?: object } | undefined)?.properties ?? {}),
)

test.each(lists)('$operation: a cursor that no page gave is refused', async route => {
  // {}, {}, [], [1], null; a cursor of another order; a cursor with SQL in it
  const own = (values: unknown[]) => Buffer.from(JSON.stringify(values)).toString('base64url')
  const forged = [own(['code; drop table x', 'a', 1]), own(['code', { a: 1 }, '1 or true'])]
  for (const cursor of ['abc', 'e30', 'W10', 'WzFd', 'bnVsbA', '-_-_', ...forged]) {
    const { status, body } = await call('GET', `${pathOf(route)}?cursor=${cursor}`)
    const product = route.operation === 'list_variants' // of no product
    expect([status, body.code], cursor).toEqual(
      product ? [404, 'product_not_found'] : [400, 'invalid_request'],
    )
  }
})

const quantities = ['0', '-1', '1.5', '1e21', '1000000000001', '"1"', 'null', 'true', '[]', '{}']

const verbs: [string, string, object][] = [
  ['reserve', '/v1/reservations', {}],
  ['record_sale', '/v1/sales', { order_reference: 'o' }],
  ['amend', `/v1/reservations/${RESERVATION}/amend`, {}],
  ['return', `/v1/reservations/${RESERVATION}/return`, {}],
  ['adjust', '/v1/stock/adjust', {}],
  ['set', '/v1/stock/set', {}],
  ['move', '/v1/stock/move', {}],
  ['receive', '/v1/stock/receive', {}],
]

test.each(verbs)('%s: a quantity that is none is an invalid_quantity', async (verb, path, more) => {
  const before = await books()
  const states = verb === 'move' ? { from: 'available', to: 'damaged' } : {}
  const whole = JSON.stringify({ ...more, lines: [{ ...line, ...states }] })
  const fits = { adjust: ['-1'], set: ['0'] }[verb] ?? []
  for (const quantity of quantities.filter(each => !fits.includes(each))) {
    const raw = whole.replace('"quantity":1', `"quantity":${quantity}`)
    const { status, body } = await call('POST', path, undefined, { raw })
    expect([status, body.code], quantity).toEqual([422, 'invalid_quantity'])
  }
  expect(await books()).toBe(before)
})

test('a query whose bytes are no text is refused, and its field is named', async () => {
  const { status, body } = await call('GET', '/v1/skus?q=a%ED%A0%80b')
  expect([status, body.field]).toEqual([400, 'q'])
})
