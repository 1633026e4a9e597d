import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { startPostgres } from '../embedded/src/index.ts'
import { clock } from '../src/clock.ts'
import { connect } from '../src/database/connect.ts'
import { migrate } from '../src/database/migrate.ts'
import { openHoldfast } from '../src/index.ts'
import { ensureTenant } from '../src/tenants/tenants.ts'
import { plainUpdates } from './comparator.ts'
import { type Line, type Scenario, scenarios } from './scenarios.ts'

// Holdfast beside one conditional UPDATE with its ledger insert: same machine, same server, same
// number of callers, in turn, several rounds. Machines differ and are shared: read the ratios.
// npm run bench                 every scenario
// npm run bench -- --quick      shorter rounds
// npm run bench -- --scenario hot --json

const quick = process.argv.includes('--quick')
const json = process.argv.includes('--json')
const only = process.argv[process.argv.indexOf('--scenario') + 1]
const ROUNDS = quick ? 2 : 3
const ROUND_MS = quick ? 1_500 : 5_000
const LOCATION = 'berlin'

type Reserve = (lines: Line[]) => Promise<boolean>
type Round = {
  per_second: number
  p50_ms: number
  p99_ms: number
  granted: number
  seconds: number
}

const random = (below: number): number => Math.floor(clock.random() * below)

const measure = async (scenario: Scenario, reserve: Reserve): Promise<Round> => {
  const times: number[] = []
  let granted = 0
  const startedAt = clock.monotonicMs()
  const once = async (): Promise<void> => {
    const from = clock.monotonicMs()
    if (await reserve(scenario.cart(random))) granted++
    times.push(clock.monotonicMs() - from)
  }
  const callers = Array.from({ length: scenario.callers }, async () => {
    if (scenario.buyers) return once()
    while (clock.monotonicMs() - startedAt < ROUND_MS) await once()
  })
  await Promise.all(callers)
  const seconds = (clock.monotonicMs() - startedAt) / 1000
  times.sort((a, b) => a - b)
  const at = (part: number) => Number((times[Math.floor(times.length * part)] ?? 0).toFixed(1))
  const per_second = Math.round(times.length / seconds)
  return { per_second, p50_ms: at(0.5), p99_ms: at(0.99), granted, seconds }
}

const median = (rounds: Round[]): Round =>
  [...rounds].sort((a, b) => a.per_second - b.per_second)[rounds.length >> 1] as Round

type Place = { app: string; owner: string }

/** A fresh database with the scenario's SKUs, for each round of Holdfast. */
const prepare = async (place: Place, scenario: Scenario) => {
  const holdfast = await openHoldfast({ connectionString: place.app })
  await holdfast.locations.create({ code: LOCATION })
  const prefix = `${scenario.name}-${clock.uuid().slice(-6)}-`
  const codes = Array.from({ length: scenario.skus }, (_, i) => `${prefix}${i}`)
  for (let start = 0; start < codes.length; start += 2_000) {
    const some = codes.slice(start, start + 2_000)
    const variants = some.map((sku, i) => ({ option_values: [`${start + i}`], sku }))
    const handle = `${prefix.toLowerCase()}${start}`
    await holdfast.ensureCatalog({
      products: [{ handle, title: handle, option_names: ['Number'], variants }],
    })
    const lines = some.map(sku => ({ sku, location: LOCATION, quantity: scenario.units }))
    const set = await holdfast.set({ lines })
    if (!set.ok) throw new Error(set.refusal.message)
  }
  const reserve: Reserve = async lines => {
    const answer = await holdfast.reserve({
      lines: lines.map(({ sku, quantity }) => ({
        sku: codes[sku] as string,
        location: LOCATION,
        quantity,
      })),
    })
    if (!answer.ok && answer.refusal.code !== 'insufficient_stock')
      throw new Error(answer.refusal.code)
    return answer.ok
  }
  await Promise.all(scenarioWarmUp(scenario, reserve))
  return { holdfast, reserve }
}

const scenarioWarmUp = (scenario: Scenario, reserve: Reserve): Promise<boolean>[] =>
  scenario.buyers ? [] : Array.from({ length: 2_000 }, () => reserve(scenario.cart(random)))

const compare = async (place: Place, scenario: Scenario) => {
  const ours: Round[] = []
  const theirs: Round[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const { holdfast, reserve } = await prepare(place, scenario)
    ours.push(await measure(scenario, reserve))
    await holdfast.close()
    const plain = await plainUpdates(place.owner, scenario.skus, scenario.units)
    theirs.push(await measure(scenario, lines => plain.reserve(lines)))
    await plain.close()
  }
  const right = (rounds: Round[]) =>
    !scenario.buyers || rounds.every(({ granted }) => granted === scenario.units)
  const [us, them] = [median(ours), median(theirs)]
  return {
    name: scenario.name,
    callers: scenario.callers,
    ...us,
    correct: right(ours),
    conditional_update: { ...them, correct: right(theirs) },
    ratios: { conditional_update: Number((us.per_second / them.per_second).toFixed(1)) },
  }
}

const withDatabase = async <Result>(work: (place: Place) => Promise<Result>): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
  const server = await startPostgres({ dataDir: join(folder, 'postgres') })
  try {
    const admin = new pg.Client(server.connection({ user: 'postgres', database: 'postgres' }))
    await admin.connect()
    await admin.query('create database bench')
    await admin.end()
    const owner = server.connectionString({ user: 'postgres', database: 'bench' })
    const app = server.connectionString({ user: 'holdfast_app', database: 'bench' })
    await migrate({ connectionString: owner })
    const database = await connect({ connectionString: app, poolSize: 1 })
    await ensureTenant(database, 'default')
    await database.pool.end()
    return await work({ app, owner })
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

const line = (cells: (string | number)[]): string =>
  cells.map((cell, i) => (i === 0 ? `${cell}`.padEnd(18) : `${cell}`.padStart(13))).join(' ')

await withDatabase(async place => {
  const results = []
  if (!json)
    console.log(
      line(['scenario', 'callers', 'holds/s', 'p99 ms', 'one UPDATE/s', 'p99 ms', 'ratio']),
    )
  for (const scenario of scenarios) {
    if (process.argv.includes('--scenario') && scenario.name !== only) continue
    const result = await compare(place, scenario)
    results.push(result)
    const them = result.conditional_update
    const ratio = `${result.ratios.conditional_update} ×${result.correct ? '' : ' WRONG'}`
    const cells = [result.per_second, result.p99_ms, them.per_second, them.p99_ms, ratio]
    if (!json) console.log(line([scenario.name, scenario.callers, ...cells]))
  }
  if (json) console.log(JSON.stringify({ scenarios: results }))
  if (results.some(({ correct }) => !correct)) process.exitCode = 1
})
