import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js'
import formatsPlugin from 'ajv-formats'

// Reads our OpenAPI document as a stranger would, with another validator than the server's own: what
// the two judge differently is a fault of the document.

export type Schema = {
  type?: string
  enum?: unknown[]
  anyOf?: Schema[]
  format?: string
  pattern?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
  items?: Schema
  minItems?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  minProperties?: number
}

export type Place = 'path' | 'query' | 'header'
export type Parameter = { name: string; in: Place; required: boolean; schema: Schema }
type Content = Record<string, { schema: Schema }>
type Response = { description: string; content?: Content }

export type Operation = {
  operationId: string
  tags: string[]
  description: string
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, Response>
}

export type Document = { paths: Record<string, Record<string, Operation>>; components: object }

export type Described = Operation & { method: string; path: string }

export const operationsOf = ({ paths }: Document): Described[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  )

// The plugin has its types from a CommonJS default export.
const addFormats = formatsPlugin as unknown as (ajv: Ajv2020) => void

/** Compiles each schema of a document once. */
export const compilerOf = (document: Document) => {
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats(ajv)
  ajv.addSchema({ $id: 'document', components: document.components })
  const compiled = new Map<object, ValidateFunction>()
  return (schema: object): ValidateFunction => {
    const known = compiled.get(schema)
    if (known) return known
    const text = JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')
    const made = ajv.compile(JSON.parse(text) as AnySchema)
    compiled.set(schema, made)
    return made
  }
}

export type Heard = { status: number; type: string; body: unknown }

/** What the document says of an answer, and is not so; nothing if all is true. */
export const liesOf = (document: Document) => {
  const compile = compilerOf(document)
  return (operation: Operation, { status, type, body }: Heard): string[] => {
    if (status === 304) return operation.responses['304'] ? [] : ['304 is not in the document']
    const response = operation.responses[String(status)]
    const [media = ''] = type.split(';', 1)
    const schema = response?.content?.[media]?.schema
    if (!response || !schema) return [`${status} as ${media} is not in the document`]
    const { code } = (body ?? {}) as { code?: string }
    if (media === 'application/problem+json' && !response.description.includes(`\`${code}\``)) {
      return [`${status} ${code} is not in the document`]
    }
    const fits = compile(schema)
    if (fits(body)) return []
    return (fits.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}
