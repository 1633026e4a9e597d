import { beforeAll, expect, test } from 'vitest'
import { poolOn } from '../../test/pool.ts'
import { granted } from '../../test/shop.ts'
import type { FindingCode } from './findings.ts'
import { fillTestShop, openTestShop, type TestShop } from './testShop.ts'
import { verifyOf } from './verify.ts'

let shop: TestShop
const location = 'berlin'

/** An order and a cart wait for A, kits were sold and built, supply is expected. */
beforeAll(async () => {
  shop = await openTestShop()
  await fillTestShop(shop)
  const { holdfast } = shop.fresh
  const fields = { backorder_mode: 'allow', backorder_cap: 9 } as const
  granted(await holdfast.policies.set({ rules: [{ sku: 'A', fields }] }))
  await holdfast.supply.book({
    ...{ code: 'PO-2', sku: 'A', location, quantity: 5 },
    expected_on: '2030-01-07',
  })
  const lines = [{ sku: 'A', location, quantity: 22 }]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  granted(await holdfast.commit({ reservation_id, order_reference: 'waits' }))
  granted(await holdfast.reserve({ lines: [{ sku: 'A', location, quantity: 1 }] }))
  for (const [sku, assembled] of [
    ['BOX', false],
    ['CRATE', true],
  ] as const) {
    await holdfast.skus.create({ code: sku })
    const components = [
      { sku: 'B', quantity: 2 },
      { sku: 'C', quantity: 1 },
    ]
    granted(await holdfast.kits.set({ sku, components, assembled }))
  }
  granted(await holdfast.reserve({ lines: [{ sku: 'BOX', location, quantity: 2 }] }))
  granted(await holdfast.kits.build({ sku: 'CRATE', location, quantity: 2 }))
})

const verifyAfter = async (statement: string) => {
  const { owner, context } = shop
  await owner.query('begin')
  try {
    await owner.query('set local session_replication_role = replica')
    await owner.query(statement)
    await owner.query('set local role holdfast_app')
    const pool = poolOn(owner)
    return (await verifyOf({ ...context, database: { ...context.database, pool } })()).findings
  } finally {
    await owner.query('rollback')
  }
}

const place = `(select min(queue_no) from holdfast.backorders)`
const kit = (code: string) => `(select sku_id from holdfast.skus where code = '${code}')`
const build = `(level_id, version) = (select level_id, version from holdfast.kit_builds
  where per_kit = 2)`

const corruptions: [name: string, codes: FindingCode[], statement: string][] = [
  [
    'the units of a place altered',
    ['place_differs_from_allocation'],
    `update holdfast.backorders set backordered = backordered + 1 where queue_no = ${place}`,
  ],
  [
    'a place deleted',
    ['counter_differs_from_queue'],
    `delete from holdfast.backorders where queue_no = ${place}`,
  ],
  [
    'the place of a cart deleted',
    ['counter_differs_from_queue'],
    `delete from holdfast.backorders where held_backordered > 0`,
  ],
  [
    'a place of a reservation that is not there',
    ['place_differs_from_allocation', 'place_without_promise'],
    `insert into holdfast.backorders select (b).* from (
       select jsonb_populate_record(b, jsonb_build_object('queue_no', 99,
         'reservation_id', gen_random_uuid())) as b
       from holdfast.backorders b where b.queue_no = ${place}) as copied`,
  ],
  [
    'a place at another level',
    ['counter_differs_from_queue', 'place_differs_from_allocation'],
    `update holdfast.backorders set level_id = (select max(level_id) from holdfast.levels)
     where queue_no = ${place}`,
  ],
  [
    'the promise of a place deleted',
    ['place_without_promise'],
    `delete from holdfast.promises where (reservation_id, line_no) = (select reservation_id, line_no
       from holdfast.backorders where queue_no = ${place})`,
  ],
  [
    'the promise of a place ended',
    ['place_without_promise'],
    `update holdfast.promises set ended_at = now(), outcome = 'kept'`,
  ],
  [
    'supply made smaller by hand',
    ['peg_without_units', 'peg_without_units'],
    `update holdfast.supply set quantity = 1`,
  ],
  [
    'supply cancelled by hand',
    ['peg_without_units', 'peg_without_units'],
    `update holdfast.supply set state = 'cancelled'`,
  ],
  [
    'backordered raised by hand',
    ['counter_differs_from_ledger'],
    `update holdfast.levels set backordered = backordered + 1 where backordered > 0`,
  ],
  [
    'a ceiling below what was promised',
    ['backorder_over_ceiling'],
    `alter table holdfast.levels drop constraint levels_backorder_within_ceiling;
     update holdfast.levels set backorder_ceiling = 1 where backordered > 0`,
  ],
  [
    'waiting units of an order altered',
    ['allocation_differs_from_ledger', 'place_differs_from_allocation'],
    `update holdfast.reservations set backordered = backordered - 1, released = released + 1
     where backordered > 0`,
  ],
  [
    'a part of a kit altered',
    ['kit_parts_differ'],
    `update holdfast.allocations set held = held + 2, quantity = quantity + 2
     where sold_as is not null and per_kit = 2`,
  ],
  [
    'half a kit',
    ['kit_parts_differ'],
    `update holdfast.allocations set per_kit = 3 where sold_as is not null`,
  ],
  [
    'a build with other units than its kits',
    ['kit_build_unbalanced'],
    `update holdfast.kit_builds set per_kit = 3 where ${build}`,
  ],
  [
    'a movement of a build without its row',
    ['kit_build_unbalanced'],
    `delete from holdfast.kit_builds where ${build}`,
  ],
  [
    'a part of a build for other kits',
    ['kit_build_unbalanced'],
    `update holdfast.kit_builds set kits = 1, per_kit = 4 where ${build}`,
  ],
  [
    'a kit without components',
    ['kit_without_components'],
    `delete from holdfast.kit_components where kit_id = ${kit('BOX')}`,
  ],
  [
    'a kit whose SKU is gone',
    ['kit_without_components'],
    `delete from holdfast.sku_codes where sku_id = ${kit('BOX')};
     delete from holdfast.skus where code = 'BOX'`,
  ],
  [
    'a component that was archived',
    ['kit_component_unknown'],
    `update holdfast.skus set archived_at = now() where code = 'C'`,
  ],
  [
    'a component of no kit',
    ['kit_component_unknown'],
    `delete from holdfast.kits where sku_id = ${kit('BOX')}`,
  ],
  [
    'kits in a circle',
    ['kit_in_circle'],
    `insert into holdfast.kit_components (tenant_id, kit_id, sku_id, quantity)
     values (1, ${kit('BOX')}, ${kit('CRATE')}, 1), (1, ${kit('CRATE')}, ${kit('BOX')}, 1)`,
  ],
]

test('nothing is found before somebody has altered anything', async () => {
  expect(await verifyAfter('select 1')).toEqual([])
})

test.each(corruptions)('verify names %s', async (_name, codes, statement) => {
  const found = (await verifyAfter(statement)).map(({ code }) => code as string)
  expect(found).toEqual(expect.arrayContaining(codes))
})
