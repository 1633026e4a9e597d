import { conditionalUpdate } from '../comparators/conditionalUpdate.ts'
import { redisAlways, redisGathered } from '../comparators/redis.ts'
import { holdfast } from '../ours.ts'
import { selling } from '../selling.ts'
import { PLENTY, QUICK } from './stock.ts'

const SKUS = 10_000

/** Three different SKUs, all or none. */
export const carts = selling({
  name: 'carts',
  title: 'three-line carts of 10,000 SKUs',
  callers: 1_024,
  stock: { skus: SKUS, units: PLENTY },
  cart: random => {
    const first = random(SKUS)
    return [
      { sku: first, quantity: 1 },
      { sku: (first + 3_333) % SKUS, quantity: 2 },
      { sku: (first + 6_666) % SKUS, quantity: 1 },
    ]
  },
  sellers: [holdfast, conditionalUpdate, redisAlways, redisGathered],
  quick: QUICK,
})
