import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { poolOn } from '../../test/pool.ts'
import { granted, stock } from '../../test/shop.ts'
import type { FindingCode } from '../ledger/findings.ts'
import { verifyOf } from '../ledger/verify.ts'

// What somebody with the keys to the database may do to kits and promises, and how verify names it.

const { holdfast, ownerUrl } = await freshDatabase()
const owner = new pg.Client(ownerUrl)
const location = 'berlin'

const idOf = (sku: string) => `(select sku_id from holdfast.skus where code = '${sku}')`
const levelOf = (sku: string) =>
  `(select level_id from holdfast.levels where sku_id = ${idOf(sku)})`

beforeAll(async () => {
  await owner.connect()
  await stock(holdfast, { MUG: { berlin: 20 }, TEA: { berlin: 20 }, PEN: { berlin: 0 } })
  for (const code of ['BOX', 'READY', 'TWO']) granted(await holdfast.skus.create({ code }))
  const components = [
    { sku: 'MUG', quantity: 2 },
    { sku: 'TEA', quantity: 1 },
  ]
  granted(await holdfast.kits.set({ sku: 'BOX', components }))
  granted(await holdfast.kits.set({ sku: 'TWO', components: [{ sku: 'BOX', quantity: 2 }] }))
  granted(await holdfast.kits.set({ sku: 'READY', components, assembled: true }))
  granted(await holdfast.kits.build({ sku: 'READY', location, quantity: 3 }))
  granted(await holdfast.reserve({ lines: [{ sku: 'BOX', location, quantity: 2 }] }))
  const fields = { backorder_mode: 'allow', backorder_cap: 3, lead_days_min: 1, lead_days_max: 2 }
  granted(await holdfast.policies.set({ rules: [{ sku: 'PEN', fields: fields as never }] }))
  granted(await holdfast.reserve({ lines: [{ sku: 'PEN', location, quantity: 1 }] }))
})
afterAll(() => owner.end())

/** The codes of what verify finds after a statement that is then rolled back. */
const foundAfter = async (statement: string): Promise<FindingCode[]> => {
  await owner.query('begin')
  try {
    await owner.query('set local session_replication_role = replica')
    await owner.query(statement)
    await owner.query('set local role holdfast_app')
    const { context } = holdfast
    const database = { ...context.database, pool: poolOn(owner) }
    const { findings } = await verifyOf({ ...context, database })()
    return findings.map(({ code }) => code)
  } finally {
    await owner.query('rollback')
  }
}

test('verify finds nothing in kits and promises that are whole', async () => {
  expect(await foundAfter('select 1')).toEqual([])
})

test.each([
  [
    'one part of a kit that was sold altered',
    'kit_parts_differ',
    `update holdfast.allocations set held = held - 1, released = released + 1, quantity = 1
     where sold_as = ${idOf('BOX')} and level_id = ${levelOf('TEA')}`,
  ],
  [
    'the book of a build altered',
    'kit_build_unbalanced',
    `update holdfast.kit_builds set kits = kits + 1 where level_id = ${levelOf('READY')}`,
  ],
  [
    'the book of a build lost',
    'kit_build_unbalanced',
    `delete from holdfast.kit_builds where level_id = ${levelOf('MUG')}`,
  ],
  [
    'a kit of nothing',
    'kit_without_components',
    `delete from holdfast.kit_components where kit_id = ${idOf('BOX')}`,
  ],
  [
    'a component that was archived',
    'kit_component_unknown',
    `update holdfast.skus set archived_at = holdfast.clock() where code = 'TEA'`,
  ],
  [
    'a component of what is no kit',
    'kit_component_unknown',
    `delete from holdfast.kits where sku_id = ${idOf('BOX')}`,
  ],
  [
    'a circle of kits',
    'kit_in_circle',
    `insert into holdfast.kit_components (tenant_id, kit_id, sku_id, quantity)
     values (1, ${idOf('BOX')}, ${idOf('TWO')}, 1)`,
  ],
  ['a place without its promise', 'place_without_promise', 'delete from holdfast.promises'],
] as const)('verify names %s: %s', async (_what, code, statement) => {
  expect(await foundAfter(statement)).toContain(code)
})
