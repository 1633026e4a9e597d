import pg from 'pg'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Holdfast, openHoldfast } from '../src/index.ts'
import { freshDatabase } from './database.ts'
import { hasPgbouncer, startPgbouncer } from './pgbouncer.ts'
import { expectSound, granted, level, outcome, stock } from './shop.ts'

describe.skipIf(!hasPgbouncer)('behind PgBouncer in transaction mode', async () => {
  const { holdfast, url, ownerUrl } = await freshDatabase()
  const shops: Record<string, Holdfast> = {}
  const pool = new pg.Pool({ max: 20 })

  beforeAll(async () => {
    const bouncer = await startPgbouncer(url)
    pool.options.connectionString = bouncer.url
    shops['connectionString'] = await openHoldfast({ connectionString: bouncer.url, poolSize: 20 })
    shops['pool'] = await openHoldfast({ pool })
    await stock(holdfast, { CART: { berlin: 300 }, OWN: { berlin: 9 } })
    return async () => {
      for (const shop of Object.values(shops)) await shop.close()
      await pool.end()
      await bouncer.stop()
    }
  })

  test.each(['connectionString', 'pool'])('with a %s, 150 buyers of 100 units: 100', async way => {
    const shop = shops[way] as Holdfast
    await stock(holdfast, { [way]: { berlin: 100 } })
    const lines = [{ sku: way, location: 'berlin', quantity: 1 }]
    const answers = await Promise.all(Array.from({ length: 150 }, () => shop.reserve({ lines })))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(100)
    expect(new Set(answers.map(outcome))).toEqual(new Set(['ok', 'insufficient_stock']))
  })

  test.each(['connectionString', 'pool'])('with a %s, 60 holds live side by side', async way => {
    const shop = shops[way] as Holdfast
    await stock(holdfast, { [`LIFE-${way}`]: { berlin: 100 } })
    const live = async (_: unknown, n: number) => {
      const lines = [{ sku: n % 2 ? `LIFE-${way}` : 'CART', location: 'berlin', quantity: 1 }]
      const { reservation_id } = granted(await shop.reserve({ lines }, { key: `${way}-${n}` }))
      granted(await shop.amend({ reservation_id, lines: [{ ...lines[0]!, quantity: 2 }] }))
      granted(await shop.commit({ reservation_id, order_reference: `${way}-${n}` }))
      granted(await shop.fulfill({ reservation_id }))
      granted(await shop.return({ reservation_id, lines }))
    }
    await Promise.all(Array.from({ length: 60 }, live))
    expect(await level(shop, `LIFE-${way}`, 'berlin')).toMatchObject({ held: 0, committed: 0 })
  })

  test("the caller's own transaction commits or rolls back as one", async () => {
    const shop = shops['pool'] as Holdfast
    const before = await level(shop, 'OWN', 'berlin')
    const client = await pool.connect()
    for (const end of ['rollback', 'commit']) {
      await client.query('begin')
      const request = { lines: [{ sku: 'OWN', quantity: 3 }] }
      granted(await shop.reserve(request, { transaction: client }))
      await client.query(end)
    }
    client.release()
    expect((await level(shop, 'OWN', 'berlin')).held).toBe(before.held + 3)
  })

  test('the books agree after all of that', () => expectSound(ownerUrl))
})

test.skipIf(hasPgbouncer)('not run: PgBouncer (its package is not installed)', () => {})
