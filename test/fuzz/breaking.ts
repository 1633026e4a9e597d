import type { Schema } from '../document.ts'

// Every way to break one rule of a schema, and no other.

/** A value that breaks a rule; `field` is the part of the value that the answer must name. */
export type Break = { rule: string; field: string; value: unknown }

const wrongTypes: [string, unknown][] = [
  ['a text', 'surprise'],
  ['a number', 7],
  ['a fraction', 1.5],
  ['true', true],
  ['null', null],
  ['a list', ['surprise']],
  ['an object', { surprise: 1 }],
]

const typeOf = (value: unknown): string => {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}

const here = (rule: string, value: unknown): Break => ({ rule, field: '', value })

const typesOf = (schema: Schema): string[] =>
  schema.anyOf ? schema.anyOf.flatMap(typesOf) : [schema.type ?? typeOf(schema.enum?.[0])]

const within = (field: string, name: string) => (field === '' ? name : `${name}.${field}`)

const ofObject = (schema: Schema, value: Record<string, unknown>): Break[] => [
  ...(schema.required ?? []).map(name => {
    const { [name]: _, ...rest } = value
    return { rule: 'a field is missing', field: name, value: rest }
  }),
  { rule: 'a field too much', field: 'surprise', value: { ...value, surprise: 1 } },
  ...(schema.minProperties ? [here('no field', {})] : []),
  ...Object.entries(value).flatMap(([name, inner]) =>
    breaksOf(schema.properties?.[name] ?? {}, inner).map(each => ({
      rule: each.rule,
      field: within(each.field, name),
      value: { ...value, [name]: each.value },
    })),
  ),
]

const ofList = (schema: Schema, value: unknown[]): Break[] => [
  ...(schema.minItems ? [here('no item', [])] : []),
  ...(schema.maxItems && value.length > 0
    ? [here('too many items', Array(schema.maxItems + 1).fill(value[0]))]
    : []),
  ...value.flatMap((item, at) =>
    breaksOf(schema.items ?? {}, item).map(each => ({
      rule: each.rule,
      field: within(each.field, String(at)),
      value: value.map((other, index) => (index === at ? each.value : other)),
    })),
  ),
]

const ofText = ({ minLength, maxLength, format, pattern }: Schema): Break[] => [
  ...(minLength ? [here('too short', '')] : []),
  ...(maxLength ? [here('too long', 'x'.repeat(maxLength + 1))] : []),
  ...(maxLength ? [here('too long, under one accent', `x${'\u0301'.repeat(maxLength)}`)] : []),
  ...(format ? [here('no such format', '2026-13-45T99:99:99Z')] : []),
  ...(pattern ? [here('not of the pattern', '\u00e9 /\n')] : []),
]

const ofNumber = ({ minimum, maximum }: Schema): Break[] => [
  ...(minimum === undefined ? [] : [here('too small', minimum - 1)]),
  ...(maximum === undefined ? [] : [here('too large', maximum + 1)]),
]

/** Every break of a value that fits; a few of them fit all the same, and their reader must look. */
export const breaksOf = (schema: Schema, value: unknown): Break[] => {
  const types = typesOf(schema)
  const wrong = wrongTypes.filter(([, each]) => !types.includes(typeOf(each)))
  const breaks = wrong.map(([rule, each]) => here(rule, each))
  const branch = schema.anyOf?.find(each => typesOf(each).includes(typeOf(value))) ?? schema
  if (branch.enum) return [...breaks, here('no such word', 'surprise')]
  if (typeof value === 'string') return [...breaks, ...ofText(branch)]
  if (typeof value === 'number') return [...breaks, ...ofNumber(branch)]
  if (Array.isArray(value)) return [...breaks, ...ofList(branch, value)]
  if (typeof value !== 'object' || value === null) return breaks
  return [...breaks, ...ofObject(branch, value as Record<string, unknown>)]
}
