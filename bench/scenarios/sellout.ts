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
import { sellingOut } from '../selling.ts'
import { QUICK } from './stock.ts'

/** The launch: 20,000 buyers in the same moment for 1,000 units. */
export const sellout = sellingOut({
  name: 'sellout',
  title: 'sell-out of 1,000 units',
  buyers: 20_000,
  units: 1_000,
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
