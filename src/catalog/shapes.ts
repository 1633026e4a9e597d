import Type from 'typebox'
import {
  Counter,
  closed,
  Instant,
  orNull,
  pageOf,
  pageQuery,
  SearchText,
  SkuCode,
  text,
} from '../shapes.ts'

const OPTIONS_MAX = 100
const BARCODES_MAX = 100
const FACTOR_MAX = 1_000_000

const AnyCode = Type.String()
const Handle = text(255, 'The handle of the product, as in its URL.', ['basic-tee'])
const Archived = Type.Optional(
  Type.Boolean({ description: 'true: those that are archived; left out: those that are not.' }),
)
const Source = orNull(
  Type.Object(
    {},
    { additionalProperties: true, description: 'Columns of an import, unused here.' },
  ),
)
const written = {
  ok: Type.Optional(Type.Literal(true)),
  replayed: Type.Optional(Type.Literal(true)),
}
const made = { created_at: Instant, archived_at: orNull(Instant) }

// Products

const OptionNames = Type.Array(text(255, 'The name of an option.', ['Size']), {
  maxItems: OPTIONS_MAX,
  description: 'Any number of options; each variant has one value for each.',
})

const Title = text(1_000, 'For people.', ['Basic tee'])

const productFields = {
  vendor: Type.Optional(orNull(text(255, 'Who makes it.'))),
  product_type: Type.Optional(orNull(text(255, 'What it is.'))),
  option_names: Type.Optional(OptionNames),
}

export const CreateProduct = closed({ handle: Handle, title: Title, ...productFields })
export const UpdateProduct = closed(
  {
    to: Type.Optional(text(255, 'A new handle.')),
    title: Type.Optional(Title),
    ...productFields,
  },
  { minProperties: 1 },
)
export const ProductParams = closed({ handle: AnyCode })
export const ListProducts = closed({
  ...pageQuery(['handle', '-handle', 'title', '-title', 'created_at', '-created_at']),
  q: Type.Optional(SearchText),
  vendor: Type.Optional(text(255, 'Who makes it.')),
  product_type: Type.Optional(text(255, 'What it is.')),
  archived: Archived,
})

export const Product = closed(
  {
    ...written,
    handle: Type.String(),
    title: Type.String(),
    vendor: orNull(Type.String()),
    product_type: orNull(Type.String()),
    option_names: Type.Array(Type.String()),
    variant_count: Type.Integer({ description: 'Variants that are not archived.' }),
    source: Source,
    ...made,
  },
  { $id: 'Product' },
)

export const ProductPage = pageOf(Type.Ref('Product#'))

// Variants

const OptionValues = Type.Array(text(255, 'The value of an option.', ['M']), {
  maxItems: OPTIONS_MAX,
  description: 'One for each option of the product, in their order.',
})
const Position = Type.Integer({ minimum: 1, maximum: FACTOR_MAX })

const Unit = text(50, 'What one unit is.', ['each'])
const Decimals = Type.Integer({ minimum: 0, maximum: 6 })
const Barcodes = Type.Array(text(255, 'A barcode.'), { maxItems: BARCODES_MAX })
const Tracked = Type.Boolean({
  description: 'Off: not counted, every reservation is granted.',
})

const skuFields = {
  unit: Type.Optional(Unit),
  unit_decimals: Type.Optional(Decimals),
  tracked: Type.Optional(Tracked),
  barcodes: Type.Optional(Barcodes),
}

export const CreateVariant = closed({
  sku: SkuCode,
  option_values: Type.Optional(OptionValues),
  position: Type.Optional(Position),
  ...skuFields,
})
export const UpdateVariant = closed({
  option_values: Type.Array(text(255, 'The value of an option.'), {
    maxItems: OPTIONS_MAX,
    description: 'Which variant: its option values.',
  }),
  to: Type.Optional(OptionValues),
  sku: Type.Optional(SkuCode),
  position: Type.Optional(Position),
})
export const ArchiveVariant = closed({ option_values: OptionValues })
export const ListVariants = closed({
  ...pageQuery(['position', '-position', 'created_at', '-created_at']),
  archived: Archived,
})

export const Variant = closed(
  {
    ...written,
    product: Type.String(),
    option_values: Type.Array(Type.String()),
    sku: Type.String(),
    barcodes: Type.Array(Type.String()),
    position: Type.Integer(),
    unit: Type.String(),
    unit_decimals: Type.Integer(),
    tracked: Type.Boolean(),
    source: Source,
    ...made,
  },
  { $id: 'Variant' },
)

export const VariantPage = pageOf(Type.Ref('Variant#'))

// SKUs

export const CreateSku = closed({ code: SkuCode, ...skuFields })
export const UpdateSku = closed(skuFields, { minProperties: 1 })
export const SkuParams = closed({ code: AnyCode })
export const AliasParams = closed({ code: AnyCode, alias: AnyCode })
export const RenameSku = closed({ to: text(255, 'The new code.', ['TEE-M-NAVY']) })
export const MergeSku = closed({ into: text(255, 'A code of the SKU that stays.') })
export const AliasSku = closed({
  alias: text(255, 'The code that is to lead to this SKU.', ['TEE-M-6PACK']),
  factor: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: FACTOR_MAX,
      description: 'Units of the SKU in one of this code: a pack of 6 has 6.',
    }),
  ),
})
export const ListSkus = closed({
  ...pageQuery(['code', '-code', 'created_at', '-created_at']),
  q: Type.Optional(SearchText),
  product: Type.Optional(Handle),
  tracked: Type.Optional(
    Type.Boolean({ description: 'By both switches: the SKU and the tenant.' }),
  ),
  archived: Archived,
})

const totals = closed({
  levels: Type.Integer({ description: 'At how many locations it is stocked.' }),
  on_hand: Counter,
  held: Counter,
  committed: Counter,
  damaged: Counter,
  quality_control: Counter,
  set_aside: Counter,
  shortage: Counter,
  available: Counter,
})

export const Sku = closed(
  {
    ...written,
    code: Type.String(),
    unit: Type.String(),
    unit_decimals: Type.Integer(),
    tracked: Type.Boolean({ description: 'Its own switch.' }),
    tracked_effective: Type.Boolean({ description: 'Its own switch and the one of the tenant.' }),
    former_codes: Type.Array(Type.String()),
    aliases: Type.Array(closed({ code: Type.String(), factor: Type.Integer() })),
    barcodes: Type.Array(Type.String()),
    variants: Type.Array(
      closed({ product: Type.String(), option_values: Type.Array(Type.String()) }),
    ),
    totals,
    ...made,
    asked_as: Type.Optional(Type.String({ description: 'The code that was asked for.' })),
    factor: Type.Optional(Type.Integer({ description: 'Units in one of the code asked for.' })),
  },
  { $id: 'Sku' },
)

export const SkuPage = pageOf(Type.Ref('Sku#'))
