import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { connect } from '../database/connect.ts'
import { locationsOf } from '../locations/locations.ts'
import { tenantsOf } from '../tenants/tenants.ts'
import { skusOf } from './skus.ts'

const { url, holdfast } = await freshDatabase()
const database = await connect({ connectionString: url })
afterAll(() => database.pool.end())
const context = { database, tenant_id: holdfast.tenant_id, tenant: 'default' }
const skus = skusOf(context)
const tenants = tenantsOf(context)

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})
const catalogVersion = async (): Promise<number> => {
  const tenant = await tenants.get()
  if (!tenant.ok) throw new Error(tenant.refusal.message)
  return tenant.catalog_version
}

beforeAll(async () => {
  await locationsOf(context).create({ code: 'berlin' })
})

test('a SKU is made with its own code, found, and not made twice', async () => {
  const before = await catalogVersion()
  const made = await skus.create({ code: 'A', unit: 'kg', unit_decimals: 3, barcodes: ['1', '2'] })
  expect(made).toMatchObject({
    ok: true,
    code: 'A',
    asked_as: 'A',
    factor: 1,
    unit: 'kg',
    tracked: true,
    tracked_effective: true,
    barcodes: ['1', '2'],
    totals: { levels: 0, available: 0 },
  })
  expect(await skus.get({ code: 'A' })).toEqual(made)
  expect(await skus.create({ code: 'A' })).toEqual(refused('sku_exists', { leads_to: 'A' }))
  expect(await skus.create({ code: 'A2', barcode: '1' })).toEqual(refused('code_in_use'))
  expect(await skus.get({ code: 'A2' })).toEqual(refused('unknown_sku', { sku: 'A2' }))
  expect(await catalogVersion()).toBe(before)
})

test('twenty who make the same SKU at once make one', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => skus.create({ code: 'RACE' })))
  expect(answers.filter(answer => answer.ok)).toHaveLength(1)
  for (const answer of answers) if (!answer.ok) expect(answer.refusal.code).toBe('sku_exists')
})

test('a renamed SKU is found by its old code for ever, and may go back to it', async () => {
  await skus.create({ code: 'OLD' })
  const before = await catalogVersion()
  expect(await skus.rename({ sku: 'OLD', to: 'NEW' })).toMatchObject({
    code: 'NEW',
    former_codes: ['OLD'],
  })
  expect(await catalogVersion()).toBe(before + 1)
  expect(await skus.get({ code: 'OLD' })).toMatchObject({ code: 'NEW', asked_as: 'OLD' })
  expect(await skus.create({ code: 'OLD' })).toEqual(refused('code_in_use', { leads_to: 'NEW' }))
  expect(await skus.rename({ sku: 'OLD', to: 'A' })).toEqual(
    refused('code_in_use', { sku: 'A', leads_to: 'A' }),
  )
  expect(await skus.rename({ code: 'OLD', to: 'OLD' })).toMatchObject({
    code: 'OLD',
    former_codes: ['NEW'],
  })
  expect(await skus.rename({ sku: 'GONE', to: 'X' })).toEqual(refused('unknown_sku'))
})

test('an alias leads to a SKU with a factor, until it is removed', async () => {
  await skus.create({ code: 'CAN' })
  const before = await catalogVersion()
  expect(await skus.alias({ sku: 'CAN', alias: 'CAN-6', factor: 6 })).toMatchObject({
    code: 'CAN',
    asked_as: 'CAN-6',
    factor: 6,
    aliases: [{ code: 'CAN-6', factor: 6 }],
  })
  expect(await catalogVersion()).toBe(before + 1)
  expect(await skus.alias({ sku: 'CAN-6', alias: 'CAN-24', factor: 4 })).toMatchObject({
    factor: 24,
  })
  expect(await skus.alias({ sku: 'CAN', alias: 'A' })).toEqual(refused('code_in_use'))
  expect(await skus.alias({ sku: 'CAN', alias: 'X', factor: 0 })).toEqual(
    refused('invalid_request', { field: 'factor' }),
  )
  expect(await skus.rename({ sku: 'CAN', to: 'CAN-6' })).toEqual(refused('code_in_use'))
  expect(await skus.unalias({ sku: 'CAN', alias: 'CAN' })).toEqual(refused('invalid_request'))
  expect(await skus.unalias({ sku: 'A', alias: 'CAN-6' })).toEqual(refused('invalid_request'))
  expect(await skus.unalias({ sku: 'CAN', alias: 'CAN-6' })).toMatchObject({
    aliases: [{ code: 'CAN-24', factor: 24 }],
  })
  expect(await skus.get({ code: 'CAN-6' })).toEqual(refused('unknown_sku'))
})

