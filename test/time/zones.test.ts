import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { freshDatabase } from '../database.ts'
import { asOwner, expectSound, granted, level, outcome, stock } from '../shop.ts'
import { freezeClock } from './frozenClock.ts'

// Clocks on walls jump, ours does not: a second is a second in every zone, of the session and of the
// process, on the night of a change and on the day that only leap years have. That a server's own
// clock may be an hour wrong is test 14 of test/sample-faults.test.ts.

const { url, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
const zoneOfProcess = process.env['TZ']

afterAll(() => {
  if (zoneOfProcess === undefined) delete process.env['TZ']
  else process.env['TZ'] = zoneOfProcess
})

/** The instant of each change, in UTC; Lord Howe's clocks jump half an hour. */
const changes: [string, string, string][] = [
  ['Europe/Berlin', 'spring', '2026-03-29T01:00:00Z'],
  ['Europe/Berlin', 'autumn', '2026-10-25T01:00:00Z'],
  ['America/New_York', 'spring', '2026-03-08T07:00:00Z'],
  ['America/New_York', 'autumn', '2026-11-01T06:00:00Z'],
  ['Australia/Lord_Howe', 'spring', '2026-10-03T15:30:00Z'],
  ['Australia/Lord_Howe', 'autumn', '2026-04-04T15:00:00Z'],
]

const MINUTE = 60_000
const iso = (ms: number): string => new Date(ms).toISOString()

const openIn = (zone: string): Promise<Holdfast> => {
  process.env['TZ'] = zone
  const named = new URL(url)
  named.searchParams.set('options', `-c timezone=${zone}`)
  return openHoldfast({ connectionString: named.href })
}

describe.each(changes)('%s, %s', (zone, season, instant) => {
  const at = Date.parse(instant)
  const sku = `${zone}-${season}`
  let holdfast: Holdfast
  beforeAll(async () => {
    await clock.set(iso(at - 60 * MINUTE))
    holdfast = await openIn(zone)
    await stock(holdfast, { [sku]: { berlin: 1 } })
  })
  afterAll(() => holdfast.close())
  const cart = { lines: [{ sku, location: 'berlin', quantity: 1 }] }

  test('a hold over the change lasts as long as any other', async () => {
    await clock.set(iso(at - 10 * MINUTE))
    expect(new Date(at).getTimezoneOffset()).not.toBe(new Date(at - 1).getTimezoneOffset())
    const hold = granted(await holdfast.reserve({ ...cart, hold_seconds: 1_800 }))
    const end = at + 20 * MINUTE
    expect(Date.parse(hold.expires_at as string)).toBe(end)
    await clock.setNear(iso(end), -1)
    expect(outcome(await holdfast.reserve(cart))).toBe('insufficient_stock')
    expect((await holdfast.expire()).expired).toBe(0)
    await clock.set(iso(end))
    expect((await holdfast.expire()).expired).toBe(1)
  })

  test('each minute of an hour that comes twice, or never, has its own level', async () => {
    const from = at + 30 * MINUTE
    const minutes = [0, 15, 30, 45, 60, 75, 90, 105, 120]
    for (const [n, minute] of minutes.entries()) {
      await clock.set(iso(from + minute * MINUTE))
      granted(await holdfast.set({ lines: [{ sku, location: 'berlin', quantity: 10 + n }] }))
    }
    for (const [n, minute] of minutes.entries()) {
      const page = granted(await holdfast.levelsAsOf({ sku, at: iso(from + minute * MINUTE) }))
      expect(page.data).toMatchObject([{ on_hand: 10 + n }])
    }
    const between = { from: iso(from + 15 * MINUTE), to: iso(from + 60 * MINUTE) }
    const found = granted(await holdfast.transactions({ sku, ...between }))
    expect(found.data.map(({ balances }) => balances?.on_hand).sort()).toEqual([11, 12, 13])
    await expectSound(ownerUrl)
  })
})

const PARTITION = `select t.tableoid::regclass::text as name from holdfast.inventory_transactions t
  join holdfast.levels l using (tenant_id, level_id) join holdfast.skus s on s.sku_id = l.sku_id
  where s.code = $1 order by t.version`

/** The last moment of a UTC month and the first of the next, where walls already say another. */
const months: [string, string, string][] = [
  ['Europe/Berlin', '2027-03-31T23:59:59.999999Z', '2027-04-01T00:00:00Z'],
  ['America/New_York', '2027-10-31T23:59:59.999999Z', '2027-11-01T00:00:00Z'],
  ['Australia/Lord_Howe', '2028-02-29T23:59:59.999999Z', '2028-03-01T00:00:00Z'],
]

test.each(months)('%s: a movement stands in the month of UTC', async (zone, last, first) => {
  const holdfast = await openIn(zone)
  const sku = `MONTH-${zone}`
  await clock.set(last)
  await stock(holdfast, { [sku]: { berlin: 1 } })
  await clock.set(first)
  granted(await holdfast.adjust({ lines: [{ sku, location: 'berlin', quantity: 1 }] }))
  const name = (instant: string) =>
    `holdfast.inventory_transactions_${instant.slice(0, 7).replace('-', '_')}`
  expect(await asOwner(ownerUrl, PARTITION, [sku])).toEqual([
    { name: name(last) },
    { name: name(first) },
  ])
  const page = granted(await holdfast.levelsAsOf({ sku, at: last }))
  expect(page.data).toMatchObject([{ on_hand: 1 }])
  await holdfast.close()
})

test.each(['UTC', 'America/New_York', 'Australia/Lord_Howe', 'Europe/Berlin'])(
  '%s: partitions are made for this month and three more, whatever the hour',
  async zone => {
    const instants = ['2030-01-01T00:30:00Z', '2030-10-31T23:30:00Z', '2031-12-31T13:30:00Z']
    for (const instant of instants) {
      await clock.set(instant)
      const [made] = await asOwner(
        `${ownerUrl}&options=${encodeURIComponent(`-c timezone=${zone}`)}`,
        'select holdfast.make_ledger_partitions() as names',
      )
      const [year = 0, month = 0] = instant.split('-').map(Number)
      const wanted = [0, 1, 2, 3].map(n =>
        iso(Date.UTC(year, month - 1 + n, 1))
          .slice(0, 7)
          .replace('-', '_'),
      )
      expect(made?.['names']).toEqual(wanted.map(name => `inventory_transactions_${name}`))
    }
  },
)

test('29 February is a day: holds end on it, begin on it, and last a year from it', async () => {
  const holdfast = await openIn('Europe/Berlin')
  await clock.set('2028-02-28T12:00:00Z')
  await stock(holdfast, { LEAP: { berlin: 3 } })
  const lines = [{ sku: 'LEAP', location: 'berlin', quantity: 1 }]
  const endOf = async (hold_seconds: number) =>
    Date.parse(granted(await holdfast.reserve({ lines, hold_seconds })).expires_at as string)
  expect(iso(await endOf(86_400))).toBe('2028-02-29T12:00:00.000Z')
  await clock.set('2028-02-29T23:59:59Z')
  expect(await level(holdfast, 'LEAP', 'berlin')).toMatchObject({ overdue: 1 })
  expect(iso(await endOf(2))).toBe('2028-03-01T00:00:01.000Z')
  expect(iso(await endOf(31_536_000))).toBe('2029-02-28T23:59:59.000Z')
  const sale = { order_reference: 'L', lines, occurred_at: '2028-02-29T08:00:00+01:00' }
  granted(await holdfast.recordSale(sale))
  const never = await holdfast.recordSale({ ...sale, occurred_at: '2027-02-29T08:00:00Z' })
  expect(outcome(never)).toBe('invalid_request')
  await holdfast.close()
})
