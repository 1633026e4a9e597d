import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()

test('the checks say what doctor says of the database', async () => {
  const checks = await holdfast.system.checks()
  const names = checks.map(({ check }) => check)
  expect(names).toEqual([
    'database',
    ...['role', 'rights', 'ledger', 'schema', 'clock', 'durability', 'primary', 'replica'],
    ...['waiting', 'months', 'oldest xid'],
  ])
  expect(checks.filter(({ state }) => state === 'fail')).toEqual([])
  expect(checks.every(({ facts }) => facts !== undefined)).toBe(true)
  expect(checks.every(({ state, fix }) => (state === 'ok') === (fix === undefined))).toBe(true)
})

test('before the first look the audit says that it has seen nothing', async () => {
  expect(await holdfast.system.audit()).toEqual({
    pass_began_at: null,
    last_pass_at: null,
    last_pass: null,
    checked: { levels: 0, movements: 0, reservations: 0 },
    findings_count: 0,
    findings: [],
  })
})

test('a fault in the books stands in the report, with what it means and what to do', async () => {
  await stock(holdfast, { TEE: { berlin: 5 } })
  granted(await holdfast.reserve({ lines: [{ sku: 'TEE', location: 'berlin', quantity: 1 }] }))
  while (!(await holdfast.audit({ pause_ms: 0 })).pass_ended);
  const sound = await holdfast.system.audit()
  expect(sound).toMatchObject({ findings_count: 0, findings: [] })
  expect(sound.last_pass).toMatchObject({ levels: 1, reservations: 1 })
  expect(sound.last_pass_at).not.toBeNull()
  await asOwner(ownerUrl, 'update holdfast.levels set on_hand = on_hand + 1')
  while (!(await holdfast.audit({ pause_ms: 0 })).pass_ended);
  const report = await holdfast.system.audit()
  expect(report.findings_count).toBeGreaterThan(0)
  const fault = report.findings.find(({ code }) => code === 'counter_differs_from_ledger')
  expect(fault?.facts).toMatchObject({ sku: 'TEE' })
  expect(fault?.explanation).toMatch(/last movement/)
  expect(fault?.remedy).toMatch(/set/i)
})

test('events say how far they have come, and who has not read them', async () => {
  expect(await holdfast.system.events()).toMatchObject({ position: 0, fed_at: null })
  await holdfast.events.feed() // it begins now: nothing of before is in it
  await stock(holdfast, { MUG: { berlin: 5 } })
  while ((await holdfast.events.feed()).more);
  const { position, fed_at, consumers } = await holdfast.system.events()
  expect(position).toBeGreaterThan(0)
  expect(fed_at).not.toBeNull()
  expect(consumers).toEqual([])
})

test('the report of a tenant tells of no other', async () => {
  granted(await holdfast.tenants.create({ code: 'other' }))
  const other = await holdfast.forTenant('other')
  expect((await other.system.audit()).findings_count).toBe(0)
  expect((await holdfast.system.audit()).findings_count).toBeGreaterThan(0)
})
