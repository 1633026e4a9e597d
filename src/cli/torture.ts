import { writeFileSync } from 'node:fs'
import type { Command } from 'commander'
import { clock } from '../clock.ts'
import { randomOf } from '../demo/random.ts'
import { openHoldfast } from '../holdfast.ts'
import { ownDatabase } from '../torture/ownDatabase.ts'
import { linesOf, reportOf } from '../torture/report.ts'
import { survived, type TortureOptions, torture, type Verdict } from '../torture/torture.ts'
import { CommandError, usage } from './commandError.ts'
import { interruptSignal, inWords } from './interrupt.ts'
import { readNumber } from './lines.ts'
import { type Opened, openDatabase, type Place } from './open.ts'
import { EXIT, type GlobalOptions, type Outcome, type Shell } from './shell.ts'

type Wanted = {
  minutes: number
  seed?: number
  servers: number
  killDatabase?: boolean
  report?: string
  history: string
}

const MINUTES_MAX = 10_080
const SERVERS_MAX = 6
const SEED_MAX = 2 ** 31 - 1
const MS_PER_MINUTE = 60_000

const UNITS = 300
const BUYERS = 900
const CONCURRENCY = 48
const KILLS = { server: 2, sessions: 1, backend: 1, database: 1 }
const FAULT_PERCENT = 10

const refuseOdd = ({ minutes, seed, servers }: Wanted): void => {
  if (!(minutes > 0 && minutes <= MINUTES_MAX)) {
    throw usage(`--minutes must be more than 0 and at most ${MINUTES_MAX}.`)
  }
  if (!Number.isInteger(servers) || servers < 1 || servers > SERVERS_MAX) {
    throw usage(`--servers must be a whole number from 1 to ${SERVERS_MAX}.`)
  }
  if (seed !== undefined && (!Number.isInteger(seed) || seed < 0 || seed > SEED_MAX)) {
    throw usage(`--seed must be a whole number from 0 to ${SEED_MAX}.`)
  }
}

const commandOf = (wanted: Wanted, seed: number): string =>
  [
    `holdfast torture --minutes ${wanted.minutes} --seed ${seed} --servers ${wanted.servers}`,
    ...(wanted.killDatabase ? ['--kill-database'] : []),
  ].join(' ')

/** The embedded PostgreSQL, to be killed and had back; only if this command has started it. */
class Embedded {
  opened: Opened
  readonly #place: Place

  constructor(opened: Opened, place: Place) {
    this.opened = opened
    this.#place = place
  }

  own() {
    const { embedded, ownerConnectionString } = this.opened
    if (!embedded || embedded.adopted) {
      throw new CommandError('not_ours', 'PostgreSQL was not started by this command.', {
        hint: 'Leave --kill-database out; or stop what runs: npx holdfast stop',
      })
    }
    return ownDatabase({
      connectionString: ownerConnectionString,
      postmaster: () => this.opened.embedded?.pid as number,
      restart: async () => {
        const dead = this.opened
        this.opened = await openDatabase(this.#place)
        await dead.close()
      },
    })
  }
}

const outcome = (verdict: Verdict, wanted: Wanted, kept: boolean): Outcome => {
  const command = commandOf(wanted, verdict.seed)
  if (wanted.report) writeFileSync(wanted.report, reportOf(verdict, command, clock.now()))
  return {
    json: { ok: survived(verdict), ...verdict, command },
    lines: [
      `Tortured for ${verdict.seconds} s, seed ${verdict.seed}`,
      ...linesOf(verdict),
      ...(kept ? [`history in ${wanted.history}`] : []),
      ...(wanted.report ? [`report in ${wanted.report}`] : []),
      `again: ${command}`,
    ],
    exit: survived(verdict) ? EXIT.ok : EXIT.refused,
  }
}

const run = async (shell: Shell, embedded: Embedded, wanted: Wanted): Promise<Outcome> => {
  const seed = wanted.seed ?? Math.floor(clock.random() * SEED_MAX)
  const database = wanted.killDatabase ? embedded.own() : undefined
  const { connectionString, ownerConnectionString } = embedded.opened
  const endMs = clock.monotonicMs() + wanted.minutes * MS_PER_MINUTE
  const interrupt = interruptSignal(() => shell.notice('Stopping after this sale …'))
  let kept = false
  const options: TortureOptions = {
    ...{ connectionString, ownerConnectionString, seed, random: randomOf(seed), database },
    ...{ units: UNITS, buyers: BUYERS, concurrency: CONCURRENCY, servers: wanted.servers },
    ...{ commit_percent: 40, release_percent: 20, kills: KILLS, fault_percent: FAULT_PERCENT },
    open: tenant => openHoldfast({ connectionString, tenant }),
    goOn: rounds => rounds === 0 || (!interrupt.signal.aborted && clock.monotonicMs() < endMs),
    onProgress: ({ rounds, calls, kills, findings }) => {
      const left = Math.max(0, endMs - clock.monotonicMs()) / 1_000
      const told = `${rounds} sales, ${calls} calls, ${kills} kills, ${findings} findings`
      shell.progress(`${told}, ${inWords(left)} left`)
    },
    onFailure: history => {
      kept = true
      const lines = history.map(call => `${JSON.stringify(call)}\n`)
      writeFileSync(wanted.history, lines.join(''), { flag: 'a' })
    },
  }
  try {
    shell.progress(`starting ${wanted.servers} servers …`)
    return outcome(await torture(options), wanted, kept)
  } finally {
    interrupt.done()
  }
}

const onDatabase = async (
  shell: Shell,
  options: GlobalOptions,
  wanted: Wanted,
): Promise<Outcome> => {
  refuseOdd(wanted)
  const place: Place = { ...options, onNotice: line => shell.notice(line) }
  const embedded = new Embedded(await openDatabase(place), place)
  try {
    return await run(shell, embedded, wanted)
  } finally {
    await embedded.opened.close()
  }
}

/** Tries to break an installation: `holdfast torture`. */
export const register = (program: Command, shell: Shell): void => {
  const command = program
    .command('torture')
    .summary('kills and network faults during flash sales, against your own installation')
    .description(
      'Sells in a throw-away tenant while servers that it starts itself are killed and the ' +
        'network breaks, then holds every answer against the books. Exit code 0 only if nothing ' +
        'was lost, doubled or oversold. The seed repeats what was drawn.',
    )
    .option('--minutes <number>', 'how long', readNumber, 5)
    .option('--seed <number>', 'of an earlier run, to draw the same', readNumber)
    .option('--servers <number>', 'server processes to start', readNumber, 2)
    .option('--kill-database', 'kill the embedded PostgreSQL too, if this command starts it')
    .option('--report <file>', 'write the verdict as Markdown')
    .option('--history <file>', 'where calls go if something is found', 'torture-history.jsonl')
    .addHelpText(
      'after',
      '\nExamples:\n  $ holdfast torture --minutes 5\n' +
        '  $ holdfast torture --minutes 1 --seed 42 --kill-database --report verdict.md',
    )
  command.action(() => {
    const options = shell.optionsOf(command)
    return shell.run(options, () => onDatabase(shell, options, command.opts<Wanted>()))
  })
}
