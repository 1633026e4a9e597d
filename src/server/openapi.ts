import swagger from '@fastify/swagger'
import type { FastifyInstance, FastifySchema } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { errors } from '../errors.ts'
import { type RefusalCode, refusals } from '../refusals.ts'
import { closed } from '../shapes.ts'
import { PRINTABLE } from './idempotency.ts'
import { type Code, statuses } from './problem.ts'
import { type Route, takesKey } from './route.ts'
import { addSamples, type Sampled } from './samples.ts'

/** Every code that a problem can carry, refusals first. */
export const codes = [...Object.keys(refusals), ...Object.keys(errors)] as Code[]

export const ProblemShape = Type.Object(
  {
    type: Type.String({ description: 'The page that explains the code, on this server.' }),
    title: Type.String({ description: 'What the code means, in one sentence.' }),
    status: Type.Integer(),
    detail: Type.String({ description: 'What was wrong this time, for a person.' }),
    instance: Type.String({ description: 'The path that was called.' }),
    code: Type.Enum(codes, { description: 'Permanent: branch on this, not on the text.' }),
    request_id: Type.String({ description: 'Also in X-Request-Id, and in the server log.' }),
    hint: Type.Optional(Type.String({ description: 'What to do about it.' })),
    field: Type.Optional(Type.String({ description: 'The first field that is wrong.' })),
    errors: Type.Optional(
      Type.Array(closed({ field: Type.String(), reason: Type.String() }), {
        description: 'Every field that is wrong.',
      }),
    ),
    retryable: Type.Optional(
      Type.Boolean({ description: 'The same call, with the same key, may simply be made again.' }),
    ),
    lines: Type.Optional(
      Type.Array(
        Type.Object(
          {
            line: Type.Optional(Type.Integer({ description: 'The line of the request, from 1.' })),
            sku: Type.Optional(Type.String()),
            location: Type.Optional(Type.Union([Type.String(), Type.Null()])),
            asked: Type.Optional(Type.Integer()),
            available: Type.Optional(Type.Integer()),
            next_expires_at: Type.Optional(Type.Union([Type.String(), Type.Null()])),
            other_locations: Type.Optional(
              Type.Array(Type.Object({ location: Type.String(), available: Type.Integer() })),
            ),
            version: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
          },
          { additionalProperties: true },
        ),
        { description: 'Per line: what was asked, what is free, when more may come, where else.' },
      ),
    ),
  },
  {
    $id: 'Problem',
    additionalProperties: true,
    description: 'RFC 9457: what went wrong, with the facts of the code beside it.',
  },
)

const EVERY: Code[] = [
  'invalid_request',
  'unauthenticated',
  'forbidden',
  'database_unavailable',
  'database_is_replica',
  'overloaded',
  'closed',
  'migration_required',
  'deadline_exceeded',
  'broken_invariant',
]
const EVERY_BROWSER: Code[] = ['rate_limited']
const EVERY_WRITE: Code[] = ['busy', 'idempotency_key_reused', 'key_expired']
const EVERY_BODY: Code[] = ['unsupported_media_type', 'body_too_large']

/** Every code that a route may answer. */
export const codesOf = (route: Route): Code[] => {
  const given: RefusalCode[] = [
    ...(route.refusals ?? []),
    ...(route.missing ? [route.missing] : []),
  ]
  return [
    ...new Set<Code>([
      ...given,
      ...(route.if_match ? (['precondition_failed'] as const) : []),
      ...EVERY,
      ...(route.browser ? EVERY_BROWSER : []),
      ...(takesKey(route) ? EVERY_WRITE : []),
      ...(route.body ? EVERY_BODY : []),
    ]),
  ]
}

/** What the listener itself answers: to who sends too slowly, and to more than 16 KB of headers. */
const AT_THE_DOOR = [408, 431]

