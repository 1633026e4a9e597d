import type pg from 'pg'
import { auditLogOf } from './access/auditLog.ts'
import { keysOf } from './access/keys.ts'
import { sessionsOf } from './access/sessions.ts'
import { backordersOf } from './backorders/backorders.ts'
import { calendarsOf } from './calendars/calendars.ts'
import { type EnsureProduct, ensureCatalog } from './catalog/ensureCatalog.ts'
import { productsOf } from './catalog/products.ts'
import { skusOf } from './catalog/skus.ts'
import { variantsOf } from './catalog/variants.ts'
import { channelsOf } from './channels/channels.ts'
import { type Clock, clock as realClock } from './clock.ts'
import { contactsOf } from './contacts/contacts.ts'
import { asHoldfastError } from './database/call.ts'
import { connect, type Database } from './database/connect.ts'
import { type Context, readFor } from './database/context.ts'
import { requireMigrated } from './database/migrate.ts'
import { lostDemandOf } from './demand/demand.ts'
import { LostDemandBook } from './demand/lostDemand.ts'
import { Batcher } from './engine/batcher.ts'
import { CatalogCache } from './engine/catalogCache.ts'
import type { Engine } from './engine/engine.ts'
import type { Observer } from './engine/observer.ts'
import { eventsOf } from './events/events.ts'
import { inventoryOf } from './inventory/inventory.ts'
import { kitsOf } from './kits/kits.ts'
import { auditOf } from './ledger/audit.ts'
import { repairOf } from './ledger/repair.ts'
import { ledgerOf } from './ledger/transactions.ts'
import { verifyOf } from './ledger/verify.ts'
import { locationsOf } from './locations/locations.ts'
import { answersOf } from './mail/answers.ts'
import { mailOf } from './mail/mail.ts'
import { noticesOf } from './notices/notices.ts'
import { peopleOf } from './people/people.ts'
import { policiesOf } from './policies/policies.ts'
import { promisesOf } from './promises/promises.ts'
import { changeFast } from './reservations/changeFast.ts'
import { reservationsOf } from './reservations/reservation.ts'
import { reserveFast } from './reservations/reserveFast.ts'
import { SoldOut } from './reservations/soldOut.ts'
import { availabilityOf } from './stock/availability.ts'
import { levelsOf } from './stock/level.ts'
import { publishableKeysOf } from './storefront/publishableKeys.ts'
import { supplyOf } from './supply/supply.ts'
import { systemOf } from './system/system.ts'
import { findTenant, tenantsOf } from './tenants/tenants.ts'
import { verbsOf } from './verbs.ts'
import { webhooksOf } from './webhooks/webhooks.ts'

export type HoldfastOptions = {
  /** postgres://…; several hosts are tried until one is a primary. */
  connectionString?: string
  /** Your own pg pool instead; it is not ended by close(). */
  pool?: pg.Pool
  /** Connections of the pool that is made from connectionString; 10 when left out. */
  poolSize?: number
  /** Milliseconds after which a connection that does not answer is given up; 30,000. */
  answer_ms_max?: number
  /** The code of the tenant; `default` when left out. */
  tenant?: string
  /** Who acts, as an opaque number for the ledger. */
  actor_id?: number
  observer?: Observer
  clock?: Clock
}

/** What one process shares: the pool, and the engine that gathers its callers. */
type Shared = {
  database: Database
  batcher: Batcher
  catalog: CatalogCache
  clock: Clock
  lost: LostDemandBook
  refused: Engine['refused']
}

const shareOf = async (options: HoldfastOptions): Promise<Shared> => {
  const clock = options.clock ?? realClock
  const { connectionString, pool, poolSize, answer_ms_max } = options
  const database = await connect({ connectionString, pool, poolSize, answer_ms_max })
  const catalog = new CatalogCache(database, clock)
  const fastWays = {
    reserve: reserveFast(database, catalog, new SoldOut(clock)),
    commit: changeFast(database, 'commit'),
    fulfill: changeFast(database, 'fulfill'),
    release: changeFast(database, 'release'),
  }
  const { observer } = options
  const lost = new LostDemandBook(database, clock)
  const refused: Engine['refused'] = (tenantId, refusal, channel) =>
    lost.note(tenantId, refusal, channel)
  const batcher = new Batcher({
    ...{ database, fastWays, clock },
    refused: (operation, refusal) =>
      refused(operation.tenant_id, refusal, operation.request['channel']),
    ...(observer ? { observer } : {}),
  })
  return { database, batcher, catalog, clock, lost, refused }
}

