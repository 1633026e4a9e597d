import { expect, test } from 'vitest'
import { seriesOf, withExpected } from './series.ts'

const now = new Date('2031-03-10T15:00:00').getTime()
const DAY_MS = 86_400_000
const shown = { from: now - 7 * DAY_MS, now, until: now }
const past = seriesOf([{ on_hand: 4, reserved: 1 }], [], shown)

test('without expected units the chart ends at the present', () => {
  expect(withExpected(past, [])).toBe(past)
  expect(past.at.at(-1)).toBe(now / 1_000)
})

test('what is expected begins with what is on hand, and the past has nothing of it', () => {
  const at = now + 3 * DAY_MS
  const series = withExpected(past, [{ at, units: 9 }])
  expect(series.expected).toEqual([null, 4, 9, 9])
  expect(series.onHand).toEqual([4, 4, null, null])
  expect(series.at[2]).toBe(at / 1_000)
  expect(series.now).toBe(1)
})
