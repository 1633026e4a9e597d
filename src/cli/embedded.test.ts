import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'
import { locateServer } from '../../embedded/src/index.ts'
import { builtCli } from '../../test/builtCli.ts'
import { runLine } from './testRun.ts'

// Commands on a data folder of their own: real processes where their lives are the matter, as a
// person starts and ends them, and this process where their words are.

const cli = await builtCli()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
chmodSync(folder, 0o755) // so that the user who runs PostgreSQL can come here
const { DATABASE_URL: _, ...env } = process.env
delete process.env['DATABASE_URL']

const children: ChildProcess[] = []

const launch = (...argv: string[]) => {
  const child = spawn(process.execPath, [cli, '--data-dir', folder, '--json', ...argv], { env })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  children.push(child)
  return { child, ended }
}

const here = (...argv: string[]) => runLine(['--data-dir', folder, '--json', ...argv])

type Ready = { url: string; key: string; failed?: string }

/** Starts a server and waits until it says that it is ready. */
const serve = async (...argv: string[]) => {
  const { child, ended } = launch('start', '--port', '0', ...argv)
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint += chunk
  })
  const line = once(createInterface({ input: child.stdout }), 'line').then(([text]) => `${text}`)
  const failed = ended.then(code => `{ "failed": ${JSON.stringify(`exit ${code}: ${complaint}`)} }`)
  const ready = JSON.parse(await Promise.race([line, failed])) as Ready
  if (ready.failed) throw new Error(ready.failed)
  return { child, ended, ...ready }
}

const runs = async () => (await locateServer({ dataDir: join(folder, 'postgres') })) !== undefined
const ready = async (url: string) => (await fetch(`${url}/readyz`)).status

afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
  await here('stop')
  rmSync(folder, { recursive: true, force: true })
})

test('start --demo serves with a key, and again with the same key after a restart', async () => {
  const first = await serve('--demo')
  const headers = { authorization: `Bearer ${first.key}` }
  expect((await fetch(`${first.url}/v1/levels`, { headers })).status).toBe(200)
  expect(statSync(join(folder, 'demo-key')).mode & 0o777).toBe(0o600)
  first.child.kill('SIGINT')
  expect(await first.ended).toBe(0)
  expect(await runs()).toBe(false)
  const second = await serve('--demo')
  expect(second.key).toBe(first.key)
  expect(await here('stop')).toMatchObject({ exit: 0, json: { servers: [second.child.pid] } })
  expect(await second.ended).toBe(0)
  expect(await runs()).toBe(false)
})

test('commands that overlap share PostgreSQL, and the last one stops it', async () => {
  const lines = Array.from({ length: 3 }, () => launch('stock', 'show', '--limit', '1').ended)
  expect(await Promise.all(lines)).toEqual([0, 0, 0])
  expect(await runs()).toBe(false)
})

test('a server goes on when the one that has started PostgreSQL ends', async () => {
  const first = await serve()
  const second = await serve()
  first.child.kill('SIGTERM')
  expect(await first.ended).toBe(0)
  expect(await ready(second.url)).toBe(200)
  second.child.kill('SIGTERM')
  expect(await second.ended).toBe(0)
  expect(await runs()).toBe(false)
})

test('a server that was killed leaves nothing in the way', async () => {
  const server = await serve()
  server.child.kill('SIGKILL')
  await server.ended
  expect(await runs()).toBe(true)
  expect((await here('doctor')).exit).toBe(0)
  expect(await runs()).toBe(false)
})

test('a port that is taken is said with one that is free', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const told = await here('start', '--port', `${port}`)
  expect(told).toMatchObject({ exit: 1, err: expect.stringMatching(/is in use. .*--port \d+/) })
  taken.close()
})

test('a look at a folder without data makes none', async () => {
  const empty = join(folder, 'none')
  const { exit } = await here('doctor', '--data-dir', empty)
  expect({ exit, made: existsSync(empty) }).toEqual({ exit: 0, made: false })
})

test('who has heard enough, as head has, ends a command without a word', async () => {
  const child = spawn(process.execPath, [cli, 'version'])
  child.stdout.destroy()
  let complaint = ''
  child.stderr.on('data', chunk => {
    complaint += chunk
  })
  const [exit] = await once(child, 'exit')
  expect({ exit, complaint }).toEqual({ exit: 0, complaint: '' })
})
