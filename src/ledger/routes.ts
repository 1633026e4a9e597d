import { type Route, route } from '../server/route.ts'
import { ListTransactions, TransactionPage } from './shapes.ts'

/** The ledger over HTTP: every movement, and why. */
export const ledgerRoutes: Route[] = [
  route({
    method: 'GET',
    url: '/v1/transactions',
    scope: 'read',
    tag: 'Ledger',
    operation: 'list_transactions',
    summary: 'List movements of the ledger',
    description: 'By SKU, location, reservation, document, order or time; each with its balances.',
    query: ListTransactions,
    answer: TransactionPage,
    refusals: ['unknown_sku', 'unknown_location', 'reservation_not_found', 'too_large'],
    call: (holdfast, { query }) => holdfast.transactions(query),
  }),
]
