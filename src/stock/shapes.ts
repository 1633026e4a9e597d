import Type, { type TSchema } from 'typebox'
import {
  Change,
  Count,
  Counter,
  choice,
  closed,
  Document,
  Instant,
  LINES_MAX,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  Quantity,
  Reason,
  SearchText,
  SkuCode,
  text,
  Version,
} from '../shapes.ts'

const lines = <Shape extends TSchema>(line: Shape) =>
  Type.Array(line, { minItems: 1, maxItems: LINES_MAX })

const why = {
  reason: Type.Optional(Reason),
  document: Type.Optional(Document),
  occurred_at: Type.Optional(Instant),
  mode: Type.Optional(
    choice(
      ['all_or_nothing', 'each'],
      'each: every line on its own; a refused line says so in its place.',
    ),
  ),
}

const place = {
  sku: SkuCode,
  location: LocationCode,
  unit: Type.Optional(text(50, 'If given, it must be the unit of the SKU.', ['each'])),
}

const ChangeFrom = Type.Integer({
  minimum: -1_000_000_000_000,
  maximum: 1_000_000_000_000,
  description: 'Only if the counter has exactly this quantity now; else stale_quantity.',
})

const unavailable = ['damaged', 'quality_control', 'set_aside'] as const

const StateOfStock = choice(['available', ...unavailable], 'Left out: available.')

export const Adjust = closed({
  lines: lines(
    closed({
      ...place,
      quantity: Change,
      state: Type.Optional(StateOfStock),
      change_from: Type.Optional(ChangeFrom),
    }),
  ),
  ...why,
})

export const SetStock = closed({
  lines: lines(
    closed({
      ...place,
      quantity: Count,
      state: Type.Optional(
        choice(
          ['on_hand', 'available', ...unavailable],
          'Which counter is set; left out: on_hand.',
        ),
      ),
      change_from: Type.Optional(ChangeFrom),
    }),
  ),
  ...why,
})

export const Move = closed({
  lines: lines(
    closed({
      ...place,
      quantity: Quantity,
      from: choice(['available', ...unavailable]),
      to: choice(['available', ...unavailable]),
      change_from: Type.Optional(ChangeFrom),
    }),
  ),
  ...why,
})

export const Receive = closed({
  lines: lines(
    closed({
      ...place,
      quantity: Quantity,
      state: Type.Optional(StateOfStock),
      supply: Type.Optional(text(100, 'The code of the supply that it is of.', ['PO-1001'])),
      over: Type.Optional(Type.Boolean({ description: 'More than was ordered may come.' })),
    }),
  ),
  ...why,
})

const counters = {
  on_hand: Counter,
  held: Counter,
  committed: Counter,
  damaged: Counter,
  quality_control: Counter,
  set_aside: Counter,
  shortage: Counter,
  available: Counter,
}

const Free = Type.Integer({ description: 'What a sale may take now.' })

export const levelFields = {
  sku: Type.String(),
  location: Type.String(),
  ...counters,
  reserved: Type.Integer({ description: 'held + committed' }),
  unavailable: Type.Integer({ description: 'damaged + quality_control + set_aside' }),
  backordered: Counter,
  held_backordered: Type.Optional(
    Type.Integer({ description: 'Units that carts wait for; left out where nobody waits.' }),
  ),
  backorder_ceiling: Type.Optional(
    Type.Integer({ description: 'The most that may wait; left out where nobody waits.' }),
  ),
  safety_stock: Type.Optional(Counter),
  overdue: Type.Integer({ description: 'The part of held that is free already.' }),
  sellable: Type.Optional(Free),
  version: Version,
  changed_at: orNull(Instant),
  as_of: Instant,
}

export const Level = closed(levelFields, {
  $id: 'Level',
  description:
    'The counters of one SKU at one location: available = on_hand - held + overdue - committed ' +
    '- damaged - quality_control - set_aside.',
})

const allocated = closed({
  reservation_id: Type.String(),
  order_reference: orNull(Type.String()),
  line: Type.Integer(),
  part: Type.Integer(),
  quantity: Counter,
})

