import { readFitting, writeFitting } from '../catalog/fitting.ts'
import type { PageAnswer, PageRequest } from '../catalog/page.ts'
import type { CallOptions } from '../database/call.ts'
import { type Context, readFor } from '../database/context.ts'
import type { Answer } from '../refusals.ts'

/** A day on which nothing ships, as `2027-12-25`. */
export type Holiday = { day: string; name: string }

/** The working days of one or more locations. */
export type Calendar = {
  code: string
  name: string
  /** 1 is Monday, 7 is Sunday. */
  working_days: number[]
  holidays: Holiday[]
  /** How many locations work by it. */
  locations: number
  created_at: string
}

type CalendarFields = {
  name?: string | undefined
  /** 1 is Monday, 7 is Sunday; 1 to 5 when left out. */
  working_days?: number[] | undefined
  /** The new whole, at most 1,000. */
  holidays?: Holiday[] | undefined
}
export type CreateCalendar = CalendarFields & { code: string }
export type UpdateCalendar = CalendarFields & { code: string; to?: string | undefined }
export type ListCalendars = PageRequest<'code' | 'created_at'> & {
  /** Letters of the code or name, in any case. */
  q?: string | undefined
}

/**
 * The room of calendars, for one tenant. A location without one works from Monday to Friday.
 *
 * @example
 * await holdfast.calendars.create({
 *   code: 'de', holidays: [{ day: '2027-05-01', name: 'Tag der Arbeit' }],
 * })
 * await holdfast.locations.update({ code: 'berlin', calendar: 'de', cut_off: '14:00' })
 */
export const calendarsOf = (context: Context) => ({
  create: (request: CreateCalendar, options?: CallOptions): Promise<Answer<Calendar>> =>
    writeFitting(context, 'create_calendar', request, options),
  get: (request: { code: string }): Promise<Answer<Calendar>> =>
    readFitting(context, 'get_calendar', request),
  list: (request: ListCalendars = {}): Promise<PageAnswer<Calendar>> =>
    readFitting(context, 'list_calendars', request),
  /** Promises that were made keep their dates. */
  update: (request: UpdateCalendar, options?: CallOptions): Promise<Answer<Calendar>> =>
    writeFitting(context, 'update_calendar', request, options),
  remove: (
    request: { code: string },
    options?: CallOptions,
  ): Promise<Answer<{ removed: string }>> =>
    writeFitting(context, 'remove_calendar', request, options),
  addHolidays: (
    request: { code: string; holidays: Holiday[] },
    options?: CallOptions,
  ): Promise<Answer<Calendar>> => writeFitting(context, 'add_holidays', request, options),
  removeHolidays: (
    request: { code: string; days: string[] },
    options?: CallOptions,
  ): Promise<Answer<Calendar>> => writeFitting(context, 'remove_holidays', request, options),
  /** Numbers working days ahead where less than a year is left: once a day, by the sweeper. */
  numberAhead: (): Promise<{ numbered: string[] }> => readFor(context, 'number_days_ahead'),
})

export type Calendars = ReturnType<typeof calendarsOf>
