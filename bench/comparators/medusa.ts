import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import pg from 'pg'
import type { Place } from '../place.ts'
import { type Line, type Seller, type Shop, type Stock, type Tally, unequal } from '../shop.ts'

const VERSION = '2.21.2'
const CONNECTIONS = 16
const LOCATION = 'berlin'
const FOLDER = resolve('.bench/medusa')
const PACKAGES = [`@medusajs/inventory@${VERSION}`, `@medusajs/framework@${VERSION}`]
const INSTALL = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', FOLDER]

const missing = (): string | undefined =>
  existsSync(join(FOLDER, 'node_modules/@medusajs/inventory'))
    ? undefined
    : 'npm run bench -- --medusa, which installs it below .bench'

/** Installs the module and its framework, some 300 MB, outside of our own dependencies. */
export const installMedusa = (): void => {
  if (missing() === undefined) return
  const { status } = spawnSync('npm', [...INSTALL, ...PACKAGES], { stdio: 'inherit' })
  if (status !== 0) process.stderr.write('Medusa could not be installed; it is not run.\n')
}

type Reservation = { inventory_item_id: string; location_id: string; quantity: number }
type Inventory = {
  createInventoryItems(items: { sku: string }[]): Promise<{ id: string }[]>
  createInventoryLevels(
    levels: { inventory_item_id: string; location_id: string; stocked_quantity: number }[],
  ): Promise<unknown>
  createReservationItems(items: Reservation[]): Promise<unknown[]>
}
type App = {
  modules: { inventory: Inventory }
  runMigrations(): Promise<void>
  onApplicationShutdown(): Promise<void>
}

/** Its driver reads a socket's folder from the place of the host. */
const urlOf = (owner: string): string => {
  const url = new URL(owner)
  const [host, port] = ['host', 'port'].map(name => url.searchParams.get(name))
  if (!host) return owner
  const user = url.username || 'postgres'
  return `postgres://${user}@${encodeURIComponent(host)}:${port}${url.pathname}?sslmode=disable`
}

const startApp = async (clientUrl: string): Promise<App> => {
  const require = createRequire(join(FOLDER, 'package.json'))
  const { MedusaApp } = require('@medusajs/framework/modules-sdk') as {
    MedusaApp(config: object): Promise<App>
  }
  const database = { clientUrl, pool: { min: 0, max: CONNECTIONS } }
  const inventory = { resolve: '@medusajs/inventory', options: { database } }
  const say = console.error
  const log = console.log
  console.error = console.log = () => {} // it tells at length of parts that this module needs not
  try {
    const app = await MedusaApp({
      modulesConfig: { inventory },
      sharedResourcesConfig: { database },
    })
    await app.runMigrations()
    return app
  } finally {
    console.error = say
    console.log = log
  }
}

/** One after the other for each item: what its workflow asks of its locking module. */
const inTurn = () => {
  const last = new Map<string, Promise<unknown>>()
  return <Result>(item: string, work: () => Promise<Result>): Promise<Result> => {
    const turn = (last.get(item) ?? Promise.resolve()).then(work, work)
    last.set(item, turn)
    return turn
  }
}

const SUMS = `select
  (select coalesce(sum(reserved_quantity), 0)::float8 from inventory_level) as reserved,
  (select count(*)::int from inventory_level where reserved_quantity > stocked_quantity) as over,
  (select coalesce(sum(quantity), 0)::float8 from reservation_item) as held`

const faultsOf = async (owner: string, tally: Tally): Promise<string[]> => {
  const client = new pg.Client(owner)
  await client.connect()
  const { rows } = await client.query(SUMS)
  await client.end()
  return unequal({
    'units reserved at its levels': [rows[0].reserved, tally.sold_units],
    'units in its reservations': [rows[0].held, tally.sold_units],
    'oversold levels': [rows[0].over, 0],
  })
}

const isSoldOut = (error: unknown): boolean => /[Nn]ot enough stock/.test((error as Error).message)

const open = async (place: Place, stock: Stock, locked: boolean): Promise<Shop> => {
  const cluster = await place.cluster()
  const database = await cluster.fresh()
  const app = await startApp(urlOf(database.owner))
  const { inventory } = app.modules
  const items = await inventory.createInventoryItems(
    Array.from({ length: stock.skus }, (_, sku) => ({ sku: `SKU-${sku}` })),
  )
  await inventory.createInventoryLevels(
    items.map(({ id }) => ({
      inventory_item_id: id,
      location_id: LOCATION,
      stocked_quantity: stock.units,
    })),
  )
  const end = place.keep(() => app.onApplicationShutdown())
  const turn = inTurn()
  const reserve = ([line]: Line[]): Promise<unknown> => {
    const id = items[line?.sku ?? 0]?.id as string
    const reservation = { inventory_item_id: id, location_id: LOCATION }
    const work = () =>
      inventory.createReservationItems([{ ...reservation, quantity: line?.quantity ?? 1 }])
    return locked ? turn(id, work) : work()
  }
  return {
    reserve: async lines => {
      try {
        await reserve(lines)
        return 'sold'
      } catch (error) {
        if (isSoldOut(error)) return 'refused'
        throw error
      }
    },
    faults: tally => faultsOf(database.owner, tally),
    metered: { cluster },
    close: async () => {
      await end()
      await database.drop()
    },
  }
}

/** Medusa's inventory module under a lock for each item, which one process can keep. */
export const medusa: Seller = {
  name: 'medusa',
  title: `Medusa's inventory module ${VERSION}, locked per item`,
  stated: `pool of ${CONNECTIONS}; the lock lives in one process; no expiry, no ledger`,
  missing,
  open: (place, stock) => open(place, stock, true),
}

/** The same without the lock: it reads levels, adds there, and writes the sum back. */
export const medusaUnlocked: Seller = {
  ...medusa,
  name: 'medusa_unlocked',
  title: `Medusa's inventory module ${VERSION}, called directly`,
  stated: `pool of ${CONNECTIONS}; no expiry, no ledger`,
  open: (place, stock) => open(place, stock, false),
}
