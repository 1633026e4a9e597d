import Type from 'typebox'
import { closed, Instant, orNull, pageOf, pageQuery, SkuCode, text } from '../shapes.ts'

const Handle = text(255, 'The handle of the product, as in its URL.', ['basic-tee'])
const Archived = Type.Optional(
  Type.Boolean({ description: 'Left out: those that are not archived.' }),
)
const written = {
  ok: Type.Optional(Type.Literal(true)),
  replayed: Type.Optional(Type.Literal(true)),
}
const AnyCode = Type.String()

// Products

const OptionNames = Type.Array(text(100, 'The name of an option.', ['Size']), {
  maxItems: 20,
  description: 'Any number of options; each variant has one value for each.',
})

const productFields = {
  vendor: Type.Optional(orNull(text(255, 'Who makes it.'))),
  product_type: Type.Optional(orNull(text(255, 'What it is.'))),
}

export const CreateProduct = closed({
  handle: Handle,
  title: text(500, 'For people.', ['Basic tee']),
  option_names: Type.Optional(OptionNames),
  ...productFields,
})
export const UpdateProduct = closed(
  { title: Type.Optional(text(500, 'For people.')), ...productFields },
  { minProperties: 1 },
)
export const ProductParams = closed({ handle: AnyCode })
export const ListProducts = closed({
  ...pageQuery(['handle', '-handle']),
  vendor: Type.Optional(text(255, 'Who makes it.')),
  archived: Archived,
})

export const Variant = Type.Object(
  {
    ...written,
    sku: orNull(Type.String()),
    option_values: Type.Array(Type.String()),
    position: Type.Integer(),
  },
  { $id: 'Variant', additionalProperties: true },
)

export const Product = Type.Object(
  {
    ...written,
    handle: Type.String(),
    title: Type.String(),
    vendor: orNull(Type.String()),
    product_type: orNull(Type.String()),
    option_names: Type.Array(Type.String()),
    archived_at: orNull(Instant),
    variants: Type.Optional(Type.Array(Type.Ref('Variant#'))),
  },
  { $id: 'Product', additionalProperties: true },
)

export const ProductPage = pageOf(Type.Ref('Product#'))

// Variants

export const CreateVariant = closed({
  sku: SkuCode,
  option_values: Type.Optional(
    Type.Array(text(255, 'The value of an option.', ['M']), { maxItems: 20 }),
  ),
  position: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
})
export const ListVariants = closed({ ...pageQuery([]), archived: Archived })
export const VariantPage = pageOf(Type.Ref('Variant#'))

// SKUs

const skuFields = {
  tracked: Type.Optional(
    Type.Boolean({ description: 'Off: not counted, every reservation is granted.' }),
  ),
}

export const CreateSku = closed({
  code: SkuCode,
  unit: Type.Optional(text(32, 'What one unit is.', ['each'])),
  unit_decimals: Type.Optional(Type.Integer({ minimum: 0, maximum: 6 })),
  barcodes: Type.Optional(Type.Array(text(255, 'A barcode.'), { maxItems: 20 })),
  ...skuFields,
})
export const UpdateSku = closed(skuFields, { minProperties: 1 })
export const SkuParams = closed({ code: AnyCode })
export const RenameSku = closed({ new_code: SkuCode })
export const MergeSku = closed({ into: SkuCode })
export const AliasSku = closed({
  alias: SkuCode,
  factor: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000,
      description: 'Units of the SKU in one of this code: a pack of 6 has 6.',
    }),
  ),
})
export const ListSkus = closed({
  ...pageQuery(['code', '-code']),
  archived: Archived,
})

export const Sku = Type.Object(
  {
    ...written,
    code: Type.String(),
    unit: Type.String(),
    unit_decimals: Type.Integer(),
    tracked: Type.Boolean(),
    archived_at: orNull(Instant),
  },
  { $id: 'Sku', additionalProperties: true },
)

export const SkuPage = pageOf(Type.Ref('Sku#'))
