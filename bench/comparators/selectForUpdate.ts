import type pg from 'pg'
import type { Line, Seller } from '../shop.ts'
import { inLockOrder, inTransaction, plainShop } from './plain.ts'

const CONNECTIONS = 16

const LOCK = 'select on_hand, reserved from levels where sku = $1 for update'
const TAKE = `update levels set reserved = reserved + $2, version = version + 1
  where sku = $1 returning reserved`
const WRITE = 'insert into ledger (sku, quantity, reserved) values ($1, $2, $3)'

const named = (client: pg.PoolClient, name: string, text: string, values: number[]) =>
  client.query({ name, text, values })

/** Locks the row, looks at it, and writes: four round trips a line with begin and commit. */
export const take = async (client: pg.PoolClient, { sku, quantity }: Line): Promise<boolean> => {
  const { rows: found } = await named(client, 'lock', LOCK, [sku])
  if (Number(found[0].on_hand) - Number(found[0].reserved) < quantity) return false
  const { rows: taken } = await named(client, 'take', TAKE, [sku, quantity])
  await named(client, 'write', WRITE, [sku, quantity, Number(taken[0].reserved)])
  return true
}

/** What every framework's manual shows. */
export const selectForUpdate: Seller = {
  name: 'select_for_update',
  title: 'transaction with SELECT … FOR UPDATE',
  stated: `pool of ${CONNECTIONS}, named statements; no expiry, no hold that could be given back`,
  open: (place, stock) =>
    plainShop(place, stock, {
      connections: CONNECTIONS,
      reserve: ({ pool }, lines) =>
        inTransaction(pool, async client => {
          for (const line of inLockOrder(lines)) {
            if (!(await take(client, line))) return 'refused'
          }
          return 'sold'
        }),
    }),
}
