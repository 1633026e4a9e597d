import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { clock } from '../../src/clock.ts'
import { archivableMonths, archiveLedger } from '../../src/ledger/archive.ts'
import type { BenchDatabase, Cluster } from '../cluster.ts'
import { bytesOnDisk, proveAll } from './books.ts'
import { compared, measure, scenarios, type Turn } from './compare.ts'
import { type Open, openEmpty, openGrown, openGrownDatabase, startAt } from './place.ts'
import { sweepHundred, sweepMany } from './sweep.ts'

const PARTS = ['verify', 'disk', ...Object.keys(scenarios), 'sweep', 'archive']
const USAGE = `npm run bench:growth [-- options]

  --rows 10000000       of the ledger; SKUs are a tenth of it, at most a million
  --part a,b            of: fill, ${PARTS.join(', ')}
  --data-dir FOLDER     where the filled cluster is kept for the next call
  --rounds 3            of each scenario, in the grown and in an empty database by turns
  --seconds 10          how long each round lasts
  --json                one object on the last line`

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    part: { type: 'string', default: PARTS.join(',') },
    'data-dir': { type: 'string', default: join(tmpdir(), 'holdfast-growth') },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const [rows, rounds, seconds] = [values.rows, values.rounds, values.seconds].map(Number) as [
  number,
  number,
  number,
]
const parts = values.part.split(',')
const tell = (line: string): void => void process.stderr.write(`${line}\n`)

const within = async <Result>(
  open: Promise<Open>,
  work: (open: Open) => Promise<Result>,
): Promise<Result> => {
  const shop = await open
  try {
    return await work(shop)
  } finally {
    await shop.close()
  }
}

/** The scenario in both databases, by turns, so that both see the machine at its best and worst. */
const compare = async (cluster: Cluster, database: BenchDatabase, scenario: string) => {
  const turns: Turn[] = []
  for (let round = 0; round < rounds; round++) {
    const ways = ['grown', 'empty']
    for (const way of round % 2 === 0 ? ways : ways.reverse()) {
      const open =
        way === 'grown' ? openGrown(database, rows) : openEmpty(cluster, await skuCount(database))
      const turn = await within(open, shop => measure(cluster, shop, { scenario, seconds }))
      turns.push(turn)
      tell(JSON.stringify(turn))
    }
  }
  return { ...compared(turns), turns }
}

const skuCount = async (database: BenchDatabase): Promise<number> =>
  within(openGrown(database, rows), async ({ skus }) => skus.length)

const archive = async (database: BenchDatabase) => {
  const before = clock.now().toISOString().slice(0, 7)
  const ownerConnectionString = database.owner
  const months = await archivableMonths({ ownerConnectionString, before })
  const next = months[1]?.month ?? before // the oldest one alone
  const path = join(values['data-dir'], `${next}-${clock.now().getTime()}.ndjson.gz`)
  return await archiveLedger({ ownerConnectionString, before: next, path })
}

const run = async (cluster: Cluster): Promise<Record<string, unknown>> => {
  const database = await openGrownDatabase(cluster, rows, tell)
  const results: Record<string, unknown> = {}
  const keep = (part: string, result: unknown): void => {
    results[part] = result
    tell(`${part}: ${JSON.stringify(result)}`)
  }
  for (const part of parts) {
    if (part === 'verify') keep(part, await proveAll(database, tell))
    else if (part === 'disk') keep(part, await bytesOnDisk(database))
    else if (part === 'sweep') {
      keep('sweep_hundred', await within(openGrown(database, rows), sweepHundred))
      const due = Math.min(1_000_000, rows / 10)
      keep('sweep_many', await within(openGrown(database, rows), open => sweepMany(open, due)))
    } else if (part === 'archive') keep(part, await archive(database))
    else if (scenarios[part]) keep(part, await compare(cluster, database, part))
    else if (part !== 'fill') throw new Error(`No part is called ${part}.\n\n${USAGE}`)
  }
  return results
}

if (values.help) {
  console.log(USAGE)
} else {
  const cluster = await startAt(values['data-dir'])
  try {
    const results = await run(cluster)
    if (values.json) console.log(JSON.stringify({ rows, ...results }))
  } finally {
    await cluster.stop()
  }
}
