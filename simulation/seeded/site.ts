import { readFileSync } from 'node:fs'
import pg from 'pg'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import type { Constants } from './boundary.ts'
import type { Plan } from './plan.ts'
import type { Random } from './random.ts'
import { Server } from './server.ts'
import { type Queues, Shop } from './shop.ts'
import { BEGIN_MS } from './time.ts'

const sql = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8')
const databaseText = sql('./database.sql')
const shopText = sql('./shop.sql')

/** Where simulations run: a migrated database whose time and ids are simulated. */
export type Site = {
  server: Server
  /** The same as superuser, without row-level security: only the first wall is left. */
  bare: Server
  /** As superuser, past every wall, to make shops. */
  owner: pg.Pool
  constants: Constants
  /** Reads and verifies past the boundary. */
  holdfast: Holdfast
  runs: number
  close(): Promise<void>
}

/** Makes a migrated database, with the tenant `default`, fit for simulations. */
export const openSite = async (options: { url: string; ownerUrl: string }): Promise<Site> => {
  const owner = new pg.Pool({ connectionString: options.ownerUrl, max: 4 })
  owner.on('error', () => {}) // the database may be dropped under an idle connection
  await owner.query(databaseText)
  // Nothing here crashes PostgreSQL: that is the kill suite's work. Deadlocks must show at once.
  const { rows } = await owner.query('select current_database() as name')
  await owner.query(`alter database ${rows[0].name} set synchronous_commit = off`)
  await owner.query(`alter database ${rows[0].name} set deadlock_timeout = '50ms'`)
  const server = new Server(options.url)
  const bare = new Server(options.ownerUrl)
  const holdfast = await openHoldfast({ pool: server.pool })
  return {
    server,
    bare,
    owner,
    constants: new Map(),
    holdfast,
    runs: 0,
    close: async () => {
      await holdfast.close()
      await server.close()
      await bare.close()
      await owner.end()
    },
  }
}

/** What openShops needs of a plan. */
export type Shelves = Pick<Plan, 'skus' | 'locations' | 'stock_most' | 'safety_stock_most'> &
  Partial<Pick<Plan, 'queues' | 'channels'>>

/** The two tenants of a run: the same codes in both, so that a missing wall shows. */
export const openShops = async (
  site: Site,
  plan: Shelves,
  random: Pick<Random, 'below'>,
): Promise<[Shop, Shop]> => {
  const run = `${process.pid}-${site.runs++}`
  const shops: [Shop, Shop] = [`sim-${run}-one`, `sim-${run}-two`].map(
    code =>
      new Shop({
        ...{ code, skus: plan.skus, locations: plan.locations },
        ...{ queues: plan.queues, channels: plan.channels },
      }),
  ) as [Shop, Shop]
  for (const shop of shops) {
    const begin = new Date(BEGIN_MS).toISOString()
    const { rows } = await site.owner.query(shopText, [shop.code, shop.skus, shop.locations, begin])
    shop.tenant_id = rows[0].tenant_id
    await stockUp(site, shop, plan, random)
    for (const code of shop.channels) await asShop(site, shop, 'create_channel', { code })
    if (shop.queues) await sellBeyondStock(site, shop, shop.queues)
  }
  return shops
}

const asShop = async (site: Site, shop: Shop, verb: string, request: object): Promise<void> => {
  const text = 'select holdfast_engine_1.run($1::int, $2::text, $3::text::jsonb)'
  await site.server.pool.query(text, [shop.tenant_id, verb, JSON.stringify([request])])
}

/** Every SKU may be backordered, and those of one tier are served first. */
const sellBeyondStock = (
  site: Site,
  shop: Shop,
  { backorder_priority, ...fields }: Queues,
): Promise<void> => {
  const lead = { lead_days_min: 1, lead_days_max: 3 }
  const rules = [
    { fields: { backorder_mode: 'allow', ...fields, ...lead } },
    { tier: 'vip', fields: { backorder_priority } },
  ]
  return asShop(site, shop, 'set_rules', { rules })
}

const stockUp = async (
  site: Site,
  shop: Shop,
  plan: Shelves,
  random: Pick<Random, 'below'>,
): Promise<void> => {
  const lines = shop.skus.flatMap(sku =>
    shop.locations.map(location => ({
      sku,
      location,
      quantity: random.below(plan.stock_most + 1),
    })),
  )
  await asShop(site, shop, 'set', { lines })
  await site.owner.query(
    'update holdfast.levels set safety_stock = (level_id + $2) % ($2 + 1) where tenant_id = $1',
    [shop.tenant_id, plan.safety_stock_most],
  )
}
