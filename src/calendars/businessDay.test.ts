import { beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted } from '../../test/shop.ts'
import { freezeClock } from '../../test/time/frozenClock.ts'
import { engineSchema } from '../database/statements.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)

beforeAll(async () => {
  await clock.set('2026-11-27T00:00:00Z')
  const holidays = [
    { day: '2026-12-25', name: 'Christmas Day' },
    { day: '2026-12-26', name: 'St Stephen’s Day' },
    { day: '2027-01-01', name: 'New Year' },
  ]
  granted(await holdfast.calendars.create({ code: 'de', holidays }))
  granted(await holdfast.calendars.create({ code: 'six', working_days: [6, 1, 2, 3, 4, 5] }))
  const berlin = { time_zone: 'Europe/Berlin', cut_off: '14:00' }
  granted(await holdfast.locations.create({ code: 'berlin', calendar: 'de', ...berlin }))
  granted(await holdfast.locations.create({ code: 'plain' }))
  granted(await holdfast.locations.create({ code: 'six', calendar: 'six' }))
  const ends = { time_zone: 'Australia/Lord_Howe', cut_off: '01:45' }
  granted(await holdfast.locations.create({ code: 'howe', ...ends }))
  const night = { time_zone: 'Europe/Berlin', cut_off: '02:30' }
  granted(await holdfast.locations.create({ code: 'night', calendar: 'six', ...night }))
})

const daysAfter = async (location: string, from: string, days: number): Promise<string> => {
  const [row] = await asOwner(
    ownerUrl,
    `select ${engineSchema}.business_day(p.tenant_id, p.location_id, $2, $3)::text as day
     from holdfast.locations p where p.code = $1`,
    [location, from, days],
  )
  return row?.['day'] as string
}

describe('a location without a calendar', () => {
  test.each([
    ['2026-11-27T09:00:00Z', 0, '2026-11-27'], // a Friday
    ['2026-11-27T23:59:59Z', 1, '2026-11-30'],
    ['2026-11-28T09:00:00Z', 0, '2026-11-30'],
    ['2026-11-29T09:00:00Z', 4, '2026-12-04'],
    ['2026-11-29T09:00:00Z', 5, '2026-12-07'],
    ['2026-11-27T09:00:00Z', 260, '2027-11-26'],
    ['2028-02-28T12:00:00Z', 1, '2028-02-29'], // a leap day, and a Tuesday
    ['2028-02-29T12:00:00Z', 1, '2028-03-01'],
    ['2027-02-26T12:00:00Z', 1, '2027-03-01'],
  ])('from %s, %i days later it is %s', async (from, days, day) => {
    expect(await daysAfter('plain', from, days)).toBe(day)
  })
})

describe('a location with a calendar, a time zone and a cut-off', () => {
  test.each([
    ['1 ms before the cut-off', '2026-11-26T12:59:59.999Z', 0, '2026-11-26'],
    ['at the cut-off', '2026-11-26T13:00:00.000Z', 0, '2026-11-27'],
    ['1 ms after the cut-off', '2026-11-26T13:00:00.001Z', 0, '2026-11-27'],
    ['after the cut-off of a Friday', '2026-11-27T13:00:00Z', 0, '2026-11-30'],
    ['after the cut-off of a Sunday', '2026-11-29T13:00:00Z', 0, '2026-11-30'],
    ['before the cut-off in summer', '2027-07-01T11:59:59.999Z', 0, '2027-07-01'],
    ['at the cut-off in summer', '2027-07-01T12:00:00Z', 0, '2027-07-02'],
    ['where it is tomorrow already', '2026-11-26T23:30:00Z', 0, '2026-11-27'],
    ['over holidays', '2026-12-24T09:00:00Z', 1, '2026-12-28'],
    ['over the turn of the year', '2026-12-31T09:00:00Z', 1, '2027-01-04'],
    ['ten days over all of them', '2026-12-18T09:00:00Z', 10, '2027-01-05'],
  ])('%s', async (_name, from, days, day) => {
    expect(await daysAfter('berlin', from, days)).toBe(day)
  })

  test('the Saturday of a six-day week is a working day', async () => {
    expect(await daysAfter('six', '2026-11-27T09:00:00Z', 1)).toBe('2026-11-28')
    expect(await daysAfter('six', '2026-11-27T09:00:00Z', 2)).toBe('2026-11-30')
  })
})

