import Type, { type TSchema } from 'typebox'
import { Email, LanguageTag } from '../mail/shapes.ts'
import {
  Count,
  Counter,
  choice,
  closed,
  Document,
  Instant,
  LocationCode,
  OrderReference,
  orNull,
  pageOf,
  pageQuery,
  Quantity,
  Reason,
  SkuCode,
  text,
  Uuid,
  Version,
} from '../shapes.ts'

export const CART_LINES_MAX = 500
const YEAR_SECONDS = 31_536_000
const EXPIRY = 'Seconds until the hold ends; left out: the shortest window of its policies.'

const lines = <Shape extends TSchema>(line: Shape, description: string) =>
  Type.Array(line, { minItems: 1, maxItems: CART_LINES_MAX, description })

const HoldSeconds = Type.Integer({ minimum: 1, maximum: YEAR_SECONDS, description: EXPIRY })

export const WantedLine = closed({
  sku: SkuCode,
  location: Type.Optional(
    Type.Union([LocationCode, Type.Null()], {
      description: 'Left out, null or "anywhere": by the priority of the locations.',
    }),
  ),
  quantity: Quantity,
  unit: Type.Optional(text(50, 'If given, it must be the unit of the SKU.', ['each'])),
  backorder: Type.Optional(
    choice(
      ['none', 'mixed', 'whole'],
      'Where stock is short: none: refuse; mixed (left out): the rest waits, if the policy ' +
        'allows; whole: so too, but the order ships complete.',
    ),
  ),
})

/** A part of a reservation: units of a SKU in it, at one location or wherever they are. */
export const PartLine = closed({
  sku: SkuCode,
  location: Type.Optional(orNull(LocationCode)),
  quantity: Quantity,
})

const WantedLines = lines(WantedLine, 'What the cart has; all of it is held, or nothing.')
const PartLines = lines(PartLine, 'Left out: everything that is open.')

const Buyer = text(255, 'Your own key of the buyer; nothing personal.')
const Channel = text(100, 'The code of the channel that sells.', ['amazon'])
const Tier = text(100, 'What sort of customer the buyer is, as rules of policy name it.', ['vip'])
const OwnContact = closed(
  { email: Email, language: Type.Optional(LanguageTag) },
  { description: 'Who is told when a date moves or units arrive; no answer or event shows it.' },
)
const Tags = Type.Array(text(64, 'A tag.'), { maxItems: 20 })

export const Reserve = closed({
  lines: WantedLines,
  id: Type.Optional(Uuid),
  hold_seconds: Type.Optional(HoldSeconds),
  buyer: Type.Optional(Buyer),
  channel: Type.Optional(Channel),
  tier: Type.Optional(Tier),
  tags: Type.Optional(Tags),
  partial: Type.Optional(Type.Boolean({ description: 'Hold what there is, line by line.' })),
  split: Type.Optional(Type.Boolean({ description: 'A line may be split over locations.' })),
  order_reference: Type.Optional(OrderReference),
  owner: Type.Optional(text(255, 'A staff hold: who keeps it. It has no expiry.')),
  review_at: Type.Optional(Instant),
  contact: Type.Optional(OwnContact),
})

export const Amend = closed({
  lines: lines(WantedLine, 'The new whole; only the difference moves.'),
  split: Type.Optional(Type.Boolean({ description: 'A line may be split over locations.' })),
})

export const Extend = closed({
  hold_seconds: Type.Optional(HoldSeconds),
  order_reference: Type.Optional(OrderReference),
})

export const Commit = closed({
  order_reference: OrderReference,
  lines: Type.Optional(PartLines),
  contact: Type.Optional(OwnContact),
})

export const Fulfill = closed({
  lines: Type.Optional(PartLines),
  document: Type.Optional(Document),
})

export const Release = closed({
  lines: Type.Optional(PartLines),
  reason: Type.Optional(Reason),
})

const ReturnState = choice(
  ['available', 'damaged', 'quality_control'],
  'What the units are now; left out: available.',
)

export const ReturnedLine = closed({
  sku: SkuCode,
  location: Type.Optional(orNull(LocationCode)),
  quantity: Quantity,
  state: Type.Optional(ReturnState),
})

export const Return = closed({
  lines: Type.Optional(lines(ReturnedLine, 'Left out: everything that is out.')),
  state: Type.Optional(ReturnState),
  reason: Type.Optional(Reason),
})

