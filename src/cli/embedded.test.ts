import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { locateServer } from '../../embedded/src/index.ts'

// Real processes on a data folder of their own, as a person starts them.

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
chmodSync(folder, 0o755) // so that the user who runs PostgreSQL can come here
const { DATABASE_URL: _, ...env } = process.env

type Child = ReturnType<typeof launch>
const children: Child[] = []

const launch = (...argv: string[]) => {
  const flags = ['--conditions=source', '--import', 'tsx', main]
  const child = spawn(process.execPath, [...flags, '--data-dir', folder, ...argv], {
    env,
    cwd: root,
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', chunk => {
    said.out += chunk
  })
  child.stderr.on('data', chunk => {
    said.err += chunk
  })
  const ended = once(child, 'exit').then(([code]) => code as number | null)
  return { child, said, ended }
}

const command = async (...argv: string[]) => {
  const { said, ended } = launch(...argv)
  return { exit: await ended, ...said }
}

/** Starts a server and waits until it says that it is ready. */
const serve = async (...argv: string[]) => {
  const server = launch('start', '--port', '0', '--json', ...argv)
  children.push(server)
  while (!server.said.out.includes('\n')) {
    if (server.child.exitCode !== null) throw new Error(server.said.err)
    await new Promise(resolve => setTimeout(resolve, 30))
  }
  const ready = JSON.parse(server.said.out.split('\n')[0] ?? '') as { url: string; key: string }
  return { ...server, ...ready }
}

const runs = async () => (await locateServer({ dataDir: join(folder, 'postgres') })) !== undefined
const ready = async (url: string) => (await fetch(`${url}/readyz`)).status

afterAll(async () => {
  for (const { child } of children) if (child.exitCode === null) child.kill('SIGKILL')
  await command('stop')
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
  expect(await command('stop', '--json')).toMatchObject({
    ...{ exit: 0, out: expect.stringContaining(`"servers":[${second.child.pid}]`) },
  })
  expect(await second.ended).toBe(0)
  expect(await runs()).toBe(false)
})

test('commands that overlap share PostgreSQL, and the last one stops it', async () => {
  const lines = Array.from({ length: 4 }, () => command('stock', 'show', '--json', '--limit', '1'))
  expect((await Promise.all(lines)).map(({ exit }) => exit)).toEqual([0, 0, 0, 0])
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
  expect((await command('doctor', '--json')).exit).toBe(0)
  expect(await runs()).toBe(false)
})

test('a port that is taken is said with one that is free', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const told = await command('start', '--port', `${port}`)
  expect(told).toMatchObject({ exit: 1, err: expect.stringMatching(/is in use. .*--port \d+/) })
  taken.close()
})

test('a look at a folder without data makes none', async () => {
  const empty = join(folder, 'none')
  const { exit } = await command('doctor', '--data-dir', empty)
  expect({ exit, made: existsSync(empty) }).toEqual({ exit: 0, made: false })
})
