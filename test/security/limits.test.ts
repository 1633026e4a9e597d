import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createServer } from '../../src/server/server.ts'
import { freshDatabase } from '../database.ts'
import { type Document, operationsOf, type Schema } from '../document.ts'
import { granted, level, outcome, shiftClock, stock } from '../shop.ts'

// API4 and API6: nothing that a caller sends is without a bound, and nobody holds a shop's stock for
// ever. Too many calls at once, and calls that take too long: see src/server/limits.test.ts.

const { holdfast, url } = await freshDatabase()
const app = await createServer({ holdfast })
const base = await app.listen({ host: '127.0.0.1', port: 0 })
const hasty = await createServer({ holdfast, limits: { request_ms_max: 1_000 } })
const hastyBase = await hasty.listen({ host: '127.0.0.1', port: 0 })
const operations = operationsOf(app.swagger() as unknown as Document)
let key = ''

beforeAll(async () => {
  const made = await holdfast.keys.create({ name: 'all', scopes: ['admin'], mode: 'live' })
  key = granted(made).key as string
  await stock(holdfast, { TEE: { berlin: 10 } })
})
afterAll(async () => {
  await hasty.close()
  await app.close()
})

/** Says some lines on a socket, then waits until the other side ends. */
const talk = (lines: string[], where = base): Promise<string> =>
  new Promise(resolve => {
    let heard = ''
    const socket = connect(Number(new URL(where).port), '127.0.0.1')
    socket.on('data', data => {
      heard += data
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(heard))
    socket.write(`${lines.join('\r\n')}\r\n`)
  })

const post = ['POST /v1/skus HTTP/1.1', 'host: a']
const authorized = () => `authorization: Bearer ${key}`

test('API4: a request that never ends is ended', async () => {
  const headers = await talk(['GET /v1/skus HTTP/1.1', 'host: a'], hastyBase)
  expect(headers).toMatch(/^HTTP\/1.1 408 /)
  const type = 'content-type: application/json'
  const begun = [...post, authorized(), type, 'content-length: 100', '', '{"code":']
  const body = await talk(begun, hastyBase)
  expect(body).toMatch(/^HTTP\/1.1 408 /)
})

test('API4: a URL and headers have at most 16 KiB', async () => {
  const long = 'x'.repeat(20_000)
  expect(await talk([`GET /v1/skus?q=${long} HTTP/1.1`, 'host: a', '', ''])).toContain(' 431 ')
  expect(await talk(['GET /healthz HTTP/1.1', 'host: a', `x: ${long}`, '', ''])).toContain(' 431 ')
})

test('API4: a body is not read without a key, nor beyond its bound', async () => {
  const large = ['content-type: application/json', 'content-length: 999999999', 'connection: close']
  expect(await talk([...post, ...large, '', ''])).toMatch(/^HTTP\/1.1 401 /)
  expect(await talk([...post, authorized(), ...large, '', ''])).toMatch(/^HTTP\/1.1 413 /)
})

test('API4: two lengths, two hosts or a smuggled request are no request', async () => {
  const lengths = ['content-length: 2', 'content-length: 3']
  const both = ['transfer-encoding: chunked', 'content-length: 4']
  for (const odd of [lengths, both, ['transfer-encoding: chunked, x'], ['x : y'], [' folded: y']]) {
    expect(await talk([...post, ...odd, '', '{}']), odd.join()).toMatch(/^HTTP\/1.1 400 /)
  }
})

const unbounded = (schema: Schema, place: string): string[] => {
  if (schema.anyOf) return schema.anyOf.flatMap(each => unbounded(each, place))
  if (schema.type === 'array') {
    const items = unbounded(schema.items ?? {}, `${place}[]`)
    return schema.maxItems === undefined ? [place, ...items] : items
  }
  if (schema.type === 'integer') return schema.maximum === undefined ? [place] : []
  if (schema.type === 'string') {
    return (schema.maxLength ?? schema.format ?? schema.pattern) ? [] : [place]
  }
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
    unbounded(inner, `${place}.${name}`),
  )
}

test('API4: every text, number and list of a request has a bound in the document', () => {
  const found = operations.flatMap(({ operationId, parameters, requestBody }) => [
    ...(parameters ?? [])
      .filter(({ in: place }) => place === 'query') // a path has the router's bound
      .flatMap(({ name, schema }) => unbounded(schema, `${operationId} ${name}`)),
    ...unbounded(requestBody?.content['application/json']?.schema ?? {}, operationId),
  ])
  expect(found).toEqual([])
})

test('API4: every list is read in pages, and a page has at most 250 rows', () => {
  const lists = operations.filter(({ operationId }) => operationId.startsWith('list_'))
  for (const { operationId, parameters } of lists) {
    const limit = parameters?.find(({ name }) => name === 'limit')
    expect(limit?.schema.maximum, operationId).toBe(250)
  }
})

test('API6: a hold that is made longer again and again ends nevertheless', async () => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 10 }]
  const { reservation_id } = granted(await holdfast.reserve({ lines, hold_seconds: 31_536_000 }))
  let extended = 0
  for (let n = 0; n < 200; n++) {
    const answer = await holdfast.extend({ reservation_id, hold_seconds: 31_536_000 })
    if (!answer.ok) {
      expect(outcome(answer)).toBe('extension_limit')
      break
    }
    extended++
  }
  expect(extended).toBeLessThan(200)
  await shiftClock(url, '400 days')
  granted(await holdfast.reserve({ lines }))
  await shiftClock(url, '0')
})

test('API6: a hold that is amended again and again ends nevertheless', async () => {
  await stock(holdfast, { MUG: { berlin: 4 } })
  granted(await holdfast.tenants.update({ code: 'default', hold_life_seconds_max: 7_200 }))
  const lines = (quantity: number) => [{ sku: 'MUG', location: 'berlin', quantity }]
  const first = granted(await holdfast.reserve({ lines: lines(4), hold_seconds: 60 }))
  const { reservation_id } = first
  const born = Date.parse(first.expires_at as string) - 60_000
  let outcomes = ''
  for (let minutes = 10; minutes <= 130; minutes += 20) {
    await shiftClock(url, `${minutes} minutes`)
    const answer = await holdfast.amend({ reservation_id, lines: lines(4) })
    outcomes += `${outcome(answer)} `
    if (!answer.ok) continue
    const ends = Date.parse(answer.expires_at as string)
    expect(ends).toBeLessThanOrEqual(born + 7_200_000 + 1_000)
  }
  expect(outcomes).toMatch(/^(ok )+(reservation_expired )+$/)
  expect(await level(holdfast, 'MUG', 'berlin')).toMatchObject({ available: 4 })
  await shiftClock(url, '0')
})

test('what cannot be read is answered with every security header', async () => {
  const heard = await talk(['nonsense', '', ''])
  expect(heard).toMatch(/^HTTP\/1.1 400 /)
  for (const name of ['x-frame-options: DENY', 'cache-control: no-store', "default-src 'none'"]) {
    expect(heard).toContain(name)
  }
})
