import { type Context, readFor } from '../database/context.ts'
import { refuseUnfit } from '../engine/engine.ts'
import type { Answer } from '../refusals.ts'
import { type EventType, eventTypes } from './catalogue.ts'

/** What has happened, in the envelope of Standard Webhooks. */
export type HoldfastEvent = {
  /** `evt_` and its position in the tenant's feed. */
  id: string
  type: string
  timestamp: string
  data: { [fact: string]: unknown }
}

export type ListEvents = {
  /** Only events of these types; `sku` and `location` likewise. */
  type?: string[] | undefined
  sku?: string[] | undefined
  location?: string[] | undefined
  channel?: string | undefined
  reservation_id?: string | undefined
  limit?: number | undefined
  /** The `next_cursor` of the page before, or the id of an event. */
  cursor?: string | undefined
  /** `position`: the oldest first; left out: the newest first. */
  sort?: 'position' | '-position' | undefined
}

/** Where a step of the feed looks; only its own next step understands it. */
export type FeedHint = { [place: string]: unknown }

export type Fed = {
  fed: number
  /** Of the newest event. */
  position: number
  /** Another process was at it. */
  busy: boolean
  more: boolean
  /** Age of the oldest thing that this step has taken. */
  lag_seconds: number
  hint: FeedHint
}

/**
 * Who reads the feed and does something for each event, once. Its function stands in SQL, takes
 * (p_tenant_id int, p_events jsonb), an array of events in order, and returns jsonb: what it writes
 * and the consumer's cursor are one transaction. It sees every event of its types from its first
 * step on.
 */
export type Consumer = {
  /** Of its cursor, for ever. */
  name: string
  function: string
  /** Left out: all. */
  types?: readonly string[]
}

export type Consumed = Omit<Fed, 'fed' | 'hint'> & { consumed: number }

/** position, type, SKU, location, channel, reservation, and the event as JSON. */
export type TailedEvent = [
  position: number,
  type: string,
  sku: string | null,
  location: string | null,
  channel: string | null,
  reservation_id: string | null,
  text: string,
]

export type Tail = { position: number; first: number; events: TailedEvent[] }
export type MissedLevels = { levels: { [fact: string]: unknown }[]; complete: boolean }

const list = async (
  context: Context,
  request: ListEvents,
): Promise<Answer<{ data: HoldfastEvent[]; next_cursor: string | null }>> =>
  refuseUnfit(request, undefined) ?? (await readFor(context, 'list_events', request))

/**
 * The room of events, for one tenant. A server feeds it; without one, `feed` is the step to repeat.
 *
 * @example
 * const page = await holdfast.events.list({ sku: ['TEE-M'], sort: 'position' })
 */
export const eventsOf = (context: Context) => ({
  list: (request: ListEvents = {}) => list(context, request),
  /** Every type of event, with the JSON Schema of its data. */
  types: (): EventType[] => eventTypes,
  /** One step: takes what is new from the ledger. The first one begins the feed. */
  feed: (request: { hint?: FeedHint; limit?: number } = {}): Promise<Fed> =>
    readFor(context, 'feed_events', request),
  /** One step of a consumer. */
  consume: (consumer: Consumer, request: { limit?: number } = {}): Promise<Consumed> =>
    readFor(context, 'consume_events', {
      ...{ consumer: consumer.name, function: consumer.function, ...request },
      ...(consumer.types ? { types: consumer.types } : {}),
    }),
  /** What comes after a position, as a stream sends it. */
  tail: (request: { after: number; limit?: number }): Promise<Tail> =>
    readFor(context, 'tail_events', request),
  /** Levels that changed between two positions, as they are after the second. */
  missed: (request: { after: number; to: number; limit: number }): Promise<MissedLevels> =>
    readFor(context, 'missed_levels', request),
  /** Forgets what is older than two weeks. */
  trim: (): Promise<{ forgotten: number; more: boolean }> => readFor(context, 'trim_events'),
})

export type Events = ReturnType<typeof eventsOf>
