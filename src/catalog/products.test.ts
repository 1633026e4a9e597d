import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { connect } from '../database/connect.ts'
import { productsOf } from './products.ts'
import { variantsOf } from './variants.ts'

const { url, holdfast } = await freshDatabase()
const database = await connect({ connectionString: url })
afterAll(() => database.pool.end())
const context = { database, tenant_id: holdfast.tenant_id, tenant: 'default' }
const products = productsOf(context)
const variants = variantsOf(context)

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

test('a product is made once, found by its handle, changed and archived', async () => {
  const made = await products.create({ handle: 'tee', title: 'Tee', option_names: ['Size'] })
  expect(made).toMatchObject({ ok: true, handle: 'tee', option_names: ['Size'], variant_count: 0 })
  expect(await products.create({ handle: 'tee', title: 'Other' })).toEqual(
    refused('product_exists', { product: 'tee' }),
  )
  expect(await products.update({ handle: 'tee', title: 'Tee shirt', vendor: 'Us' })).toMatchObject({
    title: 'Tee shirt',
    vendor: 'Us',
    option_names: ['Size'],
  })
  expect(await products.update({ handle: 'tee', vendor: null, to: 'tee-2' })).toMatchObject({
    handle: 'tee-2',
    vendor: null,
  })
  expect(await products.get({ handle: 'tee' })).toEqual(refused('product_not_found'))
  const archived = await products.archive({ handle: 'tee-2' })
  expect(archived).toMatchObject({ ok: true, archived_at: expect.any(String) })
  expect(await products.archive({ handle: 'tee-2' })).toEqual(archived)
  expect(await products.list({ q: 'tee' })).toMatchObject({ data: [] })
  expect(await products.unarchive({ handle: 'tee-2' })).toMatchObject({ archived_at: null })
})

test('a handle written in another normal form is the same handle', async () => {
  await products.create({ handle: 'cafe\u0301', title: 'Coffee' })
  expect(await products.get({ handle: 'caf\u00e9' })).toMatchObject({ handle: 'caf\u00e9' })
})

test('a list is read page by page, each product once, in either order', async () => {
  for (const n of ['a', 'b', 'c', 'd', 'e']) {
    await products.create({ handle: `page-${n}`, title: `Paged ${n}` })
  }
  for (const sort of ['handle', '-handle', 'title', '-created_at'] as const) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await products.list({ q: 'paged', limit: 2, sort, cursor })
      if (!page.ok) throw new Error(page.refusal.message)
      expect(page.data.length).toBeLessThanOrEqual(2)
      seen.push(...page.data.map(row => row.handle))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    const sorted = ['page-a', 'page-b', 'page-c', 'page-d', 'page-e']
    expect(seen).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted)
  }
})

test.each([
  ['cursor', { cursor: 'nonsense' }],
  ['cursor', { cursor: '!!!' }],
  ['cursor', { cursor: Buffer.from('["handle","x"]').toString('base64url') }],
  ['cursor', { cursor: Buffer.from('["title","x",1]').toString('base64url') }],
  ['limit', { limit: 0 }],
  ['limit', { limit: 251 }],
  ['limit', { limit: 1.5 }],
  ['sort', { sort: 'price' }],
  ['colour', { colour: 'red' }],
])('a list with a wrong %s is refused: %j', async (field, request) => {
  expect(await products.list(request as never)).toEqual(refused('invalid_request', { field }))
})

