import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { granted, outcome } from '../../test/shop.ts'

const { holdfast } = await freshDatabase()
const { calendars, locations } = holdfast

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

test('a calendar is made with defaults, found by its code, and changed', async () => {
  const made = granted(await calendars.create({ code: 'de' }))
  expect(made).toMatchObject({ name: 'de', working_days: [1, 2, 3, 4, 5], holidays: [] })
  expect(await calendars.get({ code: 'de' })).toEqual(made)
  expect(await calendars.create({ code: 'de' })).toEqual(refused('calendar_exists'))
  const changed = granted(await calendars.update({ code: 'de', to: 'at', working_days: [7, 1] }))
  expect(changed).toMatchObject({ code: 'at', working_days: [1, 7] })
  expect(await calendars.get({ code: 'de' })).toEqual(refused('unknown_calendar'))
  expect(await calendars.list({ q: 'A' })).toMatchObject({ data: [{ code: 'at' }] })
})

test('holidays are added, renamed and taken out', async () => {
  const newYear = { day: '2027-01-01', name: 'New Year' }
  await calendars.create({ code: 'no', holidays: [newYear] })
  const more = [{ day: '2027-05-17', name: 'x' }]
  granted(await calendars.addHolidays({ code: 'no', holidays: more }))
  const holidays = [{ day: '2027-05-17', name: 'Constitution Day' }]
  expect(await calendars.addHolidays({ code: 'no', holidays })).toMatchObject({
    holidays: [newYear, ...holidays],
  })
  expect(await calendars.removeHolidays({ code: 'no', days: ['2027-01-01'] })).toMatchObject({
    holidays,
  })
  expect(outcome(await calendars.addHolidays({ code: 'xx', holidays }))).toBe('unknown_calendar')
  expect(outcome(await calendars.removeHolidays({ code: 'xx', days: [] }))).toBe('unknown_calendar')
})

test('a location gets a calendar and a cut-off, and loses them by null', async () => {
  await calendars.create({ code: 'fr' })
  const made = await locations.create({ code: 'paris', calendar: 'fr', cut_off: '16:30' })
  expect(made).toMatchObject({ calendar: 'fr', cut_off: '16:30' })
  expect(await locations.update({ code: 'paris', name: 'Paris' })).toMatchObject({
    calendar: 'fr',
    cut_off: '16:30',
  })
  const none = { calendar: null, cut_off: null }
  expect(await locations.update({ code: 'paris', ...none })).toMatchObject(none)
  const unknown = refused('unknown_calendar', { calendar: 'xx' })
  expect(await locations.update({ code: 'paris', calendar: 'xx' })).toEqual(unknown)
  expect(await locations.create({ code: 'nice', calendar: 'xx' })).toEqual(unknown)
  expect(await locations.get({ code: 'nice' })).toEqual(refused('unknown_location'))
  for (const cut_off of ['24:00', '9:00', '14.00', '14:60', 'noon']) {
    const answer = await locations.update({ code: 'paris', cut_off })
    expect(answer, cut_off).toEqual(refused('invalid_request', { field: 'cut_off' }))
  }
})

test('a calendar by which a location works stays', async () => {
  await calendars.create({ code: 'es' })
  await locations.create({ code: 'madrid', calendar: 'es' })
  expect(await calendars.remove({ code: 'es' })).toEqual(
    refused('calendar_in_use', { locations: 1 }),
  )
  await locations.update({ code: 'madrid', calendar: null })
  expect(await calendars.remove({ code: 'es' })).toMatchObject({ ok: true, removed: 'es' })
  expect(await calendars.remove({ code: 'es' })).toEqual(refused('unknown_calendar'))
})

test.each([
  ['code', { code: '' }],
  ['working_days', { code: 'x', working_days: [] }],
  ['working_days', { code: 'x', working_days: [0] }],
  ['working_days', { code: 'x', working_days: [1.5] }],
  ['working_days', { code: 'x', working_days: '1' }],
  ['holidays.0.day', { code: 'x', holidays: [{ day: '2027-02-29', name: 'x' }] }],
  ['holidays.1.name', { code: 'x', holidays: [{ day: '2027-01-01', name: 'x' }, { day: 'y' }] }],
  ['holidays.0', { code: 'x', holidays: ['2027-01-01'] }],
  ['colour', { code: 'x', colour: 'red' }],
])('a calendar with a wrong %s is refused: %j', async (field, request) => {
  const answer = await calendars.create(request as never)
  expect(answer).toMatchObject({ ok: false, refusal: { code: 'invalid_request' } })
  if (!answer.ok && field !== 'holidays.1.name') expect(answer.refusal['field']).toBe(field)
})
