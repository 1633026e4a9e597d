import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import {
  BookSupply,
  CancelSupply,
  ListSupply,
  ReceiveSupply,
  SupplyPage,
  SupplyParams,
  UpdateSupply,
} from './shapes.ts'

const tag = 'Supply'
const answer = Type.Ref('Supply#')
const CLOSED = ['supply_not_found', 'supply_closed', 'too_large'] as const

/** Supply over HTTP. */
export const supplyRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/supply',
    scope: 'read',
    tag,
    operation: 'list_supply',
    summary: 'List supply, what is expected first',
    query: ListSupply,
    answer: SupplyPage,
    refusals: ['unknown_sku', 'unknown_location', 'too_large'],
    call: (holdfast, { query }) => holdfast.supply.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/supply',
    scope: 'stock',
    tag,
    operation: 'book_supply',
    summary: 'Book units that are expected, with their day',
    description: 'Whoever waits for this SKU is pegged to it by date, and told of another date.',
    body: BookSupply,
    answer,
    status: 201,
    refusals: ['supply_exists', 'unknown_sku', 'unknown_location', 'invalid_quantity', 'too_large'],
    call: (holdfast, { body, options }) => holdfast.supply.book(body, options),
  }),
  route({
    method: 'GET',
    url: '/v1/supply/:code',
    scope: 'read',
    tag,
    operation: 'get_supply',
    summary: 'Read supply with its history',
    params: SupplyParams,
    answer,
    missing: 'supply_not_found',
    call: (holdfast, { params }) => holdfast.supply.get(params),
  }),
  route({
    method: 'PATCH',
    url: '/v1/supply/:code',
    scope: 'stock',
    tag,
    operation: 'update_supply',
    summary: 'Move supply to other days, or change how much comes',
    description: 'Promises that hang on it move too; a buyer whose date moves is told once.',
    params: SupplyParams,
    body: UpdateSupply,
    answer,
    refusals: [...CLOSED, 'exceeds_ordered', 'invalid_quantity'],
    call: (holdfast, { params, body, options }) =>
      holdfast.supply.update({ ...body, ...params }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/supply/:code/cancel',
    scope: 'stock',
    tag,
    operation: 'cancel_supply',
    summary: 'Cancel what of supply has not come',
    params: SupplyParams,
    body: CancelSupply,
    answer,
    refusals: [...CLOSED],
    call: (holdfast, { params, body, options }) =>
      holdfast.supply.cancel({ ...body, ...params }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/supply/:code/receive',
    scope: 'stock',
    tag,
    operation: 'receive_supply',
    summary: 'Receive supply; whoever waits is served',
    params: SupplyParams,
    body: ReceiveSupply,
    answer: Type.Ref('StockAnswer#'),
    refusals: [...CLOSED, 'exceeds_ordered', 'invalid_quantity'],
    call: (holdfast, { params, body, options }) =>
      holdfast.supply.receive({ ...body, ...params }, options),
  }),
]
