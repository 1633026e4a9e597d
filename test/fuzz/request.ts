import fc from 'fast-check'
import type { Described, Parameter, Schema } from '../document.ts'
import { breaksOf } from './breaking.ts'
import { fitting, type Names } from './fitting.ts'
import { oddValues } from './oddValues.ts'
import { urlOf } from './text.ts'

// A request of one operation: one that fits, or one that does but for a single place.

export type Values = {
  path: Record<string, unknown>
  query: Record<string, unknown>
  header: Record<string, unknown>
  body: unknown
}

/** `field` is the one place that is not as it should be; every other place fits. */
export type Request = Values & {
  operation: Described
  /** What was done to it, for the report. */
  name: string
  field: string
  /** The body as it is sent: its odd values are not all values of JavaScript. */
  raw: string | undefined
}

const JSON_TYPE = 'application/json'

const schemaOf = (operation: Described): Schema | undefined =>
  operation.requestBody?.content[JSON_TYPE]?.schema

const csvCells = ['TEE', 'berlin', '5', '-1', '1e400', '"', '=1+1', '\u0000', '\ufeff', '"a""b"']
const csvs = fc
  .array(fc.array(fc.constantFrom(...csvCells), { maxLength: 6 }), { maxLength: 6 })
  .map(rows => ['sku,location,on_hand', ...rows.map(cells => cells.join(','))].join('\n'))

const bodies = (operation: Described, names: Names): fc.Arbitrary<unknown> => {
  const schema = schemaOf(operation)
  if (schema) return fitting(schema, names, '')
  return operation.requestBody ? csvs : fc.constant(undefined)
}

const parametersIn = (operation: Described, place: Parameter['in'], names: Names) => {
  const found = (operation.parameters ?? []).filter(each => each.in === place)
  const record = Object.fromEntries(
    found.map(({ name, schema }) => [name, fitting(schema, names, name)]),
  )
  const requiredKeys = found.filter(({ required }) => required).map(({ name }) => name)
  return fc.record(record, { requiredKeys, noNullPrototype: true })
}

/** Node takes 16 KiB of URL and headers together; what is longer has its own test. */
const URL_LENGTH_MAX = 8_000

const values = (operation: Described, names: Names): fc.Arbitrary<Values> =>
  fc
    .record({
      path: parametersIn(operation, 'path', names),
      query: parametersIn(operation, 'query', names),
      header: parametersIn(operation, 'header', names),
      body: bodies(operation, names),
    })
    .filter(made => urlOf({ operation, ...made }).length < URL_LENGTH_MAX)

const rawOf = (operation: Described, body: unknown): string | undefined =>
  schemaOf(operation) ? JSON.stringify(body) : (body as string | undefined)

/** Requests that the document allows. */
export const fittingRequests = (operation: Described, names: Names): fc.Arbitrary<Request> =>
  values(operation, names).map(made => {
    return { ...made, operation, name: 'fits', field: '', raw: rawOf(operation, made.body) }
  })

type Changed = { name: string; field: string } & Partial<Request>

const pick = <Item>(items: Item[], index: number): Item => items[index % items.length] as Item

const nested = (name: string, field: string): string => (field === '' ? name : `${name}.${field}`)

const brokenParameters = (operation: Described, made: Values): Changed[] =>
  (operation.parameters ?? []).flatMap(({ name, in: place, schema }) => {
    const value = made[place][name]
    if (value === undefined) return []
    const breaks = breaksOf(schema, value).map(each => ({
      name: `${place} ${name}: ${each.rule}`,
      field: nested(name, each.field),
      [place]: { ...made[place], [name]: each.value },
    }))
    const { [name]: _, ...rest } = made[place]
    const gone = { name: `${place} ${name}: is missing`, field: name, [place]: rest }
    const required =
      place === 'query' && operation.parameters?.some(p => p.name === name && p.required)
    return required ? [...breaks, gone] : breaks
  })

const brokenBodies = (operation: Described, made: Values): Changed[] => {
  const schema = schemaOf(operation)
  if (!schema) return []
  return breaksOf(schema, made.body).map(({ rule, field, value }) => ({
    name: `body ${field}: ${rule}`,
    field,
    body: value,
    raw: JSON.stringify(value),
  }))
}

const ANY = fc.nat({ max: 2 ** 30 })

/** Requests with one rule broken, a body's or a parameter's in turn. */
export const brokenRequests = (operation: Described, names: Names): fc.Arbitrary<Request> =>
  fc.tuple(values(operation, names), ANY).map(([made, any]) => {
    const surprise = { ...made.query, surprise: '1' }
    const parameters: Changed[] = [
      ...brokenParameters(operation, made),
      ...(operation.parameters?.some(each => each.in === 'query')
        ? [{ name: 'query: one too much', field: 'surprise', query: surprise }]
        : []),
    ]
    const inBody = brokenBodies(operation, made)
    const choices = inBody.length > 0 && (any % 4 > 0 || !parameters.length) ? inBody : parameters
    const raw = rawOf(operation, made.body)
    return { ...made, operation, raw, ...pick(choices, any >> 2) }
  })

const HOLE = '\u0001hole\u0001'

type Slot = { field: string; put: (hole: unknown) => unknown }

/** Every place of a body, with what puts something else there. */
const slotsOf = (value: unknown, field = '', put: Slot['put'] = hole => hole): Slot[] => {
  if (typeof value !== 'object' || value === null) return [{ field, put }]
  const inner = Object.entries(value).flatMap(([name, each]) => {
    const putInner = (hole: unknown) =>
      Array.isArray(value)
        ? put(value.map((other, at) => (String(at) === name ? hole : other)))
        : put({ ...value, [name]: hole })
    return slotsOf(each, nested(field === '' ? name : field, field === '' ? '' : name), putInner)
  })
  return [{ field, put }, ...inner]
}

/** In a URL or a header everything is text, of no more than a thousand letters. */
const PARAMETER_LENGTH_MAX = 1_000

const textOf = (raw: string): string => (raw.startsWith('"') ? JSON.parse(raw) : raw)

const odd = Object.entries(oddValues)
const oddAndShort = odd.filter(([, raw]) => raw.length < PARAMETER_LENGTH_MAX)

const oddParameter = (operation: Described, made: Values, any: number): Changed => {
  const { name, in: place } = pick(operation.parameters ?? [], any)
  const [what, raw] = pick(oddAndShort, any >> 5)
  const changed = { ...made[place], [name]: textOf(raw) }
  return { name: `${place} ${name}: ${what}`, field: name, [place]: changed }
}

const oddBody = (made: Values, any: number): Changed => {
  const { field, put } = pick(slotsOf(made.body), any)
  const [what, raw] = pick(odd, any >> 8)
  const whole = JSON.stringify(put(HOLE)).replace(JSON.stringify(HOLE), () => raw)
  return { name: `body ${field}: ${what}`, field, raw: whole }
}

/** Requests with something odd in one place: it may fit there, or not. */
export const oddRequests = (operation: Described, names: Names): fc.Arbitrary<Request> =>
  fc.tuple(values(operation, names), ANY).map(([made, any]) => {
    const inBody = schemaOf(operation) && (any % 4 > 0 || !operation.parameters?.length)
    const raw = rawOf(operation, made.body)
    const changed = inBody ? oddBody(made, any >> 2) : oddParameter(operation, made, any >> 2)
    return { ...made, operation, raw, ...changed }
  })
