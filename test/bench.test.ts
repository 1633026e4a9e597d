import { expect, test } from 'vitest'
import { chartOf } from '../bench/chart.ts'
import { gatherer } from '../bench/comparators/gatherer.ts'
import { goals } from '../bench/goals.ts'
import { Latencies } from '../bench/latencies.ts'
import { readOptions } from '../bench/options.ts'
import { between } from '../bench/publish.ts'
import { Rounds } from '../bench/rounds.ts'
import type { Scenario } from '../bench/scenario.ts'
import { scenarios } from '../bench/scenarios/all.ts'
import { counted, newTally, unequal } from '../bench/shop.ts'
import { summarise } from '../bench/summary.ts'
import { tableOf } from '../bench/table.ts'

const hot = scenarios.find(({ name }) => name === 'hot') as Scenario

const round = (runner: string, turn: number, per_second: number, faults: string[] = []) => ({
  ...{ scenario: 'hot', runner, turn, wanted_seconds: 60, machine: 'one', at: '' },
  ...{ per_second, p50_ms: 1, p99_ms: 2, cpu_us_node: 3, cpu_us_postgres: 4, wal_bytes: 5 },
  ...{ seconds: 60, faults, facts: {} },
})

const roundsOf = (figures: Record<string, number[]>, wrong: string[] = []): Rounds => {
  const rounds = new Rounds()
  for (const [runner, each] of Object.entries(figures)) {
    for (const [turn, per_second] of each.entries()) {
      const faults = wrong.includes(runner) ? ['oversold levels: 1, not 0'] : []
      rounds.add(round(runner, turn, per_second, faults))
    }
  }
  return rounds
}

test('a ratio is told of medians, and the goal beside it', () => {
  const rounds = roundsOf({ holdfast: [90, 300, 310], redis_always: [100, 80, 120] })
  const summary = summarise(hot, rounds)
  expect(summary?.ratios).toEqual({ redis_always: 3 })
  expect(summary?.goals.find(({ of }) => of === 'redis_always')).toMatchObject({ met: true })
  expect(summary?.goals.find(({ of }) => of === 'redis_gathered')).toMatchObject({ met: null })
})

test('a system that oversold in one round has no ratio, and says why', () => {
  const rounds = roundsOf({ holdfast: [300], redis_always: [100] }, ['redis_always'])
  const summary = summarise(hot, rounds)
  expect(summary?.ratios).toEqual({ redis_always: null })
  expect(summary && tableOf(summary)).toContain('does not count: oversold levels: 1, not 0')
})

test('nothing of ours counts when our own books were wrong', () => {
  const summary = summarise(hot, roundsOf({ holdfast: [300], redis_always: [100] }, ['holdfast']))
  expect(summary).toMatchObject({ correct: false, ratios: { redis_always: null } })
})

test('rounds of another length do not count beside longer ones, and are not run again', () => {
  const rounds = roundsOf({ holdfast: [300] })
  rounds.add({ ...round('holdfast', 0, 9_000), wanted_seconds: 1 })
  expect(summarise(hot, rounds)?.per_second).toBe(300)
  const wanted = { scenario: 'hot', runner: 'holdfast', turn: 0 }
  expect(rounds.has({ ...wanted, wanted_seconds: 60 })).toBe(true)
  expect(rounds.has({ ...wanted, wanted_seconds: 90 })).toBe(false)
})

test('every goal names a scenario and what it has', () => {
  const names = new Map(scenarios.map(({ name, runners }) => [name, runners.map(r => r.name)]))
  expect(goals.filter(({ scenario }) => !names.has(scenario))).toEqual([])
  const ratios = goals.filter(({ of }) => scenarios.some(s => s.runners.some(r => r.name === of)))
  expect(ratios.filter(({ scenario, of }) => !names.get(scenario)?.includes(of))).toEqual([])
})

test('our turn comes first in every scenario, and names are given once', () => {
  expect(scenarios.filter(({ runners }) => runners[0]?.name !== 'holdfast')).toEqual([])
  expect(new Set(scenarios.map(({ name }) => name)).size).toBe(scenarios.length)
})

test('a tally keeps what was answered, and a difference is a fault by name', async () => {
  const tally = newTally()
  const verdicts = ['sold', 'refused', 'sold'] as const
  let call = 0
  const reserve = counted(
    {
      reserve: async () => verdicts[call++] ?? 'lost',
      faults: async () => [],
      metered: {},
      close: async () => {},
    },
    tally,
  )
  for (let n = 0; n < 4; n++) await reserve([{ sku: 0, quantity: 2 }])
  expect(tally).toEqual({ sold: 2, sold_units: 4, refused: 1, lost: 1 })
  expect(unequal({ units: [5, 4], holds: [2, 2] })).toEqual(['units: 5, not 4'])
})

test('latencies are within 2 % at any part', () => {
  const latencies = new Latencies()
  for (let ms = 1; ms <= 1_000; ms++) latencies.add(ms)
  expect(latencies.at(0.5) / 500).toBeCloseTo(1, 1)
  expect(latencies.at(0.99) / 990).toBeCloseTo(1, 1)
  expect(new Latencies().at(0.5)).toBe(0)
})

test('a gatherer answers each call with its own answer, so many a flush', async () => {
  const flushes: number[] = []
  const ask = gatherer<number, number>({
    size: 64,
    inFlight: 2,
    flush: async numbers => {
      flushes.push(numbers.length)
      return numbers.map(number => number * 2)
    },
  })
  const answers = await Promise.all(Array.from({ length: 200 }, (_, number) => ask(number)))
  expect(answers).toEqual(Array.from({ length: 200 }, (_, number) => number * 2))
  expect(Math.max(...flushes)).toBe(64)
})

test('an unknown scenario is refused with those that there are', () => {
  expect(() => readOptions(['--scenario', 'cold'], scenarios)).toThrow(/No scenario .* hot, /)
  expect(readOptions(['--quick', '--scenario', 'hot'], scenarios)).toMatchObject({
    scenarios: ['hot'],
    rounds: 2,
  })
})

test('figures are put between their marks, and the chart has a bar for each system', () => {
  const text = 'a\n<!-- figures: begin -->\nold\n<!-- figures: end -->\nb'
  expect(between(text, 'figures', 'new')).toBe(
    'a\n<!-- figures: begin -->\n\nnew\n\n<!-- figures: end -->\nb',
  )
  const summary = summarise(hot, roundsOf({ holdfast: [300], redis_always: [100] }))
  const chart = chartOf(summary ? [summary] : [])
  expect(chart.match(/<rect /g)).toHaveLength(2)
})
