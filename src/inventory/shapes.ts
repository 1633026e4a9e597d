import Type from 'typebox'
import {
  Counter,
  choice,
  closed,
  Instant,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  QUANTITY_MAX,
  SearchText,
  text,
} from '../shapes.ts'
import { levelFields } from '../stock/shapes.ts'

const sorts = [
  'sku',
  '-sku',
  'on_hand',
  '-on_hand',
  'available',
  '-available',
  'held',
  '-held',
  'committed',
  '-committed',
  'unavailable',
  '-unavailable',
  'shortage',
  '-shortage',
  'changed_at',
  '-changed_at',
] as const

const states = [
  'short',
  'sold_out',
  'available',
  'held',
  'committed',
  'unavailable',
  'backordered',
] as const

const few = (description: string) =>
  Type.Optional(Type.Integer({ minimum: 0, maximum: QUANTITY_MAX, description }))

export const ListInventory = closed({
  ...pageQuery(sorts),
  q: Type.Optional(SearchText),
  location: Type.Optional(LocationCode),
  product: Type.Optional(text(255, 'The handle of a product.', ['harbour-tee'])),
  state: Type.Optional(choice(states, 'Only levels that have units in this state.')),
  available_max: few('Only levels with at most so many available.'),
})

export const InventoryRow = closed(
  {
    ...levelFields,
    location_name: Type.String(),
    unit: Type.String(),
    unit_decimals: Type.Integer(),
    product: orNull(Type.String({ description: 'The handle of its product.' })),
    title: orNull(Type.String({ description: 'The title of its product.' })),
    option_values: Type.Array(Type.String()),
  },
  { $id: 'InventoryRow', description: 'A level with what it is called.' },
)

export const InventoryPage = pageOf(Type.Ref('InventoryRow#'))

export const SummarizeInventory = closed({
  low_at: few('So many available, or fewer, are few; 5 when left out.'),
})

const place = closed({
  location: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  levels: Counter,
  on_hand: Counter,
  held: Counter,
  committed: Counter,
  unavailable: Counter,
  available: Counter,
  shortage: Counter,
  sold_out: Counter,
})

export const InventorySummary = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    levels: Counter,
    sold_out: Type.Integer({ description: 'Levels with nothing available.' }),
    low: Type.Integer({ description: 'Levels with one to low_at available.' }),
    low_at: Counter,
    short: Type.Integer({ description: 'Levels with a shortage.' }),
    short_units: Counter,
    backordered_units: Counter,
    skus: Counter,
    untracked_skus: Counter,
    locations: Type.Array(place),
    holds: closed({
      count: Counter,
      units: Counter,
      ending: Type.Integer({ description: 'Those that end within five minutes.' }),
    }),
    orders: closed({ count: Counter, units: Counter }),
    as_of: Instant,
  },
  { $id: 'InventorySummary', description: 'What needs a look, in numbers.' },
)
