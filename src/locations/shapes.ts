import Type from 'typebox'
import {
  choice,
  closed,
  Instant,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  SearchText,
  text,
} from '../shapes.ts'

const kinds = ['warehouse', 'store', 'fulfillment_center', '3pl', 'drop_ship'] as const

const CarrierDays = orNull(
  Type.Integer({
    minimum: 0,
    maximum: 365,
    description: 'Business days that its carrier takes; both or none. Promises then say arrivals.',
  }),
)

const fields = {
  kind: Type.Optional(choice(kinds)),
  time_zone: Type.Optional(text(100, 'An IANA time zone.', ['Europe/Berlin'])),
  priority: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description: '"anywhere" asks the lowest number first.',
    }),
  ),
  calendar: Type.Optional(
    orNull(text(100, 'The calendar of its working days; null: Monday to Friday.', ['de'])),
  ),
  cut_off: Type.Optional(
    orNull(
      Type.String({
        pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
        description: 'From then on, by its own clock, an order ships on the next working day.',
        examples: ['14:00'],
      }),
    ),
  ),
  carrier_days_min: Type.Optional(CarrierDays),
  carrier_days_max: Type.Optional(CarrierDays),
}

const Name = text(255, 'For people.', ['Berlin warehouse'])

export const CreateLocation = closed({
  code: LocationCode,
  name: Type.Optional(Name),
  ...fields,
})
export const UpdateLocation = closed({ name: Type.Optional(Name), ...fields }, { minProperties: 1 })
export const LocationParams = closed({ code: Type.String() })
export const ListLocations = closed({
  ...pageQuery(['code', '-code', 'priority', '-priority', 'created_at', '-created_at']),
  q: Type.Optional(SearchText),
  kind: Type.Optional(choice(kinds)),
  archived: Type.Optional(Type.Boolean({ description: 'Left out: those that are not archived.' })),
})

export const Location = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    code: Type.String(),
    name: Type.String(),
    kind: choice(kinds),
    time_zone: Type.String(),
    priority: Type.Integer(),
    calendar: orNull(Type.String()),
    cut_off: orNull(Type.String({ description: 'HH:MM, by its own clock.' })),
    carrier_days_min: orNull(Type.Integer()),
    carrier_days_max: orNull(Type.Integer()),
    levels: Type.Integer({ description: 'How many SKUs are stocked there.' }),
    created_at: Instant,
    archived_at: orNull(Instant),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'Location' },
)

export const LocationPage = pageOf(Type.Ref('Location#'))
