import { clock } from '../../src/clock.ts'
import { faultsOfBooks } from '../books.ts'
import { durableCommit } from '../durableCommit.ts'
import { Latencies } from '../latencies.ts'
import { figuresOf, hundredths, underLoad, warmUp } from '../load.ts'
import { startMeter } from '../meter.ts'
import { cartOf, openOurs, verdictOf } from '../ours.ts'
import type { Place } from '../place.ts'
import type { Round, Scenario } from '../scenario.ts'
import { newTally } from '../shop.ts'
import { PLENTY } from './stock.ts'

const CALLERS = 1_024
const STOCK = { skus: 1, units: PLENTY }
const TICK_MS = 1
const WAITING_MAX = 20_000 // then the machine cannot keep up, and the round says so

/** Calls come at a steady pace, whether or not earlier ones were answered. */
const arrivals = async (
  once: () => Promise<unknown>,
  load: { per_second: number; seconds: number },
): Promise<{ latencies: Latencies; fell_behind: boolean }> => {
  const latencies = new Latencies()
  const fromMs = clock.monotonicMs()
  const total = Math.floor(load.per_second * load.seconds)
  const dueAt = (call: number) => fromMs + (call * 1000) / load.per_second
  let sent = 0
  let fell_behind = false
  const call = async (dueMs: number): Promise<void> => {
    await once()
    latencies.add(clock.monotonicMs() - dueMs) // from when it was due, not from when it was sent
  }
  const calls: Promise<void>[] = []
  while (sent < total) {
    const nowMs = clock.monotonicMs()
    while (sent < total && dueAt(sent) <= nowMs) calls.push(call(dueAt(sent++)))
    if (sent - latencies.count > WAITING_MAX) {
      fell_behind = true
      break
    }
    await clock.sleep(TICK_MS)
  }
  await Promise.all(calls)
  return { latencies, fell_behind }
}

const run = async (place: Place, seconds: number): Promise<Round> => {
  const { holdfast, database, close } = await openOurs(place, STOCK)
  const cluster = await place.cluster()
  const tally = newTally()
  const once = async (): Promise<void> => {
    tally[verdictOf(await holdfast.reserve({ lines: cartOf([{ sku: 0, quantity: 1 }]) }))]++
    tally.sold_units = tally.sold
  }
  try {
    await cluster.admin.query('checkpoint')
    const commit_before = await durableCommit(database, Math.min(2, seconds / 4))
    await warmUp(once, { callers: CALLERS, seconds })
    const peak = await underLoad(once, { callers: CALLERS, seconds: seconds / 4, cluster })
    const meter = await startMeter({ cluster })
    const per_second = peak.per_second / 2
    const { latencies, fell_behind } = await arrivals(once, { per_second, seconds: seconds / 2 })
    const figures = figuresOf(latencies, await meter(latencies.count))
    const commit_after = await durableCommit(database, Math.min(2, seconds / 4))
    const faults = await faultsOfBooks(database, tally, STOCK)
    if (fell_behind) faults.push(`fell behind ${Math.round(per_second)} calls a second`)
    const durable_commit_ms = (commit_before + commit_after) / 2
    const facts = {
      peak_per_second: peak.per_second,
      durable_commit_ms: hundredths(durable_commit_ms),
      p99_in_commits: hundredths(figures.p99_ms / durable_commit_ms),
    }
    return { ...figures, faults, facts }
  } finally {
    await close()
  }
}

/** How long a call takes when there is room: half of the calls that the hot SKU can take. */
export const halfOfPeak: Scenario = {
  name: 'half_of_peak',
  title: 'hot SKU at half of its peak',
  callers: CALLERS,
  unit: 'holds',
  runners: [
    {
      name: 'holdfast',
      title: 'Holdfast',
      stated: 'calls come at a steady pace; times count from when a call was due',
      run,
    },
  ],
}
