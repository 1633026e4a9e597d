import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from './database.ts'
import { root, source, sql } from './houseFiles.ts'
import { stock } from './shop.ts'

// What a stranger gets: the packed packages, installed from their files into an empty folder.

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'holdfast-pack-'))
const npm = (cwd: string, ...args: string[]) =>
  run('npm', [...args, '--no-audit', '--no-fund', '--prefer-offline'], { cwd, timeout: 100_000 })
const { url, holdfast } = await freshDatabase()

const PROGRAM = `
import { openHoldfast } from 'holdfast'
const holdfast = await openHoldfast({ connectionString: process.env.DATABASE_URL })
const answer = await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 2 }] })
console.log(JSON.stringify(answer))
await holdfast.close()
`

const TYPED = `
import { HoldfastError, openHoldfast, type Refusal } from 'holdfast'
import { holdfastClient } from '@holdfast/client'
import { holdfastCart } from '@holdfast/client/element'
import { startPostgres } from '@holdfast/embedded'

const holdfast = await openHoldfast({ connectionString: 'postgres://…' })
const answer = await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 2 }] })
if (answer.ok) answer.lines.map(line => line.held + 1)
else {
  const refusal: Refusal = answer.refusal
  console.log(refusal.code satisfies string, refusal.lines?.[0]?.available)
}
// @ts-expect-error a quantity is a number
await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: '2' }] })
const shop = holdfastClient({ url: 'http://127.0.0.1:4646', key: 'hf_live_1_x' })
const sold = await shop.reserve({ lines: [{ sku: 'TEE', quantity: 2 }] })
if (sold.ok) sold.reservation_id.toUpperCase()
// @ts-expect-error a client that stops has no such answer
if (sold.ok) sold.unavailable satisfies true
const put = await holdfastCart.put('TEE', 1)
if (!put.ok) put.refusal.code satisfies string
console.log(HoldfastError, startPostgres)
`

const changedAt = (path: string): number => statSync(join(root, path)).mtimeMs

beforeAll(async () => {
  const newest = Math.max(...[...source, ...sql].map(changedAt))
  for (const built of ['dist', 'client/dist', 'embedded/dist']) {
    const isFresh = existsSync(join(root, built)) && changedAt(`${built}/index.mjs`) > newest
    if (!isFresh) console.warn(`${built} is older than the source: npm run build`)
  }
  await stock(holdfast, { TEE: { berlin: 5 } })
  const packed = ['--pack-destination', folder, '--ignore-scripts']
  await npm(root, 'pack', ...packed, '-w', 'client', '-w', 'embedded', '--include-workspace-root')
  const files = readdirSync(folder).filter(name => name.endsWith('.tgz'))
  expect(files).toHaveLength(3)
  writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
  await npm(folder, 'install', ...files.map(name => `./${name}`))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the packed library opens and decides', async () => {
  writeFileSync(join(folder, 'program.mjs'), PROGRAM)
  const env = { ...process.env, DATABASE_URL: url }
  const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder, env })
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, state: 'held', lines: [{ held: 2 }] })
})

test('the library needs pg and what pg needs, and nothing else', async () => {
  const { stdout } = await npm(folder, 'ls', '--all', '--json')
  const names = new Set<string>()
  const collect = (node: { dependencies?: Record<string, object> }) => {
    for (const [name, child] of Object.entries(node.dependencies ?? {})) {
      names.add(name)
      collect(child)
    }
  }
  collect(JSON.parse(stdout).dependencies.holdfast)
  expect([...names].filter(name => !/^(pg|postgres-|split2$|xtend$)/.test(name))).toEqual([])
  expect(names).toContain('pg')
  expect(names.size).toBeLessThanOrEqual(15) // pg 8 brings 12
})

test('the client needs nothing at all', async () => {
  const { stdout } = await npm(folder, 'ls', '--all', '--json')
  expect(JSON.parse(stdout).dependencies['@holdfast/client'].dependencies).toBeUndefined()
})

test('the types resolve', async () => {
  writeFileSync(join(folder, 'typed.mts'), TYPED)
  const module = { module: 'nodenext', target: 'es2023', types: [] }
  const compilerOptions = { noEmit: true, strict: true, skipLibCheck: true, ...module }
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['typed.mts'] }),
  )
  const args = [join(root, 'node_modules/typescript/bin/tsc'), '-p', '.']
  const ended = await run(process.execPath, args, { cwd: folder }).catch(error => error)
  expect(ended.stdout).toBe('')
})

test('npx holdfast version and npx holdfast start run', async () => {
  const { stdout } = await run('npx', ['holdfast', 'version'], { cwd: folder })
  expect(stdout).toMatch(/^holdfast \d+\.\d+\.\d+/)
  const env = { ...process.env }
  delete env['DATABASE_URL']
  const args = ['holdfast', 'start', '--port', '0', '--data-dir', join(folder, 'data')]
  const child = spawn('npx', args, { cwd: folder, env, detached: true })
  let said = ''
  child.stdout.on('data', chunk => {
    said += chunk
  })
  child.stderr.on('data', chunk => {
    said += chunk
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  await expect.poll(() => said, { timeout: 40_000 }).toMatch(/http:\/\/127\.0\.0\.1:\d+/)
  const [server = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? []
  await expect.poll(async () => (await fetch(`${server}/healthz`)).status).toBe(200)
  await run('npx', ['holdfast', 'stop', '--data-dir', join(folder, 'data')], { cwd: folder, env })
  await ended
})
