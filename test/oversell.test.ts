import { randomInt } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Holdfast, openHoldfast } from '../src/index.ts'
import { freshDatabase } from './database.ts'
import { asOwner, expectSound, granted, level, outcome, stock } from './shop.ts'

// Servers share nothing but the database: each instance has its own pool, batcher and caches.
// `holdfast prove --servers 2` does the same with processes of their own.
const { holdfast, url, ownerUrl } = await freshDatabase()
const servers: Holdfast[] = []
const serverOf = (index: number): Holdfast => servers[index % servers.length] as Holdfast
/** The long forms: HOLDFAST_LONG=1 npx vitest run test/oversell.test.ts */
const LONG = process.env['HOLDFAST_LONG'] === '1'

beforeAll(async () => {
  for (let i = 0; i < 3; i++) servers.push(await openHoldfast({ connectionString: url }))
})
afterAll(() => Promise.all(servers.map(server => server.close())))
afterEach(() => expectSound(ownerUrl))

const tally = (outcomes: string[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const name of outcomes) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

test('the last unit, two at once, 1,000 times: one is granted, one is told it is sold', async () => {
  const rounds = 1_000
  const skus = Array.from({ length: rounds }, (_, i) => `LAST-${i}`)
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: 1 }])))
  for (let start = 0; start < rounds; start += 50) {
    const pairs = skus.slice(start, start + 50).map(async (sku, i) => {
      const lines = [{ sku, location: 'berlin', quantity: 1 }]
      const both = [serverOf(i).reserve({ lines }), serverOf(i + 1).reserve({ lines })]
      return (await Promise.all(both)).map(outcome).sort()
    })
    for (const pair of await Promise.all(pairs)) expect(pair).toEqual(['insufficient_stock', 'ok'])
  }
})

test('1,000 units for 20,000 buyers: exactly 1,000 are sold, and no other answer is given', async () => {
  await stock(holdfast, { FLASH: { berlin: 1_000 } })
  const lines = [{ sku: 'FLASH', location: 'berlin', quantity: 1 }]
  const answers = await Promise.all(
    Array.from({ length: 20_000 }, (_, i) => serverOf(i).reserve({ lines })),
  )
  expect(tally(answers.map(outcome))).toEqual({ ok: 1_000, insufficient_stock: 19_000 })
  expect(await level(holdfast, 'FLASH', 'berlin')).toMatchObject({ held: 1_000, available: 0 })
})

test('1,500 random carts of six lines over 20 SKUs: no deadlock, no partial cart', async () => {
  const skus = Array.from({ length: 20 }, (_, i) => `CART-${i}`)
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: 300 }])))
  const carts = Array.from({ length: 1_500 }, () =>
    Array.from({ length: 6 }, () => ({
      sku: skus[randomInt(20)] as string,
      location: 'berlin',
      quantity: 1 + randomInt(2),
    })),
  )
  const clients = Array.from({ length: 10 }, async (_, client) => {
    const outcomes: string[] = []
    for (let i = client; i < carts.length; i += 10) {
      const answer = await serverOf(client).reserve({ lines: carts[i] ?? [] })
      outcomes.push(outcome(answer))
      if (answer.ok) {
        const asked = (carts[i] ?? []).reduce((sum, line) => sum + line.quantity, 0)
        expect(answer.lines.reduce((sum, line) => sum + line.held, 0)).toBe(asked)
      }
    }
    return outcomes
  })
  const counts = tally((await Promise.all(clients)).flat())
  expect(Object.keys(counts).sort()).toEqual(['insufficient_stock', 'ok'])
  const [partial] = await asOwner(
    ownerUrl,
    `select count(*)::int as n from (
      select reservation_id, count(*) as lines from holdfast.allocations group by 1
    ) as a join holdfast.reservations r using (reservation_id) where r.lines <> a.lines`,
  )
  expect(partial).toEqual({ n: 0 })
})

