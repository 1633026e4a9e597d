import type pg from 'pg'
import type { Line, Seller, Verdict } from '../shop.ts'
import { plainShop } from './plain.ts'

const CONNECTIONS = 16
const RETRIES = 3

const LOOK = 'select on_hand, reserved, version from levels where sku = $1'
const TAKE = `
  with taken as (
    update levels set reserved = reserved + $2, version = version + 1
    where sku = $1 and version = $3 returning reserved
  )
  insert into ledger (sku, quantity, reserved) select $1, $2, reserved from taken`

const take = async (pool: pg.Pool, { sku, quantity }: Line): Promise<Verdict> => {
  for (let attempt = 0; attempt <= RETRIES; attempt++) {
    const { rows } = await pool.query({ name: 'look', text: LOOK, values: [sku] })
    if (Number(rows[0].on_hand) - Number(rows[0].reserved) < quantity) return 'refused'
    const values = [sku, quantity, rows[0].version]
    const { rowCount } = await pool.query({ name: 'take', text: TAKE, values })
    if (rowCount === 1) return 'sold'
  }
  return 'lost' // what such shops tell the buyer as "please try again"
}

/** Reads a version, writes if it is still the same; after three retries the sale is lost. */
export const optimisticVersion: Seller = {
  name: 'optimistic_version',
  title: `optimistic version, ${RETRIES} retries`,
  stated: `pool of ${CONNECTIONS}; the library way of ORMs, its lost sales are counted`,
  open: (place, stock) =>
    plainShop(place, stock, {
      connections: CONNECTIONS,
      reserve: async ({ pool }, lines) => {
        for (const line of lines) {
          const verdict = await take(pool, line)
          if (verdict !== 'sold') return verdict
        }
        return 'sold'
      },
    }),
}
