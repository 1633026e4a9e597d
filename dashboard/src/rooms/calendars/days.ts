import type { Schemas } from '../../api/client.ts'

export type Calendar = Schemas['Calendar']

export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const

/** A Monday, from which the names of the days are written. */
const MONDAY = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000

export const weekdayName = (locale: string, weekday: number, width: 'short' | 'narrow'): string =>
  new Intl.DateTimeFormat(locale, { weekday: width, timeZone: 'UTC' }).format(
    MONDAY + (weekday - 1) * DAY_MS,
  )

export const monthName = (locale: string, year: number, month: number): string =>
  new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(year, month, 1),
  )

export const dayText = (locale: string, day: string): string =>
  new Intl.DateTimeFormat(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(Date.parse(`${day}T00:00:00Z`))

const today = (): string => new Date().toISOString().slice(0, 10)

/** Holidays from today on, the next first. */
export const holidaysAhead = ({ holidays }: Calendar) =>
  holidays.filter(({ day }) => day >= today()).sort((a, b) => a.day.localeCompare(b.day))

export type Cell = { day: string; date: number; weekday: number }

/** The days of a month, after as many empty places as its week begins late. */
export const monthCells = (year: number, month: number): { empty: number; cells: Cell[] } => {
  const count = new Date(Date.UTC(year, month + 1, 0)).getUTCDate()
  const cells = Array.from({ length: count }, (_, at) => {
    const time = new Date(Date.UTC(year, month, at + 1))
    const weekday = time.getUTCDay() === 0 ? 7 : time.getUTCDay()
    return { day: time.toISOString().slice(0, 10), date: at + 1, weekday }
  })
  return { empty: (cells[0]?.weekday ?? 1) - 1, cells }
}
