import type pg from 'pg'
import type { Line, Seller } from '../shop.ts'
import { inLockOrder, inTransaction, plainShop } from './plain.ts'

const CONNECTIONS = 16 // more gain nothing on a hot row

const RESERVE = `
  with taken as (
    update levels set reserved = reserved + $2, version = version + 1
    where sku = $1 and on_hand - reserved >= $2 returning reserved
  )
  insert into ledger (sku, quantity, reserved) select $1, $2, reserved from taken`

const take = async (client: pg.Pool | pg.PoolClient, line: Line): Promise<boolean> => {
  const values = [line.sku, line.quantity]
  const { rowCount } = await client.query({ name: 'reserve', text: RESERVE, values })
  return rowCount === 1
}

/** One conditional UPDATE and its ledger row in one statement; a cart is a transaction of them. */
export const conditionalUpdate: Seller = {
  name: 'conditional_update',
  title: 'one conditional UPDATE with its ledger row',
  stated: `pool of ${CONNECTIONS}, named statement; no expiry, no hold that could be given back`,
  open: (place, stock) =>
    plainShop(place, stock, {
      connections: CONNECTIONS,
      reserve: async ({ pool }, lines) => {
        const [only] = lines
        if (lines.length === 1 && only) return (await take(pool, only)) ? 'sold' : 'refused'
        return inTransaction(pool, async client => {
          for (const line of inLockOrder(lines)) {
            if (!(await take(client, line))) return 'refused'
          }
          return 'sold'
        })
      },
    }),
}
