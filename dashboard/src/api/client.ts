import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from '../../../client/src/api.generated.ts'

export type Schemas = components['schemas']
export type Level = Schemas['Level']
export type Sku = Schemas['Sku']
export type Product = Schemas['Product']
export type Variant = Schemas['Variant']
export type Location = Schemas['Location']
export type Reservation = Schemas['Reservation']
export type Movement = Schemas['Transaction']

/** A random key per write: a call that is sent twice has one effect. */
export const newKey = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return `web-${[...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('')}`
}

const keyed: Middleware = {
  onRequest({ request }) {
    if (request.method === 'GET' || request.headers.has('idempotency-key')) return undefined
    request.headers.set('idempotency-key', newKey())
    return request
  },
}

/** The public API, typed by the server's own description; the session's cookie says who calls. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin' })
api.use(keyed)
