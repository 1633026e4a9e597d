import { conditionalUpdate } from '../comparators/conditionalUpdate.ts'
import { medusa, medusaUnlocked } from '../comparators/medusa.ts'
import { optimisticVersion } from '../comparators/optimisticVersion.ts'
import {
  redisAlways,
  redisEverysec,
  redisGathered,
  redisGatheredEverysec,
} from '../comparators/redis.ts'
import { selectForUpdate } from '../comparators/selectForUpdate.ts'
import { unitRows, unitRowsPool } from '../comparators/unitRows.ts'
import { holdfast } from '../ours.ts'
import { selling } from '../selling.ts'
import { PLENTY, QUICK } from './stock.ts'

/** Everybody wants the same SKU: the row that others stumble over. */
const oneUnit = () => [{ sku: 0, quantity: 1 }]
const stock = { skus: 1, units: PLENTY }

export const hot = selling({
  name: 'hot',
  title: 'hot SKU',
  callers: 1_024,
  stock,
  cart: oneUnit,
  sellers: [
    holdfast,
    conditionalUpdate,
    selectForUpdate,
    unitRows,
    unitRowsPool,
    optimisticVersion,
    redisAlways,
    redisEverysec,
    redisGathered,
    redisGatheredEverysec,
    medusa,
    medusaUnlocked,
  ],
  quick: QUICK,
})

export const hotFew = selling({
  name: 'hot_64',
  title: 'hot SKU, few callers',
  callers: 64,
  stock,
  cart: oneUnit,
  sellers: [holdfast, conditionalUpdate, redisAlways, redisGathered],
})

export const lone = selling({
  name: 'lone',
  title: 'lone caller',
  callers: 1,
  stock,
  cart: oneUnit,
  sellers: [holdfast, conditionalUpdate, redisAlways],
})
