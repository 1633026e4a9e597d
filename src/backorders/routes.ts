import { type Route, route } from '../server/route.ts'
import { AdviseQuery, BackorderAdvice, BackorderPage, ListBackorders } from './shapes.ts'

const tag = 'Backorders'
const PLACE = ['unknown_sku', 'unknown_location', 'too_large'] as const

/** Backorders over HTTP. */
export const backorderRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/backorders',
    scope: 'read',
    tag,
    operation: 'list_backorders',
    summary: 'List who waits, in the order in which they are served',
    query: ListBackorders,
    answer: BackorderPage,
    refusals: [...PLACE],
    call: (holdfast, { query }) => holdfast.backorders.list(query),
  }),
  route({
    method: 'GET',
    url: '/v1/backorders/advice',
    scope: 'read',
    tag,
    operation: 'advise_backorders',
    summary: 'Advise whether a SKU should be backordered, by what its supply was like',
    query: AdviseQuery,
    answer: BackorderAdvice,
    refusals: [...PLACE],
    call: (holdfast, { query }) => holdfast.backorders.advise(query),
  }),
]
