import { type Route, route } from '../server/route.ts'
import { ListLostDemand, LostDemandPage } from './shapes.ts'

/** Lost demand over HTTP. */
export const demandRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/lost-demand',
    scope: 'read',
    tag: 'Demand',
    operation: 'list_lost_demand',
    summary: 'List what was asked for and refused, by day',
    query: ListLostDemand,
    answer: LostDemandPage,
    refusals: ['unknown_sku', 'unknown_location', 'too_large'],
    call: (holdfast, { query }) => holdfast.lostDemand(query),
  }),
]
