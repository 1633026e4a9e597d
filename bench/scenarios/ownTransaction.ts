import { openHoldfast } from 'holdfast'
import pg from 'pg'
import { inTransaction, plainShop } from '../comparators/plain.ts'
import { take } from '../comparators/selectForUpdate.ts'
import { cartOf, ours, verdictOf } from '../ours.ts'
import { selling } from '../selling.ts'
import type { Seller } from '../shop.ts'
import { PLENTY } from './stock.ts'

const CONNECTIONS = 16
const CALLERS = 64

const ORDERS = `
  create schema shop;
  create table shop.orders (order_id bigint generated always as identity primary key,
    at timestamptz not null default now());
  grant usage on schema shop to public;
  grant insert on shop.orders to public;`
const ORDER = { name: 'order', text: 'insert into shop.orders default values' }

/** The shop writes its order and our hold in one transaction of its own. */
const insideOurs: Seller = {
  ...ours({}),
  title: 'Holdfast in the caller’s transaction',
  stated: `the shop's own pool of ${CONNECTIONS}; its order row in the same transaction`,
  open: async (place, stock) => {
    const shop = await ours({}).open(place, stock)
    const { database } = shop
    if (!database) throw new Error('Our shop has a database.')
    const owner = new pg.Client(database.owner)
    await owner.connect()
    await owner.query(ORDERS).finally(() => owner.end())
    const pool = new pg.Pool({
      connectionString: database.app,
      max: CONNECTIONS,
      options: '-c role=holdfast_app',
    })
    pool.on('error', () => {})
    const endPool = place.keep(() => pool.end())
    const holdfast = await openHoldfast({ pool })
    return {
      ...shop,
      reserve: lines =>
        inTransaction(pool, async transaction => {
          await transaction.query(ORDER)
          return verdictOf(await holdfast.reserve({ lines: cartOf(lines) }, { transaction }))
        }),
      close: async () => {
        await holdfast.close()
        await endPool()
        await shop.close()
      },
    }
  },
}

const insideTheirs: Seller = {
  name: 'select_for_update',
  title: 'order row and SELECT … FOR UPDATE in one transaction',
  stated: `pool of ${CONNECTIONS}, named statements; no expiry, no idempotency`,
  open: (place, stock) =>
    plainShop(place, stock, {
      connections: CONNECTIONS,
      more: ORDERS,
      reserve: ({ pool }, [line]) =>
        inTransaction(pool, async client => {
          await client.query(ORDER)
          return line && (await take(client, line)) ? 'sold' : 'refused'
        }),
    }),
}

const inside = (name: string, title: string, skus: number) =>
  selling({
    name,
    title: `inside the caller’s transaction, ${title}`,
    callers: CALLERS,
    stock: { skus, units: PLENTY },
    cart: random => [{ sku: random(skus), quantity: 1 }],
    sellers: [insideOurs, insideTheirs],
  })

export const ownTransaction = inside('own_transaction', '10,000 SKUs', 10_000)
export const ownTransactionHot = inside('own_transaction_hot', 'hot SKU', 1)
