import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { expectSound, granted, level, outcome, someoneWaits, stock } from '../../test/shop.ts'
import { freezeClock } from '../../test/time/frozenClock.ts'
import { openHoldfast } from '../index.ts'

// Receipt against cancel against a cart's end against a new sale, all on one SKU at once, by two
// processes' engines. `RACES=2000 npx vitest run src/backorders/races.test.ts` runs as many.
const ROUNDS = Number(process.env['RACES'] ?? 150)
const AT_ONCE = 10
const ROUND_MS_MAX = 3_000
const { holdfast, url, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
const other = await openHoldfast({ connectionString: url })
const location = 'berlin'

beforeAll(async () => {
  await clock.set('2026-11-27T12:00:00Z')
  await stock(holdfast, { FIRST: { berlin: 0 } })
  const fields = { backorder_mode: 'allow', backorder_cap: 3, lead_days_min: 1, lead_days_max: 2 }
  granted(await holdfast.policies.set({ rules: [{ fields: fields as object }] }))
  return () => other.close()
})

test('a cap is not lowered below what a sale that is under way lets wait', async () => {
  const sku = 'CAPPED'
  await stock(holdfast, { [sku]: { berlin: 0 } })
  const cap = (backorder_cap: number) => ({ rules: [{ sku, fields: { backorder_cap } }] })
  granted(await holdfast.policies.set(cap(4)))
  const buyer = new pg.Client(url)
  await buyer.connect()
  await buyer.query('begin')
  const lines = [{ sku, location, quantity: 3 }]
  granted(await holdfast.reserve({ lines }, { transaction: buyer }))
  const lowered = holdfast.policies.set(cap(2))
  await someoneWaits(ownerUrl)
  await buyer.query('commit')
  await buyer.end()
  expect(outcome(await lowered)).toBe('cap_below_promised')
  granted(await holdfast.policies.set(cap(3)))
})

type Round = { sku: string; order: string; cart: string; second: string }

/** An order and a cart that wait, the cart about to end, and an order behind them. */
const prepare = async (n: number): Promise<Round> => {
  const sku = `RACE-${n}`
  await stock(holdfast, { [sku]: { berlin: 0 } })
  const lines = [{ sku, location, quantity: 1 }]
  const take = async (hold_seconds: number) =>
    granted(await holdfast.reserve({ lines, hold_seconds })).reservation_id
  const [order, cart, second] = [await take(3600), await take(10), await take(3600)]
  granted(await holdfast.commit({ reservation_id: order, order_reference: `${sku}-1` }))
  granted(await holdfast.commit({ reservation_id: second, order_reference: `${sku}-2` }))
  return { sku, order, cart, second }
}

const race = async ({ sku, order, cart }: Round): Promise<void> => {
  const lines = [{ sku, location, quantity: 1 }]
  await Promise.all([
    holdfast.receive({ lines }),
    other.release({ reservation_id: order }),
    holdfast.commit({ reservation_id: cart, order_reference: `${sku}-late` }),
    other.reserve({ lines }),
    holdfast.reserve({ lines: [{ sku, location, quantity: 1, backorder: 'none' }] }),
    other.expire({ limit: 10 }),
  ])
}

test(
  `${ROUNDS} races: the unit goes to whoever is first in line, and the books are right`,
  async () => {
    let served = 0
    for (let n = 0; n < ROUNDS; n += AT_ONCE) {
      await clock.set('2026-11-27T12:00:00Z')
      const rounds: Round[] = []
      for (let k = n; k < Math.min(n + AT_ONCE, ROUNDS); k++) rounds.push(await prepare(k))
      await clock.set('2026-11-27T12:00:11Z')
      await Promise.all(rounds.map(race))
      await Promise.all(
        rounds.map(async ({ sku, order, second }) => {
          const seen = await level(holdfast, sku, location)
          const { on_hand, held, committed, backordered, available } = seen
          expect({ sku, on_hand, promised: held + committed, available }).toEqual({
            ...{ sku, on_hand: 1, promised: 1, available: 0 },
          })
          expect(backordered + (seen.held_backordered ?? 0)).toBeLessThanOrEqual(3)
          // The order was cancelled, before or after it was served; the cart had ended: it may only
          // have joined again behind the second order, which therefore has the unit.
          const of = async (reservation_id: string) =>
            granted(await holdfast.reservation({ reservation_id })).lines[0]
          expect(await of(order)).toMatchObject({ committed: 0, released: 1 })
          const got = (await of(second))?.committed ?? 0 // read after the wait: others count too
          served += got
        }),
      )
    }
    expect(served).toBe(ROUNDS)
    await expectSound(ownerUrl)
    expect((await holdfast.verify()).findings).toEqual([])
  },
  ROUNDS * ROUND_MS_MAX,
)
