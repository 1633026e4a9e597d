import Type from 'typebox'
import { closed, Day, Instant, pageOf, pageQuery, SearchText, text } from '../shapes.ts'

export const HOLIDAYS_MAX = 1_000

export const CalendarCode = text(100, 'The code of a calendar.', ['de'])
const Name = text(255, 'For people.', ['Germany'])

const Weekdays = Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), {
  minItems: 1,
  maxItems: 7,
  description: '1 is Monday, 7 is Sunday; left out: 1 to 5.',
})

const Holiday = closed({ day: Day, name: text(255, 'For people.', ['New Year']) })
const Holidays = Type.Array(Holiday, { maxItems: HOLIDAYS_MAX, description: 'The whole list.' })

const fields = {
  name: Type.Optional(Name),
  working_days: Type.Optional(Weekdays),
  holidays: Type.Optional(Holidays),
}

export const CreateCalendar = closed({ code: CalendarCode, ...fields })
export const UpdateCalendar = closed(
  { to: Type.Optional(text(100, 'The new code.')), ...fields },
  { minProperties: 1 },
)
export const CalendarParams = closed({ code: Type.String() })
export const HolidayParams = closed({ code: Type.String(), day: Day })
export const AddHolidays = closed({
  holidays: Type.Array(Holiday, { maxItems: HOLIDAYS_MAX, description: 'To be added.' }),
})
export const ListCalendars = closed({
  ...pageQuery(['code', '-code', 'created_at', '-created_at']),
  q: Type.Optional(SearchText),
})

export const Calendar = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    code: Type.String(),
    name: Type.String(),
    working_days: Type.Array(Type.Integer()),
    holidays: Type.Array(closed({ day: Type.String(), name: Type.String() })),
    locations: Type.Integer({ description: 'How many locations work by it.' }),
    created_at: Instant,
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'Calendar' },
)

export const CalendarPage = pageOf(Type.Ref('Calendar#'))

export const RemovedCalendar = closed({
  ok: Type.Literal(true),
  removed: Type.String(),
  replayed: Type.Optional(Type.Literal(true)),
})
