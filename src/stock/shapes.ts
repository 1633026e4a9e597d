import Type, { type TSchema } from 'typebox'
import {
  Change,
  Count,
  Counter,
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
  SkuCode,
  Version,
} from '../shapes.ts'

const lines = <Shape extends TSchema>(line: Shape) =>
  Type.Array(line, { minItems: 1, maxItems: LINES_MAX })

const why = {
  reason: Type.Optional(Reason),
  document: Type.Optional(Document),
  mode: Type.Optional(
    Type.Enum(['all_or_nothing', 'each'], {
      description: 'each: every line on its own; a refused line says so in its place.',
    }),
  ),
}

const place = { sku: SkuCode, location: LocationCode }

const ChangeFrom = Type.Integer({
  minimum: -1_000_000_000_000,
  maximum: 1_000_000_000_000,
  description: 'Only if the counter has exactly this quantity now; else stale_quantity.',
})

const unavailable = ['damaged', 'quality_control', 'set_aside'] as const

const StateOfStock = Type.Enum(['available', ...unavailable], {
  description: 'Left out: available.',
})

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
        Type.Enum(['on_hand', 'available', ...unavailable], {
          description: 'Which counter is set; left out: on_hand.',
        }),
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
      from: Type.Enum(['available', ...unavailable]),
      to: Type.Enum(['available', ...unavailable]),
      change_from: Type.Optional(ChangeFrom),
    }),
  ),
  ...why,
})

export const Receive = closed({
  lines: lines(closed({ ...place, quantity: Quantity, state: Type.Optional(StateOfStock) })),
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

export const Level = closed(
  {
    sku: Type.String(),
    location: Type.String(),
    ...counters,
    version: Version,
    changed_at: Type.Optional(orNull(Instant)),
    as_of: Type.Optional(Instant),
  },
  {
    $id: 'Level',
    description:
      'The counters of one SKU at one location: available = on_hand - held - committed - damaged ' +
      '- quality_control - set_aside.',
  },
)

const StockLine = Type.Union([
  closed({
    sku: Type.String(),
    location: orNull(Type.String()),
    version: Version,
    ...counters,
    shortage_named: Type.Optional(
      Type.Unknown({ description: 'The newest promises that a new shortage is about.' }),
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
  sku: Type.Optional(SkuCode),
  location: Type.Optional(LocationCode),
  as_of: Type.Optional(
    Type.String({ format: 'date-time', description: 'The levels as they were at this instant.' }),
  ),
})

export const LevelPage = pageOf(Type.Ref('Level#'))

const AVAILABILITY_SKUS_MAX = 250

export const AvailabilityQuery = closed({
  sku: Type.Array(SkuCode, { minItems: 1, maxItems: AVAILABILITY_SKUS_MAX }),
  location: Type.Optional(LocationCode),
})

export const AvailabilityRequest = closed({
  skus: Type.Array(SkuCode, { minItems: 1, maxItems: AVAILABILITY_SKUS_MAX }),
  location: Type.Optional(LocationCode),
})

export const Availability = Type.Object(
  {
    data: Type.Array(
      Type.Object(
        {
          sku: Type.String(),
          available: orNull(Counter),
          tracked: Type.Optional(Type.Boolean()),
          locations: Type.Optional(
            Type.Array(
              Type.Object(
                { location: Type.String(), available: Counter, version: Version },
                { additionalProperties: true },
              ),
            ),
          ),
        },
        { additionalProperties: true },
      ),
    ),
  },
  { $id: 'Availability', additionalProperties: true },
)
