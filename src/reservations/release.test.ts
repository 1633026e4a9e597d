import { afterEach, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl, url } = await freshDatabase()
const hold = async (quantity: number) => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity }]
  return granted(await holdfast.reserve({ lines })).reservation_id
}
const part = (quantity: number) => [{ sku: 'TEE', quantity }]

beforeAll(() => stock(holdfast, { TEE: { berlin: 10 }, MUG: { berlin: 10 } }))
afterEach(() => expectSound(ownerUrl))

test('released units are free at once, part by part, with the reason in the ledger', async () => {
  const reservation_id = await hold(5)
  granted(await holdfast.release({ reservation_id, lines: part(2), reason: 'changed mind' }))
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: 3, available: 7 })
  const ledger = granted(await holdfast.transactions({ sku: 'TEE', location: 'berlin', limit: 1 }))
  expect(ledger.data).toMatchObject([{ kind: 'release', reason: 'changed mind' }])
  const all = granted(await holdfast.release({ reservation_id }))
  expect(all).toMatchObject({ state: 'closed', lines: [{ released: 5 }] })
})

test('a cancelled order gives back what is committed, held units first', async () => {
  const reservation_id = await hold(5)
  granted(await holdfast.commit({ reservation_id, order_reference: 'o', lines: part(3) }))
  const three = granted(await holdfast.release({ reservation_id, lines: part(3) }))
  expect(three.lines).toMatchObject([{ held: 0, committed: 2, released: 3 }])
  granted(await holdfast.release({ reservation_id }))
})

test('more than the rest, or a SKU that is not in it, is refused', async () => {
  const reservation_id = await hold(2)
  for (const lines of [part(3), [{ sku: 'MUG', quantity: 1 }], [...part(2), ...part(1)]]) {
    expect(outcome(await holdfast.release({ reservation_id, lines }))).toBe('exceeds_remaining')
  }
  granted(await holdfast.release({ reservation_id }))
  expect(outcome(await holdfast.release({ reservation_id }))).toBe('exceeds_remaining')
})

test('two releases at once never free what another cart holds', async () => {
  const other = await hold(3)
  for (let round = 0; round < 20; round++) {
    const mine = await hold(2)
    await Promise.all([1, 2].map(() => holdfast.release({ reservation_id: mine })))
    expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: 3 })
  }
  granted(await holdfast.release({ reservation_id: other }))
})

test.each([0, -1, 1.5, Number.NaN, 1e21, '2'])('a quantity of %s is refused', async quantity => {
  const reservation_id = await hold(1)
  const lines = [{ sku: 'TEE', quantity: quantity as number }]
  expect(outcome(await holdfast.release({ reservation_id, lines }))).toBe('invalid_quantity')
  granted(await holdfast.release({ reservation_id }))
})

test('units of a hold that has ended expired: they cannot be given back a second time', async () => {
  const reservation_id = await hold(3)
  granted(await holdfast.commit({ reservation_id, order_reference: 'o', lines: part(1) }))
  await shiftClock(url, '31 minutes')
  expect(outcome(await holdfast.release({ reservation_id, lines: part(2) }))).toBe(
    'exceeds_remaining',
  )
  const rest = granted(await holdfast.release({ reservation_id }))
  expect(rest.lines).toMatchObject([{ held: 0, committed: 0, released: 1, expired: 2 }])
  await shiftClock(url, '0')
})
