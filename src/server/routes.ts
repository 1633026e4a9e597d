import { keyRoutes, signInRoutes } from '../access/routes.ts'
import { backorderRoutes } from '../backorders/routes.ts'
import { calendarRoutes } from '../calendars/routes.ts'
import { catalogRoutes } from '../catalog/routes.ts'
import { channelRoutes } from '../channels/routes.ts'
import { contactRoutes } from '../contacts/routes.ts'
import { demandRoutes } from '../demand/routes.ts'
import { eventRoutes } from '../events/routes.ts'
import { importRoutes } from '../imports/routes.ts'
import { inventoryRoutes } from '../inventory/routes.ts'
import { kitRoutes } from '../kits/routes.ts'
import { ledgerRoutes } from '../ledger/routes.ts'
import { locationRoutes } from '../locations/routes.ts'
import { mailRoutes } from '../mail/routes.ts'
import { noticeRoutes } from '../notices/routes.ts'
import { peopleRoutes } from '../people/routes.ts'
import { policyRoutes } from '../policies/routes.ts'
import { promiseRoutes } from '../promises/routes.ts'
import { reservationRoutes } from '../reservations/routes.ts'
import { stockRoutes } from '../stock/routes.ts'
import { publishableKeyRoutes } from '../storefront/routes.ts'
import { supplyRoutes } from '../supply/routes.ts'
import { systemRoutes } from '../system/routes.ts'
import { tenantRoutes } from '../tenants/routes.ts'
import { webhookRoutes } from '../webhooks/routes.ts'
import type { Route } from './route.ts'

/** Every route of the API: the tables of the rooms, one after the other. */
export const routes: Route[] = [
  ...reservationRoutes,
  ...stockRoutes,
  ...inventoryRoutes,
  ...catalogRoutes,
  ...locationRoutes,
  ...calendarRoutes,
  ...channelRoutes,
  ...kitRoutes,
  ...policyRoutes,
  ...eventRoutes,
  ...supplyRoutes,
  ...backorderRoutes,
  ...promiseRoutes,
  ...demandRoutes,
  ...webhookRoutes,
  ...mailRoutes,
  ...contactRoutes,
  ...noticeRoutes,
  ...ledgerRoutes,
  ...importRoutes,
  ...keyRoutes,
  ...publishableKeyRoutes,
  ...peopleRoutes,
  ...signInRoutes,
  ...tenantRoutes,
  ...systemRoutes,
]
