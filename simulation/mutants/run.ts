import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { openCluster } from '../../test/cluster.ts'
import { bufferMutants } from './bufferMutants.ts'
import { engineMutants } from './engineMutants.ts'
import { kitMutants } from './kitMutants.ts'
import { type Mutant, SIMULATION } from './mutant.ts'
import { queueMutants } from './queueMutants.ts'
import { sqlMutants } from './sqlMutants.ts'
import { runSuite } from './suites.ts'
import { type Caught, tableOf } from './table.ts'
import { copyTree, plant } from './tree.ts'

// npm run mutants                     plants every fault, each alone, until a suite notices it
// npm run mutants -- --list           names them
// npm run mutants -- --only '^sold_out'  those whose name fits
// npm run mutants -- --all            runs all suites of each, also after one has noticed it
// npm run mutants -- --write docs/reference/mutants.md

const { values } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    write: { type: 'string' },
  },
})

const only = new RegExp(values.only)
const all = [...sqlMutants, ...queueMutants, ...engineMutants, ...kitMutants, ...bufferMutants]
const mutants = all.filter(({ name }) => only.test(name))

const tryAll = async (folder: string, postgres: string, mutant: Mutant): Promise<Caught> => {
  const takeOut = plant(folder, mutant)
  const results: Caught['results'] = []
  try {
    for (const suite of mutant.suites) {
      const result = await runSuite(folder, postgres, suite)
      results.push({ suite, ...result })
      if (result.caught && !values.all) break
    }
  } finally {
    takeOut()
  }
  return { mutant, results }
}

const told = ({ mutant, results }: Caught): string => {
  const found = results.filter(({ caught }) => caught)
  const by = found.map(({ suite, seconds, how }) => `${suite} in ${seconds} s (${how})`)
  return `${found.length > 0 ? 'caught' : 'MISSED'} ${mutant.name}: ${by.join('; ')}`
}

const main = async (): Promise<number> => {
  const cluster = await openCluster()
  const postgres = cluster.url('USER', 'DATABASE')
  const tree = copyTree()
  try {
    for (const mutant of mutants) plant(tree.folder, mutant)() // all of them still fit
    const clean = await runSuite(tree.folder, postgres, SIMULATION)
    if (clean.caught) throw new Error(`without any fault the simulation complains: ${clean.how}`)
    const caught: Caught[] = []
    for (const mutant of mutants) {
      caught.push(await tryAll(tree.folder, postgres, mutant))
      console.log(told(caught.at(-1) as Caught))
    }
    const missed = caught.filter(({ results }) => results.every(result => !result.caught))
    console.log(`${caught.length} planted, ${caught.length - missed.length} caught`)
    if (values.write) writeFileSync(values.write, tableOf(caught))
    return missed.length
  } finally {
    tree.remove()
    await cluster.stop()
  }
}

if (values.list) {
  for (const { name, breaks, suites } of mutants) {
    console.log(`${name.padEnd(32)} ${breaks} [${suites.join(', ')}]`)
  }
} else {
  process.exitCode = (await main()) === 0 ? 0 : 1
}
