import { clock } from '../src/clock.ts'
import { Latencies } from './latencies.ts'
import { type Metered, startMeter } from './meter.ts'
import type { Round } from './scenario.ts'

/** One call of one caller; whoever is called by number keeps what belongs to that caller. */
export type Once = (caller: number) => Promise<unknown>

export const hundredths = (value: number): number => Math.round(value * 100) / 100

/** Callers who call again as soon as they are answered, until the time is over. */
const closedLoop = async (
  once: Once,
  { callers, seconds }: { callers: number; seconds: number },
  latencies?: Latencies,
): Promise<void> => {
  const endMs = clock.monotonicMs() + seconds * 1000
  const call = async (caller: number): Promise<void> => {
    for (let from = clock.monotonicMs(); from < endMs; ) {
      await once(caller)
      const to = clock.monotonicMs()
      latencies?.add(to - from)
      from = to
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => call(caller)))
}

const WARM_UP_SECONDS_MAX = 3

/** Code that was not compiled yet would be measured otherwise. */
export const warmUp = (once: Once, load: { callers: number; seconds: number }): Promise<void> =>
  closedLoop(once, {
    callers: load.callers,
    seconds: Math.min(WARM_UP_SECONDS_MAX, load.seconds / 3),
  })

/** The figures of a round, without its faults. */
export const underLoad = async (
  once: Once,
  load: { callers: number; seconds: number } & Metered,
): Promise<Round> => {
  const latencies = new Latencies()
  const stop = await startMeter(load)
  await closedLoop(once, load, latencies)
  return figuresOf(latencies, await stop(latencies.count))
}

/** Each caller calls once, all at the same time. */
export const atOnce = async (once: Once, callers: number, metered: Metered): Promise<Round> => {
  const latencies = new Latencies()
  const stop = await startMeter(metered)
  const from = clock.monotonicMs()
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      await once(caller)
      latencies.add(clock.monotonicMs() - from)
    }),
  )
  return figuresOf(latencies, await stop(latencies.count))
}

export const figuresOf = (
  latencies: Latencies,
  costs: Awaited<ReturnType<Awaited<ReturnType<typeof startMeter>>>>,
): Round => ({
  per_second: Math.round(latencies.count / costs.seconds),
  p50_ms: hundredths(latencies.at(0.5)),
  p99_ms: hundredths(latencies.at(0.99)),
  ...costs,
  seconds: hundredths(costs.seconds),
  faults: [],
  facts: {},
})
