import { beforeAll, describe, expect, test } from 'vitest'
import { poolOn } from '../../test/pool.ts'
import { statements } from '../database/statements.generated.ts'
import { findings as explained } from './findings.ts'
import { corruptions, level } from './testCorruptions.ts'
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
})

/** Verifies what a superuser has done in a transaction that is then rolled back. */
const verifyAfter = async (statement: string): Promise<Verification> => {
  const { owner, context } = shop
  await owner.query('begin')
  try {
    await owner.query('set local session_replication_role = replica')
    await owner.query(statement)
    await owner.query('set local role holdfast_app')
    const pool = poolOn(owner)
    return await verifyOf({ ...context, database: { ...context.database, pool } })({
      levels_per_slice: 3,
      reservations_per_slice: 20,
      names_per_slice: 5,
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
      names_per_slice: 3,
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

  test('finds nothing after a SKU was merged into another, and after what follows', async () => {
    const line = { sku: 'D', location: 'berlin', quantity: 2 }
    await shop.call('receive', { lines: [{ ...line, quantity: 50 }] })
    const shipped = await shop.call('record_sale', {
      order_reference: 'o-9',
      lines: [line],
      fulfilled: true,
    })
    const held = await shop.call('reserve', { lines: [line, { sku: 'B', quantity: 1 }] })
    await shop.call('merge_skus', { from: 'D', into: 'E' })
    expect((await verifyOf(shop.context)()).findings).toEqual([])
    await shop.call('return', { reservation_id: shipped.reservation_id, lines: [line] })
    await shop.call('release', { reservation_id: held.reservation_id })
    expect((await verifyOf(shop.context)()).findings).toEqual([])
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
      'record_sale',
      'tenant_id',
      'reservation_id',
    ])
    const codes = new Set(looked.filter(code => !counters.has(code)))
    expect([...codes].sort()).toEqual(Object.keys(explained).sort())
  })
})
