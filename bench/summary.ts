import { type Goal, goals } from './goals.ts'
import type { Rounds } from './rounds.ts'
import type { Round, Runner, Scenario } from './scenario.ts'

/** The median round of a system, and how far its rounds lie apart. */
export type Figures = Omit<Round, 'faults'> & {
  name: string
  title: string
  stated: string
  rounds: number
  /** (fastest − slowest) / median. */
  spread: number
  /** Without faults in any round: only then a ratio is told. */
  correct: boolean
  faults: string[]
}

export type Reached = { goal: string; of: string; found: number | null; met: boolean | null }

export type Summary = Figures & {
  callers: number
  unit: string
  ratios: Record<string, number | null>
  comparators: Figures[]
  not_run: { name: string; title: string; install: string }[]
  goals: Reached[]
}

const two = (value: number): number => Number(value.toPrecision(3))

const figuresOf = (runner: Runner, rounds: Round[]): Figures | undefined => {
  const sorted = [...rounds].sort((a, b) => a.per_second - b.per_second)
  const median = sorted[(sorted.length - 1) >> 1]
  if (!median) return undefined
  const apart = (sorted.at(-1) as Round).per_second - (sorted[0] as Round).per_second
  const faults = [...new Set(rounds.flatMap(round => round.faults))]
  return {
    ...{ name: runner.name, title: runner.title, stated: runner.stated },
    per_second: median.per_second,
    seconds: median.seconds,
    p50_ms: median.p50_ms,
    p99_ms: median.p99_ms,
    cpu_us_node: median.cpu_us_node,
    cpu_us_postgres: median.cpu_us_postgres,
    ...(median.cpu_us_redis === undefined ? {} : { cpu_us_redis: median.cpu_us_redis }),
    wal_bytes: median.wal_bytes,
    facts: median.facts,
    rounds: rounds.length,
    spread: two(apart / (median.per_second || 1)),
    correct: faults.length === 0,
    faults,
  }
}

const ratioOf = (us: Figures, them: Figures): number | null =>
  us.correct && them.correct && them.per_second > 0 ? two(us.per_second / them.per_second) : null

const reach = (goal: Goal, us: Figures, ratios: Record<string, number | null>): Reached => {
  const found =
    goal.of in ratios
      ? (ratios[goal.of] as number | null)
      : (us.facts[goal.of] ?? (us as unknown as Record<string, number>)[goal.of] ?? null)
  const { at_least, at_most, unit } = goal
  const text = at_least === undefined ? `≤ ${at_most} ${unit}` : `≥ ${at_least} ${unit}`
  const met =
    found === null || !us.correct
      ? null
      : (at_least === undefined || found >= at_least) && (at_most === undefined || found <= at_most)
  return { goal: text, of: goal.of, found, met }
}

/** What a scenario has shown so far; undefined before our own first round. */
export const summarise = (scenario: Scenario, rounds: Rounds): Summary | undefined => {
  const of = (runner: Runner) => figuresOf(runner, rounds.of(scenario.name, runner.name))
  const [first, ...others] = scenario.runners
  const us = first && of(first)
  if (!us) return undefined
  const comparators = others.flatMap(runner => of(runner) ?? [])
  const ratios = Object.fromEntries(comparators.map(them => [them.name, ratioOf(us, them)]))
  return {
    ...us,
    name: scenario.name,
    title: scenario.title,
    callers: scenario.callers,
    unit: scenario.unit,
    ratios,
    comparators,
    not_run: others.flatMap(({ name, title, missing }) => {
      const install = missing?.()
      return install === undefined || ratios[name] !== undefined ? [] : [{ name, title, install }]
    }),
    goals: goals
      .filter(goal => goal.scenario === scenario.name)
      .map(goal => reach(goal, us, ratios)),
  }
}