test.each([
  ['invalid_request', 'handle', { title: 'x' }],
  ['invalid_request', 'handle', { handle: '', title: 'x' }],
  ['invalid_request', 'handle', { handle: ' \u3000\t', title: 'x' }],
  ['invalid_request', 'handle', { handle: 'a\u0007b', title: 'x' }],
  ['invalid_request', 'handle', { handle: 7, title: 'x' }],
  ['invalid_request', 'handle', { handle: 'a\u0000', title: 'x' }],
  ['invalid_request', 'title', { handle: 'h', title: '\ud800' }],
  ['invalid_request', 'request', null],
  ['too_large', 'handle', { handle: 'h'.repeat(256), title: 'x' }],
  ['invalid_request', 'title', { handle: 'h' }],
  ['too_large', 'title', { handle: 'h', title: 'x'.repeat(1001) }],
  ['invalid_request', 'option_names', { handle: 'h', title: 'x', option_names: 'Size' }],
  ['invalid_request', 'option_names', { handle: 'h', title: 'x', option_names: ['A', 'A'] }],
  ['invalid_request', 'option_names', { handle: 'h', title: 'x', option_names: [''] }],
  ['too_large', 'option_names', { handle: 'h', title: 'x', option_names: Array(101).fill('A') }],
  ['invalid_request', 'colour', { handle: 'h', title: 'x', colour: 'red' }],
])('a product that cannot be is refused with %s for %s', async (code, field, request) => {
  expect(await products.create(request as never)).toEqual(refused(code, { field }))
  expect(await products.get({ handle: 'h' })).toEqual(refused('product_not_found'))
})

test('a variant is a cell of the option matrix and makes its SKU', async () => {
  await products.create({ handle: 'shirt', title: 'Shirt', option_names: ['Size', 'Colour'] })
  const made = await variants.create({
    product: 'shirt',
    option_values: ['M', 'Blue'],
    sku: 'SHIRT-M-BLUE',
    barcode: '400',
  })
  expect(made).toMatchObject({ ok: true, sku: 'SHIRT-M-BLUE', barcodes: ['400'], position: 1 })
  const cell = { product: 'shirt', option_values: ['M', 'Blue'] }
  expect(await variants.create({ ...cell, sku: 'OTHER' })).toEqual(refused('variant_exists'))
  expect(await variants.create({ product: 'shirt', option_values: ['M'], sku: 'X' })).toEqual(
    refused('invalid_request', { field: 'option_values', option_names: ['Size', 'Colour'] }),
  )
  expect(await variants.create({ product: 'none', sku: 'X' })).toEqual(refused('product_not_found'))
  expect(await products.update({ handle: 'shirt', option_names: ['Size'] })).toEqual(
    refused('invalid_request', { field: 'option_names' }),
  )
  expect(await variants.update({ ...cell, to: ['L', 'Blue'], position: 4 })).toMatchObject({
    option_values: ['L', 'Blue'],
    position: 4,
  })
  expect(await variants.archive(cell)).toEqual(refused('invalid_request'))
  const moved = { product: 'shirt', option_values: ['L', 'Blue'] }
  expect(await variants.update({ ...moved, sku: 'NOWHERE' })).toEqual(refused('unknown_sku'))
  expect(await variants.archive(moved)).toMatchObject({ archived_at: expect.any(String) })
  expect(await variants.list({ product: 'shirt' })).toMatchObject({ data: [] })
  expect(await variants.list({ product: 'shirt', archived: true })).toMatchObject({
    data: [{ sku: 'SHIRT-M-BLUE' }],
  })
  expect(await variants.list({ product: 'none' })).toEqual(refused('product_not_found'))
})

test('a refused variant leaves no SKU behind', async () => {
  await products.create({ handle: 'lamp', title: 'Lamp' })
  await variants.create({ product: 'lamp', sku: 'LAMP' })
  expect(await variants.create({ product: 'lamp', sku: 'LAMP-2' })).toEqual(
    refused('variant_exists'),
  )
  const { rows } = await database.pool.query(
    `select holdfast_engine_1.read($1, 'get_sku', '{"code": "LAMP-2"}') as answer`,
    [context.tenant_id],
  )
  expect(rows[0].answer).toMatchObject(refused('unknown_sku'))
})

test('a page that ends with the longest title there can be leads to the next', async () => {
  const title = '\u0001'.repeat(1_000) // six bytes each in the cursor
  for (const handle of ['long-1', 'long-2']) await products.create({ handle, title })
  const first = await products.list({ sort: 'title', limit: 1 })
  if (!first.ok || first.next_cursor === null) throw new Error('there is a next page')
  const next = await products.list({ sort: 'title', limit: 1, cursor: first.next_cursor })
  expect(next).toMatchObject({ data: [{ handle: 'long-2' }] })
})
