import Type from 'typebox'
import { HoldfastError } from '../errors.ts'
import { type Route, route } from '../server/route.ts'
import { EventPage, EventTypes, ListEvents } from './shapes.ts'

const tag = 'Events'

/** Events over HTTP. */
export const eventRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/events',
    scope: 'read',
    tag,
    operation: 'list_events',
    refusals: ['too_large'],
    summary: 'List events, or listen to them',
    description:
      'With `Accept: text/event-stream` the answer is a stream of server-sent events that does ' +
      'not end: what happens from now on, or after `Last-Event-ID`. See docs/reference/events.',
    query: ListEvents,
    answer: EventPage,
    streams: true,
    call: (holdfast, { query }) => holdfast.events.list(query),
    browser: async () => {
      throw new HoldfastError('forbidden', { message: 'A publishable key only listens.' })
    },
  }),
  route({
    method: 'GET',
    url: '/v1/events/types',
    scope: 'read',
    tag,
    operation: 'event_types',
    summary: 'Every type of event, with the JSON Schema of its data',
    query: Type.Object({}, { additionalProperties: false }),
    answer: EventTypes,
    call: async holdfast => ({ data: holdfast.events.types() }),
  }),
]
