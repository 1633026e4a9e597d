import { clock } from '../src/clock.ts'
import { installMedusa } from './comparators/medusa.ts'
import { machineOf } from './machine.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { Place } from './place.ts'
import { publish } from './publish.ts'
import { Rounds } from './rounds.ts'
import { OUR_WAYS, type Runner, type Scenario } from './scenario.ts'
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
    const wanted_seconds = OUR_WAYS.has(runner.name) ? options.seconds.ours : options.seconds.theirs
    const which = { scenario: scenario.name, runner: runner.name, turn, wanted_seconds }
    if (rounds.has(which) || runner.missing?.()) return true
    if (!fits(wanted_seconds + (options.quick ? 0 : SETUP_SECONDS))) return false
    const round = await runner.run(place, wanted_seconds)
    const machine = await machineOf(await place.cluster())
    rounds.add({ ...which, machine, at: clock.now().toISOString(), ...round })
    const faults = round.faults.length > 0 ? ` WRONG: ${round.faults.join('; ')}` : ''
    say(`${scenario.name} ${turn + 1}: ${runner.name} ${round.per_second}/s${faults}`)
    return true
  }
  for (const scenario of wanted) {
    for (let turn = 0; turn < (scenario.once ? 1 : options.rounds); turn++) {
      for (const runner of scenario.runners) {
        if (!(await runRound(scenario, runner, turn))) return false
      }
    }
  }
  return true
}

/** What was started ends, however the benchmark ends. */
const endWhateverHappens = (place: Place): void => {
  const end = (status: number) => void place.end().finally(() => process.exit(status))
  const failed = (error: unknown) => {
    if (!place.ending) console.error(error) // else it failed because its servers are gone
    end(1)
  }
  process.on('uncaughtException', failed)
  process.on('unhandledRejection', failed)
  process.once('SIGINT', () => end(130))
  process.once('SIGTERM', () => end(143))
}

type NotRun = { scenario: string; title: string; install: string }

/** Scenarios of which not even our own part can be run here. */
const notRun = (wanted: Scenario[]): NotRun[] =>
  wanted.flatMap(({ name, title, runners }) => {
    const install = runners[0]?.missing?.()
    return install === undefined ? [] : [{ scenario: name, title, install }]
  })

/** The documents from the rounds that are there; nothing is run. */
const writeDocuments = (wanted: Scenario[]): void => {
  const rounds = new Rounds(ROUNDS_FILE)
  const summaries = wanted.flatMap(scenario => summarise(scenario, rounds) ?? [])
  publish(summaries, rounds.machines())
}

const main = async (): Promise<void> => {
  const options = readOptions(process.argv.slice(2), scenarios)
  if (options.help) return void process.stdout.write(USAGE)
  if (options.medusa) installMedusa()
  const wanted = chosen(options)
  if (options.publish) return writeDocuments(wanted)
  const rounds = new Rounds(options.quick || options.only.length > 0 ? undefined : ROUNDS_FILE)
  if (options.fresh) rounds.forget()
  const place = new Place({ quick: options.quick, postgres: options.postgres })
  endWhateverHappens(place)
  const all = await runAll(place, { options, rounds, wanted })
    .catch(error => {
      console.error(error) // while the place is ended, errors are those of its servers
      throw error
    })
    .finally(() => place.end())
  const summaries = wanted.flatMap(scenario => summarise(scenario, rounds) ?? [])
  const not_run = notRun(wanted)
  if (options.json) {
    const machines = rounds.machines()
    process.stdout.write(`${JSON.stringify({ machines, scenarios: summaries, not_run })}\n`)
  } else {
    for (const summary of summaries) process.stdout.write(`${tableOf(summary)}\n`)
    for (const { title, install } of not_run) say(`not run: ${title} (${install})`)
  }
  if (!all) say('Time is up: the same command goes on where it was.')
  if (summaries.some(({ correct }) => !correct)) process.exitCode = 1
}

await main()
