import Type from 'typebox'
import {
  Counter,
  choice,
  closed,
  Day,
  Instant,
  LocationCode,
  OrderReference,
  orNull,
  pageOf,
  pageQuery,
  SkuCode,
  text,
} from '../shapes.ts'

const sources = ['stock', 'supply', 'lead_time', 'campaign', 'production', 'unknown'] as const
const answers = ['keep', 'cancel'] as const

export const ShipPromise = closed(
  {
    source: choice(sources),
    ship_from: orNull(Day),
    ship_to: orNull(Day),
    days_min: Type.Optional(Type.Integer({ description: 'Business days.' })),
    days_max: Type.Optional(Type.Integer({ description: 'Business days.' })),
    arrives_from: Type.Optional(
      Type.String({ format: 'date', description: 'Where the location has carrier days.' }),
    ),
    arrives_to: Type.Optional(Type.String({ format: 'date' })),
    supply: Type.Optional(Type.String({ description: 'The supply that brings its last unit.' })),
    left: Type.Optional(
      Type.Integer({ description: 'Of availability: how many may be backordered still.' }),
    ),
  },
  {
    $id: 'ShipPromise',
    description: 'When units ship, and what that rests on; null dates: nobody knows yet.',
  },
)

const linePromise = {
  reservation_id: Type.String(),
  line: Type.Integer(),
  part: Type.Integer(),
  order_reference: orNull(Type.String()),
  buyer: orNull(Type.String()),
  sku: Type.String(),
  location: Type.String(),
  quantity: Counter,
  waiting: Type.Integer({ description: 'Units that wait still.' }),
  promise: Type.Ref('ShipPromise#'),
  told: closed(
    { ship_from: orNull(Day), ship_to: orNull(Day) },
    { description: 'What the buyer was told last.' },
  ),
  first_ship_to: orNull(Day),
  moves: Type.Integer({ description: 'How often the buyer was told of another date.' }),
  made_at: Instant,
  ended_at: orNull(Instant),
  outcome: orNull(choice(['kept', 'late', 'cancelled', 'undated'])),
  late: Type.Boolean(),
}

export const LinePromise = closed(linePromise, { $id: 'LinePromise' })
export const PromisePage = pageOf(Type.Ref('LinePromise#'))

const notice = {
  notice_id: Type.String(),
  reservation_id: Type.String(),
  created_at: Instant,
  silence_at: Instant,
  silence_default: choice(answers),
  answer: orNull(choice(answers)),
  answered_by: orNull(choice(['buyer', 'merchant', 'silence'])),
  answered_at: orNull(Instant),
}

export const ReservationPromises = closed({
  ok: Type.Optional(Type.Literal(true)),
  reservation_id: Type.String(),
  order_reference: orNull(Type.String()),
  promises: Type.Array(
    closed({
      ...linePromise,
      history: Type.Array(
        closed({
          reason: choice(['made', 'supply', 'policy', 'queue']),
          told: Type.Boolean(),
          promise: Type.Ref('ShipPromise#'),
          changed_at: Instant,
        }),
      ),
    }),
  ),
  notices: Type.Array(closed(notice)),
})

const share = orNull(Type.Number())

export const PromiseRate = closed({
  ok: Type.Optional(Type.Literal(true)),
  days: Type.Integer(),
  kept: Counter,
  late: Counter,
  cancelled: Counter,
  undated: Counter,
  rate: share,
  first_rate: share,
  open: Counter,
  open_late: Counter,
  moved: Counter,
})

export const ListPromises = closed({
  ...pageQuery(['ship_to']),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  order_reference: Type.Optional(OrderReference),
  state: Type.Optional(choice(['open', 'ended'], 'Left out: all.')),
  late: Type.Optional(Type.Boolean({ description: 'true: open, and their last day is over.' })),
})

export const RateQuery = closed({
  days: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 3_650, description: 'Those that ended since; 90.' }),
  ),
})

const NoticeId = text(64, 'The notice, of the event promise.moved.')

export const LinkPromise = closed({ notice_id: NoticeId })
export const PromiseLink = closed({
  ok: Type.Literal(true),
  notice_id: Type.String(),
  token: Type.String({ description: 'For the link; only its hash is kept.' }),
  silence_at: Instant,
  replayed: Type.Optional(Type.Literal(true)),
})

export const AnswerPromise = closed({
  token: Type.Optional(text(100, 'The token of the link.')),
  notice_id: Type.Optional(NoticeId),
  choice: choice(answers, 'cancel: what waits; units that are there stay.'),
})

export const AnsweredPromise = closed({
  ok: Type.Literal(true),
  ...notice,
  cancelled: Type.Integer({ description: 'Units that were cancelled.' }),
  replayed: Type.Optional(Type.Literal(true)),
})
