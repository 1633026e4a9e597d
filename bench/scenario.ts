import type { Place } from './place.ts'

/** What one round of one system has shown. */
export type Round = {
  /** Answered calls; a whole life counts as one. */
  per_second: number
  p50_ms: number
  p99_ms: number
  /** CPU microseconds of this process, callers included, per call. */
  cpu_us_node: number
  /** CPU microseconds of all processes of the cluster per call; null where there is no /proc. */
  cpu_us_postgres: number | null
  cpu_us_redis?: number | null
  wal_bytes: number | null
  seconds: number
  /** What is wrong with the result: with one fault the round does not count. */
  faults: string[]
  /** What only this scenario measures, by name. */
  facts: Record<string, number>
}

/** A system, or a way of using it, that takes its turn in a scenario. */
export type Runner = {
  /** As the ratio is called: `redis_always`. Ours is called `holdfast`. */
  name: string
  title: string
  /** The pool or pipelining that serves it best, and what it does not keep. */
  stated: string
  /** The command that installs what it needs; undefined when all is there. */
  missing?(): string | undefined
  run(place: Place, seconds: number): Promise<Round>
}

/** Ways of using Holdfast: their rounds last as long as ours, checkpoints and all. */
export const OUR_WAYS: ReadonlySet<string> = new Set(['holdfast', 'growing_ids', 'hold_alone'])

export type Scenario = {
  name: string
  title: string
  callers: number
  /** What is counted by per_second. */
  unit: string
  /** In the order of their turns. */
  runners: Runner[]
  /** No goal hangs on it: one round in full mode. */
  once?: true
  /** Part of --quick, with the comparators that it names. */
  quick?: string[]
}
