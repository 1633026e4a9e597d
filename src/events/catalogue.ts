/** A part of JSON Schema, as far as the catalogue needs it. */
export type JsonSchema = { [keyword: string]: unknown }

export type EventType = {
  type: string
  /** What has happened. */
  description: string
  /** JSON Schema (2020-12) of the event's `data`. */
  schema: JsonSchema
}

const text: JsonSchema = { type: 'string' }
const count: JsonSchema = { type: 'integer', minimum: 0 }
const whole: JsonSchema = { type: 'integer' }
const instant: JsonSchema = { type: 'string', format: 'date-time' }
const uuid: JsonSchema = { type: 'string', format: 'uuid' }
const day: JsonSchema = { type: 'string', format: 'date' }
const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] })

/** Named fields are always there; an event may get more fields in a later release. */
const data = (
  needed: Record<string, JsonSchema>,
  more: Record<string, JsonSchema> = {},
): JsonSchema => ({
  type: 'object',
  properties: { ...needed, ...more },
  required: Object.keys(needed),
})

const place = { sku: text, location: text }
const days = data({ source: text, from: orNull(day), to: orNull(day) })

const crossing = (type: string, description: string): EventType => ({
  type,
  description,
  schema: data({
    ...place,
    version: count,
    available: whole,
    sellable: count,
    low_stock_threshold: orNull(count),
  }),
})

/** One movement of a reservation, which is one row of the ledger. */
const movement = (type: string, description: string): EventType => ({
  type,
  description,
  schema: data({
    reservation_id: uuid,
    line: orNull(count),
    part: orNull(count),
    sku: text,
    location: orNull(text), // an untracked SKU may be of none
    version: orNull(count),
    quantity: count,
    changes: data({ on_hand: whole, held: whole, committed: whole, backordered: whole }),
    order_reference: orNull(text),
    expires_at: orNull(instant),
    channel: orNull(text),
  }),
})

/** Every type of event; docs/reference/events.md shows one of each. */
export const eventTypes: EventType[] = [
  {
    type: 'level.changed',
    description:
      'A level has changed: the counters after the movements from_version … version. Changes ' +
      'that follow each other quickly are one event.',
    schema: data({
      ...place,
      from_version: count,
      version: count,
      on_hand: count,
      held: count,
      committed: count,
      reserved: count,
      unavailable: count,
      available: whole,
      sellable: count,
      backordered: count,
      shortage: count,
    }),
  },
  crossing('level.low', "What may be sold has sunk to the policy's low_stock_threshold."),
  crossing('level.out', 'Nothing may be sold any more.'),
  crossing('level.back_in_stock', 'Something may be sold again.'),
  {
    type: 'level.shortage',
    description: 'Units that were promised turned out not to exist; the newest promises are named.',
    schema: data({
      ...place,
      missing: count,
      version: count,
      newest: {
        type: 'array',
        items: data({
          reservation_id: uuid,
          order_reference: orNull(text),
          held: count,
          committed: count,
        }),
      },
    }),
  },
  movement('reservation.held', 'Free units were held for a cart.'),
  movement('reservation.committed', 'Held units were committed to an order.'),
  movement('reservation.fulfilled', 'Committed units have left the building.'),
  movement('reservation.released', 'Units were given back.'),
  movement('reservation.expired', 'A hold has ended, its units are free.'),
  movement('reservation.returned', 'Fulfilled units have come back.'),
  movement('reservation.sale_recorded', 'A sale that had happened elsewhere was booked.'),
  movement('reservation.changed', 'An amend, a merge of SKUs or a repair has moved units of it.'),
  {
    type: 'reservation.extended',
    description: 'A hold ends later.',
    schema: data({ reservation_id: uuid, from: instant, to: instant }, { order_reference: text }),
  },
  {
    type: 'backorder.allocated',
    description: 'Units that came were given to a backordered line.',
    schema: data(
      { reservation_id: uuid, ...place, line: count, part: count, quantity: count, waiting: count },
      { order_reference: orNull(text), version: count },
    ),
  },
  {
    type: 'promise.moved',
    description: 'The date that a buyer was told has moved: once for each order and change.',
    schema: data(
      {
        notice_id: uuid,
        reservation_id: uuid,
        reason: { enum: ['supply', 'policy', 'queue'] },
        lines: {
          type: 'array',
          items: data({
            ...place,
            line: count,
            part: count,
            quantity: count,
            old: days,
            new: days,
          }),
        },
        choices: { type: 'array', items: { enum: ['keep', 'cancel'] } },
        silence_default: { enum: ['keep', 'cancel'] },
        silence_at: instant,
        answer_by: day,
      },
      { order_reference: orNull(text), buyer: orNull(text) },
    ),
  },
  {
    type: 'promise.answered',
    description: 'A buyer, the merchant or silence has answered to a date that moved.',
    schema: data({ reservation_id: uuid, choice: { enum: ['keep', 'cancel'] } }),
  },
  {
    type: 'supply.changed',
    description: 'Supply was booked, moved, resized or cancelled, or comes short.',
    schema: data({ code: text, ...place, what: text, expected_on: day, expected_to: day }),
  },
  {
    type: 'policy.changed',
    description: 'A rule of policy, a calendar or a channel was changed; it says which.',
    schema: data({}, { actor_id: orNull(whole) }),
  },
  {
    type: 'audit.finding',
    description: 'The audit has found a fault in the books, for the first time.',
    schema: data({ code: text }),
  },
  {
    type: 'webhook.paused',
    description: 'A webhook endpoint is sent nothing more: it has failed for two days, or is gone.',
    schema: data({
      endpoint_id: whole,
      url: text,
      reason: { enum: ['failing', 'gone'] },
      failing_since: instant,
    }),
  },
  {
    type: 'webhook.ping',
    description: 'A test message, for one webhook endpoint.',
    schema: data({ endpoint_id: whole }),
  },
]