test('commit against expiry against release on one hold: each unit ends once, 2,000 times', async () => {
  await stock(holdfast, { RACE: { berlin: 100_000 } })
  const lines = [{ sku: 'RACE', location: 'berlin', quantity: 1 }]
  const race = async (index: number): Promise<string> => {
    const hold = granted(await serverOf(index).reserve({ lines, hold_seconds: 1 }))
    const { reservation_id } = hold
    const wait = Date.parse(hold.expires_at ?? '') - Date.now() + randomInt(8) - 4
    await new Promise(resolve => setTimeout(resolve, Math.max(0, wait)))
    const [committed, released] = await Promise.all([
      serverOf(index + 1).commit({ reservation_id, order_reference: `o-${index}` }),
      serverOf(index + 2).release({ reservation_id }),
      index % 50 === 0 ? serverOf(index).expire({ limit: 10_000 }) : undefined,
    ])
    const now = granted(await holdfast.reservation({ reservation_id }))
    const [line] = now.lines
    expect(
      (line?.held ?? 0) + (line?.committed ?? 0) + (line?.released ?? 0) + (line?.expired ?? 0),
    ).toBe(1)
    return `${outcome(committed)} ${outcome(released)}`
  }
  const counts = tally(await Promise.all(Array.from({ length: 2_000 }, (_, i) => race(i))))
  const known = ['ok ok', 'ok exceeds_remaining', 'already_released ok']
  expect(Object.keys(counts).filter(name => !known.includes(name))).toEqual([])
})

test('a transaction that sits on a hot level does not stop other SKUs', async () => {
  await stock(holdfast, { HOT: { berlin: 1_000 }, COOL: { berlin: 100_000 } })
  const sitter = new pg.Client(ownerUrl)
  await sitter.connect()
  await sitter.query('begin')
  await sitter.query(
    `select 1 from holdfast.levels l join holdfast.skus s using (tenant_id, sku_id)
     where s.code = 'HOT' for update of l`,
  )
  const server = serverOf(0)
  const blocked = Array.from({ length: 50 }, () =>
    server.reserve({ lines: [{ sku: 'HOT', location: 'berlin', quantity: 1 }] }),
  )
  let answered = 0
  for (const answer of blocked) void answer.then(() => answered++)
  const sellers = Array.from({ length: 16 }, async () => {
    for (let n = 0; n < 20; n++) {
      granted(await server.reserve({ lines: [{ sku: 'COOL', location: 'berlin', quantity: 1 }] }))
    }
  })
  await Promise.all(sellers)
  expect({ answered }).toEqual({ answered: 0 })
  await sitter.query('rollback')
  await sitter.end()
  expect(tally((await Promise.all(blocked)).map(outcome))).toEqual({ ok: 50 })
})

test('the ledger equals the counters after random operations of every verb', async () => {
  const operations = LONG ? 100_000 : 3_000
  const skus = Array.from({ length: 40 }, (_, i) => `MIX-${i}`)
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: 500, paris: 200 }])))
  const open: string[] = []
  const line = () => ({
    sku: skus[randomInt(skus.length)] as string,
    location: randomInt(2) ? 'berlin' : 'paris',
    quantity: 1 + randomInt(4),
  })
  const pick = () => ({ reservation_id: open[randomInt(open.length + 1)] ?? 'none' })
  const step = async (index: number): Promise<void> => {
    const server = serverOf(index)
    const die = randomInt(100)
    if (die < 45) {
      const lines = Array.from({ length: 1 + randomInt(3) }, line)
      const answer = await server.reserve({ lines, hold_seconds: 1 + randomInt(60) })
      if (answer.ok) open.push(answer.reservation_id)
    } else if (die < 60) await server.commit({ ...pick(), order_reference: `o-${index}` })
    else if (die < 70) await server.fulfill(pick())
    else if (die < 80) await server.release(pick())
    else if (die < 84) await server.return(pick())
    else if (die < 88) await server.amend({ ...pick(), lines: [line(), line()] })
    else if (die < 90) await server.extend(pick())
    else if (die < 92) await server.recordSale({ order_reference: `s-${index}`, lines: [line()] })
    else if (die < 96) await server.receive({ lines: [line()] })
    else if (die < 98) await server.adjust({ lines: [{ ...line(), quantity: -1 }] })
    else if (die < 99) await server.set({ lines: [{ ...line(), quantity: randomInt(600) }] })
    else await server.expire()
  }
  let next = 0
  const clients = Array.from({ length: 48 }, async () => {
    while (next < operations) await step(next++)
  })
  await Promise.all(clients)
  const { finding_count, findings } = await holdfast.verify()
  expect({ finding_count, findings }).toEqual({ finding_count: 0, findings: [] })
}, 900_000)
