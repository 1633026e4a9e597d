import type { Scenario } from '../scenario.ts'
import { carts } from './carts.ts'
import { hot, hotFew, lone } from './hot.ts'
import { clientKeys, randomIds, randomKeys } from './ids.ts'
import { life, lifeSpread } from './life.ts'
import { sellout } from './sellout.ts'
import { spread } from './spread.ts'

/** Every scenario, in the order of the table. */
export const scenarios: Scenario[] = [
  hot,
  hotFew,
  randomIds,
  clientKeys,
  randomKeys,
  spread,
  carts,
  sellout,
  life,
  lifeSpread,
  lone,
]
