import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import {
  CreateWebhook,
  DeliveryPage,
  DeliveryParams,
  EndpointParams,
  ListDeliveries,
  ListWebhooks,
  Queued,
  Removed,
  ReplayWebhook,
  RotateWebhook,
  UpdateWebhook,
  WebhookPage,
} from './shapes.ts'

const tag = 'Webhooks'
const scope = 'admin'
const answer = Type.Ref('Webhook#')
const withSecret = Type.Ref('NewWebhook#')

const endpoints: Route[] = [
  route({
    method: 'GET',
    url: '/v1/webhooks',
    ...{ scope, tag },
    operation: 'list_webhooks',
    summary: 'List webhook endpoints',
    query: ListWebhooks,
    answer: WebhookPage,
    call: (holdfast, { query }) => holdfast.webhooks.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/webhooks',
    ...{ scope, tag },
    operation: 'create_webhook',
    summary: 'Make a webhook endpoint; its secret is shown this once',
    body: CreateWebhook,
    answer: withSecret,
    status: 201,
    refusals: ['too_large', 'webhook_not_found'],
    call: (holdfast, { body, options }) => holdfast.webhooks.create(body, options),
  }),
  route({
    method: 'GET',
    url: '/v1/webhooks/:endpoint_id',
    ...{ scope, tag },
    operation: 'get_webhook',
    summary: 'Read one webhook endpoint',
    params: EndpointParams,
    answer,
    missing: 'webhook_not_found',
    call: (holdfast, { params }) => holdfast.webhooks.get(params),
  }),
  route({
    method: 'PATCH',
    url: '/v1/webhooks/:endpoint_id',
    ...{ scope, tag },
    operation: 'update_webhook',
    summary: 'Change a webhook endpoint',
    params: EndpointParams,
    body: UpdateWebhook,
    answer,
    refusals: ['webhook_not_found', 'too_large'],
    call: (holdfast, { params, body, options }) =>
      holdfast.webhooks.update({ ...body, ...params }, options),
  }),
  route({
    method: 'DELETE',
    url: '/v1/webhooks/:endpoint_id',
    ...{ scope, tag },
    operation: 'remove_webhook',
    summary: 'Remove a webhook endpoint, with its secrets and its log',
    params: EndpointParams,
    answer: Removed,
    refusals: ['webhook_not_found'],
    call: (holdfast, { params, options }) => holdfast.webhooks.remove(params, options),
  }),
  route({
    method: 'POST',
    url: '/v1/webhooks/:endpoint_id/rotate',
    ...{ scope, tag },
    operation: 'rotate_webhook',
    summary: 'Give an endpoint a new secret; the old ones sign beside it for a while',
    params: EndpointParams,
    body: RotateWebhook,
    answer: withSecret,
    refusals: ['webhook_not_found'],
    call: (holdfast, { params, body, options }) =>
      holdfast.webhooks.rotate({ ...body, ...params }, options),
  }),
]

/** Verbs that need only the endpoint, and answer it. */
const plain = (verb: 'pause' | 'resume' | 'ping', summary: string): Route =>
  route({
    method: 'POST',
    url: `/v1/webhooks/:endpoint_id/${verb}`,
    ...{ scope, tag },
    operation: `${verb}_webhook`,
    summary,
    params: EndpointParams,
    answer,
    refusals: ['webhook_not_found'],
    call: (holdfast, { params, options }) => holdfast.webhooks[verb](params, options),
  })

const log: Route[] = [
  route({
    method: 'GET',
    url: '/v1/webhooks/:endpoint_id/deliveries',
    ...{ scope, tag },
    operation: 'list_deliveries',
    summary: 'List what an endpoint was sent, the newest first',
    params: EndpointParams,
    query: ListDeliveries,
    answer: DeliveryPage,
    refusals: ['webhook_not_found', 'too_large'],
    call: (holdfast, { params, query }) => holdfast.webhooks.deliveries({ ...query, ...params }),
  }),
  route({
    method: 'GET',
    url: '/v1/webhooks/:endpoint_id/deliveries/:event_id',
    ...{ scope, tag },
    operation: 'get_delivery',
    summary: 'Read one delivery: what was sent, every attempt, and what came back',
    params: DeliveryParams,
    answer: Type.Ref('LoggedDelivery#'),
    missing: 'delivery_not_found',
    refusals: ['webhook_not_found'],
    call: (holdfast, { params }) => holdfast.webhooks.delivery(params),
  }),
  route({
    method: 'POST',
    url: '/v1/webhooks/:endpoint_id/replay',
    ...{ scope, tag },
    operation: 'replay_webhook',
    summary: 'Send an event, or those of a range, to an endpoint again',
    params: EndpointParams,
    body: ReplayWebhook,
    answer: Queued,
    refusals: ['webhook_not_found', 'delivery_not_found', 'too_large'],
    call: (holdfast, { params, body, options }) =>
      holdfast.webhooks.replay({ ...body, ...params }, options),
  }),
]

/** Webhooks over HTTP. */
export const webhookRoutes: Route[] = [
  ...endpoints,
  plain('pause', 'Pause an endpoint: what happens is kept for it'),
  plain('resume', 'Go on with an endpoint: what has waited is sent at once'),
  plain('ping', 'Ask for a test message to an endpoint'),
  ...log,
]
