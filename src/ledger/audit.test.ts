import { expect, test } from 'vitest'
import { auditOf } from './audit.ts'
import { repairOf } from './repair.ts'
import { live } from './testLife.ts'
import { fillTestShop, openTestShop } from './testShop.ts'
import { verifyOf } from './verify.ts'

const shop = await openTestShop()
await fillTestShop(shop)
await live(shop, 3, 150)
const audit = auditOf(shop.context)
const small = { movements: 30, levels: 4, reservations: 20, names: 4 }

/** One whole pass, from wherever the audit stands: how many slices, and what they checked. */
const pass = async () => {
  const sums = { slices: 0, levels: 0, movements: 0, reservations: 0 }
  for (;;) {
    const { checked, pass_ended, findings } = await audit(small)
    sums.slices++
    for (const of of ['levels', 'movements', 'reservations'] as const) {
      sums[of] += checked?.[of] ?? 0
    }
    if (pass_ended) return { ...sums, findings }
  }
}

const events = async () => {
  const { rows } = await shop.owner.query(
    `select type, data from holdfast.events where type = 'audit.finding' order by recorded_at`,
  )
  return rows as { type: string; data: { code: string; sku: string; what: string } }[]
}

const byHand = async (statement: string) => {
  await shop.owner.query(
    `begin; set local session_replication_role = replica; ${statement}; commit`,
  )
}

test('a pass checks what verify checks, a small slice at a time', async () => {
  const { levels, movements, reservations } = await verifyOf(shop.context)()
  const checked = await pass()
  expect(checked).toMatchObject({ levels, movements, reservations, findings: 0 })
  expect(checked.slices).toBeGreaterThan(10)
  const { rows } = await shop.owner.query(
    'select pass::int, stage, last_pass from holdfast.audits where last_pass_at is not null',
  )
  expect(rows).toMatchObject([{ pass: 2, stage: 'levels', last_pass: { levels, movements } }])
})

test('a fault is an event once, is counted while it is there, and gone when it is repaired', async () => {
  await byHand(`update holdfast.levels set on_hand = on_hand + 1
    where shortage = 0 and level_id = (select min(level_id) from holdfast.levels where shortage = 0)`)
  expect((await pass()).findings).toBe(1)
  const [event] = await events()
  expect(event?.data).toMatchObject({ code: 'counter_differs_from_ledger', what: 'on_hand' })
  await shop.call('receive', { lines: [{ sku: 'A', location: 'berlin', quantity: 4 }] })
  expect((await pass()).findings).toBe(1)
  expect(await events()).toHaveLength(1)
  await repairOf(shop.context)()
  expect((await pass()).findings).toBe(0)
  await byHand(`update holdfast.reservations set quantity = quantity + 1
    where reservation_id = (select min(reservation_id::text)::uuid from holdfast.reservations
      where quantity is not null)`)
  expect((await pass()).findings).toBe(1)
  expect((await events()).map(({ data }) => data.code)).toEqual([
    'counter_differs_from_ledger',
    'allocation_does_not_add_up',
  ])
  await repairOf(shop.context)()
})

test('servers share the work: one at a time, and no sooner than the pause', async () => {
  const { rows: before } = await shop.owner.query('select pass, slice_at from holdfast.audits')
  const slices = await Promise.all([1, 2, 3, 4].map(() => audit({ ...small, pause_ms: 60_000 })))
  expect(slices.map(({ busy }) => busy)).toEqual([true, true, true, true])
  const { rows: after } = await shop.owner.query('select pass, slice_at from holdfast.audits')
  expect(after).toEqual(before)
  await shop.owner.query('begin')
  await shop.owner.query('select from holdfast.audits for update')
  expect((await audit(small)).busy).toBe(true) // another server is at it
  await shop.owner.query('rollback')
  expect((await audit(small)).busy).toBe(false)
})

test('no sale waits for the audit, and no audit for a sale', async () => {
  await shop.owner.query('begin')
  await shop.owner.query('select from holdfast.levels for no key update')
  expect((await pass()).findings).toBe(0)
  await shop.owner.query('rollback')
  const selling = { on: true, sold: 0 }
  const sell = async () => {
    while (selling.on) {
      const { ok } = await shop.attempt('reserve', { lines: [{ sku: 'B', quantity: 1 }] })
      if (!ok) await shop.call('receive', { lines: [{ sku: 'B', location: 'paris', quantity: 9 }] })
      selling.sold++
    }
  }
  const seller = sell()
  for (let passes = 0; passes < 3; passes++) expect((await pass()).findings).toBe(0)
  selling.on = false
  await seller
  expect(selling.sold).toBeGreaterThan(3)
})
