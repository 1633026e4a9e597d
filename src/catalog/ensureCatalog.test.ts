import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { connect } from '../database/connect.ts'
import { tenantsOf } from '../tenants/tenants.ts'
import { type EnsureProduct, ensureCatalog } from './ensureCatalog.ts'
import { productsOf } from './products.ts'
import { skusOf } from './skus.ts'

const { url, holdfast } = await freshDatabase()
const database = await connect({ connectionString: url })
afterAll(() => database.pool.end())
const context = { database, tenant_id: holdfast.tenant_id, tenant: 'default' }
const skus = skusOf(context)

const ensure = async (products: EnsureProduct[]) => {
  const answer = await ensureCatalog(context, { products })
  if (!answer.ok) throw new Error(answer.refusal.message)
  return answer
}
const outcomes = (answer: Awaited<ReturnType<typeof ensure>>) =>
  answer.variants.map(variant => variant.outcome)

const tee = (sizes: string[]): EnsureProduct => ({
  handle: 'tee',
  title: 'Tee',
  vendor: 'Us',
  option_names: ['Size'],
  source: { Tags: 'summer' },
  variants: sizes.map(size => ({
    option_values: [size],
    sku: `TEE-${size}`,
    barcode: `40${size}`,
  })),
})

test('an import makes products, variants and SKUs; the same again changes nothing', async () => {
  const made = await ensure([tee(['S', 'M', 'L'])])
  expect(made.products).toEqual([{ handle: 'tee', outcome: 'created' }])
  expect(outcomes(made)).toEqual(['created', 'created', 'created'])
  expect(made.refusals).toEqual([])
  const again = await ensure([tee(['S', 'M', 'L'])])
  expect(again.products).toEqual([{ handle: 'tee', outcome: 'unchanged' }])
  expect(outcomes(again)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  expect(await skus.get({ code: 'TEE-M' })).toMatchObject({
    barcodes: ['40M'],
    variants: [{ product: 'tee', option_values: ['M'] }],
  })
})

test('an import updates what differs and leaves what it does not say', async () => {
  const more = tee(['S', 'M', 'XL'])
  const answer = await ensure([{ ...more, title: 'Tee shirt', vendor: undefined }])
  expect(answer.products).toEqual([{ handle: 'tee', outcome: 'updated' }])
  expect(outcomes(answer)).toEqual(['unchanged', 'unchanged', 'created'])
  expect(await productsOf(context).get({ handle: 'tee' })).toMatchObject({
    title: 'Tee shirt',
    vendor: 'Us',
    source: { Tags: 'summer' },
    variant_count: 4,
  })
})

test('an import that switches counting off raises the catalog version once', async () => {
  const version = async () => {
    const tenant = await tenantsOf(context).get()
    return tenant.ok ? tenant.catalog_version : 0
  }
  const before = await version()
  const variants = ['a', 'b'].map(n => ({ sku: `FILE-${n}`, option_values: [n], tracked: true }))
  const files = { handle: 'files', title: 'Files', option_names: ['No'], variants }
  await ensure([files])
  expect(await version()).toBe(before)
  const untracked = variants.map(variant => ({ ...variant, tracked: false }))
  expect(outcomes(await ensure([{ ...files, variants: untracked }]))).toEqual([
    'updated',
    'updated',
  ])
  expect(await version()).toBe(before + 1)
  expect(await skus.get({ code: 'FILE-a' })).toMatchObject({ tracked: false })
})

test('a former code in an import leads to the SKU it belongs to now', async () => {
  await skus.rename({ sku: 'TEE-S', to: 'TEE-SMALL' })
  const answer = await ensure([tee(['S'])])
  expect(answer.variants).toMatchObject([{ sku: 'TEE-SMALL', outcome: 'unchanged' }])
})

test('a row that conflicts is refused alone, and makes no SKU', async () => {
  await skus.create({ code: 'ROPE', unit: 'm' })
  await skus.alias({ sku: 'ROPE', alias: 'ROPE-10', factor: 10 })
  const answer = await ensure([
    {
      handle: 'mixed',
      title: 'Mixed',
      option_names: ['No'],
      variants: [
        { option_values: ['1'], sku: 'MIX-1', barcode: '40M' },
        { option_values: ['1', '2'], sku: 'MIX-2' },
        { option_values: ['3'], sku: '' },
        { option_values: ['4'], sku: 'ROPE-10' },
        { option_values: ['5'], sku: 'ROPE', unit: 'each' },
        { option_values: ['1'], sku: 'ROPE' },
        { option_values: ['7'], sku: 'MIX-7', tracked: 'yes' as never },
      ],
    },
    { handle: 'untitled', variants: [{ sku: 'UN-1' }] },
    { handle: ' ', title: 'Blank', variants: [{ sku: 'UN-2' }] },
  ])
  expect(outcomes(answer)).toEqual(['created', ...Array(8).fill('refused')])
  expect(answer.products.map(product => product.outcome)).toEqual(['created', 'refused', 'refused'])
  const codes = answer.refusals.map(refusal => refusal.code)
  for (const code of ['code_in_use', 'invalid_request', 'units_differ', 'variant_exists']) {
    expect(codes).toContain(code)
  }
  for (const code of ['MIX-2', 'MIX-7', 'UN-1', 'UN-2']) {
    expect(await skus.get({ code })).toMatchObject({ refusal: { code: 'unknown_sku' } })
  }
  expect(await skus.get({ code: 'MIX-1' })).toMatchObject({ barcodes: [] })
})

test('broken input is refused whole or by row, never an error', async () => {
  const call = (request: unknown) => ensureCatalog(context, request as never)
  expect(await call({})).toMatchObject({ refusal: { code: 'invalid_request' } })
  expect(await call({ products: 'x' })).toMatchObject({ refusal: { code: 'invalid_request' } })
  for (const product of [
    null,
    7,
    'x',
    [],
    {},
    { handle: 5 },
    { handle: 'h', title: 't', variants: 1 },
  ]) {
    expect(await call({ products: [product] })).toMatchObject({ ok: true })
  }
  for (const variant of [null, 7, 'x', [], {}, { sku: 5 }, { sku: 'V', option_values: 'x' }]) {
    const product = { handle: 'broken', title: 'Broken', variants: [variant] }
    expect(await call({ products: [product] })).toMatchObject({
      ok: true,
      variants: [{ outcome: 'refused' }],
    })
  }
  const variants = Array.from({ length: 2001 }, (_, n) => ({
    sku: `M-${n}`,
    option_values: [`${n}`],
  }))
  const many = { handle: 'many', title: 'Many', option_names: ['No'], variants }
  expect(await call({ products: [many] })).toMatchObject({ refusal: { code: 'too_large' } })
})

test('10,000 variants come in five calls, and the same again changes nothing', async () => {
  const call = (n: number): EnsureProduct[] =>
    Array.from({ length: 400 }, (_, p) => ({
      handle: `bulk-${n}-${p}`,
      title: `Bulk ${p}`,
      option_names: ['Size'],
      variants: Array.from({ length: 5 }, (_, v) => ({
        option_values: [`${v}`],
        sku: `BULK-${n}-${p}-${v}`,
        barcode: `${n}-${p}-${v}`,
      })),
    }))
  for (const outcome of ['created', 'unchanged']) {
    for (let n = 0; n < 5; n++) {
      const answer = await ensure(call(n))
      expect(outcomes(answer).every(found => found === outcome)).toBe(true)
    }
  }
})

test('four who import the same at once make everything once', async () => {
  const products = ['p', 'q', 'r'].map(handle => ({
    handle: `same-${handle}`,
    title: handle,
    variants: [{ sku: `SAME-${handle}`, barcode: `same-${handle}` }],
  }))
  const answers = await Promise.all(Array.from({ length: 4 }, () => ensure(products)))
  const made = answers.flatMap(outcomes).filter(outcome => outcome === 'created')
  expect(made).toHaveLength(3)
})
