import { readBooks } from '../books.ts'
import { underLoad, warmUp } from '../load.ts'
import { codeOf, openOurs, verdictOf } from '../ours.ts'
import type { Scenario } from '../scenario.ts'
import { random } from '../selling.ts'
import { unequal } from '../shop.ts'
import { PLENTY } from './stock.ts'

const CALLERS = 1_024
const SKUS = 10_000
const FEW = 20 // units at each of the first two locations, so that many holds go further

const LOCATIONS = [
  { code: 'berlin', units: FEW },
  { code: 'paris', units: FEW },
  { code: 'madrid', units: PLENTY },
]

/** Carts that leave the choice of the location to us: the first by priority that has the units. */
export const anywhere: Scenario = {
  name: 'anywhere',
  title: '"anywhere" over 3 locations, 10,000 SKUs',
  callers: CALLERS,
  unit: 'holds',
  once: true,
  runners: [
    {
      name: 'holdfast',
      title: 'Holdfast',
      stated: 'library in one process; the first two locations run out while it is measured',
      run: async (place, seconds) => {
        const stock = { skus: SKUS, units: PLENTY }
        const { holdfast, database, close } = await openOurs(place, stock, LOCATIONS)
        const cluster = await place.cluster()
        let sold = 0
        const once = async (): Promise<void> => {
          const lines = [{ sku: codeOf(random(SKUS)), quantity: 1 }]
          if (verdictOf(await holdfast.reserve({ lines })) === 'sold') sold++
        }
        try {
          await cluster.admin.query('checkpoint')
          await warmUp(once, { callers: CALLERS, seconds })
          const round = await underLoad(once, { callers: CALLERS, seconds, cluster })
          const books = await readBooks(database)
          const faults = unequal({
            'levels that contradict their ledger': [books.wrong, 0],
            'oversold levels': [books.oversold, 0],
            'units held': [books.held, sold],
            reservations: [books.reservations, sold],
          })
          return { ...round, faults }
        } finally {
          await close()
        }
      },
    },
  ],
}
