import type pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { statements } from '../database/statements.generated.ts'
import { findings as explained, type FindingCode } from './findings.ts'
import { type Answered, fillTestShop, openTestShop, type TestShop } from './testShop.ts'
import { type Verification, verifyOf } from './verify.ts'

const OPERATIONS = 600
let shop: TestShop

/** The same numbers on every run. */
const randomFrom = (seed: number) => () => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
  return seed / 2 ** 32
}

const random = randomFrom(42)
const upTo = (most: number): number => 1 + Math.floor(random() * most)
const oneOf = <Item>(items: readonly Item[]): Item => items[upTo(items.length) - 1] as Item

const skus = ['A', 'B', 'C', 'D', 'E', 'EBOOK', 'A-PACK-6'] as const
const places = ['berlin', 'paris'] as const
const states = ['available', 'damaged', 'quality_control', 'set_aside'] as const

const cart = () =>
  Array.from({ length: upTo(3) }, () => ({
    sku: oneOf(skus),
    quantity: upTo(4),
    ...(random() < 0.5 ? { location: oneOf(places) } : {}),
  }))

const stockLine = () => ({ sku: oneOf(skus.slice(0, 5)), location: oneOf(places) })

type Draw = (reservation_id: string | undefined) => [verb: string, request: object]

const draws: Draw[] = [
  () => ['reserve', { lines: cart(), hold_seconds: oneOf([60, 1800]), split: random() < 0.3 }],
  () => ['reserve', { lines: cart(), partial: true }],
  () => ['record_sale', { order_reference: 'till', lines: cart(), fulfilled: random() < 0.5 }],
  reservation_id => ['amend', { reservation_id, lines: cart() }],
  reservation_id => ['extend', { reservation_id }],
  reservation_id => ['commit', { reservation_id, order_reference: 'o-1' }],
  reservation_id => ['commit', { reservation_id, order_reference: 'o-1' }],
  reservation_id => ['fulfill', { reservation_id }],
  reservation_id => ['release', { reservation_id }],
  reservation_id => ['return', { reservation_id, state: oneOf(states.slice(0, 3)) }],
  () => ['receive', { lines: [{ ...stockLine(), quantity: upTo(9) }] }],
  () => ['adjust', { lines: [{ ...stockLine(), quantity: upTo(9) - 5 }] }],
  () => ['set', { lines: [{ ...stockLine(), quantity: upTo(25) }] }],
  () => [
    'move',
    { lines: [{ ...stockLine(), quantity: 1, from: oneOf(states), to: oneOf(states) }] },
  ],
  () => ['expire', {}],
]

beforeAll(async () => {
  shop = await openTestShop()
  await fillTestShop(shop)
  const open: string[] = []
  for (let n = 0; n < OPERATIONS; n++) {
    if (n % 100 === 50) await shop.shiftClock(`${n} seconds`)
    const [verb, request] = oneOf(draws)(open.length > 0 ? oneOf(open.slice(-12)) : undefined)
    const answer: Answered = await shop.attempt(verb, request)
    if (answer.ok && answer.reservation_id) open.push(answer.reservation_id)
  }
  await shop.call('reserve', { lines: [{ sku: 'EBOOK', quantity: 1 }] })
}, 120_000)

const lie = `(select r.reservation_id from holdfast.reservations r
  where r.held > 0 and r.level_id is not null order by 1 limit 1)`
const level = `(select level_id from holdfast.levels where version > 5 and held > 0
  and shortage = 0 and damaged = 0 and on_hand > held + committed + quality_control + set_aside + 2
  order by version desc limit 1)`
const middle = `(level_id, version) = (select level_id, version - 2 from holdfast.levels
  where level_id = ${level})`
const ledger = 'holdfast.inventory_transactions'
const part = `(reservation_id, line_no, part_no) = (select reservation_id, line_no, part_no
  from holdfast.allocations where fulfilled > 0 order by 1, 2, 3 limit 1)`

