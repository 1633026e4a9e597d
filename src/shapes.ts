import Type, { type TProperties, type TSchema } from 'typebox'

/** Shapes that every room uses: they describe data, and say nothing of HTTP. */

export const QUANTITY_MAX = 1_000_000_000_000
export const LINES_MAX = 2_000
export const PAGE_LIMIT_MAX = 250
export const PAGE_LIMIT_DEFAULT = 50

/** An object with these fields and no others: an unknown field is refused, never dropped. */
export const closed = <Properties extends TProperties>(
  properties: Properties,
  options: { description?: string; $id?: string; minProperties?: number } = {},
) => Type.Object(properties, { additionalProperties: false, ...options })

export const orNull = <Shape extends TSchema>(shape: Shape) => Type.Union([shape, Type.Null()])

export const text = (max: number, description: string, examples: string[] = []) =>
  Type.String({ minLength: 1, maxLength: max, description, ...(examples[0] ? { examples } : {}) })

/** One of these words. */
export const choice = <const Word extends string>(words: readonly Word[], description?: string) =>
  Type.Unsafe<Word>(Type.Enum([...words], description === undefined ? {} : { description }))

export const SkuCode = text(255, 'Any code of the SKU: its own, a former one, or an alias.', [
  'TEE-M-BLUE',
])
export const LocationCode = text(100, 'The code of a location.', ['berlin'])
export const Reason = text(255, 'Why, for the ledger.', ['customer changed their mind'])
export const Document = text(255, 'The document that this refers to.', ['PO-1001'])
export const OrderReference = text(255, 'The order, as the shop names it.', ['ORDER-1001'])
export const Instant = Type.String({ format: 'date-time', description: 'RFC 3339, with a zone.' })
export const Day = Type.String({ format: 'date', description: 'RFC 3339, a day without a time.' })
export const Uuid = Type.String({ format: 'uuid', description: 'A UUID; version 7 is quickest.' })

const quantity = (minimum: number, description: string) =>
  Type.Integer({ minimum, maximum: QUANTITY_MAX, description })

export const Quantity = quantity(1, 'Whole units of the SKU, 1 to 10^12.')
export const Count = quantity(0, 'Whole units of the SKU, 0 to 10^12.')
export const Change = quantity(-QUANTITY_MAX, 'How many more (or, negative, fewer) units.')

/** A counter in an answer; the books may hold any whole number. */
export const Counter = Type.Integer()
export const Version = orNull(
  Type.Integer({ description: 'The version of the level that this was decided at.' }),
)

/** Free words that a list is searched by. */
export const SearchText = text(255, 'Part of a code, name or title.')

/** Base64url of a row's sort value: the longest is a title of 1,000 letters, all escaped. */
const Cursor = Type.String({
  pattern: '^[A-Za-z0-9_-]{1,8192}$',
  description: 'The next_cursor of the page before.',
})

/** What every list takes. */
export const pageQuery = <const Sort extends string>(sorts: readonly Sort[]) => ({
  limit: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: PAGE_LIMIT_MAX,
      default: PAGE_LIMIT_DEFAULT,
      description: 'How many rows the page has at most.',
    }),
  ),
  cursor: Type.Optional(Cursor),
  sort: Type.Optional(choice(sorts, 'The order; - turns it around.')),
})

/** What every list answers. */
export const pageOf = <Row extends TSchema>(row: Row) =>
  closed({
    ok: Type.Optional(Type.Literal(true)),
    data: Type.Array(row),
    next_cursor: orNull(Type.String({ description: 'Pass as cursor; null on the last page.' })),
  })
