import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import {
  CreatePublishableKey,
  ListPublishableKeys,
  PublishableKeyId,
  PublishableKeyPage,
  UpdatePublishableKey,
} from './shapes.ts'

const tag = 'Keys'
const answer = Type.Ref('PublishableKey#')

/** Publishable keys over HTTP. What they open is in the tables of the other rooms: `browser`. */
export const publishableKeyRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/publishable-keys',
    scope: 'admin',
    tag,
    operation: 'list_publishable_keys',
    summary: 'List publishable keys',
    query: ListPublishableKeys,
    answer: PublishableKeyPage,
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.publishableKeys.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/publishable-keys',
    scope: 'admin',
    tag,
    operation: 'create_publishable_key',
    summary: 'Make a key for the pages of a shop',
    description: 'It opens availability, and one cart for each browser, from its origins alone.',
    body: CreatePublishableKey,
    answer,
    status: 201,
    refusals: ['too_large', 'unknown_channel'],
    call: (holdfast, { body, options }) => holdfast.publishableKeys.create(body, options),
  }),
  route({
    method: 'PATCH',
    url: '/v1/publishable-keys/:key_id',
    scope: 'admin',
    tag,
    operation: 'update_publishable_key',
    summary: 'Change the origins or the limits of a publishable key',
    params: PublishableKeyId,
    body: UpdatePublishableKey,
    answer,
    refusals: ['too_large', 'key_not_found', 'unknown_channel'],
    call: (holdfast, { params, body, options }) =>
      holdfast.publishableKeys.update({ ...body, ...params }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/publishable-keys/:key_id/revoke',
    scope: 'admin',
    tag,
    operation: 'revoke_publishable_key',
    summary: 'Revoke a publishable key, at once',
    params: PublishableKeyId,
    answer,
    refusals: ['key_not_found'],
    call: (holdfast, { params, options }) => holdfast.publishableKeys.revoke(params, options),
  }),
]