/** What somebody with the keys to the database may do to the books, and how verify names it. */
const corruptions: [name: string, code: FindingCode, statement: string][] = [
  ['a movement deleted in the middle', 'movement_missing', `delete from ${ledger} where ${middle}`],
  [
    'the last movements deleted',
    'movement_missing',
    `delete from ${ledger} where level_id = ${level} and version > 3`,
  ],
  [
    'a movement copied in',
    'movement_repeated',
    `drop index holdfast.inventory_transactions_by_level;
     insert into ${ledger} select * from ${ledger} where ${middle}`,
  ],
  [
    'the change of a movement altered',
    'movement_balance_wrong',
    `update ${ledger} set on_hand_change = coalesce(on_hand_change, 0) + 1 where ${middle}`,
  ],
  [
    'the balance of a movement altered',
    'movement_balance_wrong',
    `update ${ledger} set held = held + 1 where ${middle}`,
  ],
  [
    'the time of a movement set back',
    'movement_out_of_time',
    `update ${ledger} set recorded_at = date_trunc('month', recorded_at) where ${middle}`,
  ],
  [
    'a movement of no known kind',
    'movement_of_unknown_kind',
    `update ${ledger} set kind = 99 where ${middle}`,
  ],
  [
    'the shortage of a movement altered',
    'movement_shortage_wrong',
    `update ${ledger} set shortage = 1000 where ${middle}`,
  ],
  [
    'on_hand raised by hand',
    'counter_differs_from_ledger',
    `update holdfast.levels set on_hand = on_hand + 1 where level_id = ${level}`,
  ],
  [
    'a version raised by hand',
    'level_version_wrong',
    `update holdfast.levels set version = version + 1 where level_id = ${level}`,
  ],
  [
    'a version set back by hand',
    'level_version_wrong',
    `update holdfast.levels set version = version - 1 where level_id = ${level}`,
  ],
  [
    'changed_at set back by hand',
    'level_time_wrong',
    `update holdfast.levels set changed_at = '2020-01-01' where level_id = ${level}`,
  ],
  [
    'more promised than there is',
    'oversold',
    `alter table holdfast.levels drop constraint levels_no_oversell,
       drop constraint levels_shortage_exact;
     update holdfast.levels set shortage = 0, on_hand = held + committed + damaged
       + quality_control + set_aside - 1 where level_id = ${level}`,
  ],
  [
    'a shortage that is too high',
    'shortage_wrong',
    `alter table holdfast.levels drop constraint levels_shortage_exact;
     update holdfast.levels set shortage = shortage + 1000 where level_id = ${level}`,
  ],
  [
    'a counter below zero',
    'counter_negative',
    `alter table holdfast.levels drop constraint levels_counters_not_negative;
     update holdfast.levels set damaged = -1 where level_id = ${level}`,
  ],
  [
    'backorders over the ceiling',
    'backorder_over_ceiling',
    `alter table holdfast.levels drop constraint levels_backorder_within_ceiling;
     update holdfast.levels set backorder_ceiling = -1 where level_id = ${level}`,
  ],
  [
    'a SKU deleted under its level',
    'level_without_sku',
    `delete from holdfast.skus where code = 'A'`,
  ],
  [
    'a location deleted under its levels',
    'level_without_location',
    `delete from holdfast.locations where code = 'paris'`,
  ],
  [
    'a level deleted',
    'movement_without_level',
    `delete from holdfast.levels where level_id = ${level}`,
  ],
  [
    'a second level of the same SKU and location',
    'level_twice',
    `alter table holdfast.levels drop constraint levels_sku_location_unique;
     insert into holdfast.levels (tenant_id, sku_id, location_id)
     select tenant_id, sku_id, location_id from holdfast.levels where level_id = ${level}`,
  ],
  [
    'a hold raised by hand',
    'allocation_differs_from_ledger',
    `update holdfast.reservations set held = held + 1, quantity = quantity + 1
     where reservation_id = ${lie}`,
  ],
  [
    'a quantity raised by hand',
    'allocation_does_not_add_up',
    `update holdfast.reservations set quantity = quantity + 1 where reservation_id = ${lie}`,
  ],
  [
    'a fulfillment altered by hand',
    'allocation_differs_from_ledger',
    `update holdfast.allocations set fulfilled = fulfilled - 1, released = released + 1
     where ${part} and returned < fulfilled`,
  ],
  [
    'more returned than was fulfilled',
    'returned_more_than_fulfilled',
    `update holdfast.allocations set returned = fulfilled + 1 where ${part}`,
  ],
  [
    'a reservation deleted',
    'movement_without_reservation',
    `delete from holdfast.reservations where reservation_id = ${lie}`,
  ],
  [
    'the header of a cart deleted',
    'allocation_without_reservation',
    `delete from holdfast.reservations
     where reservation_id = (select min(reservation_id::text)::uuid from holdfast.allocations)`,
  ],
  [
    'the allocations of a cart deleted',
    'reservation_without_allocations',
    `delete from holdfast.allocations
     where reservation_id = (select min(reservation_id::text)::uuid from holdfast.allocations)`,
  ],
  [
    'an allocation at another level',
    'allocation_at_other_level',
    `update holdfast.reservations r set level_id = (select max(level_id) from holdfast.levels l
       where l.level_id <> r.level_id) where reservation_id = ${lie}`,
  ],
  [
    'a hold written by hand',
    'allocation_without_movement',
    `insert into holdfast.reservations (tenant_id, level_id, reservation_id, created_at, expires_at,
       quantity, held, committed, backordered, held_backordered, fulfilled, released, expired,
       returned)
     values (1, ${level}, gen_random_uuid(), now(), now() + interval '1 hour', 1, 1, 0, 0, 0, 0, 0,
       0, 0)`,
  ],
  [
    'an allocation in both forms',
    'reservation_in_both_forms',
    `insert into holdfast.allocations (tenant_id, reservation_id, line_no, part_no, level_id,
       quantity, released)
     select 1, reservation_id, 2, 0, level_id, 1, 1 from holdfast.reservations
     where reservation_id = ${lie}`,
  ],
  [
    'an expiry that only the allocation has',
    'expiry_differs',
    `update holdfast.allocations set expires_at = expires_at + interval '1 day' where held > 0`,
  ],
  [
    'a hold without an end',
    'hold_without_end',
    `update holdfast.reservations set expires_at = null where reservation_id = ${lie}`,
  ],
  [
    'an allocation of an untracked SKU altered',
    'allocation_differs_from_ledger',
    `update holdfast.reservations set held = held + 1, quantity = quantity + 1
     where level_id is null and held > 0`,
  ],
  [
    'a code that leads nowhere',
    'code_without_sku',
    `insert into holdfast.sku_codes (tenant_id, code, sku_id, kind) values (1, 'X', 999, 'alias')`,
  ],
  ['a SKU without its code', 'sku_without_code', `delete from holdfast.sku_codes where code = 'C'`],
  ['a variant without a SKU', 'variant_without_sku', `update holdfast.variants set sku_id = 999`],
  [
    'a key without an answer for two days',
    'request_unfinished',
    `insert into holdfast.requests (tenant_id, key, fingerprint, created_at)
     values (1, 'k', 1, holdfast.clock() - interval '2 days')`,
  ],
]

