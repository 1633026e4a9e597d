import type { FastifyInstance } from 'fastify'
import { createServer, type ServerOptions } from '../src/server/server.ts'
import { type Document, liesOf, type Operation } from './document.ts'

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
  const lies = liesOf(document)
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
    const operation = operationOf(document, method, path)
    const type = headers.get('content-type') ?? ''
    const found = operation ? lies(operation, { ...answered, type }) : []
    if (found.length > 0) {
      throw new Error(`${method} ${path}: ${found.join('; ')} in ${text.slice(0, 5_000)}`)
    }
    return answered
  }
  return { app, url, document, call, close: () => app.close() }
}
