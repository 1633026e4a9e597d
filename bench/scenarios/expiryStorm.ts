import pg from 'pg'
import { clock } from '../../src/clock.ts'
import type { Holdfast } from '../../src/index.ts'
import { readBooks } from '../books.ts'
import type { BenchDatabase } from '../cluster.ts'
import { Latencies } from '../latencies.ts'
import { figuresOf, hundredths, warmUp } from '../load.ts'
import { startMeter } from '../meter.ts'
import { cartOf, openOurs, verdictOf } from '../ours.ts'
import type { Place } from '../place.ts'
import type { Round, Scenario } from '../scenario.ts'
import { random } from '../selling.ts'
import { unequal } from '../shop.ts'
import { PLENTY } from './stock.ts'

const SKUS = 1_000
const CALLERS = 256
const HOLDS = 100_000
const HOLDS_QUICK = 5_000
const STEP = 1_000 // holds that the sweeper frees at once

/** Places holds which all end at the same instant, give or take half a second. */
const placeHolds = async (holdfast: Holdfast, count: number, endsAtMs: number): Promise<void> => {
  let left = count
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (left-- > 0) {
        const hold_seconds = Math.max(1, Math.round((endsAtMs - clock.monotonicMs()) / 1000))
        const lines = cartOf([{ sku: random(SKUS), quantity: 1 }])
        if (verdictOf(await holdfast.reserve({ lines, hold_seconds })) !== 'sold') {
          throw new Error('There are units for everybody.')
        }
      }
    }),
  )
}

/** Callers who go on until they are told to stop; what they were told is counted. */
const sales = (buy: () => Promise<unknown>, latencies: () => Latencies) => {
  let going = true
  const callers = Array.from({ length: CALLERS }, async () => {
    while (going) {
      const from = clock.monotonicMs()
      await buy()
      latencies().add(clock.monotonicMs() - from)
    }
  })
  return async (): Promise<void> => {
    going = false
    await Promise.all(callers)
  }
}

/** The sweeper's steps until all that was due is free; how long it took. */
const sweep = async (holdfast: Holdfast, count: number): Promise<number> => {
  const from = clock.monotonicMs()
  for (let expired = 0; expired < count; ) {
    const step = await holdfast.expire({ limit: STEP })
    expired += step.expired
    if (!step.more && expired < count) await clock.sleep(50) // the last ones are not due yet
  }
  return (clock.monotonicMs() - from) / 1000
}

const expirations = async ({ owner }: BenchDatabase): Promise<number> => {
  const client = new pg.Client(owner)
  await client.connect()
  const { rows } = await client.query(`select count(*)::int as found
    from holdfast.inventory_transactions t join holdfast.transaction_kinds k using (kind)
    where k.name = 'expire'`)
  await client.end()
  return rows[0].found
}

const run = async (place: Place, seconds: number): Promise<Round> => {
  const { holdfast, database, close } = await openOurs(place, { skus: SKUS, units: PLENTY })
  const cluster = await place.cluster()
  const count = place.quick ? HOLDS_QUICK : HOLDS
  const undisturbed = seconds / 3
  let sold = 0
  const buy = async (): Promise<void> => {
    const lines = cartOf([{ sku: random(SKUS), quantity: 1 }])
    if (verdictOf(await holdfast.reserve({ lines })) === 'sold') sold++
  }
  const [before, during] = [new Latencies(), new Latencies()]
  let now = before
  try {
    await cluster.admin.query('checkpoint')
    await warmUp(buy, { callers: CALLERS, seconds })
    const endsAtMs = clock.monotonicMs() + (undisturbed + count / 5_000) * 1000
    await placeHolds(holdfast, count, endsAtMs)
    const stop = sales(buy, () => now)
    await clock.sleep(undisturbed * 1000)
    await clock.sleep(endsAtMs - clock.monotonicMs())
    now = during
    const meter = await startMeter({ cluster })
    const free_seconds = await sweep(holdfast, count)
    const figures = figuresOf(during, await meter(during.count))
    await stop()
    const books = await readBooks(database)
    const faults = unequal({
      'levels that contradict their ledger': [books.wrong, 0],
      'oversold levels': [books.oversold, 0],
      'units held': [books.held, sold],
      'holds that were freed': [await expirations(database), count],
    })
    const facts = {
      freed: count,
      free_seconds: hundredths(free_seconds),
      p99_before_ms: hundredths(before.at(0.99)),
      p99_against_before: hundredths(during.at(0.99) / before.at(0.99)),
    }
    return { ...figures, faults, facts }
  } finally {
    await close()
  }
}

/** Holds of a launch all end together; they are freed while sales go on. */
export const expiryStorm: Scenario = {
  name: 'expiry_storm',
  title: 'expiry storm: 100,000 holds end at once',
  callers: CALLERS,
  unit: 'holds while they are freed',
  once: true,
  runners: [
    {
      name: 'holdfast',
      title: 'Holdfast',
      stated: `library in one process; the sweeper takes ${STEP} at once`,
      run,
    },
  ],
}