describe('a cut-off in the night of a change of the clocks', () => {
  // Sunday 4 October 2026: 02:00 becomes 02:30. Monday is the day after.
  test.each([
    ['1 ms before, on the day of the jump', '2026-10-02T15:14:59.999Z', '2026-10-05'],
    ['before, in standard time', '2026-10-01T15:14:59.999Z', '2026-10-02'],
    ['at it, in standard time', '2026-10-01T15:15:00Z', '2026-10-05'],
    ['before, in summer time', '2026-10-05T14:44:59.999Z', '2026-10-06'],
    ['at it, in summer time', '2026-10-05T14:45:00Z', '2026-10-07'],
  ])('Lord Howe, %s', async (_name, from, day) => {
    expect(await daysAfter('howe', from, 0)).toBe(day)
  })

  test('an hour that comes twice brings no cut-off back', async () => {
    // Berlin, Sunday 31 October 2027: 02:00–03:00 comes twice, at 00:00Z and at 01:00Z.
    const days = []
    for (const minute of [0, 29, 30, 45, 60, 89, 90, 119]) {
      const from = new Date(Date.UTC(2027, 9, 30, 0, minute)).toISOString()
      const late = new Date(Date.UTC(2027, 9, 31, 0, minute)).toISOString()
      days.push([await daysAfter('night', from, 0), await daysAfter('night', late, 1)])
    }
    const shipped = days.map(([, day]) => day as string)
    expect([...shipped].sort()).toEqual(shipped)
    expect(days.map(([day]) => day)).toEqual([
      ...['2027-10-30', '2027-10-30'],
      ...Array(6).fill('2027-11-01'),
    ])
  })
})

describe('the numbers of a calendar', () => {
  const numbers = () =>
    asOwner(
      ownerUrl,
      `select min(b.day)::text as first, max(b.day)::text as last, count(*)::int as n,
         max(b.number) - min(b.number) + 1 as span
       from holdfast.business_days b join holdfast.calendars c using (tenant_id, calendar_id)
       where c.code = 'de'`,
    )

  test('a day that is not numbered yet is numbered by the call, without a gap', async () => {
    expect(await daysAfter('berlin', '2031-03-03T09:00:00Z', 5)).toBe('2031-03-10')
    expect(await daysAfter('berlin', '2021-03-01T09:00:00Z', 5)).toBe('2021-03-08')
    const [row] = await numbers()
    expect(row).toMatchObject({ n: row?.['span'] })
    expect(String(row?.['first']) < '2021-03-01').toBe(true)
  })

  test('a new holiday moves what comes after it; one that is taken back moves it back', async () => {
    const from = '2027-05-14T08:00:00Z' // a Friday
    expect(await daysAfter('berlin', from, 1)).toBe('2027-05-17')
    const holidays = [{ day: '2027-05-17', name: 'Whit Monday' }]
    granted(await holdfast.calendars.addHolidays({ code: 'de', holidays }))
    expect(await daysAfter('berlin', from, 1)).toBe('2027-05-18')
    granted(await holdfast.calendars.removeHolidays({ code: 'de', days: ['2027-05-17'] }))
    expect(await daysAfter('berlin', from, 1)).toBe('2027-05-17')
  })

  test('days are numbered ahead where less than a year is left', async () => {
    expect(await holdfast.calendars.numberAhead()).toMatchObject({ numbered: [] })
    await clock.set('2028-06-01T00:00:00Z')
    expect(await holdfast.calendars.numberAhead()).toMatchObject({ numbered: ['de', 'six'] })
    expect(await holdfast.calendars.numberAhead()).toMatchObject({ numbered: [] })
    const [row] = await numbers()
    expect(row).toMatchObject({ n: row?.['span'] })
    await clock.set('2026-11-27T00:00:00Z')
  })
})
