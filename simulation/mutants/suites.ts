import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { SIMULATION } from './mutant.ts'

/** Enough to catch what a run of the CI form would; the first that fails ends it. */
const SEEDS = 40
const FIRST_SEED = 2_000
const SUITE_MS_MAX = 900_000

export type Result = { caught: boolean; seconds: number; how: string }

type Ended = { code: number | null; output: string }

const runCommand = (folder: string, postgres: string, args: string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      env: { ...process.env, HOLDFAST_TEST_POSTGRES: postgres },
      timeout: SUITE_MS_MAX,
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

const simulation = async (folder: string, postgres: string): Promise<Omit<Result, 'seconds'>> => {
  const embedded = await runCommand(folder, postgres, ['scripts/embed.mjs'])
  if (embedded.code !== 0) throw new Error(`it does not build: ${embedded.output}`)
  const { code, output } = await runCommand(folder, postgres, [
    ...['--conditions=source', '--import', 'tsx', 'simulation/run.ts', '--stop'],
    ...['--seed', String(FIRST_SEED), '--seeds', String(SEEDS)],
  ])
  if (!/^\d+ seeds, /m.test(output)) throw new Error(`it does not run: ${output.slice(-2_000)}`)
  const seed = /^seed (\d+): VIOLATED/m.exec(output)?.[1]
  const complaint = /VIOLATED.*\n {2}(.*)/.exec(output)?.[1] ?? ''
  return { caught: code !== 0, how: seed ? `seed ${seed}: ${complaint}` : '' }
}

type Report = {
  numTotalTests: number
  testResults: {
    message: string
    assertionResults: { status: string; fullName: string }[]
  }[]
}

const testFile = async (
  folder: string,
  postgres: string,
  path: string,
): Promise<Omit<Result, 'seconds'>> => {
  const file = join(folder, 'report.json')
  const { output } = await runCommand(folder, postgres, [
    ...['node_modules/vitest/vitest.mjs', 'run', path, '--reporter=json'],
    ...['--outputFile', file, '--bail', '1'],
  ])
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report
  rmSync(file)
  if (report.numTotalTests === 0) throw new Error(`it does not run: ${output.slice(-2_000)}`)
  const failed = report.testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed')
  return { caught: failed !== undefined, how: failed?.fullName ?? '' }
}

/** Runs one suite on a copy of the tree. */
export const runSuite = async (
  folder: string,
  postgres: string,
  suite: string,
): Promise<Result> => {
  const from = performance.now()
  const result =
    suite === SIMULATION
      ? await simulation(folder, postgres)
      : await testFile(folder, postgres, suite)
  return { ...result, seconds: Math.round((performance.now() - from) / 1_000) }
}
