import { clock } from '../src/clock.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { Place } from './place.ts'
import { Rounds } from './rounds.ts'
import type { Runner, Scenario } from './scenario.ts'
import { scenarios } from './scenarios/all.ts'
import { summarise } from './summary.ts'
import { tableOf } from './table.ts'

// Holdfast beside its comparators: same machine, same data, as many callers, in turn, several
// rounds. Machines differ and are shared: read the ratios. See bench/README.md.

const ROUNDS_FILE = '.bench/rounds.jsonl'

const say = (line: string): void => void process.stderr.write(`${line}\n`)

/** Those scenarios and systems that were asked for; ours are always among them. */
const chosen = ({ quick, scenarios: names, only }: Options): Scenario[] =>
  scenarios
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .filter(scenario => !quick || names.length > 0 || scenario.quick)
    .map(scenario => ({
      ...scenario,
      runners: scenario.runners.filter(({ name }) => {
        if (only.length > 0) return only.includes(name)
        return !quick || !scenario.quick || name === 'holdfast' || scenario.quick.includes(name)
      }),
    }))
    .filter(({ runners }) => runners.length > 0)

const SETUP_SECONDS = 20

/** Runs each system in its turn, and skips what is there already; false when time was up. */
const runAll = async (
  place: Place,
  { options, rounds, wanted }: { options: Options; rounds: Rounds; wanted: Scenario[] },
): Promise<boolean> => {
  const beganMs = clock.monotonicMs()
  const fits = (seconds: number) =>
    (clock.monotonicMs() - beganMs) / 1000 + seconds <= options.budget_seconds
  const runRound = async (scenario: Scenario, runner: Runner, turn: number): Promise<boolean> => {
    const wanted_seconds = runner.long ? options.seconds.ours : options.seconds.theirs
    const which = { scenario: scenario.name, runner: runner.name, turn, wanted_seconds }
    if (rounds.has(which) || runner.missing?.()) return true
    if (!fits(wanted_seconds + (options.quick ? 0 : SETUP_SECONDS))) return false
    const round = await runner.run(place, wanted_seconds)
    rounds.add({ ...which, ...round })
    const faults = round.faults.length > 0 ? ` WRONG: ${round.faults.join('; ')}` : ''
    say(`${scenario.name} ${turn + 1}: ${runner.name} ${round.per_second}/s${faults}`)
    return true
  }
  for (const scenario of wanted) {
    for (let turn = 0; turn < options.rounds; turn++) {
      for (const runner of scenario.runners) {
        if (!(await runRound(scenario, runner, turn))) return false
      }
    }
  }
  return true
}

/** What was started ends, however the benchmark ends. */
const endOnSignal = (place: Place): void => {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => void place.end().finally(() => process.exit(status)))
  }
}

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2), scenarios)
  if (options.help) return void process.stdout.write(USAGE)
  const wanted = chosen(options)
  const rounds = new Rounds(options.quick || options.only.length > 0 ? undefined : ROUNDS_FILE)
  if (options.fresh) rounds.forget()
  const place = new Place({ quick: options.quick, postgres: options.postgres })
  endOnSignal(place)
  const all = await runAll(place, { options, rounds, wanted }).finally(() => place.end())
  const summaries = wanted.flatMap(scenario => summarise(scenario, rounds) ?? [])
  if (options.json) process.stdout.write(`${JSON.stringify({ scenarios: summaries })}\n`)
  else for (const summary of summaries) process.stdout.write(`${tableOf(summary)}\n`)
  if (!all) say('Time is up: the same command goes on where it was.')
  if (summaries.some(({ correct }) => !correct)) process.exitCode = 1
}

await main()
