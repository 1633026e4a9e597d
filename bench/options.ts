import { parseArgs } from 'node:util'
import type { Scenario } from './scenario.ts'

export type Options = {
  quick: boolean
  json: boolean
  help: boolean
  publish: boolean
  fresh: boolean
  /** Installs comparator 7 first, where it is missing. */
  medusa: boolean
  /** Of a superuser; left out: a PostgreSQL of the benchmark's own. */
  postgres: string | undefined
  scenarios: string[]
  only: string[]
  rounds: number
  /** Of our rounds, and of a comparator's. */
  seconds: { ours: number; theirs: number }
  /** Starts no round that would not end within so many seconds. */
  budget_seconds: number
}

export const USAGE = `npm run bench [-- options]

  --quick               the four scenarios of quick mode, under 60 s
  --scenario a,b        only these
  --only holdfast,b     only these systems (ours is called holdfast)
  --rounds 3            rounds of each
  --seconds 60          how long each round lasts (a comparator's: 15)
  --budget 270          start no round that would not end within so many seconds
  --fresh               forget the rounds that an earlier call has left
  --postgres URL        a superuser's, instead of a PostgreSQL of its own
  --medusa              install Medusa's inventory module below .bench first
  --json                one object on stdout
  --publish             write tables and chart of the documents from the rounds that are there
`

const list = (text: string | undefined): string[] => text?.split(',').filter(Boolean) ?? []

const number = (text: string | undefined, otherwise: number): number => {
  const value = text === undefined ? otherwise : Number(text)
  if (!(value > 0)) throw new Error(`${text} is not a number above zero.`)
  return value
}

const FLAGS = {
  quick: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  publish: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  medusa: { type: 'boolean', default: false },
  postgres: { type: 'string' },
  scenario: { type: 'string' },
  only: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  budget: { type: 'string' },
} as const

const DAY_SECONDS = 86_400

export const readOptions = (args: string[], scenarios: Scenario[]): Options => {
  const { values } = parseArgs({ args, options: FLAGS })
  const { quick, json, help, publish, fresh, medusa } = values
  const names = list(values.scenario)
  const unknown = names.filter(name => !scenarios.some(scenario => scenario.name === name))
  if (unknown.length > 0) {
    const known = scenarios.map(({ name }) => name).join(', ')
    throw new Error(`No scenario is called ${unknown.join(', ')}. There are: ${known}`)
  }
  return {
    ...{ quick, json, help, publish, fresh, medusa },
    postgres: values.postgres ?? process.env['HOLDFAST_BENCH_POSTGRES'],
    scenarios: names,
    only: list(values.only),
    rounds: number(values.rounds, quick ? 2 : 3),
    seconds: {
      ours: number(values.seconds, quick ? 1.2 : 60),
      theirs: number(values.seconds, quick ? 1.2 : 15),
    },
    budget_seconds: number(values.budget, DAY_SECONDS),
  }
}