const poolStats = ({ totalCount, idleCount, waitingCount }: pg.Pool) => ({
  total: totalCount,
  idle: idleCount,
  waiting: waitingCount,
})

/** The rooms that read, and those of the merchant's nouns. */
const roomsOf = (context: Context) => {
  const reservations = reservationsOf(context)
  const ledger = ledgerOf(context)
  return {
    reservation: reservations.get,
    reservations: reservations.list,
    levels: levelsOf(context).list,
    inventory: inventoryOf(context),
    levelsAsOf: ledger.levelsAsOf,
    transactions: ledger.list,
    verify: verifyOf(context),
    repair: repairOf(context),
    audit: auditOf(context),
    availability: availabilityOf(context),
    products: productsOf(context),
    variants: variantsOf(context),
    skus: skusOf(context),
    locations: locationsOf(context),
    calendars: calendarsOf(context),
    channels: channelsOf(context),
    kits: kitsOf(context),
    policies: policiesOf(context),
    events: eventsOf(context),
    backorders: backordersOf(context),
    supply: supplyOf(context),
    promises: promisesOf(context),
    lostDemand: lostDemandOf(context),
    webhooks: webhooksOf(context),
    mail: mailOf(context),
    answers: answersOf(context),
    contacts: contactsOf(context),
    notices: noticesOf(context),
    tenants: tenantsOf(context),
    keys: keysOf(context),
    publishableKeys: publishableKeysOf(context),
    people: peopleOf(context),
    sessions: sessionsOf(context),
    auditLog: auditLogOf(context),
    system: systemOf(context),
    ensureCatalog: (request: { products: EnsureProduct[] }) => ensureCatalog(context, request),
  }
}

const partsOf = (shared: Shared, context: Context) => ({
  tenant: context.tenant,
  tenant_id: context.tenant_id,
  /** For rooms that are built on top: in whose name they speak to the database. */
  context,
  ...verbsOf({ ...shared, context }),
  ...roomsOf(context),
  /** Makes the ledger's partitions of this month and the next three, where one is missing. */
  makeLedgerMonths: () => readFor<string[]>(context, 'make_ledger_months'),
  /** Forgets old answers of idempotency keys, and keys after a year. */
  trimRequests: () => readFor<{ forgotten: number; more: boolean }>(context, 'trim_requests'),
  /** Analyses tables that have grown, so that the plans fit; the names of those it has analysed. */
  refreshStatistics: () => readFor<string[]>(context, 'refresh_statistics'),
  /** How much waits and runs in this process. */
  stats: () => ({ ...shared.batcher.stats(), pool: poolStats(shared.database.pool) }),
  /** Lets what is under way end, fails what waits, and ends the pool if it was made here. */
  close: async (): Promise<void> => {
    await shared.batcher.close()
    await shared.lost.close()
    if (shared.database.owned) await shared.database.pool.end()
  },
})

/** In whose name a library speaks: see Context. */
export type As = Pick<Context, 'actor_id' | 'only_locations'>

export type Holdfast = ReturnType<typeof partsOf> & {
  /** The same process for another tenant, or for another actor of this one. */
  forTenant(tenant: string, as?: As): Promise<Holdfast>
}

const holdfastOf = (shared: Shared, context: Context): Holdfast => ({
  ...partsOf(shared, context),
  forTenant: async (tenant, as = {}) => {
    const { tenant_id } = await findTenant(shared.database, tenant)
    const { actor_id, only_locations } = as
    return holdfastOf(shared, { ...context, tenant_id, tenant, actor_id, only_locations })
  },
})

/**
 * Opens the library: verbs as methods, refusals as values, one engine for all callers of this
 * process. The schema must be up to date (`npx holdfast migrate`).
 *
 * Throws `HoldfastError`: `database_unavailable`, `database_is_replica`, `unsupported_database`,
 * `migration_required`, `unknown_tenant`.
 *
 * @example
 * const holdfast = await openHoldfast({ connectionString: process.env.DATABASE_URL })
 * const answer = await holdfast.reserve({ lines: [{ sku: 'TEE-M', quantity: 1 }] })
 * await holdfast.close()
 */
export const openHoldfast = async (options: HoldfastOptions): Promise<Holdfast> => {
  const shared = await shareOf(options)
  try {
    await requireMigrated(shared.database.pool)
    const { tenant_id, tenant } = await findTenant(shared.database, options.tenant ?? 'default')
    const { database } = shared
    return holdfastOf(shared, { database, tenant_id, tenant, actor_id: options.actor_id })
  } catch (error) {
    if (shared.database.owned) await shared.database.pool.end()
    throw asHoldfastError(error)
  }
}
