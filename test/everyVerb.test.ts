import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import ts from 'typescript'
import { afterAll, expect, test } from 'vitest'
import { holdfastClient } from '../client/src/index.ts'
import { serve } from '../src/server/serve.ts'
import { freshDatabase } from './database.ts'
import { root } from './houseFiles.ts'

// The guide is run: each of its three columns lives the same life in a database of its own.
// HOLDFAST_WRITE_GUIDE=1 writes what came into the guide, to be looked at before it is committed.

const GUIDE = join(root, 'docs/guides/every-verb.md')
const COLUMNS = 96
const run = promisify(execFile)
const guide = readFileSync(GUIDE, 'utf8')
const CURL = ['/usr/bin/curl', '/bin/curl', '/usr/local/bin/curl'].find(existsSync)

type Step = { title: string; sh?: string; ts?: string; sql?: string; json?: string }

const [intro = '', ...sections] = guide.split(/^## /m)

const blocksOf = (text: string): Omit<Step, 'title'> =>
  Object.fromEntries(
    [...text.matchAll(/^```(sh|ts|sql|json)\n([\s\S]*?)^```$/gm)].map(([, kind, body]) => [
      kind,
      body,
    ]),
  )

const steps: Step[] = sections.map(text => ({
  title: text.split('\n', 1)[0] ?? '',
  ...blocksOf(text),
}))

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)$/
const OWN = /00000000c0de$/

/** What the guide shows of an answer, in this order; the reference has every field. */
const LEDGER = ['kind', 'available', 'version']
const SHOWN = `reservation_id replayed state expires_at order_reference code line sku location
  quantity asked on_hand held committed fulfilled released returned damaged available sellable version
  lines data locations`.split(/\s+/)

/** What is shown, without what is another one each time: times, and ids of others. */
const shown = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shown)
  if (typeof value === 'object' && value !== null) {
    const facts = value as Record<string, unknown>
    const names = ('kind' in facts ? LEDGER : SHOWN).filter(name => facts[name] !== undefined)
    return Object.fromEntries(names.map(name => [name, shown(facts[name])]))
  }
  if (typeof value !== 'string') return value
  return (UUID.test(value) && !OWN.test(value)) || TIME.test(value) ? '…' : value
}

type Answer = Record<string, unknown>

/** A refusal is the body over HTTP, and a part of the answer elsewhere. */
const shownOf = (answer: Answer): unknown => shown(answer['refusal'] ?? answer)

/** JSON on as few lines as fit. */
const laidOut = (value: unknown, indent = ''): string => {
  const flat = JSON.stringify(value, null, 1)
    .replace(/\n */g, ' ')
    .replace(/([[{]) | ([\]}])/g, '$1$2')
  if (indent.length + flat.length <= COLUMNS || typeof value !== 'object' || value === null)
    return flat
  const deeper = `${indent}  `
  const isList = Array.isArray(value)
  const parts = Object.entries(value).map(
    ([key, inner]) => deeper + (isList ? '' : `${JSON.stringify(key)}: `) + laidOut(inner, deeper),
  )
  return `${isList ? '[' : '{'}\n${parts.join(',\n')}\n${indent}${isList ? ']' : '}'}`
}

const shop = async () => {
  const { url, holdfast } = await freshDatabase()
  const made = await holdfast.keys.create({ name: 'guide', scopes: ['admin'], mode: 'live' })
  if (!made.ok || !made.key) throw new Error('no key')
  const server = await serve({ connectionString: url, port: 0 })
  afterAll(() => server.close())
  return { url: server.url, key: made.key, databaseUrl: url }
}

const parsed = (text: string): Answer => JSON.parse(text) as Answer

/** Runs the guide in a shell; the last line that a step prints is its answer. */
const byCurl = async (): Promise<Answer[]> => {
  const { url, key } = await shop()
  const MARK = '=== next'
  const script = [blocksOf(intro).sh, ...steps.map(step => step.sh)].join(`\necho '${MARK}'\n`)
  const env = { ...process.env, URL: url, KEY: key }
  const { stdout } = await run('bash', ['-euc', script], { env })
  const parts = stdout.split(`${MARK}\n`).slice(1)
  return parts.map(part => parsed(part.trim().split('\n').at(-1) ?? ''))
}

/** Runs the guide's TypeScript as one program; what a step declares last is its answer. */
const byClient = async (): Promise<Answer[]> => {
  const { url, key } = await shop()
  const code = steps.map(step => {
    const last = [...(step.ts ?? '').matchAll(/^const (\w+) = await/gm)].at(-1)?.[1]
    return `${step.ts}\nsaid.push(${last})`
  })
  const setUp = (blocksOf(intro).ts ?? '').replace(/^import .*$/m, '')
  const { outputText } = ts.transpileModule([setUp, ...code].join('\n'), {
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  })
  const said: Answer[] = []
  const given = { holdfastClient, said, process: { env: { URL: url, KEY: key } } }
  // biome-ignore lint/complexity/useArrowFunction: the constructor of such functions has no name
  const AsyncFunction = async function () {}.constructor as FunctionConstructor
  await new AsyncFunction(...Object.keys(given), outputText)(...Object.values(given))
  return said
}

/** Runs the guide's SQL; the last value of a step is its answer. */
const bySql = async (): Promise<Answer[]> => {
  const { databaseUrl } = await shop()
  const client = new pg.Client(databaseUrl)
  await client.connect()
  const said: Answer[] = []
  for (const step of steps) {
    const results = [await client.query(step.sql ?? '')].flat()
    const [row] = results.at(-1)?.rows ?? []
    said.push(Object.values(row as Record<string, Answer>)[0] as Answer)
  }
  await client.end()
  return said
}

const written = (answers: unknown[]): string =>
  [
    intro,
    ...sections.map((text, at) =>
      text.replace(/^```json\n[\s\S]*?^```$/m, () => `\`\`\`json\n${laidOut(answers[at])}\n\`\`\``),
    ),
  ].join('## ')

test.skipIf(!CURL)('every verb of the guide answers what it says', async () => {
  const [curl, client, sql] = (await Promise.all([byCurl(), byClient(), bySql()])).map(answers =>
    answers.map(shownOf),
  )
  if (process.env['HOLDFAST_WRITE_GUIDE']) writeFileSync(GUIDE, written(curl as unknown[]))
  for (const [at, { title, json = '' }] of steps.entries()) {
    const stands = process.env['HOLDFAST_WRITE_GUIDE'] ? curl?.[at] : JSON.parse(json)
    expect({ title, curl: curl?.[at] }).toEqual({ title, curl: stands })
    expect({ title, client: client?.[at] }).toEqual({ title, client: stands })
    expect({ title, sql: sql?.[at] }).toEqual({ title, sql: stands })
  }
})

test('the guide has every verb, in all three columns', () => {
  const verbs =
    'receive adjust set move reserve amend extend commit fulfill release return record_sale'
  const titles = steps.map(({ title }) => title)
  expect(
    verbs.split(' ').filter(verb => !titles.some(title => title.startsWith(`${verb}:`))),
  ).toEqual([])
  expect(steps.filter(step => !step.sh || !step.ts || !step.sql || !step.json)).toEqual([])
})
