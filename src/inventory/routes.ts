import Type from 'typebox'
import { type Route, route } from '../server/route.ts'
import { InventoryPage, ListInventory, SummarizeInventory } from './shapes.ts'

const tag = 'Inventory'

/** The inventory over HTTP, as people look through it. */
export const inventoryRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/inventory',
    scope: 'read',
    tag,
    operation: 'list_inventory',
    summary: 'List levels with their products, in any order and by their state',
    description: 'For looking through many: `GET /v1/levels` lists levels by SKU alone.',
    query: ListInventory,
    answer: InventoryPage,
    refusals: ['unknown_location', 'too_large'],
    call: (holdfast, { query }) => holdfast.inventory.list(query),
  }),
  route({
    method: 'GET',
    url: '/v1/inventory/summary',
    scope: 'read',
    tag,
    operation: 'summarize_inventory',
    summary: 'Count what needs a look: sold out, low, short, held, to be shipped',
    query: SummarizeInventory,
    answer: Type.Ref('InventorySummary#'),
    refusals: ['too_large'],
    call: (holdfast, { query }) => holdfast.inventory.summary(query),
  }),
]
