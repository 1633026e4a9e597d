import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { clock } from '../src/clock.ts'
import { type Holdfast, openHoldfast } from '../src/index.ts'
import { freshDatabase } from './database.ts'
import { killBuyer } from './killBuyer.ts'
import { asOwner, expectSound, granted, level, outcome, shiftClock, stock } from './shop.ts'

// The 26 faults of the sample that everybody starts from: read the level, compare, update with a
// version, try three times, write a ledger row, release by reference, a cron job for old carts.

const { holdfast, url, ownerUrl } = await freshDatabase()
const others: Holdfast[] = []

/** One of three instances, as a load balancer would choose. */
const anyOf = (n: number): Holdfast => [holdfast, ...others][n % 3] as Holdfast
const cart = (sku: string, quantity = 1, location = 'berlin') => ({
  lines: [{ sku, location, quantity }],
})
const times = <Result>(count: number, call: (n: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => call(n)))
const tally = (answers: Parameters<typeof outcome>[0][]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const answer of answers) counts[outcome(answer)] = (counts[outcome(answer)] ?? 0) + 1
  return counts
}
const here = (sku: string, location = 'berlin') => level(holdfast, sku, location)

beforeAll(async () => {
  others.push(await openHoldfast({ connectionString: url }))
  others.push(await openHoldfast({ connectionString: url }))
  await stock(holdfast, { TEE: { berlin: 100, paris: 50 }, MUG: { berlin: 20 } })
})
afterAll(() => Promise.all(others.map(other => other.close())))
afterEach(() => expectSound(ownerUrl))

