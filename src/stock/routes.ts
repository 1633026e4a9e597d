import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import { availabilityForBrowser } from '../storefront/carts.ts'
import {
  Adjust,
  AvailabilityQuery,
  AvailabilityRequest,
  LevelPage,
  ListLevels,
  Move,
  Receive,
  SetStock,
} from './shapes.ts'

const tag = 'Stock'
const answer = Type.Ref('StockAnswer#')
const BULK_BYTES_MAX = 4 * 1024 * 1024
const LINE_REFUSALS = [
  'unknown_sku',
  'unknown_location',
  'too_large',
  'invalid_quantity',
  'not_your_location',
  'kit_is_virtual',
] as const

const reads: Route[] = [
  route({
    method: 'GET',
    url: '/v1/levels',
    scope: 'read',
    tag,
    operation: 'list_levels',
    summary: 'List levels',
    description: 'Every counter, by SKU and location; with `as_of` as the ledger had them then.',
    query: ListLevels,
    answer: LevelPage,
    refusals: ['unknown_sku', 'unknown_location', 'too_large'],
    etag: true,
    call: (holdfast, { query: { as_of, q, ...query } }) => {
      if (as_of !== undefined) return holdfast.levelsAsOf({ ...query, at: as_of })
      return holdfast.levels(q === undefined ? query : { ...query, q })
    },
  }),
  route({
    method: 'GET',
    url: '/v1/availability',
    scope: 'read',
    tag,
    operation: 'get_availability',
    summary: 'What may be sold now, for some SKUs',
    description:
      'Repeat `sku`: `?sku=TEE-M&sku=TEE-L`. A page that many look at says with `max_age_ms` ' +
      'how old an answer will do: it is given what was found for another, and `as_of` says when.',
    query: AvailabilityQuery,
    answer: Type.Ref('Availability#'),
    refusals: ['unknown_sku', 'unknown_location', 'unknown_channel', 'too_large'],
    etag: true,
    recent: true,
    call: (holdfast, { query: { sku, location, channel } }) =>
      holdfast.availability({ location, channel, skus: sku }),
    browser: (holdfast, { query: { sku, location, channel } }, browser) =>
      availabilityForBrowser(holdfast, { location, channel, skus: sku }, browser),
  }),
  route({
    method: 'POST',
    url: '/v1/availability',
    scope: 'read',
    tag,
    operation: 'look_up_availability',
    summary: 'What may be sold now, for many SKUs',
    body: AvailabilityRequest,
    answer: Type.Ref('Availability#'),
    refusals: ['unknown_sku', 'unknown_location', 'unknown_channel', 'too_large'],
    reads: true,
    call: (holdfast, { body }) => holdfast.availability(body),
    browser: (holdfast, { body }, browser) => availabilityForBrowser(holdfast, body, browser),
  }),
]

const verbs: Route[] = [
  route({
    method: 'POST',
    url: '/v1/stock/adjust',
    scope: 'stock',
    checks_location: true,
    tag,
    operation: 'adjust',
    summary: 'Add units to a counter, or take them off',
    body: Adjust,
    body_bytes_max: BULK_BYTES_MAX,
    answer,
    refusals: [...LINE_REFUSALS, 'level_not_found', 'stale_quantity', 'would_go_negative'],
    call: (holdfast, { body, options }) => holdfast.adjust(body, options),
  }),
  route({
    method: 'POST',
    url: '/v1/stock/set',
    scope: 'stock',
    checks_location: true,
    tag,
    operation: 'set',
    summary: 'Set a counter to what was counted',
    description:
      'A fact: if it is less than what is promised, the shortage is recorded and the newest ' +
      'holds are named. `change_from` makes it compare-and-set.',
    body: SetStock,
    body_bytes_max: BULK_BYTES_MAX,
    answer,
    refusals: [...LINE_REFUSALS, 'level_not_found', 'stale_quantity', 'would_go_negative'],
    call: (holdfast, { body, options }) => holdfast.set(body, options),
  }),
  route({
    method: 'POST',
    url: '/v1/stock/move',
    scope: 'stock',
    checks_location: true,
    tag,
    operation: 'move',
    summary: 'Move units between states at one location',
    body: Move,
    body_bytes_max: BULK_BYTES_MAX,
    answer,
    refusals: [...LINE_REFUSALS, 'level_not_found', 'stale_quantity', 'would_go_negative'],
    call: (holdfast, { body, options }) => holdfast.move(body, options),
  }),
  route({
    method: 'POST',
    url: '/v1/stock/receive',
    scope: 'stock',
    checks_location: true,
    tag,
    operation: 'receive',
    summary: 'Receive units; makes the level if it is missing',
    body: Receive,
    body_bytes_max: BULK_BYTES_MAX,
    answer,
    refusals: [...LINE_REFUSALS, 'supply_not_found', 'supply_closed', 'exceeds_ordered'],
    call: (holdfast, { body, options }) => holdfast.receive(body, options),
  }),
]

/** Stock over HTTP: what is there, and the verbs that change it. */
export const stockRoutes: Route[] = [...reads, ...verbs]