export const RecordSale = closed({
  order_reference: OrderReference,
  lines: lines(WantedLine, 'What was sold.'),
  fulfilled: Type.Optional(Type.Boolean({ description: 'The units have left already.' })),
  occurred_at: Type.Optional(Instant),
  id: Type.Optional(Uuid),
  buyer: Type.Optional(Buyer),
  channel: Type.Optional(Channel),
  tier: Type.Optional(Tier),
  tags: Type.Optional(Tags),
})

export const ReservationId = closed({
  reservation_id: Type.String({ description: 'The id of the reservation.' }),
})

const StateSeen = choice(['held', 'committed', 'expired', 'closed'])
export const State = choice(['held', 'committed', 'closed'])

const reservationLine = {
  line: Type.Integer({ description: 'The line of the cart, from 1.' }),
  part: Type.Integer({ description: 'The part of the line, where it was split.' }),
  sku: Type.String(),
  location: orNull(Type.String()),
  quantity: Counter,
  held: Counter,
  committed: Counter,
  fulfilled: Counter,
  released: Counter,
  expired: Counter,
  returned: Counter,
  version: Version,
  backordered: Type.Optional(Type.Integer({ description: 'Units that an order waits for.' })),
  held_backordered: Type.Optional(Type.Integer({ description: 'Units that a cart waits for.' })),
  promise: Type.Optional(Type.Ref('ShipPromise#')),
  kit: Type.Optional(
    Type.String({ description: 'The virtual kit that it was sold as a part of.' }),
  ),
  per_kit: Type.Optional(Type.Integer({ description: 'Units of it in one kit.' })),
}

export const RefusedLine = closed({
  line: Type.Integer(),
  sku: orNull(Type.String()),
  location: Type.Optional(orNull(Type.String())),
  asked: Counter,
  available: Counter,
  next_expires_at: orNull(Type.String()),
  other_locations: Type.Array(closed({ location: Type.String(), available: Counter })),
  version: Version,
  backorder: Type.Optional(
    closed(
      { mode: Type.String(), left: Counter },
      { description: 'Units that may be backordered still; left out where none may.' },
    ),
  ),
  supply: Type.Optional(
    closed(
      { expected_to: Type.String(), units: Counter },
      { description: 'When the next supply comes that nobody waits for.' },
    ),
  ),
  components: Type.Optional(
    Type.Array(closed({ sku: Type.String(), asked: Counter, available: Counter }), {
      description: 'Of a kit: the components that are short, in their own units.',
    }),
  ),
})

const reservation = {
  reservation_id: Uuid,
  state: State,
  expires_at: orNull(Instant),
  order_reference: orNull(Type.String()),
  lines: Type.Array(closed(reservationLine)),
}

/** What every verb answers: the reservation as it is after the verb. */
export const Reserved = closed(
  {
    ok: Type.Literal(true),
    ...reservation,
    replayed: Type.Optional(Type.Literal(true)),
    policy_version: Type.Optional(
      Type.Integer({
        description: 'Of reserve: the newest policy of its lines, where rules have a say.',
      }),
    ),
    reacquired: Type.Optional(
      Type.Literal(true, {
        description: 'The hold had ended; the stock was free and taken again.',
      }),
    ),
    short: Type.Optional(
      Type.Array(RefusedLine, { description: 'With partial: the lines that got less.' }),
    ),
    shortage: Type.Optional(
      Type.Array(Type.Ref('Shortage#'), { description: 'Of record_sale: what is missing now.' }),
    ),
  },
  { $id: 'ReservationAnswer' },
)

export const Reservation = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    ...reservation,
    state: StateSeen,
    expired: Type.Boolean({ description: 'Time ran out for units that nobody has taken again.' }),
    created_at: Instant,
    extensions: Count,
    buyer: orNull(Type.String()),
    tags: Type.Array(Type.String()),
    owner: orNull(Type.String()),
    review_at: orNull(Instant),
    as_of: Instant,
  },
  { $id: 'Reservation' },
)

export const ListReservations = closed({
  ...pageQuery(['-created_at', 'created_at']),
  state: Type.Optional(StateSeen),
  overdue: Type.Optional(
    Type.Boolean({ description: 'true: holds that ended but still count as held.' }),
  ),
  order_reference: Type.Optional(OrderReference),
  buyer: Type.Optional(text(255, 'The buyer key.')),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  tag: Type.Optional(text(64, 'One of its tags.')),
})

export const ReservationPage = pageOf(Type.Ref('Reservation#'))
