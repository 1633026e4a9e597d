import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportFile } from '../../src/imports/exportFile.ts'
import { importFile } from '../../src/imports/importFile.ts'
import { createServer } from '../../src/server/server.ts'
import { freshDatabase } from '../database.ts'
import { granted, level, stock } from '../shop.ts'

// API10: what comes in as a file is looked at as hard as what comes in as a request; what goes out as
// one is safe to open in a spreadsheet. The bound of 32 MiB: see src/imports/routes.test.ts.

const { holdfast } = await freshDatabase()
const app = await createServer({ holdfast })
const base = await app.listen({ host: '127.0.0.1', port: 0 })
let folder = ''
let key = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-test-files-'))
  const made = await holdfast.keys.create({ name: 'all', scopes: ['stock'], mode: 'live' })
  key = granted(made).key as string
})
afterAll(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const upload = async (body: string | Uint8Array<ArrayBuffer>, query = '') => {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'text/csv' }
  const answer = await fetch(`${base}/v1/imports${query}`, { method: 'POST', headers, body })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const take = (csv: string, more: object = {}) =>
  importFile(holdfast.context, { stream: Readable.from([csv]), ...more })

const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/
const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?$/

const formulas = [
  '=cmd|calc!A0',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '\uff1d1+1',
  '\uff0b1',
  '\uff0d1x',
  '\uff20x',
  "'=1",
  '=HYPERLINK("http://x","y")',
]

test('no cell of an export is a formula, and each text comes back as it was', async () => {
  const sound = formulas.map(text => text.trim())
  await stock(holdfast, Object.fromEntries(sound.map(code => [`${code}.`, { berlin: 1 }])))
  for (const [n, title] of formulas.entries()) {
    const product = { handle: `p-${n}`, title, vendor: title, option_names: ['Size'] }
    granted(await holdfast.products.create(product))
    const variant = { product: `p-${n}`, sku: `${sound[n]}.`, option_values: [`${sound[n]}`] }
    granted(await holdfast.variants.create(variant))
  }
  granted(await holdfast.tenants.create({ code: 'copy' }))
  const copy = await holdfast.forTenant('copy')
  granted(await copy.locations.create({ code: 'berlin' }))
  for (const format of ['shopify_products', 'holdfast', 'shopify_inventory'] as const) {
    const path = join(folder, `${format}.csv`)
    granted(await exportFile(holdfast.context, { format, path }))
    const cells = (parse(await readFile(path, 'utf8')) as string[][]).flat()
    expect(cells.filter(cell => FORMULA.test(cell) && !PLAIN_NUMBER.test(cell))).toEqual([])
    if (format !== 'shopify_products') continue
    granted(await importFile(copy.context, { path, location: 'berlin' }))
    const titles = granted(await copy.products.list({ limit: 100 })).data.map(each => each.title)
    expect(new Set(titles.map(each => each.trim()))).toEqual(new Set(sound))
  }
})

test('nor is one of the rows that an import rejects, its header included', async () => {
  const path = join(folder, 'rejects.csv')
  const csv = 'sku,location,on_hand,=1+1\n=bad(),berlin,=2+2,@x\n'
  granted(await take(csv, { rejects_path: path }))
  const cells = (parse(await readFile(path, 'utf8')) as string[][]).flat()
  expect(cells.length).toBeGreaterThan(8)
  expect(cells.filter(cell => FORMULA.test(cell))).toEqual([])
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
  'a column that is called %s is a column like others',
  async name => {
    const products = `URL handle,Title,Option1 Value,SKU,Price,${name}\nhat-${name},Hat,M,HAT-${name},1,x\n`
    expect(await take(products, { location: 'berlin' })).toMatchObject({ ok: true, rejected: 0 })
    const own = `sku,location,on_hand,${name}\nCAP-${name},berlin,3,x\n`
    expect(await take(own)).toMatchObject({ ok: true, rejected: 0 })
    expect(await level(holdfast, `CAP-${name}`, 'berlin')).toMatchObject({ on_hand: 3 })
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  },
)

const head = 'sku,location,on_hand\n'
const odd: [string, string | Uint8Array<ArrayBuffer>][] = [
  ['a zip', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0, 0])],
  ['gzip', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0])],
  ['a quotation mark that is never closed', `${head}"${'x'.repeat(5 * 1024 * 1024)}`],
  ['bytes that are no text', new Uint8Array([0x73, 0x6b, 0x75, 0xff, 0xfe, 0x0a])],
  ['no header at all', 'a\n'],
  ['a header of 100,000 columns', `${'x,'.repeat(100_000)}\n`],
  ['nothing', ' '],
]

test.each(odd)('%s is refused as a whole, and nothing is kept', async (_name, body) => {
  const kept = process.env['TMPDIR']
  const empty = await mkdtemp(join(folder, 'temporary-'))
  process.env['TMPDIR'] = empty
  const { status, body: problem } = await upload(body)
  if (kept === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = kept
  expect([status, problem['code']]).toEqual([400, 'invalid_request'])
  expect(await readdir(empty)).toEqual([])
})

const bombs: [string, string][] = [
  ['a row of 50,000 cells', `${head}A,berlin,1${',x'.repeat(50_000)}\n`],
  ['a million quotation marks', `${head}${'"'.repeat(1_000_000)},berlin,1\n`],
  ['a number of a million digits', `${head}B,berlin,${'9'.repeat(1_000_000)}\n`],
  ['200,000 empty rows', `${head}${',,\n'.repeat(200_000)}`],
  ['a code of a million letters', `${head}${'C'.repeat(1_000_000)},berlin,1\n`],
]

test.each(bombs)('%s ends, with a report or a refusal', async (_name, csv) => {
  const { status, body } = await upload(csv)
  expect([200, 400, 422], JSON.stringify(body).slice(0, 300)).toContain(status)
  const report = body as { rows?: number; rejected?: number }
  if (status === 200) expect(report.rejected).toBeGreaterThanOrEqual(0)
})

test.each(['../../etc/passwd', '/etc/passwd', '..\\x', 'a\u202egnp.csv', '%2e%2e%2f', 'file:///x'])(
  'a file that is called %s is only called so',
  async name => {
    const sent = `${head}NAMED,berlin,${name.length}\n`
    const { status, body } = await upload(sent, `?file_name=${encodeURIComponent(name)}&again=true`)
    expect([status, body['file_name']]).toEqual([200, name])
    expect(body['rejects_file']).toBeNull()
  },
)

test('over HTTP no path of the server can be read: the body is the file', async () => {
  for (const query of ['?path=/etc/passwd', '?rejects_path=/tmp/x', '?stream=x']) {
    expect((await upload(`${head}A,berlin,1\n`, query)).status).toBe(400)
  }
})

test('what is no plain file is not read: a folder, a device, a pipe', async () => {
  const link = join(folder, 'link.csv')
  await symlink('/dev/zero', link)
  for (const path of [folder, '/dev/zero', link, join(folder, 'none.csv')]) {
    const answer = await importFile(holdfast.context, { path })
    expect(answer, path).toMatchObject({ ok: false, refusal: { code: 'invalid_request' } })
  }
  await writeFile(join(folder, 'good.csv'), `${head}GOOD,berlin,1\n`)
  granted(await importFile(holdfast.context, { path: join(folder, 'good.csv') }))
})
