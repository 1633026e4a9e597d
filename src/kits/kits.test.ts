import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, level, outcome } from '../../test/shop.ts'
import { clock } from '../clock.ts'
import { kitShops, refused } from './testShop.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const { kits } = holdfast
const shop = kitShops(holdfast)

const order = async (reservation_id: string) =>
  granted(await holdfast.commit({ reservation_id, order_reference: reservation_id }))

test('a virtual kit is held as its components, and has no level of its own', async () => {
  const { name, kit, line, reserve, sellable } = await shop({ MUG: 9, TEA: 5 })
  expect(granted(await kit('BOX', { MUG: 2, TEA: 1 }))).toMatchObject({
    assembled: false,
    ships_partial: false,
    components: [
      { sku: name('MUG'), quantity: 2, kit: null },
      { sku: name('TEA'), quantity: 1, kit: null },
    ],
  })
  const hold = granted(await reserve(line('BOX', 3)))
  const of = { line: 1, kit: name('BOX'), location: 'berlin' }
  expect(hold.lines).toMatchObject([
    { ...of, part: 0, sku: name('MUG'), held: 6, per_kit: 2 },
    { ...of, part: 1, sku: name('TEA'), held: 3, per_kit: 1 },
  ])
  expect(await sellable('BOX')).toBe(1)
  expect(granted(await holdfast.levels({ sku: name('BOX') })).data).toEqual([])
  const { reservation_id } = hold
  expect(granted(await holdfast.reservation({ reservation_id })).lines).toEqual(hold.lines)
  expect(granted(await holdfast.reservations({ sku: name('BOX') })).data).toHaveLength(1)
})

