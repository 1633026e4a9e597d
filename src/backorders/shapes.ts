import Type from 'typebox'
import {
  Counter,
  choice,
  closed,
  Instant,
  LocationCode,
  OrderReference,
  orNull,
  pageOf,
  pageQuery,
  SkuCode,
} from '../shapes.ts'

export const ListBackorders = closed({
  ...pageQuery(['queue']),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  order_reference: Type.Optional(OrderReference),
})

export const Backorder = closed(
  {
    reservation_id: Type.String(),
    line: Type.Integer(),
    part: Type.Integer(),
    order_reference: orNull(Type.String()),
    buyer: orNull(Type.String()),
    sku: Type.String(),
    location: Type.String(),
    backordered: Counter,
    held_backordered: Counter,
    expires_at: orNull(Instant),
    priority: Type.Integer(),
    mode: choice(['allow', 'notify', 'pre_order', 'made_to_order']),
    ship_complete: Type.Boolean(),
    joined_at: Instant,
    ahead: Type.Integer({ description: 'Units that are served before it.' }),
    promise: orNull(Type.Ref('ShipPromise#')),
  },
  { $id: 'Backorder', description: 'Who waits for units of a level.' },
)

export const BackorderPage = pageOf(Type.Ref('Backorder#'))

export const AdviseQuery = closed({ sku: SkuCode, location: Type.Optional(LocationCode) })

const day = orNull(Type.Integer({ description: 'Weekdays from booking to receipt.' }))

export const BackorderAdvice = closed({
  ok: Type.Optional(Type.Literal(true)),
  sku: Type.String(),
  location: orNull(Type.String()),
  advice: choice(['allow', 'deny']),
  reason: choice([
    'made_to_order',
    'campaign',
    'reliable',
    'lead_time_known',
    'no_feed',
    'often_late',
    'irregular',
    'nothing_known',
  ]),
  facts: closed({
    received: Counter,
    late: Counter,
    days_min: day,
    days_max: day,
    expected: Counter,
  }),
  fields: Type.Object({}, { additionalProperties: true, description: 'What a rule would say.' }),
  now: Type.String({ description: 'The mode that holds now.' }),
})
