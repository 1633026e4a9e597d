import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { connect } from '../database/connect.ts'
import { ensureTenant, findTenant, tenantsOf } from './tenants.ts'

const { url, holdfast } = await freshDatabase()
const database = await connect({ connectionString: url })
afterAll(() => database.pool.end())
const tenants = tenantsOf({ database, tenant_id: holdfast.tenant_id, tenant: 'default' })

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

test('a tenant is made with its sandbox, which has its settings', async () => {
  expect(
    await tenants.create({ code: 'acme', name: 'Acme', cart_window_seconds: 900 }),
  ).toMatchObject({
    ok: true,
    code: 'acme',
    name: 'Acme',
    sandbox_of: null,
    cart_window_seconds: 900,
  })
  expect(await tenants.get({ code: 'acme-test' })).toMatchObject({
    sandbox_of: 'acme',
    cart_window_seconds: 900,
  })
  expect(await tenants.create({ code: 'acme' })).toEqual(refused('tenant_exists'))
  expect(await tenants.get({ code: 'nobody' })).toEqual(refused('tenant_not_found'))
})

test('a tenant whose sandbox’s code is taken is not made at all', async () => {
  await tenants.create({ code: 'shop-test' })
  expect(await tenants.create({ code: 'shop' })).toEqual(refused('tenant_exists'))
  expect(await tenants.get({ code: 'shop' })).toEqual(refused('tenant_not_found'))
})

test('a tenant is found by its code, and made where it is missing', async () => {
  const found = await findTenant(database, 'acme')
  expect(found).toMatchObject({
    tenant: 'acme',
    catalog_version: 1,
    settings: { cart_window_seconds: 900, order_window_seconds: 3600, tracked: true },
  })
  await expect(findTenant(database, 'ghost')).rejects.toMatchObject({
    code: 'unknown_tenant',
    hint: expect.stringContaining('tenants create ghost'),
  })
  const made = await Promise.all(Array.from({ length: 5 }, () => ensureTenant(database, 'ghost')))
  expect(new Set(made.map(tenant => tenant.tenant_id)).size).toBe(1)
  await expect(ensureTenant(database, 'No Code')).rejects.toMatchObject({ code: 'unknown_tenant' })
})

test('settings change, of the own tenant without a code, and the version rises', async () => {
  expect(await tenants.update({ extension_count_max: 0 })).toMatchObject({
    code: 'default',
    extension_count_max: 0,
    catalog_version: 2,
  })
  expect(await tenants.update({ code: 'acme', tracked: false })).toMatchObject({
    code: 'acme',
    tracked: false,
    catalog_version: 2,
  })
  expect(await tenants.get()).toMatchObject({ code: 'default', tracked: true })
  expect(await tenants.update({ code: 'nobody', name: 'x' })).toEqual(refused('tenant_not_found'))
})

test('all tenants are listed, page by page', async () => {
  const first = await tenants.list({ limit: 2, sandbox: false })
  if (!first.ok || !first.next_cursor) throw new Error('there are more than two')
  const rest = await tenants.list({ sandbox: false, cursor: first.next_cursor })
  if (!rest.ok) throw new Error(rest.refusal.message)
  const codes = [...first.data, ...rest.data].map(tenant => tenant.code)
  expect(codes).toEqual(['acme', 'default', 'ghost', 'shop-test'])
})

test('the operator’s view is closed again after each call', async () => {
  const client = await database.pool.connect()
  try {
    await client.query('begin')
    const call = (verb: string, request: object) =>
      client.query(`select holdfast_engine_1.run(${holdfast.tenant_id}, $1, $2)`, [
        verb,
        JSON.stringify([request]),
      ])
    for (const [verb, request] of [
      ['list_tenants', {}],
      ['get_tenant', { code: 'acme' }],
      ['update_tenant', { code: 'acme', name: 'Acme' }],
      ['create_tenant', { code: 'acme' }],
      ['create_tenant', { code: 'fresh' }],
      ['find_tenant', { code: 'acme' }],
    ] as const) {
      await call(verb, request)
      const { rows } = await client.query('select code from holdfast.tenants')
      expect(rows).toEqual([{ code: 'default' }])
    }
  } finally {
    await client.query('rollback')
    client.release()
  }
})

test.each([
  ['code', { code: 'Acme' }],
  ['code', { code: '-a' }],
  ['code', { code: 'a'.repeat(59) }],
  ['code', {}],
  ['cart_window_seconds', { code: 'x', cart_window_seconds: 0 }],
  ['order_window_seconds', { code: 'x', order_window_seconds: 1e21 }],
  ['extension_count_max', { code: 'x', extension_count_max: -1 }],
  ['hold_life_seconds_max', { code: 'x', hold_life_seconds_max: '60' }],
  ['tracked', { code: 'x', tracked: 'no' }],
  ['sandbox_of', { code: 'x', sandbox_of: 1 }],
])('a tenant with a wrong %s is refused: %j', async (field, request) => {
  expect(await tenants.create(request as never)).toEqual(refused('invalid_request', { field }))
})
