import Type from 'typebox'
import {
  choice,
  closed,
  Instant,
  LocationCode,
  orNull,
  pageQuery,
  SkuCode,
  text,
} from '../shapes.ts'
import { eventTypes } from './catalogue.ts'

/** A page of a shop shows so many SKUs at the most. */
const FILTER_MAX = 500

const names = eventTypes.map(({ type }) => type)

const some = (description: string) => ({ minItems: 1, maxItems: FILTER_MAX, description })

export const ListEvents = closed({
  ...pageQuery(['position', '-position']),
  type: Type.Optional(Type.Array(choice(names), some('Only events of these types.'))),
  sku: Type.Optional(Type.Array(SkuCode, some('Only events of these SKUs.'))),
  location: Type.Optional(Type.Array(LocationCode, some('Only events at these locations.'))),
  channel: Type.Optional(text(100, 'Only events of reservations of this channel.')),
  reservation_id: Type.Optional(text(64, 'Only events of this reservation.')),
})

const facts = Type.Object({}, { additionalProperties: true, description: 'By its type.' })

export const Event = closed(
  {
    id: Type.String({ description: 'evt_ and its position: the same for ever, and growing.' }),
    type: Type.String(),
    timestamp: Instant,
    data: facts,
  },
  { $id: 'Event' },
)

export const EventPage = closed({
  ok: Type.Optional(Type.Literal(true)),
  data: Type.Array(Type.Ref('Event#')),
  next_cursor: orNull(Type.String()),
})

export const EventTypes = closed({
  data: Type.Array(
    closed({
      type: Type.String(),
      description: Type.String(),
      schema: Type.Object({}, { additionalProperties: true, description: 'JSON Schema.' }),
    }),
  ),
})
