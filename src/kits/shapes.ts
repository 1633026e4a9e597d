import Type from 'typebox'
import {
  Counter,
  choice,
  closed,
  Document,
  Instant,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  Reason,
  SearchText,
  SkuCode,
} from '../shapes.ts'

const COMPONENTS_MAX = 50
const UNITS_MAX = 1_000_000

const Units = Type.Integer({
  minimum: 1,
  maximum: UNITS_MAX,
  description: 'Units of the component in one kit; of a pack, packs.',
})

const Assembled = Type.Boolean({
  description: 'True: it has stock, built from its components; false: it is counted by them.',
})
const ShipsPartial = Type.Boolean({
  description: 'Components may leave one by one; else only whole kits ship.',
})

export const SetKit = closed({
  sku: SkuCode,
  components: Type.Array(closed({ sku: SkuCode, quantity: Units }), {
    minItems: 1,
    maxItems: COMPONENTS_MAX,
    description: 'The whole of it: what is not named is no component any more.',
  }),
  assembled: Type.Optional(Assembled),
  ships_partial: Type.Optional(ShipsPartial),
})

export const KitParams = closed({ code: Type.String() })

export const ListKits = closed({
  ...pageQuery(['sku', '-sku']),
  q: Type.Optional(SearchText),
  assembled: Type.Optional(Type.Boolean({ description: 'Only kits of this sort.' })),
  component: Type.Optional(SkuCode),
})

export const BuildKit = closed({
  location: LocationCode,
  quantity: Type.Integer({ minimum: 1, maximum: UNITS_MAX, description: 'Kits.' }),
  reason: Type.Optional(Reason),
  document: Type.Optional(Document),
  occurred_at: Type.Optional(Instant),
})

const part = { sku: Type.String(), quantity: Counter }
const replayed = Type.Optional(Type.Literal(true))

export const Kit = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    sku: Type.String(),
    assembled: Assembled,
    ships_partial: ShipsPartial,
    components: Type.Array(
      closed({ ...part, kit: orNull(choice(['virtual', 'assembled'], 'If it is a kit itself.')) }),
    ),
    parts: Type.Array(closed(part), {
      description: 'What it comes down to, virtual kits among its components taken apart.',
    }),
    part_of: Type.Array(Type.String(), { description: 'The kits that it is a component of.' }),
    changed_at: Instant,
    replayed,
  },
  { $id: 'Kit' },
)

export const KitPage = pageOf(Type.Ref('Kit#'))

export const ClearedKit = closed({
  ok: Type.Literal(true),
  sku: Type.String(),
  cleared: Type.Literal(true),
  replayed,
})

export const KitBuild = closed(
  {
    ok: Type.Literal(true),
    build: Type.String({ description: 'The id under which its movements stand together.' }),
    sku: Type.String(),
    location: Type.String(),
    quantity: Counter,
    lines: Type.Array(
      closed({
        sku: Type.String(),
        location: Type.String(),
        change: Counter,
        on_hand: Counter,
        available: Counter,
        version: Counter,
      }),
      { description: 'The kit and its components as they are afterwards.' },
    ),
    replayed,
  },
  { $id: 'KitBuild' },
)
