import type { FastifyInstance } from 'fastify'
import { Compile } from 'typebox/schema'
import { createServer, type ServerOptions } from '../src/server/server.ts'

export type Answered = {
  status: number
  headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: answers are asserted on, field by field
  body: any
}

export type Sent = {
  key?: string | null
  headers?: Record<string, string>
  raw?: string | Uint8Array<ArrayBuffer>
}

type Response = { description: string; content?: Record<string, { schema: object }> }
type Operation = { responses: Record<string, Response> }
type Document = { paths: Record<string, Record<string, Operation>>; components: object }

/** Finds the operation of the document that a path is an instance of. */
const operationOf = (document: Document, method: string, path: string): Operation | undefined => {
  const parts = path.split('?', 1)[0]?.split('/') ?? []
  const fits = (template: string) => {
    const pattern = template.split('/')
    return (
      pattern.length === parts.length &&
      pattern.every((part, at) => part.startsWith('{') || part === parts[at])
    )
  }
  const exact = Object.keys(document.paths).filter(fits)
  const found = exact.sort((a, b) => a.split('{').length - b.split('{').length)[0]
  return found === undefined ? undefined : document.paths[found]?.[method.toLowerCase()]
}

/** What the document says of an answer, and is not so. */
const lies = (document: Document, method: string, path: string, answered: Answered): string[] => {
  const operation = operationOf(document, method, path)
  if (!operation || answered.status === 304) return []
  const response = operation.responses[String(answered.status)]
  if (!response) return [`${method} ${path}: ${answered.status} is not in the document`]
  const [type = ''] = (answered.headers.get('content-type') ?? '').split(';', 1)
  const schema = response.content?.[type]?.schema
  if (!schema) return [`${method} ${path}: ${answered.status} as ${type} is not in the document`]
  const { code } = answered.body as { code?: string }
  if (type === 'application/problem+json' && !response.description.includes(`\`${code}\``)) {
    return [`${method} ${path}: ${answered.status} ${code} is not in the document`]
  }
  const [ok, errors] = Compile({ ...schema, components: document.components }).Errors(answered.body)
  if (ok) return []
  const listed = (errors as { instancePath: string; message: string }[])
    .map(error => `${error.instancePath} ${error.message}`)
    .join('; ')
  return [`${method} ${path}: ${listed} in ${JSON.stringify(answered.body)}`]
}

export type TestServer = {
  app: FastifyInstance
  url: string
  document: Document
  call: (method: string, path: string, body?: unknown, sent?: Sent) => Promise<Answered>
  close: () => Promise<void>
}

/** A real server on a real port; every answer is held against the OpenAPI document. */
export const startServer = async (options: ServerOptions, key: string): Promise<TestServer> => {
  const app = await createServer(options)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const document = app.swagger() as unknown as Document
  const call = async (method: string, path: string, body?: unknown, sent: Sent = {}) => {
    const payload = sent.raw ?? (body === undefined ? undefined : JSON.stringify(body))
    const bearer = sent.key === undefined ? key : sent.key
    const response = await fetch(url + path, {
      method,
      headers: {
        ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
        ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
        ...sent.headers,
      },
      ...(payload === undefined ? {} : { body: payload }),
      redirect: 'manual',
    })
    const text = await response.text()
    const json = /json/.test(response.headers.get('content-type') ?? '')
    const { status, headers } = response
    const answered = { status, headers, body: json ? JSON.parse(text) : text }
    const found = lies(document, method, path, answered)
    if (found.length > 0) throw new Error(found.join('\n'))
    return answered
  }
  return { app, url, document, call, close: () => app.close() }
}