const problemsOf = (route: Route): Record<number, object> => {
  const byStatus = new Map<number, Code[]>(AT_THE_DOOR.map(status => [status, ['invalid_request']]))
  for (const code of codesOf(route)) {
    const status = statuses[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  const entries = [...byStatus].map(([status, of]) => [
    status,
    {
      description: of.map(code => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: Type.Ref('Problem#') } },
    },
  ])
  return Object.fromEntries(entries)
}

const header = (description: string) => Type.Optional(Type.String({ description }))

const headersOf = (route: Route): TSchema | undefined => {
  const named = {
    ...(takesKey(route)
      ? {
          'idempotency-key': Type.Optional(
            Type.String({
              pattern: PRINTABLE,
              description: 'The same key gives the same answer, and one effect.',
            }),
          ),
        }
      : {}),
    ...(route.etag ? { 'if-none-match': header('Answers 304 if the content is still this.') } : {}),
    ...(route.if_match
      ? { 'if-match': header('The ETag that was read; another one now answers 412.') }
      : {}),
  }
  return Object.keys(named).length > 0 ? Type.Object(named) : undefined
}

const answerHeaders = (route: Route) => ({
  'X-Request-Id': { type: 'string', description: 'The id of this request, as in the log.' },
  ...(route.etag
    ? { ETag: { type: 'string', description: 'For If-None-Match and If-Match.' } }
    : {}),
  ...(takesKey(route)
    ? {
        'Idempotency-Replayed': {
          type: 'string',
          description: 'true: this is the first answer again; nothing was done twice.',
        },
      }
    : {}),
})

const securityOf = ({ scope, browser }: Route): object[] => [
  ...(scope === 'none' ? [] : [{ key: [] }, { session: [] }]),
  ...(browser ? [{ publishable: [] }] : []),
]

/** A route's row, in the words of OpenAPI. */
export const operationOf = (route: Route): FastifySchema => {
  const headers = headersOf(route)
  const also = route.browser ? ' Also open to publishable keys, for what is the browser’s own.' : ''
  const scope = `Scope: \`${route.scope}\`.${also}`
  return {
    operationId: route.operation,
    tags: [route.tag],
    summary: route.summary,
    description: route.description ? `${route.description}\n\n${scope}` : scope,
    security: securityOf(route),
    ...(route.accepts ? { consumes: [route.accepts] } : {}),
    ...(route.params ? { params: route.params } : {}),
    ...(route.query ? { querystring: route.query } : {}),
    ...(route.body ? { body: route.body } : {}),
    ...(headers ? { headers } : {}),
    response: {
      [route.status ?? 200]: {
        description: 'Done.',
        headers: answerHeaders(route),
        content: { 'application/json': { schema: route.answer } },
      },
      ...(route.etag ? { 304: { description: 'Unchanged.', type: 'null' } } : {}),
      ...problemsOf(route),
    },
  } as FastifySchema
}

const DESCRIPTION = `Real-time inventory: every unit is promised once.

- **Keys.** Send \`Authorization: Bearer hf_live_…\`. A key \`hf_test_…\` works on the
  sandbox of its tenant. Scopes: \`read\` (all GET), \`sell\` (reservations and sales),
  \`stock\` (stock, catalogue, imports), \`admin\` (keys, tenants; implies all).
- **People** sign in on the pages of this server; their session's cookie is sent by those pages
  alone. Their role says which scopes they have.
- **Refusals** are \`application/problem+json\` with a permanent \`code\`, the facts at top level, a
  hint, and a link to the page of the code.
- **Repeat safely.** Every write takes \`Idempotency-Key\`; a repeated answer says
  \`Idempotency-Replayed: true\`.
- **Lists** all take \`limit\`, \`cursor\`, \`sort\` and filters by name, and answer
  \`{ data, next_cursor }\`.
- **Quantities** are whole JSON numbers in the smallest unit of the SKU.`

/** Gives each operation its examples. A body without a needed field may be left out. */
const finished = (built: object) => {
  const { openapiObject } = built as { openapiObject: { paths: Record<string, object> } }
  for (const [path, methods] of Object.entries(openapiObject.paths)) {
    for (const [method, operation] of Object.entries(methods) as [string, Sampled][]) {
      const { requestBody } = operation
      const schema = requestBody?.content['application/json']?.schema as { required?: string[] }
      if (requestBody && schema && schema.required === undefined) requestBody.required = false
      addSamples(path, method, operation)
    }
  }
  return openapiObject
}

/** Gathers every route that is mounted after this into one document. */
export const documentRoutes = async (app: FastifyInstance, version: string): Promise<void> => {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Holdfast',
        version,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key, hf_live_… or hf_test_…',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: '__Host-holdfast_session',
            description: 'Of a person who has signed in: pages of this server only.',
          },
          publishable: {
            type: 'apiKey',
            in: 'query',
            name: 'key',
            description:
              'A publishable key, hf_pub_…; or as Authorization: Bearer. Its origins only.',
          },
        },
      },
    },
    transformObject: finished,
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, index) =>
        typeof json.$id === 'string' ? json.$id : `Shape${index}`,
    },
  })
}
