import { beforeAll, describe, expect, test } from 'vitest'
import { poolOn } from '../../test/pool.ts'
import { statements } from '../database/statements.generated.ts'
import { findings as explained } from './findings.ts'
import { corruptions, level } from './testCorruptions.ts'
import { drawsFrom, live } from './testLife.ts'
import { fillTestShop, openTestShop, type TestShop } from './testShop.ts'
import { type Verification, verifyOf } from './verify.ts'

const OPERATIONS = 600
let shop: TestShop

const { cart, stockLine, oneOf } = drawsFrom(43)

beforeAll(async () => {
  shop = await openTestShop()
  await fillTestShop(shop)
  await live(shop, 42, OPERATIONS)
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
      .filter(([path]) => /^src\/\w+\/invariants/.test(path))
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
      'break_down',
      'tenant_id',
      'reservation_id',
    ])
    const codes = new Set(looked.filter(code => !counters.has(code)))
    expect([...codes].sort()).toEqual(Object.keys(explained).sort())
  })
})
