import type { Scenario } from '../scenario.ts'
import { anywhere } from './anywhere.ts'
import { carts } from './carts.ts'
import { expiryStorm } from './expiryStorm.ts'
import { halfOfPeak } from './halfOfPeak.ts'
import { hot, hotFew, lone } from './hot.ts'
import { httpAvailability } from './httpAvailability.ts'
import { fourServers, httpReserve, twoServers } from './httpReserve.ts'
import { idleMemory } from './idleMemory.ts'
import { clientKeys, randomIds, randomKeys } from './ids.ts'
import { life, lifeSpread } from './life.ts'
import { mixedDay } from './mixedDay.ts'
import { ownTransaction, ownTransactionHot } from './ownTransaction.ts'
import { sellout } from './sellout.ts'
import { slowTransaction } from './slowTransaction.ts'
import { spread } from './spread.ts'
import { tenants } from './tenants.ts'

/** Every scenario, in the order of the table. */
export const scenarios: Scenario[] = [
  ...[hot, hotFew, randomIds, clientKeys, randomKeys],
  ...[spread, carts, sellout, anywhere],
  ...[life, lifeSpread, mixedDay, expiryStorm, tenants],
  ...[lone, halfOfPeak, slowTransaction, ownTransaction, ownTransactionHot],
  ...[httpReserve, httpAvailability, twoServers, fourServers, idleMemory],
]