/** Verifies what a superuser has done in a transaction that is then rolled back. */
const verifyAfter = async (statement: string): Promise<Verification> => {
  const { owner, context } = shop
  await owner.query('begin')
  try {
    await owner.query('set local session_replication_role = replica')
    await owner.query(statement)
    await owner.query('set local role holdfast_app')
    const pool = owner as unknown as pg.Pool
    return await verifyOf({ ...context, database: { ...context.database, pool } })({
      levels_per_slice: 3,
      reservations_per_slice: 20,
    })
  } finally {
    await owner.query('rollback')
  }
}

describe('verify', () => {
  test(`finds nothing after ${OPERATIONS} random operations, whatever the slices`, async () => {
    const seen: number[] = []
    const whole = await verifyOf(shop.context)()
    expect(whole.findings).toEqual([])
    expect(whole.finding_count).toBe(0)
    const sliced = await verifyOf(shop.context)({
      onProgress: ({ movements }) => seen.push(movements),
      levels_per_slice: 3,
      reservations_per_slice: 7,
    })
    expect({ ...sliced, seconds: 0 }).toEqual({ ...whole, seconds: 0 })
    expect(whole.levels).toBe(10)
    expect(whole.movements).toBeGreaterThan(OPERATIONS / 3)
    expect(whole.reservations).toBeGreaterThan(50)
    expect(seen.length).toBeGreaterThan(5)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  test('finds nothing while sales go on: a slice is of one moment', async () => {
    let selling = true
    let sold = 0
    const sell = async () => {
      while (selling) {
        const answer = await shop.attempt('reserve', { lines: cart(), hold_seconds: 60 })
        const { reservation_id } = answer
        if (answer.ok) await shop.attempt(oneOf(['release', 'fulfill']), { reservation_id })
        else await shop.attempt('receive', { lines: [{ ...stockLine(), quantity: 9 }] })
        sold++
      }
    }
    const sellers = [sell(), sell()]
    for (let round = 0; round < 10; round++) {
      const { findings } = await verifyOf(shop.context)({ levels_per_slice: 4 })
      expect(findings).toEqual([])
    }
    selling = false
    await Promise.all(sellers)
    expect(sold).toBeGreaterThan(10)
  })

  test.each(corruptions)('names %s: %s', async (_name, code, statement) => {
    const { findings } = await verifyAfter(statement)
    expect(findings.map(finding => finding.code)).toContain(code)
    for (const finding of findings) {
      expect(finding.explanation).toMatch(/\.$/)
      expect(finding.remedy).toMatch(/\.$/)
    }
  })

  test('one fault has one name where nothing else is wrong', async () => {
    const codesOf = async (name: string) => {
      const corruption = corruptions.find(([of]) => of === name)
      const { findings } = await verifyAfter(corruption?.[2] ?? '')
      return findings.map(finding => finding.code)
    }
    expect(await codesOf('a movement deleted in the middle')).toContain('movement_missing')
    expect(await codesOf('the balance of a movement altered')).toContain('movement_balance_wrong')
    expect(await codesOf('on_hand raised by hand')).toEqual(['counter_differs_from_ledger'])
    expect(await codesOf('a version raised by hand')).toEqual(['level_version_wrong'])
    expect(await codesOf('a quantity raised by hand')).toEqual(['allocation_does_not_add_up'])
    expect(await codesOf('a hold without an end')).toEqual(['hold_without_end'])
  })

  test('a finding says what was expected and what was found', async () => {
    const { findings } = await verifyAfter(
      `update holdfast.levels set on_hand = on_hand + 7 where level_id = ${level}`,
    )
    const [finding] = findings
    expect(finding).toMatchObject({ what: 'on_hand', reservation_id: null })
    expect(Number(finding?.found) - Number(finding?.expected)).toBe(7)
    expect(['A', 'B', 'C', 'D', 'E']).toContain(finding?.sku)
    expect(['berlin', 'paris']).toContain(finding?.location)
  })

  test('every code in the invariants is explained, and every explained code is looked for', () => {
    const text = Object.entries(statements)
      .filter(([path]) => path.startsWith('src/ledger/invariants'))
      .map(([, file]) => file)
      .join('\n')
    const looked = [...text.matchAll(/'([a-z]+(?:_[a-z]+)+)'|'(oversold)'/g)]
      .map(match => match[1] ?? match[2])
      .filter(code => code !== undefined)
    const counters = new Set([
      'on_hand',
      'quality_control',
      'set_aside',
      'held_backordered',
      'safety_stock',
      'changed_at',
    ])
    const codes = new Set(looked.filter(code => !counters.has(code)))
    expect([...codes].sort()).toEqual(Object.keys(explained).sort())
  })
})
