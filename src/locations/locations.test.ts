import { afterAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { skusOf } from '../catalog/skus.ts'
import { connect } from '../database/connect.ts'
import { tenantsOf } from '../tenants/tenants.ts'
import { locationsOf } from './locations.ts'

const { url, holdfast } = await freshDatabase()
const database = await connect({ connectionString: url })
afterAll(() => database.pool.end())
const context = { database, tenant_id: holdfast.tenant_id, tenant: 'default' }
const locations = locationsOf(context)

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})
const catalogVersion = async () => {
  const tenant = await tenantsOf(context).get()
  return tenant.ok ? tenant.catalog_version : 0
}

test('a location is made once, with defaults, and found by its code', async () => {
  const made = await locations.create({ code: 'berlin' })
  expect(made).toMatchObject({
    ok: true,
    code: 'berlin',
    name: 'berlin',
    kind: 'warehouse',
    time_zone: 'UTC',
    priority: 100,
    archived_at: null,
  })
  expect(await locations.get({ code: 'berlin' })).toEqual(made)
  expect(await locations.create({ code: 'berlin' })).toEqual(refused('location_exists'))
  expect(await locations.get({ code: 'rome' })).toEqual(refused('unknown_location'))
})

test('a new code or priority raises the catalog version, a new name does not', async () => {
  await locations.create({ code: 'paris' })
  const before = await catalogVersion()
  await locations.update({ code: 'paris', name: 'Paris', time_zone: 'Europe/Paris' })
  expect(await catalogVersion()).toBe(before)
  expect(await locations.update({ code: 'paris', to: 'lyon', priority: 1 })).toMatchObject({
    code: 'lyon',
    name: 'Paris',
    priority: 1,
  })
  expect(await catalogVersion()).toBe(before + 1)
  expect(await locations.get({ code: 'paris' })).toEqual(refused('unknown_location'))
  expect(await locations.update({ code: 'lyon', to: 'berlin' })).toEqual(refused('location_exists'))
})

test('a location with stock cannot be archived; an archived one sells nothing', async () => {
  await skusOf(context).create({ code: 'A' })
  const line = { sku: 'A', location: 'berlin', quantity: 1 }
  await holdfast.receive({ lines: [line] })
  expect(await locations.archive({ code: 'berlin' })).toEqual(
    refused('location_in_use', { on_hand: 1, held: 0, committed: 0 }),
  )
  await holdfast.set({ lines: [{ ...line, quantity: 0 }] })
  expect(await locations.archive({ code: 'berlin' })).toMatchObject({
    archived_at: expect.any(String),
  })
  expect(await holdfast.receive({ lines: [line] })).toEqual(refused('unknown_location'))
  expect(await locations.list({ q: 'berl' })).toMatchObject({ data: [] })
  expect(await locations.list({ archived: true })).toMatchObject({ data: [{ code: 'berlin' }] })
  await locations.unarchive({ code: 'berlin' })
  expect(await holdfast.receive({ lines: [line] })).toMatchObject({ ok: true })
})

test('locations are listed by priority, each once', async () => {
  for (const n of [1, 2, 3]) await locations.create({ code: `p${n}`, priority: 10 - n })
  const first = await locations.list({ q: 'p', sort: 'priority', limit: 2 })
  if (!first.ok || !first.next_cursor) throw new Error('there are more than two')
  const rest = await locations.list({ q: 'p', sort: 'priority', cursor: first.next_cursor })
  if (!rest.ok) throw new Error(rest.refusal.message)
  const priorities = [...first.data, ...rest.data].map(row => row.priority)
  expect(priorities).toEqual([...priorities].sort((a, b) => a - b))
  expect(priorities).toHaveLength(4)
})

test.each([
  ['code', { code: '' }],
  ['code', { code: 'anywhere' }],
  ['code', { code: 3 }],
  ['kind', { code: 'x', kind: 'shed' }],
  ['time_zone', { code: 'x', time_zone: 'Mars/Olympus' }],
  ['time_zone', { code: 'x', time_zone: 'UTC; drop table' }],
  ['priority', { code: 'x', priority: -1 }],
  ['priority', { code: 'x', priority: 1.5 }],
  ['priority', { code: 'x', priority: 1e21 }],
  ['to', { code: 'x', to: 'y' }],
  ['colour', { code: 'x', colour: 'red' }],
])('a location with a wrong %s is refused: %j', async (field, request) => {
  expect(await locations.create(request as never)).toEqual(refused('invalid_request', { field }))
})
