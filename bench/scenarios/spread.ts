import { conditionalUpdate } from '../comparators/conditionalUpdate.ts'
import { redisAlways, redisGathered } from '../comparators/redis.ts'
import { holdfast } from '../ours.ts'
import { selling } from '../selling.ts'
import { PLENTY, QUICK } from './stock.ts'

const SKUS = 10_000

/** Everybody wants something else: no row is hot, every page is. */
export const spread = selling({
  name: 'spread',
  title: '10,000 SKUs',
  callers: 1_024,
  stock: { skus: SKUS, units: PLENTY },
  cart: random => [{ sku: random(SKUS), quantity: 1 }],
  sellers: [holdfast, conditionalUpdate, redisAlways, redisGathered],
  quick: QUICK,
})
