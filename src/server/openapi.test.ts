import { Compile } from 'typebox/schema'
import { expect, test } from 'vitest'
import { errors } from '../errors.ts'
import { refusals } from '../refusals.ts'
import { openapiDocument } from './document.ts'
import { remedies } from './remedies.ts'
import { routes } from './routes.ts'

type Operation = {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  security?: object[]
  parameters?: { name: string; in: string; required?: boolean; example?: unknown }[]
  requestBody?: {
    content: Record<string, { schema: object; examples?: { demo: { value: unknown } } }>
  }
  'x-codeSamples'?: { label: string; source: string }[]
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
}

type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { properties: { code: { enum: string[] } } }> }
}

const document = (await openapiDocument()) as unknown as Document
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

test('the document is OpenAPI 3.1, built without a database', () => {
  expect(document.openapi).toBe('3.1.0')
})

test('every route is in the document, and nothing else is', () => {
  const declared = routes.map(({ method, url }) => `${method} ${url.replaceAll(/:(\w+)/g, '{$1}')}`)
  const documented = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`)
  expect(documented.sort()).toEqual(declared.sort())
})

test('every operation says what it is, who may call it, and what comes back', () => {
  for (const { path, method, operation } of operations) {
    const name = `${method} ${path}`
    expect(operation.operationId, name).toMatch(/^[a-z_]+$/)
    expect(operation.summary, name).toBeTruthy()
    expect(operation.description, name).toMatch(/Scope: `(read|sell|stock|admin|any|none)`/)
    expect(operation.tags, name).toHaveLength(1)
    const open = /Scope: `none`/.test(operation.description ?? '')
    const browser = /publishable keys/.test(operation.description ?? '')
    expect(operation.security, name).toEqual([
      ...(open ? [] : [{ key: [] }, { session: [] }]),
      ...(browser ? [{ publishable: [] }] : []),
    ])
    for (const status of ['400', '401', '403', '500', '503', '504']) {
      expect(operation.responses[status]?.content, `${name} ${status}`).toHaveProperty([
        'application/problem+json',
      ])
    }
    const granted = Object.keys(operation.responses).filter(status => status.startsWith('2'))
    expect(granted, name).toHaveLength(1)
  }
})

test('operation ids are unique', () => {
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
})

/** These make or end a session, or a secret that is shown once: a repeated one is another. */
const KEYLESS = ['sign_in', 'sign_out', 'join', 'update_me', 'change_password', 'end_session']

test('every write takes an Idempotency-Key', () => {
  const reads = ['look_up_availability', 'look_at_link', 'link_person', ...KEYLESS]
  for (const { path, method, operation } of operations) {
    if (method === 'get' || reads.includes(operation.operationId ?? '')) continue
    const names = (operation.parameters ?? []).map(({ name }) => name)
    expect(names, `${method} ${path}`).toContain('idempotency-key')
  }
})

test('the codes of the document are the refusals and the errors, both ways', () => {
  const listed = document.components.schemas.Problem?.properties.code.enum ?? []
  const known = [...Object.keys(refusals), ...Object.keys(errors)]
  expect([...listed].sort()).toEqual([...new Set(known)].sort())
  expect(Object.keys(remedies).sort()).toEqual([...new Set(known)].sort())
})

test('every schema of the document compiles with its references', () => {
  for (const { operation } of operations) {
    const bodies = [operation.requestBody, ...Object.values(operation.responses)]
    for (const body of bodies) {
      for (const { schema } of Object.values(body?.content ?? {})) {
        Compile({ ...schema, components: document.components }).Check({})
      }
    }
  }
  expect(operations.length).toBeGreaterThan(30)
})

test('no object of a request lets an unknown field through', () => {
  const open: string[] = []
  const walk = (schema: unknown, place: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { type, additionalProperties } = schema as Record<string, unknown>
    if (type === 'object' && additionalProperties !== false) open.push(place)
    for (const [name, inner] of Object.entries(schema)) walk(inner, `${place}.${name}`)
  }
  for (const { path, operation } of operations) {
    walk(operation.requestBody?.content['application/json']?.schema, path)
  }
  expect(open).toEqual([])
})

test('every operation has a call to copy, and its body is one that the operation takes', () => {
  const wrong = operations.flatMap(({ operation }) => {
    const [curl, client] = operation['x-codeSamples'] ?? []
    const body = operation.requestBody?.content['application/json']
    const example = body?.examples?.demo.value
    const fits = !body || (example !== undefined && Compile(body.schema).Check(example))
    const whole = !/undefined|\{\w+\}/.test(`${curl?.source}${client?.source ?? ''}`)
    return curl?.label === 'curl' && fits && whole ? [] : [operation.operationId]
  })
  expect(wrong).toEqual([])
})

test('a filter that may be left out has no example: whoever tries the call would send them all', () => {
  const optional = operations.flatMap(({ operation }) =>
    (operation.parameters ?? []).filter(({ required }) => !required),
  )
  expect(optional.length).toBeGreaterThan(50)
  expect(optional.filter(({ example }) => example !== undefined)).toEqual([])
})
