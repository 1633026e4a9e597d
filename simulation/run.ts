import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openOwnSite } from './seeded/ownSite.ts'
import { simulate } from './seeded/simulate.ts'
import { total } from './seeded/total.ts'
import type { Verdict } from './seeded/verdict.ts'

// npm run simulate -- --seed 7 --ops 200            one seed
// npm run simulate -- --seed 1 --seeds 500          many, three at a time
// npm run simulate -- --seeds 500 --stop            until one fails
// HOLDFAST_TEST_POSTGRES=postgres://USER@…/DATABASE names a server; else one is started

const AT_ONCE = 3

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    ops: { type: 'string', default: '200' },
    history: { type: 'string', default: 'simulation-history' },
    stop: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
})
const first = Number(values.seed)
const operations = Number(values.ops)

const keep = (verdict: Verdict): string => {
  mkdirSync(values.history, { recursive: true })
  const path = join(values.history, `seed-${verdict.seed}.txt`)
  writeFileSync(path, [...verdict.violations, '', ...verdict.history, ''].join('\n'))
  return path
}

const site = await openOwnSite()
const verdicts: Verdict[] = []
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => first + i)
const work = async (): Promise<void> => {
  for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
    const verdict = await simulate({ site, seed, operations })
    verdicts.push(verdict)
    if (values.stop && !verdict.ok) seeds.length = 0
    if (verdict.ok && !values.verbose) continue
    console.log(`seed ${seed}: ${verdict.ok ? 'sound' : 'VIOLATED'}, digest ${verdict.digest}`)
    for (const violation of verdict.violations.slice(0, 5)) console.log(`  ${violation}`)
    console.log(`  history: ${keep(verdict)}\n  again: ${verdict.replay}`)
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work))
console.log(total(verdicts))
await site.close()
process.exitCode = verdicts.every(({ ok }) => ok) ? 0 : 1
