import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { startServer } from '../../test/http.ts'
import { IMPORT_BYTES_MAX } from './shapes.ts'

const { holdfast } = await freshDatabase()
const made = await holdfast.keys.create({ name: 'import', scopes: ['admin'], mode: 'live' })
const server = await startServer({ holdfast }, (made.ok && made.key) || '')
afterAll(() => server.close())
const { call, url } = server

const FILE = [
  'Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Price',
  'tee,Tee,Size,M,TEE-M,shopify,5,9.90',
  'tee,,,L,TEE-L,shopify,7,9.90',
].join('\r\n')

const csv = { headers: { 'content-type': 'text/csv; charset=utf-8' } }
const send = (file: string, query = '') =>
  call('POST', `/v1/imports${query}`, undefined, { raw: file, ...csv })

test('a file is imported once; the same file again answers with its report', async () => {
  await call('POST', '/v1/locations', { code: 'berlin' })
  const query = '?location=berlin&file_name=products.csv'
  const tried = await send(FILE, `${query}&dry_run=true`)
  expect(tried.body).toMatchObject({ ok: true, dry_run: true, rows: 2, skus: 2, rejected: 0 })
  expect((await call('GET', '/v1/skus')).body.data).toEqual([])

  const imported = await send(FILE, query)
  expect(imported.body).toMatchObject({ ok: true, rows: 2, products: 1, skus: 2, rejected: 0 })
  const { body } = await call('GET', '/v1/availability?sku=TEE-M&sku=TEE-L')
  expect(body.data.map(({ available }: { available: number }) => available)).toEqual([5, 7])

  const again = await send(FILE, query)
  expect(again.body.already_imported).toBe(true)
  expect(again.headers.get('idempotency-replayed')).toBe('true')
  expect((await call('GET', '/v1/levels?sku=TEE-M')).body.data[0].on_hand).toBe(5)

  const listed = await call('GET', '/v1/imports')
  expect(listed.body.data).toHaveLength(1)
  const one = await call('GET', `/v1/imports/${listed.body.data[0].import_id}`)
  expect(one.body).toMatchObject({ file_name: 'products.csv', state: 'finished' })
})

test('what is no such file is refused, and nothing is written', async () => {
  const before = (await call('GET', '/v1/imports')).body.data.length
  for (const file of ['\u0000\u0001', 'a,b\n1,2\n', 'Handle\n', '"unclosed', 'PK\u0003\u0004']) {
    const { status, body } = await send(file)
    expect([status, body.code], JSON.stringify(file)).toEqual([400, 'invalid_request'])
  }
  expect((await send(FILE, '?location=nowhere')).status).toBe(400)
  expect((await send(FILE, '?surprise=1')).status).toBe(400)
  const json = await call('POST', '/v1/imports', { file: FILE })
  expect(json.status).toBe(415)
  expect((await call('GET', '/v1/imports')).body.data).toHaveLength(before)
})

test('a file over the limit is refused, whether or not its head says how long it is', async () => {
  const row = `tee,Tee,Size,M,TEE-M,shopify,5${' '.repeat(1_000)}\r\n`
  const long = FILE + row.repeat(Math.ceil(IMPORT_BYTES_MAX / row.length))
  const headers = { authorization: `Bearer ${made.ok && made.key}`, 'content-type': 'text/csv' }
  const stream = new Blob([long]).stream()
  const sent = { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit
  const statuses: (number | string)[] = []
  for (const request of [sent, { method: 'POST', headers, body: long }]) {
    // A server that has answered may hang up on whoever goes on talking.
    const answered = fetch(`${url}/v1/imports`, request)
    statuses.push(await answered.then(({ status }) => status).catch(() => 'hung up'))
  }
  for (const status of statuses) expect([413, 'hung up']).toContain(status)
  expect((await call('GET', '/healthz')).status).toBe(200)
})
