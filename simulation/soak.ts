import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { clock } from '../src/clock.ts'
import { openCluster } from '../test/cluster.ts'

// The long form of the proof: simulation, model and history in turn, with new seeds each time,
// until the hours are over. What fails is printed, kept in a folder, and the soak goes on.
// npm run soak -- --hours 8
// npm run soak -- --hours 0.5 --only simulation

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '1' },
    only: { type: 'string' },
    keep: { type: 'string', default: 'simulation-history' },
  },
})

const HOUR_MS = 3_600_000
const SEEDS_MAX = 2 ** 31
const vitest = (path: string) => ['node_modules/vitest/vitest.mjs', 'run', path]
const tsx = ['--conditions=source', '--import', 'tsx']

type Suite = {
  name: string
  command: (seed: number) => { args: string[]; env?: Record<string, string> }
  /** The line of its output that has the counts. */
  summary: RegExp
}

const allSuites: Suite[] = [
  {
    name: 'simulation',
    command: seed => ({
      args: [...tsx, 'simulation/run.ts', '--seeds', '50', '--history', values.keep].concat([
        '--seed',
        String(seed),
      ]),
    }),
    summary: /^operations .*$/m,
  },
  {
    name: 'model',
    command: () => ({
      args: vitest('simulation/model/model.test.ts'),
      env: { HOLDFAST_MODEL_RUNS: '200', HOLDFAST_MODEL_COMMANDS: '200' },
    }),
    summary: /^\d+ runs, \d+ calls.*$/m,
  },
  {
    name: 'history',
    command: seed => ({
      args: vitest('simulation/history/history.test.ts'),
      env: { HOLDFAST_HISTORY_SEED: String(seed), HOLDFAST_HISTORY_OPERATIONS: '50000' },
    }),
    summary: /^seed \d+: \d+ calls.*$/m,
  },
]
const suites = allSuites.filter(({ name }) => values.only === undefined || name === values.only)

const runSuite = (suite: Suite, postgres: string, seed: number) =>
  new Promise<{ code: number | null; output: string }>((resolve, reject) => {
    const { args, env } = suite.command(seed)
    const child = spawn(process.execPath, args, {
      env: { ...process.env, NO_COLOR: '1', HOLDFAST_TEST_POSTGRES: postgres, ...env },
    })
    let output = ''
    const add = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', add)
    child.stderr.on('data', add)
    child.on('error', reject)
    child.on('close', code => resolve({ code, output }))
  })

/** Adds the numbers of a summary to the totals, each under the word beside it. */
const addUp = (totals: Map<string, number>, name: string, summary: string): void => {
  for (const [, word, after, before, of] of summary.matchAll(/([a-z_]+) (\d+)|(\d+) ([a-z]+)/g)) {
    const [what, count] = word === undefined ? [of, before] : [word, after]
    if (what === undefined || /^(seeds?|in|s)$/.test(what)) continue
    totals.set(`${name} ${what}`, (totals.get(`${name} ${what}`) ?? 0) + Number(count))
  }
}

const cluster = await openCluster()
const postgres = cluster.url('USER', 'DATABASE')
const until = clock.monotonicMs() + Number(values.hours) * HOUR_MS
const totals = new Map<string, number>()
const failures: string[] = []
for (let round = 0; clock.monotonicMs() < until; round++) {
  const suite = suites[round % suites.length] as Suite
  const seed = Math.floor(clock.random() * SEEDS_MAX)
  const { code, output } = await runSuite(suite, postgres, seed)
  const summary = suite.summary.exec(output)?.[0] ?? 'no summary'
  addUp(totals, suite.name, summary)
  console.log(`${suite.name}, seed ${seed}: ${code === 0 ? 'sound' : 'FAILED'}; ${summary}`)
  if (code === 0) continue
  mkdirSync(values.keep, { recursive: true })
  const path = join(values.keep, `soak-${suite.name}-${seed}.txt`)
  writeFileSync(path, output)
  failures.push(path)
  const again = output.split('\n').filter(line => /again|VIOLATED|REPLAY|_SEED=/.test(line))
  console.log([`kept: ${path}`, ...again].join('\n'))
}
console.log([...totals].map(([what, count]) => `${what}: ${count}`).join('\n'))
console.log(`${failures.length} failed${failures.length > 0 ? `: ${failures.join(', ')}` : ''}`)
await cluster.stop()
process.exitCode = failures.length === 0 ? 0 : 1