const StockLine = Type.Union([
  closed({
    sku: Type.String(),
    location: orNull(Type.String()),
    version: Version,
    ...counters,
    shortage_named: Type.Optional(Type.Ref('Shortage#')),
    allocated: Type.Optional(
      Type.Array(allocated, {
        description: 'Who waited and was served from it, in order; each is a movement more.',
      }),
    ),
  }),
  closed({
    sku: orNull(Type.String()),
    location: orNull(Type.String()),
    refusal: Type.Object(
      { code: Type.String(), message: Type.String() },
      { additionalProperties: true },
    ),
  }),
])

/** What every verb of stock answers: the levels as they are after the verb. */
export const StockAnswer = closed(
  {
    ok: Type.Literal(true),
    lines: Type.Array(StockLine),
    replayed: Type.Optional(Type.Literal(true)),
  },
  { $id: 'StockAnswer' },
)

export const ListLevels = closed({
  ...pageQuery(['sku', '-sku']),
  q: Type.Optional(SearchText),
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  as_of: Type.Optional(
    Type.String({ format: 'date-time', description: 'The levels as they were at this instant.' }),
  ),
})

export const LevelPage = pageOf(Type.Ref('Level#'))

const AVAILABILITY_SKUS_MAX = 500
const AGE_MS_MAX = 10_000

const ChannelOfSale = text(100, 'Where it would be sold: counts what this channel may sell.', [
  'amazon',
])

export const AvailabilityQuery = closed({
  sku: Type.Array(SkuCode, { minItems: 1, maxItems: AVAILABILITY_SKUS_MAX }),
  location: Type.Optional(LocationCode),
  channel: Type.Optional(ChannelOfSale),
  /** How old an answer will do; the answer's `as_of` says how old it is. */
  max_age_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: AGE_MS_MAX })),
})

export const AvailabilityRequest = closed({
  skus: Type.Array(SkuCode, { minItems: 1, maxItems: AVAILABILITY_SKUS_MAX }),
  location: Type.Optional(LocationCode),
  channel: Type.Optional(ChannelOfSale),
})

const availabilityAt = closed({
  location: Type.String(),
  available: Counter,
  sellable: Free,
  version: Version,
  scarcest: Type.Optional(
    Type.String({ description: 'Of a kit: the component that says how many there are.' }),
  ),
})

const availabilityOf = closed({
  sku: Type.String(),
  asked_as: Type.Optional(Type.String({ description: 'The code that was asked for.' })),
  unknown: Type.Optional(Type.Literal(true, { description: 'No SKU has this code.' })),
  archived: Type.Optional(Type.Literal(true)),
  tracked: Type.Boolean(),
  unit: Type.Optional(Type.String()),
  factor: Type.Optional(Type.Integer({ description: 'Units in one of the code asked for.' })),
  available: orNull(Type.Integer({ description: 'null: not counted, always granted.' })),
  sellable: orNull(Free),
  promise: Type.Optional(Type.Ref('ShipPromise#')),
  locations: Type.Array(availabilityAt),
  kit: Type.Optional(Type.Literal(true, { description: 'A virtual kit, counted by its parts.' })),
  parts: Type.Optional(
    Type.Array(closed({ sku: Type.String(), quantity: Counter }), {
      description: 'Of a virtual kit: what one of it is made of.',
    }),
  ),
  next_expires_at: Type.Optional(
    orNull(
      Type.String({
        format: 'date-time',
        description: 'Where nothing is sellable: when the next hold ends, if nobody commits it.',
      }),
    ),
  ),
  as_of: Instant,
})

export const Availability = closed(
  {
    ok: Type.Literal(true),
    data: Type.Array(availabilityOf, { description: 'One for each code, in their order.' }),
    as_of: Instant,
  },
  { $id: 'Availability' },
)

export const Shortage = closed(
  {
    sku: Type.String(),
    location: Type.String(),
    missing: Counter,
    version: Version,
    newest: Type.Array(
      closed({
        reservation_id: Type.String(),
        order_reference: orNull(Type.String()),
        held: Counter,
        committed: Counter,
      }),
      { description: 'The newest promises that it may break.' },
    ),
  },
  { $id: 'Shortage', description: 'Units promised that turned out not to exist.' },
)
