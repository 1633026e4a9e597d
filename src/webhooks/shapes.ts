import Type from 'typebox'
import { eventTypes } from '../events/catalogue.ts'
import {
  choice,
  closed,
  Instant,
  LocationCode,
  orNull,
  pageOf,
  pageQuery,
  SkuCode,
  text,
} from '../shapes.ts'

const names = eventTypes.map(({ type }) => type)
const states = ['pending', 'delivered', 'dead'] as const

const Url = text(2000, 'Where to send: https, without a password in it.', [
  'https://shop.example/hooks',
])
const fields = {
  description: Type.Optional(text(255, 'For people.', ['the warehouse'])),
  types: Type.Optional(
    Type.Array(choice(names), {
      maxItems: 100,
      description: 'Only these; empty or left out: all.',
    }),
  ),
  skus: Type.Optional(
    Type.Array(SkuCode, { maxItems: 1000, description: 'Only events of these SKUs.' }),
  ),
  locations: Type.Optional(
    Type.Array(LocationCode, { maxItems: 1000, description: 'Only events at these locations.' }),
  ),
}

export const EndpointParams = closed({ endpoint_id: Type.String() })
export const DeliveryParams = closed({ endpoint_id: Type.String(), event_id: Type.String() })
export const CreateWebhook = closed({ url: Url, ...fields })
export const UpdateWebhook = closed({ url: Type.Optional(Url), ...fields }, { minProperties: 1 })
export const RotateWebhook = closed({
  overlap_seconds: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 2_592_000,
      description: 'How long the old secrets sign beside the new one; a day when left out.',
    }),
  ),
})
export const ReplayWebhook = closed(
  {
    event_id: Type.Optional(text(64, 'One event, again or for the first time.', ['evt_1042'])),
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    state: Type.Optional(choice(['delivered', 'dead'], 'Of a range: only what has ended so.')),
  },
  { minProperties: 1 },
)
export const ListWebhooks = closed(pageQuery(['created_at', '-created_at']))
export const ListDeliveries = closed({
  ...pageQuery(['position', '-position']),
  state: Type.Optional(choice(states)),
  type: Type.Optional(choice(names)),
})

const endpoint = {
  ok: Type.Optional(Type.Literal(true)),
  endpoint_id: Type.Integer(),
  url: Type.String(),
  description: orNull(Type.String()),
  types: orNull(Type.Array(Type.String())),
  skus: orNull(Type.Array(Type.String())),
  locations: orNull(Type.Array(Type.String())),
  state: choice(['active', 'failing', 'paused']),
  paused_at: orNull(Instant),
  pause_reason: orNull(choice(['by_hand', 'failing', 'gone'])),
  failing_since: orNull(Instant),
  created_at: Instant,
  secrets: Type.Integer({ description: 'How many sign: two while an old one runs out.' }),
  replayed: Type.Optional(Type.Literal(true)),
}

export const Webhook = closed(endpoint, { $id: 'Webhook' })
export const NewWebhook = closed(
  {
    ...endpoint,
    secret: Type.Optional(
      Type.String({ description: 'whsec_…: in this one answer and nowhere else.' }),
    ),
  },
  { $id: 'NewWebhook' },
)

const delivery = {
  event_id: Type.String(),
  type: Type.String(),
  state: choice(states),
  tries: Type.Integer(),
  created_at: Instant,
  ended_at: orNull(Instant),
  next_at: orNull(Instant),
  last_status: orNull(Type.Integer()),
  last_error: orNull(Type.String()),
}

export const Delivery = closed(delivery, { $id: 'Delivery' })
export const LoggedDelivery = closed(
  {
    ok: Type.Optional(Type.Literal(true)),
    ...delivery,
    body: orNull(Type.Ref('Event#')),
    attempts: Type.Array(
      closed({
        try: Type.Integer(),
        at: Instant,
        status: orNull(Type.Integer()),
        error: orNull(Type.String()),
        answer: orNull(Type.String()),
        took_ms: Type.Integer(),
      }),
    ),
  },
  { $id: 'LoggedDelivery' },
)

export const WebhookPage = pageOf(Type.Ref('Webhook#'))
export const DeliveryPage = pageOf(Type.Ref('Delivery#'))
export const Removed = closed({
  ok: Type.Optional(Type.Literal(true)),
  removed: Type.Integer(),
  replayed: Type.Optional(Type.Literal(true)),
})
export const Queued = closed({
  ok: Type.Optional(Type.Literal(true)),
  queued: Type.Integer(),
  more: Type.Boolean({ description: 'The range has more than were queued: ask again.' }),
  replayed: Type.Optional(Type.Literal(true)),
})
