import { beforeAll, describe, expect, test } from 'vitest'
import { fillTestShop, openTestShop, type TestShop } from './testShop.ts'
import { type ListTransactions, ledgerOf, type Movement } from './transactions.ts'

let shop: TestShop
let ledger: ReturnType<typeof ledgerOf>
let cart: string
let before: string
const MANY = 20_000

const rowsOf = async (request: ListTransactions): Promise<Movement[]> => {
  const answer = await ledger.list(request)
  if (!answer.ok) throw new Error(JSON.stringify(answer.refusal))
  return answer.data
}

const clockOf = async (): Promise<string> => {
  const { rows } = await shop.owner.query('select to_json(holdfast.clock()) as at')
  return rows[0].at
}

beforeAll(async () => {
  shop = await openTestShop()
  ledger = ledgerOf(shop.context)
  await fillTestShop(shop)
  before = await clockOf()
  const held = await shop.call('reserve', {
    lines: [
      { sku: 'A', quantity: 3, location: 'berlin' },
      { sku: 'B', quantity: 1 },
      { sku: 'EBOOK', quantity: 5 },
    ],
  })
  cart = String(held.reservation_id)
  await shop.call('commit', { reservation_id: cart, order_reference: 'o-1' })
  await shop.call('fulfill', { reservation_id: cart, document: 'parcel-1' })
  await shop.call('adjust', {
    lines: [{ sku: 'A', location: 'berlin', quantity: -2 }],
    reason: 'broken',
    document: 'count-7',
  })
})

describe('list_transactions', () => {
  test('a movement tells its kind, change, balances, version and why', async () => {
    const [movement] = await rowsOf({ sku: 'A', location: 'berlin', limit: 1 })
    expect(movement).toMatchObject({
      kind: 'adjust',
      sku: 'A',
      location: 'berlin',
      changes: { on_hand: -2 },
      balances: { on_hand: 15, held: 0, committed: 0, damaged: 0, shortage: 0 },
      available: 15,
      version: 5,
      reason: 'broken',
      document: 'count-7',
      reservation_id: null,
    })
  })

  test('the filters find what they name, alone and together', async () => {
    const kinds = async (request: ListTransactions) =>
      (await rowsOf({ ...request, sort: 'recorded_at' })).map(row => row.kind)
    expect(await kinds({ sku: 'A', location: 'berlin' })).toEqual([
      'receive',
      'reserve',
      'commit',
      'fulfill',
      'adjust',
    ])
    const whole = ['reserve', 'commit', 'fulfill'].flatMap(kind => [kind, kind, kind])
    expect(await kinds({ reservation_id: cart })).toEqual(whole)
    expect(await kinds({ order_reference: 'o-1' })).toEqual(whole)
    expect(await kinds({ order_reference: 'o-2' })).toEqual([])
    expect(await kinds({ reservation_id: cart, sku: 'B' })).toHaveLength(3)
    expect(await kinds({ order_reference: 'o-1', kind: 'commit', sku: 'A' })).toEqual(['commit'])
    expect(await kinds({ sku: 'EBOOK' })).toEqual(['reserve', 'commit', 'fulfill'])
    expect(await kinds({ document: 'parcel-1', sku: 'A' })).toEqual(['fulfill'])
    expect(await kinds({ location: 'paris', kind: 'receive' })).toHaveLength(5)
    expect(await kinds({ kind: 'adjust' })).toEqual(['adjust'])
    expect(await kinds({ to: before })).toHaveLength(10)
    expect(await kinds({ from: before })).toHaveLength(10)
    expect(await kinds({ from: before, to: before })).toEqual([])
  })

  test('pages of any size put together are the whole, in both orders', async () => {
    for (const filter of [{}, { sku: 'A' }, { location: 'berlin' }, { reservation_id: cart }]) {
      for (const sort of ['recorded_at', '-recorded_at'] as const) {
        const whole = await rowsOf({ ...filter, sort })
        const paged: Movement[] = []
        let cursor: string | null | undefined
        do {
          const page = await ledger.list({
            ...filter,
            sort,
            limit: 3,
            ...(cursor ? { cursor } : {}),
          })
          if (!page.ok) throw new Error(JSON.stringify(page))
          paged.push(...page.data)
          cursor = page.next_cursor
        } while (cursor)
        expect(paged).toEqual(whole)
      }
    }
  })

  test.each([
    [{ sku: 'NOPE' }, 'unknown_sku'],
    [{ location: 'nowhere' }, 'unknown_location'],
    [{ reservation_id: 'x' }, 'reservation_not_found'],
    [{ kind: 'steal' }, 'invalid_request'],
    [{ from: 'yesterday' }, 'invalid_request'],
    [{ to: '2026-02-31T00:00:00Z' }, 'invalid_request'],
    [{ limit: 0 }, 'invalid_request'],
    [{ limit: 251 }, 'invalid_request'],
    [{ sort: 'sku' }, 'invalid_request'],
    [{ cursor: 'garbage' }, 'invalid_request'],
    [{ cursor: btoa('["-recorded_at","x",1,1,"y",1,1,1]') }, 'invalid_request'],
    [{ cursor: btoa('["-recorded_at"]') }, 'invalid_request'],
  ])('%j is refused with %s', async (request, code) => {
    const answer = await ledger.list(request as ListTransactions)
    expect(answer).toMatchObject({ ok: false, refusal: { code } })
  })

  test('no filter that has an index reads the whole ledger', async () => {
    const { owner } = shop
    await owner.query(`select count(holdfast_engine_1.record_movement(1, 9, l.level_id, 1))
      from generate_series(1, ${MANY / 2}) as n
      cross join (select level_id from holdfast.levels order by level_id desc limit 2) as l`)
    await owner.query('analyze holdfast.inventory_transactions')
    for (const request of [
      { sku: 'A' },
      { sku: 'E', location: 'paris' },
      { reservation_id: cart },
      { order_reference: 'o-1' },
      { document: 'count-7' },
    ]) {
      await owner.query('begin')
      await owner.query("select holdfast_engine_1.read(1, 'list_transactions', $1)", [request])
      const { rows } = await owner.query(`select coalesce(sum(seq_tup_read), 0)::int as scanned
        from pg_stat_xact_user_tables where relname like 'inventory_transactions%'`)
      await owner.query('rollback')
      expect([request, rows[0].scanned]).toEqual([request, 0])
    }
  })
})

