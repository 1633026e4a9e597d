import { type Holdfast, openHoldfast } from 'holdfast'
import { cartOf, fillStock, verdictOf } from '../ours.ts'
import type { Scenario } from '../scenario.ts'
import { random } from '../selling.ts'
import { soundRound } from '../soundRound.ts'
import { PLENTY } from './stock.ts'

const TENANTS = 10_000
const CALLERS = 1_024
const MAKERS = 16

const tenantOf = (number: number): string => `tenant-${number}`

const makeTenants = async (app: string): Promise<void> => {
  const holdfast = await openHoldfast({ connectionString: app, poolSize: MAKERS })
  let next = 0
  const make = async (): Promise<void> => {
    while (next < TENANTS) {
      const code = tenantOf(next++)
      const made = await holdfast.tenants.create({ code })
      if (!made.ok) throw new Error(made.refusal.message)
      await fillStock(await holdfast.forTenant(code), { skus: 1, units: PLENTY })
    }
  }
  await Promise.all(Array.from({ length: MAKERS }, make))
  await holdfast.close()
}

/** Many small merchants on one installation: calls that cannot be gathered with one another. */
export const tenants: Scenario = {
  name: 'tenants',
  title: '10,000 tenants with few calls each',
  callers: CALLERS,
  unit: 'holds',
  once: true,
  runners: [
    {
      name: 'holdfast',
      title: 'Holdfast',
      stated: 'library in one process; a flush holds calls of one tenant only',
      run: async (place, seconds) => {
        const cluster = await place.cluster()
        const template = await cluster.template('tenants', ({ app }) => makeTenants(app))
        const database = await cluster.fresh(template)
        const holdfast = await openHoldfast({ connectionString: database.app })
        const end = place.keep(() => holdfast.close())
        const opened = new Map<number, Promise<Holdfast>>()
        let sold = 0
        const once = async (): Promise<void> => {
          const tenant = random(TENANTS)
          const opening = opened.get(tenant) ?? holdfast.forTenant(tenantOf(tenant))
          opened.set(tenant, opening)
          const lines = cartOf([{ sku: 0, quantity: 1 }])
          if (verdictOf(await (await opening).reserve({ lines })) === 'sold') sold++
        }
        try {
          const round = await soundRound(place, {
            ...{ once, callers: CALLERS, seconds, database },
            expected: ({ held, reservations }) => ({
              'units held': [held, sold],
              reservations: [reservations, sold],
            }),
          })
          return { ...round, facts: { tenants_seen: opened.size } }
        } finally {
          await end()
          await database.drop()
        }
      },
    },
  ],
}