test('a pack is sold in units of its SKU', async () => {
  await skus.create({ code: 'BOTTLE' })
  await skus.alias({ sku: 'BOTTLE', alias: 'CRATE', factor: 12 })
  await holdfast.receive({ lines: [{ sku: 'BOTTLE', location: 'berlin', quantity: 30 }] })
  await holdfast.reserve({ lines: [{ sku: 'CRATE', location: 'berlin', quantity: 2 }] })
  expect(await skus.get({ code: 'BOTTLE' })).toMatchObject({
    totals: { levels: 1, on_hand: 30, held: 24, available: 6 },
  })
})

test('a SKU is tracked while its own switch and the tenant’s are on', async () => {
  await skus.create({ code: 'PDF', tracked: false })
  expect(await skus.get({ code: 'PDF' })).toMatchObject({
    tracked: false,
    tracked_effective: false,
  })
  const before = await catalogVersion()
  await skus.update({ sku: 'PDF', tracked: true })
  expect(await catalogVersion()).toBe(before + 1)
  await skus.update({ sku: 'PDF', tracked: true })
  expect(await catalogVersion()).toBe(before + 1)
  await tenants.update({ tracked: false })
  expect(await catalogVersion()).toBe(before + 2)
  expect(await skus.get({ code: 'PDF' })).toMatchObject({ tracked: true, tracked_effective: false })
  expect(await skus.list({ tracked: true })).toMatchObject({ data: [] })
  await tenants.update({ tracked: true })
})

test('the decimals of a unit cannot change once something was counted', async () => {
  await skus.create({ code: 'WIRE', unit: 'm' })
  expect(await skus.update({ sku: 'WIRE', unit_decimals: 2 })).toMatchObject({ unit_decimals: 2 })
  await holdfast.receive({ lines: [{ sku: 'WIRE', location: 'berlin', quantity: 1 }] })
  expect(await skus.update({ sku: 'WIRE', unit_decimals: 0 })).toEqual(refused('sku_in_use'))
  expect(await skus.update({ sku: 'WIRE', barcodes: ['77'] })).toMatchObject({ barcodes: ['77'] })
})

test('a SKU with a hold or an order cannot be archived; with an overdue hold it can', async () => {
  await skus.create({ code: 'HAT' })
  await holdfast.receive({ lines: [{ sku: 'HAT', location: 'berlin', quantity: 3 }] })
  const lines = [{ sku: 'HAT', location: 'berlin', quantity: 1 }]
  await holdfast.reserve({ lines, hold_seconds: 60 })
  expect(await skus.archive({ sku: 'HAT' })).toEqual(
    refused('sku_in_use', { held: 1, committed: 0 }),
  )
  await database.pool.query(`select holdfast.set_test_clock('2 minutes')`)
  expect(await skus.get({ code: 'HAT' })).toMatchObject({ totals: { held: 0, available: 3 } })
  expect(await skus.archive({ sku: 'HAT' })).toMatchObject({ archived_at: expect.any(String) })
  await database.pool.query(`select holdfast.set_test_clock('0')`)
  const sold = await holdfast.reserve({ lines })
  expect(sold).toEqual(refused('unknown_sku'))
  await skus.unarchive({ sku: 'HAT' })
  expect(await holdfast.reserve({ lines })).toMatchObject({ ok: true })
})

test('SKUs are listed by code, filtered by letters of any code or a barcode', async () => {
  await skus.create({ code: 'ZED-1', barcode: '4006' })
  await skus.alias({ sku: 'ZED-1', alias: 'LISTING-9' })
  for (const q of ['zed', 'listing', '4006']) {
    expect(await skus.list({ q })).toMatchObject({ ok: true, data: [{ code: 'ZED-1' }] })
  }
  const all = await skus.list({ limit: 250 })
  if (!all.ok) throw new Error(all.refusal.message)
  const codes = all.data.map(sku => sku.code)
  expect(codes).toEqual([...codes].sort())
  const first = await skus.list({ limit: 3 })
  if (!first.ok || !first.next_cursor) throw new Error('more than three SKUs were made')
  const second = await skus.list({ limit: 3, cursor: first.next_cursor })
  if (!second.ok) throw new Error(second.refusal.message)
  expect([...first.data, ...second.data].map(sku => sku.code)).toEqual(codes.slice(0, 6))
})

test.each([
  ['', 'invalid_request'],
  ['  ', 'invalid_request'],
  ['\u200b\u00a0', 'invalid_request'],
  ['A\nB', 'invalid_request'],
  ['A\u0085B', 'invalid_request'],
  ['x'.repeat(256), 'too_large'],
  [7, 'invalid_request'],
  [null, 'invalid_request'],
  [['A'], 'invalid_request'],
])('%j is no code', async (code, refusal) => {
  expect(await skus.create({ code } as never)).toEqual(refused(refusal, { field: 'code' }))
})
