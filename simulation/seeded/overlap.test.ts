import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { poolOf } from '../../test/pool.ts'
import { Blocker } from './blocker.ts'
import { withPatience } from './boundary.ts'
import type { Running, Statement } from './server.ts'
import type { Shop } from './shop.ts'
import { openShops, openSite } from './site.ts'
import { BEGIN_MS } from './time.ts'

// Two statements that really overlap in PostgreSQL, in an order that is no matter of chance: both
// wait behind somebody's own transaction, then both go on.

const { url, ownerUrl } = await freshDatabase()
const site = await openSite({ url, ownerUrl })
afterAll(() => site.close())

const SKUS = ['A', 'B', 'C']
let shop: Shop
let other: Shop

const at = (ms: number) =>
  site.server.pool.query('update simulation.instants set instant = $1 where tenant_id = any ($2)', [
    new Date(ms).toISOString(),
    [shop.tenant_id, other.tenant_id],
  ])

beforeEach(async () => {
  const shelves = { skus: SKUS, locations: ['east'], stock_most: 20, safety_stock_most: 0 }
  ;[shop, other] = await openShops(site, shelves, { below: bound => bound - 1 })
})
afterEach(async () => {
  const { findings } = await (await site.holdfast.forTenant(shop.code)).verify()
  expect(findings).toEqual([])
})

type Answer = { ok: boolean; reservation_id: string; [fact: string]: unknown }

const careful = (verb: string, request: object): Statement => ({
  text: 'select array_to_json(holdfast_engine_1.run_flush($1, $2, $3::jsonb, $4)) as answers',
  values: [shop.tenant_id, verb, JSON.stringify([request]), '20s'],
})

const decide = async (statement: Statement): Promise<Answer> => {
  const { rows } = await site.server.pool.query(statement.text, statement.values)
  return rows[0].answers[0]
}

/** A cart that the fast path takes at once, with a unit of each SKU. */
const fastCart = async (): Promise<Statement> => {
  const sent: Statement[] = []
  const { openHoldfast } = await import('../../src/index.ts')
  const query = async (given: string | Statement, values: unknown[] = []) => {
    const statement = typeof given === 'string' ? { text: given, values } : given
    if (statement.text.includes('reserve_fast')) {
      sent.push(statement)
      throw Object.assign(new Error('only looked at'), { code: '57P01' })
    }
    return site.server.pool.query(statement.text, statement.values)
  }
  const pool = poolOf(query)
  const holdfast = await openHoldfast({ pool, tenant: shop.code })
  await holdfast.reserve({ lines: cart(SKUS) as never }).catch(() => {})
  return withPatience(sent[0] as Statement, '20s')
}

const cart = (skus: string[], quantity = 1) =>
  skus.map(sku => ({ sku, location: 'east', quantity }))

/** Runs both behind a transaction that sits on a level; the errors, none expected. */
const overlap = async (nth: number, statements: Statement[], meanwhile = async () => {}) => {
  const blocker = await Blocker.onLevel(site.server, shop, nth)
  const running: Running[] = []
  try {
    for (const statement of statements) {
      const started = await site.server.start(statement)
      running.push(started)
      await site.server.untilEndedOrBlocked(started)
    }
    expect(running.map(({ outcome }) => outcome)).toEqual(statements.map(() => undefined))
    await meanwhile()
  } finally {
    await blocker.end('commit')
  }
  await Promise.all(running.map(({ ended }) => ended))
  const outcomes = running.map(({ outcome }) => outcome as { rows?: object[]; error?: Error })
  expect(outcomes.map(({ error }) => error?.message)).toEqual(outcomes.map(() => undefined))
  return outcomes.map(({ rows }) => (rows as { answers: Answer[] }[])[0]?.answers?.[0])
}

test('the fast path and the careful path lock levels in one order', async () => {
  for (const fastFirst of [true, false]) {
    const fast = await fastCart()
    const slow = careful('reserve', { lines: cart([...SKUS].reverse()), tags: ['careful'] })
    await overlap(1, fastFirst ? [fast, slow] : [slow, fast])
  }
})

test('every verb of a cart locks its levels as a new cart does', async () => {
  const held = await decide(careful('reserve', { lines: cart(SKUS) }))
  const { reservation_id } = held
  const verbs: [string, object][] = [
    ['extend', { reservation_id, hold_seconds: 3_600 }],
    ['amend', { reservation_id, lines: cart([...SKUS].reverse(), 2) }],
    ['commit', { reservation_id, order_reference: 'o-1' }],
    ['fulfill', { reservation_id }],
    ['return', { reservation_id }],
    ['release', { reservation_id }],
    ['adjust', { lines: cart([...SKUS].reverse()) }],
    ['receive', { lines: cart([...SKUS].reverse()) }],
    ['record_sale', { order_reference: 'till', lines: cart([...SKUS].reverse()) }],
  ]
  for (const [verb, request] of verbs) {
    await overlap(1, [await fastCart(), careful(verb, request)])
  }
})

test('a release and a cart that frees its overdue hold do not wait for each other', async () => {
  const held = await decide(careful('reserve', { lines: cart(['A'], 20), hold_seconds: 1 }))
  await at(BEGIN_MS + 2_000)
  const { reservation_id } = held
  const [taken] = await overlap(0, [
    careful('reserve', { lines: cart(['A'], 20) }),
    careful('release', { reservation_id }),
  ])
  expect(taken?.ok).toBe(true)
})

test('a commit that waits for a lock beyond the end of its hold is late, and says so', async () => {
  const held = await decide(careful('reserve', { lines: cart(['A', 'B']), hold_seconds: 10 }))
  const { reservation_id } = held
  const commit = careful('commit', { reservation_id, order_reference: 'o-1' })
  const [late] = await overlap(0, [commit], async () => void (await at(BEGIN_MS + 10_000)))
  expect(late).toMatchObject({ ok: true, reacquired: true })
})

test('a commit that waits until a millisecond before the end is in time', async () => {
  const held = await decide(careful('reserve', { lines: cart(['A', 'B']), hold_seconds: 10 }))
  const { reservation_id } = held
  const commit = careful('commit', { reservation_id, order_reference: 'o-1' })
  const [inTime] = await overlap(0, [commit], async () => void (await at(BEGIN_MS + 9_999)))
  expect(inTime).toMatchObject({ ok: true })
  expect(inTime?.['reacquired']).toBeUndefined()
})
