import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { poolOn } from '../../test/pool.ts'
import { granted } from '../../test/shop.ts'
import { archivableMonths, archiveLedger, lookAtArchive } from './archive.ts'
import { readArchive } from './archiveFile.ts'
import { corruptions } from './testCorruptions.ts'
import { type Answered, fillTestShop, openTestShop, type TestShop } from './testShop.ts'
import { ledgerOf } from './transactions.ts'
import { type Verification, verifyOf } from './verify.ts'

const OPERATIONS = 120
const OPEN_SECONDS = 10_000_000 // a hold of four months
const folder = mkdtempSync(join(tmpdir(), 'holdfast-archive-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let shop: TestShop
let seed = 7
const random = (): number => {
  seed = (seed * 48_271) % 2_147_483_647
  return seed / 2_147_483_647
}
const oneOf = <Value>(values: Value[]): Value =>
  values[Math.floor(random() * values.length)] as Value

/** Days in the life of this shop: the tenth of the month before last, of the last, and today. */
const moments: string[] = []
/** Reservations of the first month, by what they were when it ended. */
const kept: Record<string, string> = {}

const travel = async (month: string): Promise<void> => {
  await shop.owner.query(
    `select holdfast.set_test_clock($1::timestamptz + interval '9 days' - clock_timestamp())`,
    [month],
  )
}

const line = () => ({ sku: oneOf(['A', 'B', 'C', 'D', 'EBOOK']), location: 'berlin', quantity: 1 })

const opened = async (verb: string, request: object): Promise<string> => {
  const answer = await shop.call(verb, request)
  return answer.reservation_id as string
}

/** A month of trade: sales in every state, some of them left open for the next. */
const trade = async (): Promise<void> => {
  await fillTestShop(shop)
  for (let n = 0; n < OPERATIONS; n++) {
    const lines =
      random() < 0.3
        ? [
            { ...line(), sku: 'A' },
            { ...line(), sku: 'B' },
          ]
        : [line()]
    const answer: Answered = await shop.attempt('reserve', {
      lines,
      hold_seconds: OPEN_SECONDS,
    })
    const reservation_id = answer.reservation_id
    if (!reservation_id) continue
    const fate = random()
    if (fate < 0.2) await shop.call('release', { reservation_id })
    if (fate < 0.3) continue
    await shop.attempt('commit', { reservation_id, order_reference: `#${n}` })
    if (fate > 0.4) await shop.attempt('fulfill', { reservation_id })
    if (fate > 0.9) await shop.attempt('return', { reservation_id })
  }
  const moment = [{ sku: 'E', location: 'paris', quantity: 1 }]
  await shop.call('reserve', { lines: moment, hold_seconds: 1 })
  await shop.call('adjust', { lines: [{ sku: 'C', location: 'paris', quantity: -3 }] })
  await shop.call('move', {
    lines: [{ sku: 'D', location: 'paris', quantity: 2, from: 'available', to: 'damaged' }],
  })
}

beforeAll(async () => {
  shop = await openTestShop()
  // Only the tests' clock is a table; the real one needs no right.
  await shop.owner.query('grant select on holdfast.test_clock to holdfast_owner')
  const { rows } = await shop.owner.query(
    `select date_trunc('month', now() at time zone 'UTC') - make_interval(months => n) as month
     from generate_series(2, 1, -1) as n`,
  )
  for (const { month } of rows) {
    await travel(month)
    moments.push(month.toISOString())
    if (moments.length === 1) {
      await fillTestShop(shop)
      const lines = [{ sku: 'E', location: 'berlin', quantity: 2 }]
      kept['held'] = await opened('reserve', {
        lines,
        hold_seconds: OPEN_SECONDS,
      })
      kept['committed'] = await opened('record_sale', { lines, order_reference: 'o-1' })
      kept['fulfilled'] = await opened('record_sale', {
        lines,
        order_reference: 'o-2',
        fulfilled: true,
      })
      kept['expired'] = await opened('reserve', { lines, hold_seconds: 1 })
      kept['book'] = await opened('reserve', {
        lines: [{ sku: 'EBOOK', quantity: 1 }],
        hold_seconds: OPEN_SECONDS,
      })
      await travel(new Date(month.getTime() + 86_400_000).toISOString())
      await shop.call('expire', {})
    }
    await trade()
  }
  await shop.shiftClock('0')
  await shop.call('expire', {}) // what was held for a moment in the month before
  await trade()
  const cart = ['A', 'B'].map(sku => ({ sku, location: 'paris', quantity: 1 }))
  await shop.call('reserve', { lines: cart, hold_seconds: 86_400 })
  await shop.call('reserve', { lines: cart.slice(1), hold_seconds: 86_400 })
}, 300_000)

const monthOf = (n: number): string => moments[n]?.slice(0, 7) as string
const verify = (levels_per_slice = 3) => verifyOf(shop.context)({ levels_per_slice })
const requestOf = (before: string) => ({ ownerConnectionString: shop.fresh.ownerUrl, before })
const into = (before: string, name: string) => ({ ...requestOf(before), path: join(folder, name) })
const thisMonth = (): string => new Date().toISOString().slice(0, 7)

const count = async (text: string): Promise<number> =>
  Number((await shop.owner.query(`select count(*) as n from ${text}`)).rows[0].n)

/** What a superuser does, and what is found then; rolled back. */
const after = async <Found>(
  statement: string,
  look: (context: TestShop['context']) => Promise<Found>,
): Promise<Found> => {
  const { owner, context } = shop
  await owner.query('begin')
  try {
    await owner.query('set local session_replication_role = replica')
    await owner.query(statement)
    await owner.query('set local role holdfast_app')
    const pool = poolOn(owner)
    return await look({ ...context, database: { ...context.database, pool } })
  } finally {
    await owner.query('rollback')
  }
}
const codesAfter = async (statement: string): Promise<string[]> => {
  const found = await after<Verification>(statement, context => verifyOf(context)())
  return found.findings.map(({ code }) => code)
}

describe('a month of the ledger', () => {
  test('is looked at without changing anything', async () => {
    const before = await verify()
    expect(before.findings).toEqual([])
    const looked = await lookAtArchive(requestOf(thisMonth()))
    expect(looked).toMatchObject({ ok: true, file: null })
    const months = looked.ok ? looked.months : []
    expect(months.map(({ month }) => month)).toEqual([monthOf(0), monthOf(1)])
    expect(months[0]?.movements).toBeGreaterThan(OPERATIONS)
    expect((await verify()).movements).toBe(before.movements)
    expect(await count('holdfast.ledger_checkpoints')).toBe(0)
    // A month that has not ended is not archived, whatever is asked for.
    expect(await archivableMonths(requestOf('2999-01'))).toHaveLength(2)
  })

  test('is not archived by whoever only calls verbs', async () => {
    const ownerConnectionString = shop.fresh.url
    const denied = archiveLedger({ ...into(monthOf(1), 'denied'), ownerConnectionString })
    await expect(denied).rejects.toMatchObject({ code: 'rights_missing' })
  })

  test('is not archived while a level of it does not add up', async () => {
    const wrong = `level_id = 1 and version = 1`
    const alter = async (by: number) => {
      await shop.owner.query('set session_replication_role = replica')
      await shop.owner.query(
        `update holdfast.inventory_transactions set on_hand_change = on_hand_change + ${by} where ${wrong}`,
      )
      await shop.owner.query('set session_replication_role = origin')
    }
    await shop.owner.query(`set timezone = 'UTC'`)
    await alter(1)
    const answer = await archiveLedger(into(monthOf(1), 'wrong'))
    expect(answer).toMatchObject({ ok: false, wrong: { month: monthOf(0), level_id: 1 } })
    await alter(-1)
    expect(await archivableMonths(requestOf(monthOf(1)))).toHaveLength(1)
    expect(await count('holdfast.ledger_checkpoints')).toBe(0)
  })

  test('that was detached by a run that was cut off is verified, and finished by the next', async () => {
    const before = await verify()
    const nowhere = archiveLedger(into(monthOf(1), 'no/such/folder'))
    await expect(nowhere).rejects.toMatchObject({ code: 'ENOENT' })
    const detached = await verify()
    expect(detached.findings).toEqual([])
    expect(detached.movements).toBeLessThan(before.movements)
    expect(await archivableMonths(requestOf(monthOf(1)))).toMatchObject([{ detached: true }])

    const answer = await archiveLedger(into(monthOf(1), 'first.ndjson'))
    expect(answer).toMatchObject({ ok: true, months: [{ month: monthOf(0), detached: true }] })
    const [month] = answer.ok ? answer.months : []
    expect(before.movements - detached.movements).toBe(month?.movements)
    expect(await archivableMonths(requestOf(monthOf(1)))).toEqual([])
    expect((await verify()).findings).toEqual([])
  })

  test('is whole in its file, with names and checksums, and the file is known', async () => {
    const path = join(folder, 'first.ndjson')
    const lines = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map(each => JSON.parse(each))
    const { months, sha256 } = await readArchive(path)
    expect(lines[0]).toEqual({ begin: monthOf(0), of: 'holdfast ledger', format: 1 })
    expect(lines.at(-1)).toEqual({ end: monthOf(0), ...months[0], month: undefined })
    expect(months).toMatchObject([{ month: monthOf(0), movements: lines.length - 2 }])
    const sum = execFileSync('sha256sum', [path], { encoding: 'utf8' }).split(' ')[0]
    expect(sha256).toBe(sum)
    const { rows } = await shop.owner.query(
      `select file_name, encode(file_sha256, 'hex') as sha256 from holdfast.ledger_archives`,
    )
    expect(rows).toEqual([{ file_name: 'first.ndjson', sha256 }])
    expect(lines[1]).toMatchObject({ tenant: 'default', sku: 'A', location: 'berlin' })
    expect(lines.filter(each => each.sku === 'EBOOK').length).toBeGreaterThan(0)

    // A line that is altered or lost is seen by the checksum of its month.
    for (const alter of [lines.slice(0, 5).concat(lines.slice(6)), lines.with(5, lines[6])]) {
      const altered = join(folder, 'altered.ndjson')
      writeFileSync(altered, alter.map(each => JSON.stringify(each)).join('\n'))
      const read = await readArchive(altered)
      expect(read.months[0]?.checksum).not.toBe(months[0]?.checksum)
    }
  })

  test('leaves levels as of an instant right where the ledger is kept, and refused before', async () => {
    const { levelsAsOf } = ledgerOf(shop.context)
    const begins = moments[1] as string
    const first = granted(await levelsAsOf({ at: begins }))
    expect(first.data).toHaveLength(10)
    for (const level of first.data) {
      const { rows } = await shop.owner.query(
        `select on_hand, version from holdfast.ledger_checkpoints where tenant_id = 1
           and level_id = (select level_id from holdfast.levels natural join holdfast.skus s
             join holdfast.locations p using (tenant_id, location_id)
             where s.code = $1 and p.code = $2)`,
        [level.sku, level.location],
      )
      expect([Number(rows[0].on_hand), Number(rows[0].version)]).toEqual([
        level.on_hand,
        level.version,
      ])
    }
    const now = granted(await levelsAsOf({ at: new Date(Date.now() + 1_000).toISOString() }))
    for (const level of now.data) {
      const { rows } = await shop.owner.query(
        `select l.version from holdfast.levels l natural join holdfast.skus s
         join holdfast.locations p using (tenant_id, location_id) where s.code = $1 and p.code = $2`,
        [level.sku, level.location],
      )
      expect(level.version).toBe(Number(rows[0].version))
    }
    const early = new Date(Date.parse(begins) - 1).toISOString()
    expect(await levelsAsOf({ at: early })).toMatchObject({
      ...{ ok: false, refusal: { code: 'invalid_request', field: 'at' } },
    })
  })

  test('lets the reservations of it live on, and their lives are proven', async () => {
    await shop.call('fulfill', { reservation_id: kept['committed'] })
    await shop.call('return', { reservation_id: kept['fulfilled'] })
    await shop.call('commit', { reservation_id: kept['held'], order_reference: 'o-3' })
    await shop.call('commit', { reservation_id: kept['book'], order_reference: 'o-4' })
    const late = await shop.call('commit', {
      reservation_id: kept['expired'],
      order_reference: 'o-5',
    })
    expect(late).toMatchObject({ reacquired: true })
    for (const slice of [3, 500]) expect((await verify(slice)).findings).toEqual([])
    await shop.call('fulfill', { reservation_id: kept['held'] })
    await shop.call('release', { reservation_id: kept['expired'] })
    expect((await verify()).findings).toEqual([])
  })
})

describe('after an archive verify', () => {
  // Names, codes and requests have nothing to do with months.
  const ofMonths = corruptions.filter(([, code]) =>
    /^(movement|level|counter|allocation|promise|commit|ledger|hold)_/.test(code),
  )
  test.each(ofMonths)('still names %s: %s', async (_name, code, statement) => {
    expect(await codesAfter(statement)).toContain(code)
  })

  test.each([
    ['altered', 'update holdfast.ledger_checkpoints set on_hand = on_hand + 1 where level_id = 3'],
    ['set back', 'update holdfast.ledger_checkpoints set version = version - 1 where level_id = 3'],
    ['deleted', 'delete from holdfast.ledger_checkpoints where level_id = 3'],
    [
      'written by hand',
      'insert into holdfast.ledger_checkpoints select tenant_id, 99, version,' +
        ' recorded_at, on_hand, held, committed, backordered, damaged, quality_control, set_aside,' +
        ' shortage from holdfast.ledger_checkpoints where level_id = 3',
    ],
    ['of a promise altered', 'update holdfast.promise_checkpoints set held = held + 1'],
    ['of promises deleted', 'delete from holdfast.promise_checkpoints'],
    ['forgotten with its archive', 'delete from holdfast.ledger_archives'],
  ])('names a checkpoint that was %s', async (_name, statement) => {
    expect(await codesAfter(statement)).toContain('checkpoint_altered')
  })

  test('names an altered checkpoint by its level too, though its sum was made to fit', async () => {
    const statement = `
      update holdfast.ledger_checkpoints set on_hand = on_hand + 1 where level_id = 3;
      update holdfast.ledger_archives a set checkpoint_sum = (
        select sum(holdfast_engine_1.level_checksum(k)) from holdfast.ledger_checkpoints k
      ) + (select sum(holdfast_engine_1.promise_checksum(k)) from holdfast.promise_checkpoints k)`
    const found = await after(statement, context => verifyOf(context)())
    expect(found.findings.length).toBeGreaterThan(0)
    for (const finding of found.findings) expect(finding.level_id).toBe(3)
  })

  test('goes on from the next month, packed, and tells what it had', async () => {
    const before = await verify()
    const answer = await archiveLedger(into(thisMonth(), 'second.ndjson.gz'))
    expect(answer).toMatchObject({ ok: true, months: [{ month: monthOf(1), detached: false }] })
    const found = await verify()
    expect(found.findings).toEqual([])
    expect(before.movements - found.movements).toBe(answer.ok ? answer.months[0]?.movements : 0)
    const text = gunzipSync(readFileSync(join(folder, 'second.ndjson.gz'))).toString()
    expect(text.split('\n')).toHaveLength((answer.ok ? (answer.months[0]?.movements ?? 0) : 0) + 3)
    for (const [, code, statement] of corruptions.slice(0, 8)) {
      expect(await codesAfter(statement)).toContain(code)
    }
    expect(await archiveLedger(into(thisMonth(), 'third'))).toMatchObject({
      months: [],
      file: null,
    })
  })
})
