import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import { CreateKey, KeyId, KeyPage, ListKeys } from './shapes.ts'

const tag = 'Keys'

/** API keys over HTTP. */
export const keyRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/keys',
    scope: 'admin',
    tag,
    operation: 'list_keys',
    summary: 'List API keys',
    description: 'Never the keys themselves; by prefix, with their last use.',
    query: ListKeys,
    answer: KeyPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.keys.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/keys',
    scope: 'admin',
    tag,
    operation: 'create_key',
    summary: 'Make an API key',
    description: 'The key is in this answer and nowhere else.',
    body: CreateKey,
    answer: Type.Ref('NewApiKey#'),
    status: 201,
    refusals: ['too_large', 'tenant_exists'],
    call: (holdfast, { body, options }) => holdfast.keys.create({ mode: 'live', ...body }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/keys/:key_id/revoke',
    scope: 'admin',
    tag,
    operation: 'revoke_key',
    summary: 'Revoke an API key, at once',
    params: KeyId,
    answer: Type.Ref('ApiKey#'),
    refusals: ['key_not_found'],
    call: (holdfast, { params, options }) => holdfast.keys.revoke(params, options),
  }),
]