const killSessions = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and usename = 'holdfast_app'`

test('1. ledger = counter after 100 kills of the database sessions in mid-sale', async () => {
  await stock(holdfast, { CRASH: { berlin: 100_000 } })
  for (let round = 0; round < 100; round++) {
    const buying = times(6, n =>
      anyOf(n)
        .reserve(cart('CRASH'))
        .catch(error => error.code),
    )
    await clock.sleep(round % 7)
    await asOwner(ownerUrl, killSessions)
    await buying
  }
  await clock.sleep(50)
  expect((await here('CRASH')).held).toBeGreaterThan(0)
  await expectSound(ownerUrl)
})

test('1. ledger = counter after processes are killed with SIGKILL between two statements', async () => {
  await stock(holdfast, { KILLED: { berlin: 100_000 } })
  for (let round = 0; round < 5; round++) await killBuyer(url, 'KILLED', 20 + round * 7)
  await asOwner(ownerUrl, killSessions)
  await clock.sleep(50)
  await expectSound(ownerUrl)
  expect((await here('KILLED')).held).toBeGreaterThan(0)
})

test('2. 120 buyers of 200 units: 120 granted; 1,000 buyers: 200 granted, 800 refused', async () => {
  await stock(holdfast, { RUSH: { berlin: 200 }, STORM: { berlin: 200 } })
  expect(tally(await times(120, n => anyOf(n).reserve(cart('RUSH'))))).toEqual({ ok: 120 })
  const storm = await times(1_000, n => anyOf(n).reserve(cart('STORM')))
  expect(tally(storm)).toEqual({ ok: 200, insufficient_stock: 800 })
})

test('3. the reply is lost and the caller asks again with the key: one hold', async () => {
  await stock(holdfast, { KEYED: { berlin: 9 } })
  const answers = await times(3, n => anyOf(n).reserve(cart('KEYED', 2), { key: 'cart-3' }))
  expect(new Set(answers.map(answer => granted(answer).reservation_id)).size).toBe(1)
  expect(await here('KEYED')).toMatchObject({ held: 2 })
})

test('4. the same key with other content is a refusal, nothing changed', async () => {
  granted(await holdfast.reserve(cart('MUG', 1), { key: 'cart-4' }))
  const before = await here('MUG')
  const other = await anyOf(1).reserve(cart('MUG', 2), { key: 'cart-4' })
  expect(outcome(other)).toBe('idempotency_key_reused')
  expect(await here('MUG')).toMatchObject({ held: before.held, version: before.version })
})

test('5. releasing what was never reserved is refused, counters unchanged', async () => {
  const before = await here('MUG')
  const answer = await holdfast.release({ reservation_id: clock.uuid() })
  expect(outcome(answer)).toBe('reservation_not_found')
  expect(await here('MUG')).toMatchObject({ held: before.held, version: before.version })
})

test('6. releasing more than held, or −1, 0, 1.5, NaN, 1e21, "2": refused, unchanged', async () => {
  const { reservation_id } = granted(await holdfast.reserve(cart('MUG', 2)))
  const before = await here('MUG')
  const releases = [3, -1, 0, 1.5, Number.NaN, 1e21, '2'].map(quantity =>
    holdfast.release({ reservation_id, lines: [{ sku: 'MUG', quantity: quantity as number }] }),
  )
  expect(tally(await Promise.all(releases))).toEqual({ exceeds_remaining: 1, invalid_quantity: 6 })
  expect(await here('MUG')).toMatchObject({ held: before.held, version: before.version })
})

test('7. two releases at once never free what another cart holds: 500 rounds, always 3', async () => {
  const skus = Array.from({ length: 10 }, (_, n) => `TWICE-${n}`)
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: 9 }])))
  const rounds = async (sku: string) => {
    granted(await holdfast.reserve(cart(sku, 3)))
    for (let round = 0; round < 50; round++) {
      const { reservation_id } = granted(await anyOf(round).reserve(cart(sku, 2)))
      const both = await times(2, n => anyOf(n).release({ reservation_id }))
      expect(both.map(outcome).sort()).toEqual(['exceeds_remaining', 'ok'])
      expect((await here(sku)).held).toBe(3)
    }
  }
  await Promise.all(skus.map(rounds))
})

test("8. a release frees every location of its cart, the second one's too", async () => {
  const [berlin, paris] = [await here('TEE'), await here('TEE', 'paris')]
  const lines = [...cart('TEE', 2).lines, ...cart('TEE', 3, 'paris').lines]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  expect((await here('TEE', 'paris')).held).toBe(paris.held + 3)
  granted(await holdfast.release({ reservation_id }, { key: 'release-8' }))
  expect((await here('TEE')).held).toBe(berlin.held)
  expect((await here('TEE', 'paris')).held).toBe(paris.held)
})

test('9. one cart reserves and releases ten times, and nothing leaks', async () => {
  const before = await here('TEE')
  for (let round = 0; round < 10; round++) {
    const hold = granted(await holdfast.reserve({ ...cart('TEE', 4), buyer: 'cart-9' }))
    granted(await holdfast.release({ reservation_id: hold.reservation_id }))
    expect((await here('TEE')).held).toBe(before.held)
  }
})

test('10. hold 5, ship 2, release 1, ship 2', async () => {
  const before = await here('TEE')
  const { reservation_id } = granted(await holdfast.reserve(cart('TEE', 5)))
  granted(await holdfast.commit({ reservation_id, order_reference: 'ORDER-10' }))
  granted(await holdfast.fulfill({ reservation_id, ...cart('TEE', 2) }))
  granted(await holdfast.release({ reservation_id, ...cart('TEE', 1) }))
  const last = granted(await holdfast.fulfill({ reservation_id, ...cart('TEE', 2) }))
  expect(last).toMatchObject({ state: 'closed', lines: [{ fulfilled: 4, released: 1 }] })
  const { on_hand, committed } = await here('TEE')
  expect({ on_hand, committed }).toEqual({ on_hand: before.on_hand - 4, committed: 0 })
})

test('11. an order is committed and fulfilled, and on_hand falls when it ships', async () => {
  const before = await here('MUG')
  const { reservation_id } = granted(await holdfast.reserve(cart('MUG')))
  granted(await holdfast.commit({ reservation_id, order_reference: 'ORDER-11' }))
  expect(await here('MUG')).toMatchObject({ on_hand: before.on_hand, committed: 1 })
  granted(await holdfast.fulfill({ reservation_id }))
  expect(await here('MUG')).toMatchObject({ on_hand: before.on_hand - 1, committed: 0 })
})

test('13. expiry races with checkout 2,000 times: exactly one wins', async () => {
  const skus = Array.from({ length: 100 }, (_, n) => `RACE-${n}`)
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: 1 }])))
  const won = { checkout: 0, expiry: 0 }
  for (let round = 1; round <= 20; round++) {
    const race = async (sku: string, n: number) => {
      const first = granted(await anyOf(n).reserve({ ...cart(sku), hold_seconds: 600 }))
      await clock.sleep(clock.random() * 20)
      const { reservation_id } = first
      const [paid, walkIn] = await Promise.all([
        anyOf(n).commit({ reservation_id, order_reference: `${sku}-${round}` }),
        clock.sleep(clock.random() * 4).then(() => anyOf(n + 1).reserve(cart(sku))),
      ])
      expect([outcome(paid), outcome(walkIn)].sort()).toEqual(
        paid.ok ? ['insufficient_stock', 'ok'] : ['ok', 'reservation_expired'],
      )
      won[paid.ok ? 'checkout' : 'expiry']++
      const winner = paid.ok ? reservation_id : granted(walkIn).reservation_id
      granted(await anyOf(n + 2).release({ reservation_id: winner }))
    }
    const racing = Promise.all(skus.map(race))
    await clock.sleep(25)
    await shiftClock(url, `${round * 20} minutes`)
    await anyOf(round).expire()
    await racing
  }
  await shiftClock(url, '0')
  // How often each wins is the machine's matter.
  expect(won.checkout + won.expiry).toBe(2_000)
})

test('14. an app server whose clock is an hour wrong ends no hold early or late', async () => {
  await stock(holdfast, { SKEW: { berlin: 1 } })
  for (const hours of [-1, 1]) {
    const now = () => new Date(Date.now() + hours * 3_600_000)
    const skewed = await openHoldfast({ connectionString: url, clock: { ...clock, now } })
    granted(await skewed.reserve({ ...cart('SKEW'), hold_seconds: 600 }))
    await shiftClock(url, '595 seconds')
    expect((await skewed.expire()).expired).toBe(0)
    expect(outcome(await skewed.reserve(cart('SKEW')))).toBe('insufficient_stock')
    await shiftClock(url, '601 seconds')
    const next = granted(await holdfast.reserve(cart('SKEW')))
    granted(await skewed.release({ reservation_id: next.reservation_id }))
    await shiftClock(url, '0')
    await skewed.close()
  }
})

test('15. what lapsed is sold without cron, and a level in the way does not stop the sweep', async () => {
  await stock(holdfast, { LAPSED: { berlin: 1 }, STUCK: { berlin: 1 }, FREE: { berlin: 1 } })
  const hold = (sku: string) => holdfast.reserve({ ...cart(sku), hold_seconds: 60 })
  for (const sku of ['LAPSED', 'STUCK', 'FREE']) granted(await hold(sku))
  await shiftClock(url, '2 minutes')
  granted(await hold('LAPSED'))
  const clerk = new pg.Client(ownerUrl)
  await clerk.connect()
  await clerk.query(`begin; select 1 from holdfast.levels l join holdfast.skus s using (sku_id)
    where s.code = 'STUCK' for update of l`)
  const sweeping = anyOf(1).expire()
  await expect
    .poll(() => asOwner(ownerUrl, FREED, ['FREE']), { timeout: 15_000 })
    .toEqual([{ held: 0 }])
  await clerk.query('rollback')
  await clerk.end()
  await sweeping
  await expect.poll(async () => (await holdfast.expire()).more).toBe(false)
  expect(await asOwner(ownerUrl, FREED, ['STUCK'])).toEqual([{ held: 0 }])
  await shiftClock(url, '0')
})

const FREED = `select l.held::int from holdfast.levels l join holdfast.skus s using (sku_id)
  where s.code = $1`

test('16. expiry frees what was held, whatever the cart says now', async () => {
  const before = await here('TEE')
  const seconds = { hold_seconds: 60 }
  const { reservation_id } = granted(await holdfast.reserve({ ...cart('TEE', 5), ...seconds }))
  granted(await holdfast.amend({ reservation_id, ...cart('TEE', 2) })) // the shop's own cart: 5
  await shiftClock(url, '3 hours')
  await holdfast.expire()
  expect(await here('TEE')).toMatchObject({ held: 0, on_hand: before.on_hand })
  expect(await holdfast.reservation({ reservation_id })).toMatchObject({
    lines: [{ held: 0, expired: 2 }],
  })
  await shiftClock(url, '0')
})

test('17. 150 six-line carts over 20 SKUs: no partial cart, no deadlock', async () => {
  const skus = Array.from({ length: 20 }, (_, n) => `CART-${n}`)
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: 30 }])))
  const answers = await times(150, n => {
    const picked = [...skus].sort(() => clock.random() - 0.5).slice(0, 6)
    return anyOf(n).reserve({ lines: picked.flatMap(sku => cart(sku).lines) })
  })
  const { ok = 0, ...refused } = tally(answers)
  expect(Object.keys(refused).filter(code => code !== 'insufficient_stock')).toEqual([])
  expect(await asOwner(ownerUrl, SUM_OF_CARTS)).toEqual([{ held: ok * 6 }])
})

const SUM_OF_CARTS = `select sum(l.held)::int as held from holdfast.levels l
  join holdfast.skus s using (sku_id) where s.code like 'CART-%'`

test('18. a backorder past its ceiling is refused by a constraint (the room comes later)', async () => {
  const beyond = `update holdfast.levels set backorder_ceiling = 5, backordered = 6`
  await expect(asOwner(ownerUrl, beyond)).rejects.toThrow('levels_backorder_within_ceiling')
  await stock(holdfast, { NONE: { berlin: 0 } })
  expect(outcome(await holdfast.reserve(cart('NONE')))).toBe('insufficient_stock')
})

test('19. every no has a code and the facts that help', async () => {
  await stock(holdfast, { FACTS: { berlin: 1, paris: 7 } })
  granted(await holdfast.reserve(cart('FACTS')))
  const { version } = await here('FACTS')
  const line = { line: 1, sku: 'FACTS', location: 'berlin', asked: 2, available: 0, version }
  const other_locations = [{ location: 'paris', available: 7 }]
  const next_expires_at = expect.stringMatching(/^\d{4}-\d\d-\d\dT/)
  expect(await holdfast.reserve(cart('FACTS', 2))).toMatchObject({
    ok: false,
    refusal: { code: 'insufficient_stock', lines: [{ ...line, other_locations, next_expires_at }] },
  })
})

test.each([
  ['held = on_hand + 1', 'levels_no_oversell'],
  ['held = -1', 'levels_counters_not_negative'],
  ['committed = on_hand, damaged = 1', 'levels_no_oversell'],
  ['shortage = 1', 'levels_shortage_exact'],
])('20. direct SQL that sets %s is refused by the database', async (wrong, constraint) => {
  const corrupt = asOwner(ownerUrl, `update holdfast.levels set ${wrong} where on_hand > 1`)
  await expect(corrupt).rejects.toThrow(constraint)
  const client = new pg.Client(url)
  await client.connect()
  const rewrite = client.query('delete from holdfast.inventory_transactions')
  await expect(rewrite).rejects.toThrow('permission denied')
  await client.end()
})

test('21. what an answer says was true at the version that it names', async () => {
  await stock(holdfast, { SEEN: { berlin: 40 } })
  const first = (await here('SEEN')).version
  const answers = await times(100, n => anyOf(n).reserve(cart('SEEN')))
  const versions = answers.flatMap(answer => (answer.ok ? answer.lines[0]?.version : []))
  expect(new Set(versions)).toEqual(new Set(Array.from({ length: 40 }, (_, n) => first + 1 + n)))
  const refused = answers.flatMap(answer => (answer.ok ? [] : (answer.refusal.lines ?? [])))
  expect(refused).toHaveLength(60)
  for (const fact of refused) expect(fact).toMatchObject({ available: 0, version: first + 40 })
})

test('22. a count below what is promised raises a shortage, names the newest, grants no more', async () => {
  await stock(holdfast, { COUNTED: { berlin: 10 } })
  granted(await holdfast.reserve(cart('COUNTED', 4)))
  const newest = granted(await holdfast.reserve(cart('COUNTED', 5)))
  const lines = [{ sku: 'COUNTED', location: 'berlin', quantity: 6 }]
  const counted = granted(await holdfast.set({ lines, reason: 'count' }))
  expect(counted.lines).toMatchObject([{ on_hand: 6, held: 9, shortage: 3, available: -3 }])
  expect(JSON.stringify(counted)).toContain(newest.reservation_id)
  expect(outcome(await holdfast.reserve(cart('COUNTED')))).toBe('insufficient_stock')
  granted(await holdfast.release({ reservation_id: newest.reservation_id }))
  expect(await here('COUNTED')).toMatchObject({ held: 4, shortage: 0, available: 2 })
})

test('23. on_hand, held and committed are rebuilt from the ledger, each by itself', async () => {
  await stock(holdfast, { BOOK: { berlin: 12 } })
  const { reservation_id } = granted(await holdfast.reserve(cart('BOOK', 5)))
  granted(await holdfast.commit({ reservation_id, order_reference: 'O-23', ...cart('BOOK', 3) }))
  granted(await holdfast.fulfill({ reservation_id, ...cart('BOOK', 1) }))
  const sums = `select sum(on_hand_change)::int as on_hand, sum(held_change)::int as held,
    sum(committed_change)::int as committed from holdfast.inventory_transactions
    join holdfast.levels l using (tenant_id, level_id) join holdfast.skus s on s.sku_id = l.sku_id
    where s.code = 'BOOK'`
  expect(await asOwner(ownerUrl, sums)).toEqual([{ on_hand: 11, held: 2, committed: 2 }])
})

test("24. another tenant's stock and holds do not exist (limits per buyer come later)", async () => {
  granted(await holdfast.tenants.create({ code: 'rival', name: 'Rival' }))
  const rival = await holdfast.forTenant('rival')
  expect(outcome(await rival.reserve(cart('TEE')))).toBe('unknown_sku')
  const { reservation_id } = granted(await holdfast.reserve({ ...cart('TEE'), buyer: 'b-24' }))
  expect(outcome(await rival.release({ reservation_id }))).toBe('reservation_not_found')
  expect(await holdfast.reservations({ buyer: 'b-24' })).toMatchObject({ data: [{}] })
  granted(await holdfast.release({ reservation_id }))
})

const WRITTEN = `select sum(n_tup_ins + n_tup_upd + n_tup_del)::int as rows
  from pg_stat_user_tables where schemaname = 'holdfast' and (relname = 'lost_demand') = $1`

test('25. a storm of 5,000 on a sold-out item writes only that it was wanted, in few rows', async () => {
  await stock(holdfast, { GONE: { berlin: 1 } })
  granted(await holdfast.reserve(cart('GONE')))
  for (const each of [0, 1, 2]) await anyOf(each).reserve(cart('GONE'))
  const { version } = await here('GONE')
  await clock.sleep(11_000) // an idle session tells its statistics after ten seconds
  const written = () => Promise.all([false, true].map(lost => asOwner(ownerUrl, WRITTEN, [lost])))
  const [rows, lost] = await written()
  const answers = await times(5_000, n => anyOf(n).reserve(cart('GONE')))
  expect(tally(answers)).toEqual({ insufficient_stock: 5_000 })
  await clock.sleep(11_000)
  const [rowsAfter, lostAfter] = await written()
  expect([rowsAfter, (await here('GONE')).version]).toEqual([rows, version])
  expect(Number(lostAfter?.[0]?.['rows']) - Number(lost?.[0]?.['rows'])).toBeLessThan(50)
})

test('26. a replica decides nothing, nor does a primary that became read-only', async () => {
  const refused = { code: 'database_is_replica', retryable: true }
  const asking = (setting: string) => {
    const asked = new URL(url)
    asked.searchParams.set('options', `-c ${setting}`)
    return openHoldfast({ connectionString: asked.href })
  }
  const readOnly = await asking('default_transaction_read_only=on')
  await expect(readOnly.reserve(cart('TEE'))).rejects.toMatchObject(refused)
  await readOnly.close()
  await asOwner(ownerUrl, IN_RECOVERY) // says what a standby says
  await expect(asking('search_path=standby,pg_catalog')).rejects.toMatchObject(refused)
})

const IN_RECOVERY = `create schema standby; grant usage on schema standby to public;
  create function standby.pg_is_in_recovery() returns boolean language sql as 'select true'`

test('12. a sweep with 1,000,000 old holds and 100 due touches 100', async () => {
  await stock(holdfast, { OLD: { berlin: 200 } })
  await asOwner(ownerUrl, OLD_HOLDS)
  granted((await times(100, () => holdfast.reserve({ ...cart('OLD'), hold_seconds: 60 })))[0]!)
  await asOwner(ownerUrl, 'vacuum analyze holdfast.reservations')
  await shiftClock(url, '90 seconds')
  await clock.sleep(1_500)
  const touched = 'select n_tup_upd::int as rows from pg_stat_user_tables where relname = $1'
  const [before] = await asOwner(ownerUrl, touched, ['reservations'])
  expect(await holdfast.expire({ limit: 1_000 })).toMatchObject({ expired: 100, more: false })
  const rows = Number(before?.rows) + 100
  await expect.poll(() => asOwner(ownerUrl, touched, ['reservations'])).toEqual([{ rows }])
  await shiftClock(url, '0')
})

const OLD_HOLDS = `insert into holdfast.reservations (tenant_id, level_id, reservation_id, created_at,
    expires_at, quantity, held, committed, backordered, held_backordered, fulfilled, released,
    expired, returned)
  select l.tenant_id, l.level_id, gen_random_uuid(), now() - interval '1 day',
    now() - interval '23 hours', 1, 0, 0, 0, 0, 0, 0, 1, 0
  from holdfast.levels l join holdfast.skus s using (tenant_id, sku_id)
  cross join generate_series(1, 1000000) where s.code = 'OLD'`