test('a cart of a kit and its component competes with itself (medusa#16502)', async () => {
  const { name, kit, line, reserve, held } = await shop({ MUG: 2, TEA: 9 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const both = await reserve(line('BOX', 1), line('MUG', 1))
  expect(both).toEqual(refused('insufficient_stock'))
  expect(await reserve(line('MUG', 1), line('BOX', 1))).toEqual(
    refused('insufficient_stock', {
      lines: [
        expect.objectContaining({
          line: 2,
          sku: name('BOX'),
          asked: 1,
          available: 0,
          components: [{ sku: name('MUG'), asked: 2, available: 1 }],
        }),
      ],
    }),
  )
  expect(outcome(await reserve(line('BOX', 1), line('BOX', 1)))).toBe('insufficient_stock')
  expect(await held('MUG')).toBe(0)
  expect(outcome(await reserve(line('BOX', 1)))).toBe('ok')
  expect(await held('MUG')).toBe(2)
})

test('200 buyers for the last 3 kits: 3 have one, and no component is sold twice', async () => {
  const { kit, line, reserve, held } = await shop({ MUG: 7, TEA: 3 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const asked = Array.from({ length: 200 }, () => reserve(line('BOX', 1)))
  const outcomes = (await Promise.all(asked)).map(outcome)
  expect(outcomes.filter(code => code === 'ok')).toHaveLength(3)
  expect(outcomes.filter(code => code === 'insufficient_stock')).toHaveLength(197)
  expect([await held('MUG'), await held('TEA')]).toEqual([6, 3])
})

test('kits nest three levels deep, and a part that comes twice is counted once', async () => {
  const { name, kit, line, reserve, held, sellable } = await shop({ MUG: 20, TEA: 9 })
  granted(await kit('ONE', { MUG: 2, TEA: 1 }))
  granted(await kit('TWO', { ONE: 2, MUG: 1 }))
  expect(granted(await kit('THREE', { TWO: 1, ONE: 1 }))).toMatchObject({
    parts: [
      { sku: name('MUG'), quantity: 7 },
      { sku: name('TEA'), quantity: 3 },
    ],
  })
  expect(await kit('FOUR', { THREE: 1 })).toEqual(refused('kit_too_deep', { levels: 4 }))
  expect(outcome(await kits.get({ sku: name('FOUR') }))).toBe('kit_not_found')
  expect(await sellable('THREE')).toBe(2)
  granted(await reserve(line('THREE', 2)))
  expect([await held('MUG'), await held('TEA')]).toEqual([14, 6])
  // from below: what TWO contains would become a fourth level of THREE
  await kit('NIL', { TEA: 1 })
  expect(await kit('ONE', { NIL: 1 })).toEqual(refused('kit_too_deep'))
  expect(granted(await kits.get({ sku: name('ONE') })).components).toHaveLength(2)
})

test('a kit never contains itself, also when two writers close the circle at once', async () => {
  const { name, kit } = await shop({ MUG: 1 })
  expect(await kit('SELF', { SELF: 1, MUG: 1 })).toEqual(refused('kit_in_circle'))
  granted(await kit('C', { MUG: 1 }))
  granted(await kit('B', { C: 1 }))
  granted(await kit('A', { B: 1 }))
  expect(await kit('C', { A: 1, MUG: 1 })).toEqual(refused('kit_in_circle'))
  expect(granted(await kits.get({ sku: name('C') })).components).toHaveLength(1)
  for (let round = 0; round < 15; round++) {
    await Promise.all([kits.clear({ sku: name('X') }), kits.clear({ sku: name('Y') })])
    await Promise.all([
      holdfast.skus.create({ code: name('X') }),
      holdfast.skus.create({ code: name('Y') }),
    ])
    const outcomes = (await Promise.all([kit('X', { Y: 1 }), kit('Y', { X: 1 })])).map(outcome)
    expect(outcomes.sort()).toEqual(['kit_in_circle', 'ok'])
  }
  granted(await kit('Z', { MUG: 1 }))
  expect(granted(await kits.clear({ sku: name('Z') }))).toMatchObject({ cleared: true })
})

test('a circle of four is closed by neither of two writers who share no SKU', async () => {
  const { name, kit } = await shop({ MUG: 1 })
  for (const code of ['A', 'B', 'C', 'D']) await holdfast.skus.create({ code: name(code) })
  granted(await kit('A', { B: 1 }))
  granted(await kit('C', { D: 1 }))
  const first = new pg.Client(url)
  await first.connect()
  await first.query('begin')
  const request = { sku: name('B'), components: [{ sku: name('C'), quantity: 1 }] }
  granted(await kits.set(request, { transaction: first }))
  const second = kit('D', { A: 1 }) // waits for the first
  await clock.sleep(300)
  await first.query('commit')
  await first.end()
  expect(outcome(await second)).toBe('kit_in_circle')
})

test('only whole kits ship, are released and come back', async () => {
  const { name, kit, line, reserve, held } = await shop({ MUG: 10, TEA: 5 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const { reservation_id } = granted(await reserve(line('BOX', 4), line('MUG', 1)))
  await order(reservation_id)
  const id = { reservation_id }
  granted(await holdfast.fulfill({ ...id, lines: [line('MUG', 1)] })) // the mug of line 2
  const alone = { ...id, lines: [line('MUG', 1)] }
  expect(await holdfast.fulfill(alone)).toEqual(refused('kit_not_whole', { kit: name('BOX') }))
  expect(await holdfast.release(alone)).toEqual(refused('kit_not_whole'))
  const shipped = granted(await holdfast.fulfill({ ...id, lines: [line('BOX', 2)] }))
  expect(shipped.lines.map(({ fulfilled }) => fulfilled)).toEqual([4, 2, 1])
  expect(outcome(await holdfast.fulfill({ ...id, lines: [line('BOX', 3)] }))).toBe(
    'exceeds_remaining',
  )
  granted(await holdfast.release({ ...id, lines: [line('BOX', 1)] }))
  expect([await held('MUG'), (await level(holdfast, name('TEA'), 'berlin')).committed]).toEqual([
    0, 1,
  ])
  const back = { ...id, lines: [{ ...line('BOX', 1), state: 'damaged' as const }] }
  expect(granted(await holdfast.return(back)).lines.map(({ returned }) => returned)).toEqual([
    2, 1, 0,
  ])
  expect(outcome(await holdfast.return({ ...id, lines: [line('TEA', 1)] }))).toBe('kit_not_whole')
  expect(granted(await holdfast.fulfill(id)).state).toBe('closed')
  expect(outcome(await holdfast.return({ ...id, lines: [line('BOX', 3)] }))).toBe(
    'exceeds_fulfilled',
  )
})

test('a kit that ships in parts gives its components one by one, and then the rest', async () => {
  const { kit, line, reserve } = await shop({ MUG: 10, TEA: 5 })
  await kit('BOX', { MUG: 2, TEA: 1 }, { ships_partial: true })
  const { reservation_id } = granted(await reserve(line('BOX', 2)))
  await order(reservation_id)
  const ship = async (sku: string, quantity: number) =>
    holdfast.fulfill({ reservation_id, lines: [line(sku, quantity)] })
  granted(await ship('TEA', 1))
  expect(outcome(await ship('TEA', 2))).toBe('exceeds_remaining')
  const one = granted(await ship('BOX', 1)) // completes the kit whose tea has left
  expect(one.lines.map(({ fulfilled }) => fulfilled)).toEqual([2, 1])
  const all = granted(await holdfast.fulfill({ reservation_id }))
  expect(all.lines.map(({ fulfilled }) => fulfilled)).toEqual([4, 2])
  granted(await holdfast.return({ reservation_id, lines: [line('MUG', 1)] }))
})

test('a kit of which a part is missing on the shelf does not ship', async () => {
  const { name, kit, line, reserve } = await shop({ MUG: 4, TEA: 2 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const { reservation_id } = granted(await reserve(line('BOX', 2)))
  await order(reservation_id)
  granted(await holdfast.set({ lines: [line('TEA', 1)] }))
  expect(outcome(await holdfast.fulfill({ reservation_id }))).toBe('not_on_hand')
  granted(await holdfast.fulfill({ reservation_id, lines: [line('BOX', 1)] }))
  expect(await level(holdfast, name('MUG'), 'berlin')).toMatchObject({ on_hand: 2, committed: 2 })
})

test('kits that an amend adds wait in a line of their own, all parts of them', async () => {
  const { name, kit, line, reserve } = await shop({ MUG: 2, TEA: 9 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const fields = { backorder_mode: 'allow', backorder_cap: 9 } as const
  granted(await holdfast.policies.set({ rules: [{ sku: name('MUG'), fields }] }))
  const { reservation_id } = granted(await reserve(line('BOX', 2)))
  const more = granted(await holdfast.amend({ reservation_id, lines: [line('BOX', 3)] }))
  expect(more.lines).toMatchObject([
    { line: 1, sku: name('MUG'), held: 2, held_backordered: 2 },
    { line: 1, sku: name('TEA'), held: 2 },
    { line: 2, sku: name('MUG'), held: 0, held_backordered: 2 },
    { line: 2, sku: name('TEA'), held: 1 },
  ])
  await order(reservation_id)
  granted(await holdfast.receive({ lines: [line('MUG', 4)] }))
  expect(granted(await holdfast.fulfill({ reservation_id }))).toMatchObject({ state: 'closed' })
})

test('what was sold keeps its parts when the kit changes, and an amend counts both', async () => {
  const { name, kit, line, reserve, held } = await shop({ MUG: 20, TEA: 20, JAM: 20 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const { reservation_id } = granted(await reserve(line('BOX', 2)))
  const amend = (quantity: number) =>
    holdfast.amend({ reservation_id, lines: [line('BOX', quantity)] })
  expect(granted(await amend(3)).lines.map(({ held }) => held)).toEqual([6, 3]) // joins its line
  granted(await kit('BOX', { MUG: 2, JAM: 1 }))
  const five = granted(await amend(5)).lines
  expect(five.map(({ line, sku, held }) => [line, sku, held])).toEqual([
    [1, name('MUG'), 6],
    [1, name('TEA'), 3],
    [2, name('MUG'), 4],
    [2, name('JAM'), 2],
  ])
  expect(granted(await amend(1)).lines.map(({ held }) => held)).toEqual([2, 1, 0, 0])
  expect(outcome(await amend(11))).toBe('insufficient_stock')
  expect([await held('MUG'), await held('TEA'), await held('JAM')]).toEqual([2, 1, 0])
  granted(await kits.clear({ sku: name('BOX') }))
  const released = { reservation_id, lines: [line('BOX', 1)] }
  granted(await holdfast.release(released))
  expect(await held('MUG')).toBe(0)
})

test('a location serves whole kits: anywhere, split, partial', async () => {
  const { name, kit, line, sellable } = await shop({
    MUG: { berlin: 3, paris: 8 },
    TEA: { berlin: 9, paris: 2 },
  })
  await kit('BOX', { MUG: 2, TEA: 1 })
  expect(await sellable('BOX')).toBe(3)
  const lines = [line('BOX', 3, 'anywhere')]
  expect(await holdfast.reserve({ lines })).toEqual(
    refused('insufficient_stock', {
      lines: [expect.objectContaining({ sku: name('BOX'), asked: 3, available: 2 })],
    }),
  )
  const split = granted(await holdfast.reserve({ lines, split: true }))
  expect(split.lines.map(({ location, part, held }) => [location, part, held])).toEqual([
    ['berlin', 0, 2],
    ['berlin', 1, 1],
    ['paris', 2, 4],
    ['paris', 3, 2],
  ])
  await holdfast.release({ reservation_id: split.reservation_id })
  const some = granted(await holdfast.reserve({ lines, partial: true }))
  expect(some.lines.map(({ held }) => held)).toEqual([4, 2])
  expect(some.short).toMatchObject([{ line: 1, asked: 3, available: 2 }])
})

test('what may be had of a kit is what its scarcest component makes', async () => {
  const { name, kit, line, sellable } = await shop({ MUG: 9, TEA: 4, PDF: null })
  await kit('BOX', { MUG: 2, TEA: 1, PDF: 1 })
  await kit('FILE', { PDF: 2 })
  granted(await holdfast.skus.alias({ sku: name('BOX'), alias: name('THREE'), factor: 3 }))
  const asked = await holdfast.availability({ skus: [name('BOX'), name('THREE'), name('FILE')] })
  expect(granted(asked).data).toMatchObject([
    {
      ...{ sku: name('BOX'), kit: true, tracked: true, available: 4, sellable: 4 },
      locations: [{ location: 'berlin', sellable: 4, scarcest: name('MUG') }],
    },
    { asked_as: name('THREE'), factor: 3, available: 1, sellable: 1 },
    { sku: name('FILE'), kit: true, tracked: false, available: null, sellable: null },
  ])
  expect(outcome(await holdfast.reserve({ lines: [line('THREE', 2)] }))).toBe('insufficient_stock')
  const hold = granted(await holdfast.reserve({ lines: [line('THREE', 1), line('FILE', 7)] }))
  expect(hold.lines.map(({ held }) => held)).toEqual([6, 3, 3, 14])
  expect(await sellable('BOX')).toBe(1)
})

test('a hold on a kit ends as a whole, and a late commit takes all of it or nothing', async () => {
  const { kit, line, held } = await shop({ MUG: 4, TEA: 2 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const hold = granted(await holdfast.reserve({ lines: [line('BOX', 2)], hold_seconds: 1 }))
  const { reservation_id } = hold
  await asOwner(
    ownerUrl,
    `update holdfast.allocations set expires_at = created.at
     from (select holdfast.clock() - interval '1 minute' as at) as created
     where reservation_id = $1`,
    [reservation_id],
  )
  await asOwner(
    ownerUrl,
    `update holdfast.reservations set expires_at = holdfast.clock() - interval '1 minute'
     where reservation_id = $1`,
    [reservation_id],
  )
  const tea = granted(await holdfast.reserve({ lines: [line('TEA', 1)] }))
  expect(outcome(await holdfast.commit({ reservation_id, order_reference: 'late' }))).toBe(
    'reservation_expired',
  )
  granted(await holdfast.release({ reservation_id: tea.reservation_id }))
  expect(granted(await order(reservation_id))).toMatchObject({ reacquired: true })
  expect([await held('MUG'), await held('TEA')]).toEqual([0, 0])
})

test('a component that is short waits where policy allows, and the kit ships when it is whole', async () => {
  const { name, kit, line, reserve } = await shop({ MUG: 4, TEA: 1 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const fields = { backorder_mode: 'allow' as const, backorder_cap: 1 }
  granted(await holdfast.policies.set({ rules: [{ sku: name('TEA'), fields }] }))
  expect(outcome(await reserve(line('BOX', 3)))).toBe('insufficient_stock') // mugs do not wait
  const { reservation_id, lines } = granted(await reserve(line('BOX', 2)))
  expect(lines).toMatchObject([
    { sku: name('MUG'), held: 4 },
    { sku: name('TEA'), held: 1, held_backordered: 1 },
  ])
  await order(reservation_id)
  const one = granted(await holdfast.fulfill({ reservation_id }))
  expect(one.lines.map(({ fulfilled }) => fulfilled)).toEqual([2, 1])
  expect(outcome(await holdfast.fulfill({ reservation_id }))).toBe('kit_not_whole')
  granted(await holdfast.receive({ lines: [line('TEA', 1)] }))
  expect(granted(await holdfast.fulfill({ reservation_id })).state).toBe('closed')
})

test('a kit is promised for when the last of its components is there', async () => {
  const { name, kit, line } = await shop({ MUG: 4, TEA: 2 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  granted(await holdfast.skus.alias({ sku: name('BOX'), alias: name('TWO'), factor: 2 }))
  const promiseOf = async (sku: string) =>
    granted(await holdfast.availability({ skus: [name(sku)] })).data[0]?.promise
  const today = (await promiseOf('MUG'))?.ship_to as string
  expect(await promiseOf('BOX')).toEqual({ source: 'stock', ship_from: today, ship_to: today })
  await holdfast.reserve({ lines: [line('BOX', 2)] })
  expect(await promiseOf('BOX')).toBeUndefined()

  const allow = { backorder_mode: 'allow', backorder_cap: 3 } as const
  const says = async (sku: string, days: number) => {
    const fields = { ...allow, lead_days_min: days, lead_days_max: days + 1 }
    granted(await holdfast.policies.set({ rules: [{ sku: name(sku), fields }] }))
  }
  await says('TEA', 2)
  expect(await promiseOf('BOX')).toBeUndefined() // mugs do not wait
  await says('MUG', 8)
  const mug = await promiseOf('MUG')
  expect(await promiseOf('BOX')).toEqual({ ...mug, left: 1 }) // three mugs make one
  expect(await promiseOf('TWO')).toBeUndefined()
  granted(await holdfast.receive({ lines: [line('MUG', 1)] }))
  expect(await promiseOf('BOX')).toMatchObject({ days_min: 8, left: 2 })
  granted(await holdfast.receive({ lines: [line('MUG', 4)] }))
  expect(await promiseOf('BOX')).toMatchObject({ days_min: 2, days_max: 3, left: 3 })
  const { data } = granted(await holdfast.availability({ skus: [name('BOX')] }))
  expect(Object.keys(data[0]?.locations[0] ?? {})).not.toContain('levels')
})

test('a kit that was sold at a till takes its components, also those that are missing', async () => {
  const { name, kit, line } = await shop({ MUG: 3, TEA: 9 })
  await kit('BOX', { MUG: 2, TEA: 1 })
  const sale = { lines: [line('BOX', 2)], order_reference: name('till'), fulfilled: true }
  const sold = granted(await holdfast.recordSale(sale))
  expect(sold.lines.map(({ fulfilled, committed }) => [fulfilled, committed])).toEqual([
    [3, 1],
    [2, 0],
  ])
  expect(sold.shortage).toMatchObject([{ sku: name('MUG'), missing: 1 }])
  granted(await holdfast.receive({ lines: [line('MUG', 1)] }))
  const { reservation_id } = sold
  expect(granted(await holdfast.fulfill({ reservation_id })).state).toBe('closed')
})

test('the books agree, and every kit was conserved', async () => {
  await expectSound(ownerUrl)
  expect((await holdfast.verify()).findings).toEqual([])
})
