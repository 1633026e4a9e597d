import fc from 'fast-check'
import type { Schema } from '../document.ts'

// What fits a schema. Known names are mixed in, so that calls meet something that exists.

/** Names that exist, by the field that they stand in. */
export type Names = Record<string, unknown[]>

const LIST_LENGTH_USUAL = 3
const LENGTH_USUAL = 20

/** Any text that PostgreSQL can keep: every plane, but no NUL. */
const letters = fc.string({ unit: 'binary', minLength: 1, maxLength: LENGTH_USUAL })
const storable = letters.map(text => text.replaceAll('\u0000', '0'))

const fitLength = (text: string, least: number, most: number): string => {
  const points = [...text]
  return (points.length < least ? [...text.padEnd(least, 'x')] : points).slice(0, most).join('')
}

const instants = fc
  .tuple(
    fc.integer({ min: Date.UTC(1970, 0, 1), max: Date.UTC(2100, 0, 1) }),
    fc.constantFrom('Z', '+00:00', '-11:30', '+14:00'),
    fc.constantFrom('', '.1', '.123456'),
  )
  .map(([ms, zone, fraction]) => `${new Date(ms).toISOString().slice(0, 19)}${fraction}${zone}`)

const texts = (schema: Schema): fc.Arbitrary<string> => {
  if (schema.format === 'date-time') return instants
  if (schema.format === 'date') return instants.map(instant => instant.slice(0, 10))
  if (schema.format === 'uuid') return fc.uuid()
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern))
  const least = schema.minLength ?? 0
  const most = schema.maxLength ?? LENGTH_USUAL
  const usual = storable.map(text => fitLength(text, least, most))
  const longest = fc.constantFrom('x', '\u00e9', '\u{1f455}').map(letter => letter.repeat(most))
  return fc.oneof({ arbitrary: usual, weight: 8 }, { arbitrary: longest, weight: 1 })
}

const integers = ({ minimum = 0, maximum = 2 ** 31 }: Schema): fc.Arbitrary<number> => {
  const small = fc.integer({ min: Math.max(minimum, -5), max: Math.min(maximum, 5) })
  const ends = fc.constantFrom(minimum, maximum)
  const any = fc.maxSafeInteger().map(n => minimum + (Math.abs(n) % (maximum - minimum + 1)))
  return fc.oneof({ arbitrary: small, weight: 8 }, { arbitrary: ends, weight: 1 }, any)
}

const objects = (schema: Schema, names: Names): fc.Arbitrary<unknown> => {
  const fields = Object.entries(schema.properties ?? {})
  const record = Object.fromEntries(
    fields.map(([field, inner]) => [field, fitting(inner, names, field)]),
  )
  const required = schema.required ?? []
  const whole = fc.record(record, { requiredKeys: required, noNullPrototype: true })
  const least = schema.minProperties ?? 0
  return least > 0 ? whole.filter(made => Object.keys(made).length >= least) : whole
}

const lists = (schema: Schema, names: Names, field: string): fc.Arbitrary<unknown> => {
  const minLength = schema.minItems ?? 0
  const maxLength = Math.max(minLength, Math.min(schema.maxItems ?? 10, LIST_LENGTH_USUAL))
  const item = fitting(schema.items ?? {}, names, field)
  const usual = fc.array(item, { minLength, maxLength })
  const known = names[`${field}[]`]
  return known ? fc.oneof({ arbitrary: fc.constantFrom(...known), weight: 2 }, usual) : usual
}

const kinds = (schema: Schema, names: Names, field: string): fc.Arbitrary<unknown> => {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(each => fitting(each, names, field)))
  if (schema.type === 'object') return objects(schema, names)
  if (schema.type === 'array') return lists(schema, names, field)
  if (schema.type === 'boolean') return fc.boolean()
  if (schema.type === 'integer') return integers(schema)
  if (schema.type === 'null') return fc.constant(null)
  if (schema.type === 'string') return texts(schema)
  throw new Error(`no values for ${JSON.stringify(schema)}`)
}

/** Values that fit a schema; three of four are names that exist, where the field has some. */
export const fitting = (schema: Schema, names: Names, field: string): fc.Arbitrary<unknown> => {
  const known = names[field]
  const any = kinds(schema, names, field)
  if (!known || schema.anyOf || schema.type === 'array') return any
  return fc.oneof(
    { arbitrary: fc.constantFrom(...known), weight: 3 },
    { arbitrary: any, weight: 1 },
  )
}
