import { expect, test } from 'vitest'
import { AHEAD_DAYS_MAX, expectedOf } from './expected.ts'

const now = new Date('2031-03-10T15:00:00').getTime()
const endOf = (day: string) => new Date(`${day}T23:59:00`).getTime()

test('supply of one day is one step, and every step adds to the one before', () => {
  const supply = [
    { open: 4, expected_to: '2031-03-20' },
    { open: 5, expected_to: '2031-03-12' },
    { open: 1, expected_to: '2031-03-20' },
  ]
  expect(expectedOf(supply, 7, now)).toEqual([
    { at: endOf('2031-03-12'), units: 12 },
    { at: endOf('2031-03-20'), units: 17 },
  ])
})

test('what is late may come today', () => {
  const supply = [{ open: 2, expected_to: '2031-03-01' }]
  expect(expectedOf(supply, 0, now)).toEqual([{ at: endOf('2031-03-10'), units: 2 }])
})

test(`nothing is drawn that has come, or comes in more than ${AHEAD_DAYS_MAX} days`, () => {
  const supply = [
    { open: 0, expected_to: '2031-03-12' },
    { open: 9, expected_to: '2032-03-12' },
  ]
  expect(expectedOf(supply, 3, now)).toEqual([])
})
