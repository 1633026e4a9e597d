import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { FieldError } from './problem.ts'

/** A request that does not have its route's shape. */
export class ShapeError extends Error {
  readonly fields: FieldError[]
  constructor(fields: FieldError[]) {
    super('The request does not have the shape of this route.')
    this.name = 'ShapeError'
    this.fields = fields
  }
}

type Finding = {
  keyword: string
  instancePath: string
  params: { [name: string]: unknown }
  message: string
}

const dotted = (path: string): string =>
  path.slice(1).replaceAll('/', '.').replaceAll('~1', '/').replaceAll('~0', '~')

const FIELD_NAME_MAX = 100
const short = (name: string): string =>
  name.length > FIELD_NAME_MAX ? `${name.slice(0, FIELD_NAME_MAX)}…` : name

const fieldErrors = (finding: Finding): FieldError[] => {
  const field = dotted(finding.instancePath)
  const under = (name: string) => short(field === '' ? name : `${field}.${name}`)
  if (finding.keyword === 'additionalProperties') {
    const names = finding.params.additionalProperties as string[]
    return names.map(name => ({ field: under(name), reason: 'is not a field of this request' }))
  }
  if (finding.keyword === 'required') {
    const names = finding.params.requiredProperties as string[]
    return names.map(name => ({ field: under(name), reason: 'is missing' }))
  }
  if (finding.keyword === 'enum') {
    const allowed = finding.params.allowedValues as unknown[]
    return [{ field: short(field), reason: `must be one of ${allowed.join(', ')}` }]
  }
  const tooLarge = finding.keyword === 'maxItems' || finding.keyword === 'maxLength'
  const found = { field: short(field), reason: finding.message }
  return [tooLarge ? { ...found, too_large: true } : found]
}

const FIELDS_MAX = 20

/** One reason a field: the first that was found. The library stops after eight findings itself. */
const fieldsOf = (findings: Finding[]): FieldError[] => {
  const byField = new Map<string, FieldError>()
  for (const finding of findings) {
    if (finding.keyword === 'boolean') continue // additionalProperties says it better
    for (const error of fieldErrors(finding)) {
      if (!byField.has(error.field)) byField.set(error.field, error)
    }
  }
  return [...byField.values()].slice(0, FIELDS_MAX)
}

/** Checks a part of a request; nothing is coerced, defaulted or removed. */
export const validatorOf = (shape: TSchema) => {
  const compiled = Compile(shape)
  return (value: unknown): void => {
    if (compiled.Check(value)) return
    throw new ShapeError(fieldsOf(compiled.Errors(value) as unknown as Finding[]))
  }
}

const WHOLE = /^-?\d{1,15}$/

const parsed = (shape: { type?: string; items?: TSchema }, value: unknown): unknown => {
  if (shape.type === 'array') {
    const list = Array.isArray(value) ? value : [value]
    return list.map(item => parsed((shape.items ?? {}) as { type?: string }, item))
  }
  if (shape.type === 'integer' && typeof value === 'string' && WHOLE.test(value)) {
    return Number(value)
  }
  if (shape.type === 'boolean' && value === 'true') return true
  if (shape.type === 'boolean' && value === 'false') return false
  return value
}

/** A query string knows only text: reads whole numbers, booleans and lists by their shape. */
export const parsedQuery = (
  shape: TSchema,
  query: Record<string, unknown>,
): Record<string, unknown> => {
  const properties = (shape as { properties?: Record<string, TSchema> }).properties ?? {}
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      Object.hasOwn(properties, name)
        ? parsed(properties[name] as { type?: string }, value)
        : value,
    ]),
  )
}
