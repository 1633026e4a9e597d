import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import {
  amendForBrowser,
  holdForBrowser,
  readForBrowser,
  releaseForBrowser,
} from '../storefront/carts.ts'
import {
  Amend,
  Commit,
  Extend,
  Fulfill,
  ListReservations,
  RecordSale,
  Release,
  ReservationId,
  ReservationPage,
  Reserve,
  Return,
} from './shapes.ts'

const tag = 'Reservations'
const answer = Type.Ref('ReservationAnswer#')
const LINE_REFUSALS = ['unknown_sku', 'unknown_location', 'too_large', 'invalid_quantity'] as const
/** What only a browser with a publishable key is refused. */
const OF_BROWSER = ['cart_open', 'cart_too_large', 'too_many_attempts'] as const
const OF_ONE = [...LINE_REFUSALS, 'reservation_not_found'] as const
const under = (verb: string) => `/v1/reservations/:reservation_id/${verb}`

const reads: Route[] = [
  route({
    method: 'GET',
    url: '/v1/reservations',
    scope: 'read',
    tag,
    operation: 'list_reservations',
    summary: 'List reservations',
    query: ListReservations,
    answer: ReservationPage,
    refusals: ['unknown_sku', 'unknown_location', 'too_large'],
    call: (holdfast, { query }) => holdfast.reservations(query),
  }),
  route({
    method: 'GET',
    url: '/v1/reservations/:reservation_id',
    scope: 'read',
    tag,
    operation: 'get_reservation',
    summary: 'Read one reservation',
    params: ReservationId,
    answer: Type.Ref('Reservation#'),
    missing: 'reservation_not_found',
    etag: true,
    call: (holdfast, { params }) => holdfast.reservation(params),
    browser: (holdfast, { params }, browser) => readForBrowser(holdfast, params, browser),
  }),
]

const claims: Route[] = [
  route({
    method: 'POST',
    url: '/v1/reservations',
    scope: 'sell',
    tag,
    operation: 'reserve',
    summary: 'Hold stock for a cart',
    description:
      'All lines or none; with `partial` what there is, line by line. The hold ends by itself ' +
      'after `hold_seconds`. A refusal says per line what was asked, what is available, when the ' +
      'next hold on it ends, what other locations have, and whether it may be backordered.',
    body: Reserve,
    answer,
    status: 201,
    refusals: [
      ...LINE_REFUSALS,
      'insufficient_stock',
      'level_not_found',
      'reservation_exists',
      'unknown_channel',
      'location_not_in_channel',
      ...OF_BROWSER,
    ],
    call: (holdfast, { body, options }) => holdfast.reserve(body, options),
    browser: (holdfast, { body, options }, browser) =>
      holdForBrowser(holdfast, body, options, browser),
  }),
  route({
    method: 'POST',
    url: under('amend'),
    scope: 'sell',
    tag,
    operation: 'amend',
    summary: 'Set the lines of a reservation to these',
    description:
      'Only the difference moves; what the reservation holds already counts as free to it. Works ' +
      'on held and on committed reservations (order edits, exchanges).',
    params: ReservationId,
    body: Amend,
    answer,
    refusals: [
      ...OF_ONE,
      'insufficient_stock',
      'level_not_found',
      'location_not_in_channel',
      'reservation_expired',
      'already_released',
      'exceeds_remaining',
      'cart_too_large',
    ],
    if_match: 'reservation',
    call: (holdfast, { params, body, options }) => holdfast.amend({ ...body, ...params }, options),
    browser: (holdfast, { params, body, options }, browser) =>
      amendForBrowser(holdfast, { ...body, ...params }, options, browser),
  }),
  route({
    method: 'POST',
    url: under('extend'),
    scope: 'sell',
    tag,
    operation: 'extend',
    summary: 'Give a hold more time',
    description:
      'Within the caps of the tenant. With an order reference it gets the window of unpaid orders.',
    params: ReservationId,
    body: Extend,
    answer,
    refusals: [
      'reservation_not_found',
      'reservation_expired',
      'already_released',
      'extension_limit',
      'too_large',
    ],
    if_match: 'reservation',
    call: (holdfast, { params, body, options }) => holdfast.extend({ ...body, ...params }, options),
  }),
  route({
    method: 'POST',
    url: under('commit'),
    scope: 'sell',
    tag,
    operation: 'commit',
    summary: 'Promise held units to a placed order',
    description:
      'All of it, or part by `lines`. After the hold has ended the stock is taken again if all ' +
      'of it is free (`reacquired`), else the refusal says what is available.',
    params: ReservationId,
    body: Commit,
    answer,
    refusals: [...OF_ONE, 'reservation_expired', 'already_released', 'exceeds_remaining'],
    if_match: 'reservation',
    call: (holdfast, { params, body, options }) => holdfast.commit({ ...body, ...params }, options),
  }),
]

const outcomes: Route[] = [
  route({
    method: 'POST',
    url: under('fulfill'),
    scope: 'sell',
    tag,
    operation: 'fulfill',
    summary: 'Ship committed units',
    description: 'All of it, or part by `lines`: on_hand and committed fall together.',
    params: ReservationId,
    body: Fulfill,
    answer,
    refusals: [...OF_ONE, 'exceeds_remaining', 'awaits_supply', 'not_on_hand', 'kit_not_whole'],
    if_match: 'reservation',
    call: (holdfast, { params, body, options }) =>
      holdfast.fulfill({ ...body, ...params }, options),
  }),
  route({
    method: 'POST',
    url: under('release'),
    scope: 'sell',
    tag,
    operation: 'release',
    summary: 'Give back held or committed units',
    description: 'All of it, or part by `lines`: units that wait first, then held ones.',
    params: ReservationId,
    body: Release,
    answer,
    refusals: [
      ...OF_ONE,
      'exceeds_remaining',
      'already_released',
      'reservation_expired',
      'kit_not_whole',
    ],
    if_match: 'reservation',
    call: (holdfast, { params, body, options }) =>
      holdfast.release({ ...body, ...params }, options),
    browser: (holdfast, { params, body, options }, browser) =>
      releaseForBrowser(holdfast, { ...body, ...params }, options, browser),
  }),
  route({
    method: 'POST',
    url: under('return'),
    scope: 'sell',
    tag,
    operation: 'return',
    summary: 'Take back fulfilled units',
    description: 'Into available, damaged or quality_control.',
    params: ReservationId,
    body: Return,
    answer,
    refusals: [...OF_ONE, 'exceeds_fulfilled', 'level_not_found', 'kit_not_whole'],
    if_match: 'reservation',
    call: (holdfast, { params, body, options }) => holdfast.return({ ...body, ...params }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/sales',
    scope: 'sell',
    tag,
    operation: 'record_sale',
    summary: 'Book a sale that has already happened elsewhere',
    description: 'A fact, never refused for want of stock: it may raise a shortage.',
    body: RecordSale,
    answer,
    status: 201,
    refusals: [...LINE_REFUSALS, 'level_not_found', 'reservation_exists', 'unknown_channel'],
    call: (holdfast, { body, options }) => holdfast.recordSale(body, options),
  }),
]

/** Reservations and their verbs over HTTP. */
export const reservationRoutes: Route[] = [...reads, ...claims, ...outcomes]
