import { codeOf, openOurs, verdictOf } from '../ours.ts'
import type { Scenario } from '../scenario.ts'
import { random } from '../selling.ts'
import { soundRound } from '../soundRound.ts'
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
        let sold = 0
        const once = async (): Promise<void> => {
          const lines = [{ sku: codeOf(random(SKUS)), quantity: 1 }]
          if (verdictOf(await holdfast.reserve({ lines })) === 'sold') sold++
        }
        try {
          return await soundRound(place, {
            ...{ once, callers: CALLERS, seconds, database },
            expected: ({ held, reservations }) => ({
              'units held': [held, sold],
              reservations: [reservations, sold],
            }),
          })
        } finally {
          await close()
        }
      },
    },
  ],
}