describe('levels_as_of', () => {
  test('shows each level as it stood then, and zero before its first movement', async () => {
    const at = async (instant: string) => {
      const answer = await ledger.levelsAsOf({ at: instant, sku: 'A', location: 'berlin' })
      return answer.ok ? answer.data[0] : answer
    }
    expect(await at('2020-01-01T00:00:00Z')).toMatchObject({ on_hand: 0, version: 0 })
    expect(await at(before)).toMatchObject({ on_hand: 20, held: 0, version: 1, as_of: before })
    const now = await clockOf()
    expect(await at(now)).toMatchObject({ on_hand: 15, available: 15, version: 5 })
    expect((await ledger.levelsAsOf({ at: now, limit: 4 })) as object).toMatchObject({ ok: true })
  })

  test('an instant that is none is refused', async () => {
    for (const at of ['', 'noon', null]) {
      const answer = await ledger.levelsAsOf({ at: at as string })
      expect(answer).toMatchObject({ ok: false, refusal: { code: 'invalid_request', field: 'at' } })
    }
  })
})

test('a SKU has the history of those that were merged into it', async () => {
  const kindsOf = async () => {
    const rows = await rowsOf({ sku: 'D', location: 'paris', sort: 'recorded_at' })
    return rows.map(row => `${row.sku} ${row.kind}`)
  }
  expect(await kindsOf()).toEqual(['D receive'])
  await shop.call('merge_skus', { from: 'D', into: 'C' })
  expect(await kindsOf()).toEqual(['C receive', 'D receive', 'D merge', 'C merge'])
})

test('the view holdfast.transactions says the same in SQL', async () => {
  const { owner } = shop
  await owner.query('begin')
  await owner.query(`set local role holdfast_read`)
  const blind = await owner.query('select count(*)::int as count from holdfast.transactions')
  await owner.query(`set local holdfast.tenant = '1'`)
  const { rows } = await owner.query(
    `select kind, sku, version, available from holdfast.transactions where document = 'count-7'`,
  )
  const parts = await owner.query(
    `select sku, fulfilled, inline from holdfast.reservation_allocations order by line`,
  )
  await owner.query('rollback')
  expect(blind.rows[0].count).toBe(0)
  expect(rows).toEqual([{ kind: 'adjust', sku: 'A', version: 5, available: 15 }])
  expect(parts.rows).toEqual([
    { sku: 'A', fulfilled: 3, inline: false },
    { sku: 'B', fulfilled: 1, inline: false },
    { sku: 'EBOOK', fulfilled: 5, inline: false },
  ])
})
