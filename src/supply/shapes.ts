import Type from 'typebox'
import {
  Count,
  Counter,
  choice,
  closed,
  Day,
  Document,
  Instant,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  Quantity,
  Reason,
  SearchText,
  SkuCode,
  text,
} from '../shapes.ts'

const states = ['open', 'received', 'short', 'cancelled'] as const
const SupplyCode = text(100, 'Your own code of what is expected: a purchase order, a delivery.', [
  'PO-1001',
])

export const SupplyParams = closed({ code: Type.String() })

export const BookSupply = closed({
  code: SupplyCode,
  sku: SkuCode,
  location: LocationCode,
  quantity: Quantity,
  expected_on: Day,
  expected_to: Type.Optional(Day),
  reason: Type.Optional(Reason),
})

export const UpdateSupply = closed(
  {
    expected_on: Type.Optional(Day),
    expected_to: Type.Optional(Day),
    quantity: Type.Optional(Count),
    reason: Type.Optional(Reason),
  },
  { minProperties: 1 },
)

export const CancelSupply = closed({ reason: Type.Optional(Reason) })

export const ReceiveSupply = closed({
  quantity: Type.Optional(Quantity),
  over: Type.Optional(Type.Boolean({ description: 'More than was ordered may come.' })),
  state: Type.Optional(
    choice(['available', 'damaged', 'quality_control', 'set_aside'], 'Left out: available.'),
  ),
  document: Type.Optional(Document),
  reason: Type.Optional(Reason),
  occurred_at: Type.Optional(Instant),
})

export const ListSupply = closed({
  ...pageQuery(['expected_to', '-expected_to', 'created_at', '-created_at', 'code', '-code']),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  state: Type.Optional(choice(states)),
  late: Type.Optional(Type.Boolean({ description: 'true: open, and its last day is over.' })),
  q: Type.Optional(SearchText),
})

const before = {
  quantity: Type.Optional(Counter),
  received: Type.Optional(Counter),
  expected_on: Type.Optional(Day),
  expected_to: Type.Optional(Day),
  state: Type.Optional(choice(states)),
}

export const Supply = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    code: Type.String(),
    sku: Type.String(),
    location: Type.String(),
    quantity: Counter,
    received: Counter,
    open: Type.Integer({ description: 'Units that are still expected.' }),
    expected_on: Day,
    expected_to: Day,
    first_expected_to: Day,
    state: choice(states),
    late: Type.Boolean({ description: 'Still open, although its last day is over.' }),
    created_at: Instant,
    closed_at: orNull(Instant),
    promises_changed: Type.Optional(
      Type.Integer({ description: 'Of a change: promises that rest on something else now.' }),
    ),
    notices: Type.Optional(
      Type.Integer({ description: 'Of a change: buyers who are told of another date.' }),
    ),
    changes: Type.Optional(
      Type.Array(
        closed({
          what: choice(['booked', 'moved', 'resized', 'received', 'short', 'cancelled']),
          before: closed(before),
          after: closed(before),
          reason: orNull(Type.String()),
          actor_id: orNull(Type.Integer()),
          changed_at: Instant,
        }),
      ),
    ),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'Supply', description: 'Units that are ordered or on their way.' },
)

export const SupplyPage = pageOf(Type.Ref('Supply#'))
