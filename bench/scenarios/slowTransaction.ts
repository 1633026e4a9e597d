import pg from 'pg'
import { clock } from '../../src/clock.ts'
import type { Holdfast } from '../../src/index.ts'
import { faultsOfBooks } from '../books.ts'
import { Latencies } from '../latencies.ts'
import { figuresOf, hundredths, warmUp } from '../load.ts'
import { startMeter } from '../meter.ts'
import { cartOf, openOurs, verdictOf } from '../ours.ts'
import type { Place } from '../place.ts'
import type { Round, Scenario } from '../scenario.ts'
import { random } from '../selling.ts'
import { newTally, type Tally } from '../shop.ts'
import { PLENTY } from './stock.ts'

const SKUS = 100
const BLOCKED_PER_SECOND = 200 // buyers of the SKU on which somebody sits come and wait
const CALLERS = 512
const ONE_SECOND_MS = 1_000

type Phase = { latencies: Latencies; seconds: number }

/** A caller who has reserved SKU 0 in a transaction of his own, and does something else first. */
const sit = async (app: string, holdfast: Holdfast, tally: Tally) => {
  const client = new pg.Client({ connectionString: app, options: '-c role=holdfast_app' })
  await client.connect()
  await client.query('begin')
  const lines = cartOf([{ sku: 0, quantity: 1 }])
  const answer = await holdfast.reserve({ lines }, { transaction: client })
  if (verdictOf(answer) !== 'sold') throw new Error('SKU 0 has units for everybody.')
  return async (): Promise<void> => {
    await client.query('commit')
    tally.sold++
    tally.sold_units++
    await client.end()
  }
}

/** Buyers of SKU 0 who come at their own pace, however long they wait. */
const comeAndWait = (buy: () => Promise<unknown>): (() => Promise<void>) => {
  const waiting = new Set<Promise<unknown>>()
  const failures: unknown[] = []
  let going = true
  const coming = (async () => {
    while (going) {
      for (let each = 0; each < BLOCKED_PER_SECOND / 100; each++) {
        const call = buy().catch((error: unknown) => failures.push(error))
        waiting.add(call)
        void call.then(() => waiting.delete(call))
      }
      await clock.sleep(10)
    }
  })()
  return async () => {
    going = false
    await coming
    await Promise.all(waiting)
    if (failures.length > 0) throw failures[0]
  }
}

/** Others buy other SKUs while it goes on: so many a second, and how long each took. */
const others = async (buy: () => Promise<unknown>, seconds: number): Promise<Phase> => {
  const latencies = new Latencies()
  const fromMs = clock.monotonicMs()
  const endMs = fromMs + seconds * ONE_SECOND_MS
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (let from = clock.monotonicMs(); from < endMs; from = clock.monotonicMs()) {
        await buy()
        latencies.add(clock.monotonicMs() - from)
      }
    }),
  )
  return { latencies, seconds: (clock.monotonicMs() - fromMs) / ONE_SECOND_MS }
}

const perSecond = ({ latencies, seconds }: Phase): number => Math.round(latencies.count / seconds)

const factsOf = (before: Phase, during: Phase, after: Phase): Record<string, number> => ({
  before_per_second: perSecond(before),
  during_per_second: perSecond(during),
  after_per_second: perSecond(after),
  kept_while_it_sits: hundredths(perSecond(during) / perSecond(before)),
  kept_after: hundredths(perSecond(after) / perSecond(before)),
  p99_before_ms: hundredths(before.latencies.at(0.99)),
  p99_during_ms: hundredths(during.latencies.at(0.99)),
  p99_against_before: hundredths(during.latencies.at(0.99) / before.latencies.at(0.99)),
})

const run = async (place: Place, seconds: number): Promise<Round> => {
  const stock = { skus: SKUS, units: PLENTY }
  const { holdfast, database, close } = await openOurs(place, stock)
  const cluster = await place.cluster()
  const tally = newTally()
  const buy = async (sku: number): Promise<void> => {
    const lines = cartOf([{ sku, quantity: 1 }])
    tally[verdictOf(await holdfast.reserve({ lines }))]++
    tally.sold_units = tally.sold
  }
  const buyOther = () => buy(1 + random(SKUS - 1))
  try {
    await cluster.admin.query('checkpoint')
    await warmUp(buyOther, { callers: CALLERS, seconds })
    const stop = comeAndWait(() => buy(0))
    const before = await others(buyOther, seconds / 3)
    const costs = await startMeter({ cluster })
    const rise = await sit(database.app, holdfast, tally)
    const during = await others(buyOther, seconds / 3)
    await rise()
    const spent = await costs(during.latencies.count)
    const after = await others(buyOther, seconds / 3)
    await stop()
    const faults = await faultsOfBooks(database, tally, stock)
    return { ...figuresOf(during.latencies, spent), faults, facts: factsOf(before, during, after) }
  } finally {
    await close()
  }
}

export const slowTransaction: Scenario = {
  name: 'slow_transaction',
  title: 'a slow transaction of one caller, beside callers of other SKUs',
  callers: CALLERS,
  unit: 'holds while it sits',
  runners: [
    {
      name: 'holdfast',
      title: 'Holdfast',
      stated: 'one caller sits for a third of the round on a SKU that 200 a second want',
      run,
    },
  ],
}
