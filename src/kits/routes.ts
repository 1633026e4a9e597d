import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import { BuildKit, ClearedKit, KitPage, KitParams, ListKits, SetKit } from './shapes.ts'

const tag = 'Kits'
const answer = Type.Ref('Kit#')
const build = Type.Ref('KitBuild#')
const refusedBuild = [
  'unknown_sku',
  'unknown_location',
  'kit_not_found',
  'kit_is_virtual',
  'level_not_found',
  'insufficient_stock',
  'invalid_quantity',
  'too_large',
] as const

/** Kits over HTTP. */
export const kitRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/kits',
    scope: 'read',
    tag,
    operation: 'list_kits',
    summary: 'List kits',
    query: ListKits,
    answer: KitPage,
    refusals: ['unknown_sku', 'too_large'],
    call: (holdfast, { query }) => holdfast.kits.list(query),
  }),
  route({
    method: 'POST',
    url: '/v1/kits',
    scope: 'stock',
    tag,
    operation: 'set_kit',
    summary: 'Make a kit of a SKU, or say anew what it is made of',
    description:
      'Kits may contain kits, three levels deep, and never themselves. What was sold keeps the ' +
      'parts that it was sold with.',
    body: SetKit,
    answer,
    refusals: [
      'unknown_sku',
      'kit_in_circle',
      'kit_too_deep',
      'kit_in_use',
      'invalid_quantity',
      'too_large',
    ],
    call: (holdfast, { body, options }) => holdfast.kits.set(body, options),
  }),
  route({
    method: 'GET',
    url: '/v1/kits/:code',
    scope: 'read',
    tag,
    operation: 'get_kit',
    summary: 'Read one kit',
    params: KitParams,
    answer,
    missing: 'kit_not_found',
    refusals: ['unknown_sku'],
    etag: true,
    call: (holdfast, { params }) => holdfast.kits.get({ sku: params.code }),
  }),
  route({
    method: 'DELETE',
    url: '/v1/kits/:code',
    scope: 'stock',
    tag,
    operation: 'clear_kit',
    summary: 'Make a kit an ordinary SKU again',
    params: KitParams,
    answer: ClearedKit,
    refusals: ['unknown_sku', 'kit_not_found', 'too_large'],
    call: (holdfast, { params, options }) => holdfast.kits.clear({ sku: params.code }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/kits/:code/build',
    scope: 'stock',
    tag,
    operation: 'build_kit',
    summary: 'Build assembled kits of their components',
    description: 'One transaction: the components leave the shelf as the kits come onto it.',
    params: KitParams,
    body: BuildKit,
    answer: build,
    refusals: refusedBuild,
    call: (holdfast, { params, body, options }) =>
      holdfast.kits.build({ ...body, sku: params.code }, options),
  }),
  route({
    method: 'POST',
    url: '/v1/kits/:code/break-down',
    scope: 'stock',
    tag,
    operation: 'break_down_kit',
    summary: 'Break assembled kits down into their components',
    params: KitParams,
    body: BuildKit,
    answer: build,
    refusals: refusedBuild,
    call: (holdfast, { params, body, options }) =>
      holdfast.kits.breakDown({ ...body, sku: params.code }, options),
  }),
]
