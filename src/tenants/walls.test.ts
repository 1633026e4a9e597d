import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { keysOf } from '../access/keys.ts'
import { calendarsOf } from '../calendars/calendars.ts'
import { ensureCatalog } from '../catalog/ensureCatalog.ts'
import { skusOf } from '../catalog/skus.ts'
import { connect } from '../database/connect.ts'
import { locationsOf } from '../locations/locations.ts'
import { ensureTenant } from './tenants.ts'

const { url, holdfast } = await freshDatabase()
const database = await connect({ connectionString: url })
const raw = new pg.Client(url)
afterAll(async () => {
  await raw.end()
  await database.pool.end()
})
const own = { database, tenant_id: holdfast.tenant_id, tenant: 'default' }
const stranger = await ensureTenant(database, 'stranger')
const theirs = { database, tenant_id: stranger.tenant_id, tenant: 'stranger' }

const tables = [
  'products',
  'variants',
  'skus',
  'sku_codes',
  'barcodes',
  'locations',
  'api_keys',
  'calendars',
]

beforeAll(async () => {
  await raw.connect()
  await locationsOf(own).create({ code: 'berlin' })
  await calendarsOf(own).create({ code: 'own' })
  await keysOf(own).create({ name: 'own', scopes: ['read'], mode: 'live' })
  const variants = [{ sku: 'OWN', barcode: '1' }]
  await ensureCatalog(own, { products: [{ handle: 'own', title: 'Own', variants }] })
})

const seenAs = async (tenant: string, table: string): Promise<number> => {
  await raw.query(`select set_config('holdfast.tenant', $1, false)`, [tenant])
  const { rows } = await raw.query(`select count(*)::int as n from holdfast.${table}`)
  return rows[0].n
}

test.each(tables)('rows of %s are visible to their tenant alone', async table => {
  expect(await seenAs(String(own.tenant_id), table)).toBeGreaterThan(0)
  expect(await seenAs(String(theirs.tenant_id), table)).toBe(0)
  expect(await seenAs('', table)).toBe(0)
})

test.each(tables)(
  'rows of %s cannot be changed, removed or taken by another tenant',
  async table => {
    await raw.query(`select set_config('holdfast.tenant', $1, false)`, [String(theirs.tenant_id)])
    const changed = await raw.query(`update holdfast.${table} set created_at = now()`)
    expect(changed.rowCount).toBe(0)
    expect((await raw.query(`delete from holdfast.${table}`)).rowCount).toBe(0)
    expect(await seenAs(String(own.tenant_id), table)).toBeGreaterThan(0)
  },
)

test('a row for another tenant cannot be written', async () => {
  await raw.query(`select set_config('holdfast.tenant', $1, false)`, [String(theirs.tenant_id)])
  const insert = raw.query(
    `insert into holdfast.locations (tenant_id, code, name) values ($1, 'x', 'x')`,
    [own.tenant_id],
  )
  await expect(insert).rejects.toMatchObject({ code: '42501' })
})

test('a tenant’s row is visible to itself, and to nobody else', async () => {
  await raw.query(`select set_config('holdfast.tenant', $1, false)`, [String(theirs.tenant_id)])
  const { rows } = await raw.query('select code from holdfast.tenants')
  expect(rows).toEqual([{ code: 'stranger' }])
})

test('two tenants have the same codes for different things', async () => {
  expect(await skusOf(theirs).get({ code: 'OWN' })).toMatchObject({
    refusal: { code: 'unknown_sku' },
  })
  expect(await skusOf(theirs).create({ code: 'OWN', barcode: '1' })).toMatchObject({ ok: true })
  expect(await skusOf(theirs).rename({ sku: 'OWN', to: 'THEIRS' })).toMatchObject({ ok: true })
  expect(await skusOf(own).get({ code: 'OWN' })).toMatchObject({ code: 'OWN', former_codes: [] })
  expect(await locationsOf(theirs).get({ code: 'berlin' })).toMatchObject({
    refusal: { code: 'unknown_location' },
  })
})
