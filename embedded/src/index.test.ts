import { spawn } from 'node:child_process'
import { chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { expect, test } from 'vitest'
import { locateServer, startPostgres, stopPostgres } from './index.ts'
import { canEnter } from './serviceUser.ts'
import { ask, asRoot, connected, start, testRoot, user } from './testServers.ts'

const root = testRoot()
const dataDir = join(root, 'main', 'postgres')

test('a server starts, answers, is durable, stops, and starts again with its data', async () => {
  const server = await start(dataDir)
  await ask(server, 'create table kept as select 3 as n')
  for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
    expect(await ask(server, `show ${setting}`)).toEqual([{ [setting]: 'on' }])
  }
  expect(await ask(server, 'show listen_addresses')).toEqual([{ listen_addresses: '' }])
  expect(await locateServer({ dataDir })).toMatchObject({ pid: server.pid, port: server.port })
  await server.stop()
  expect(await locateServer({ dataDir })).toBeUndefined()
  const again = await start(dataDir)
  expect(again.adopted).toBe(false)
  expect(await ask(again, 'select n from kept')).toEqual([{ n: 3 }])
})

test('the connection string takes the user and the database by their plain names', async () => {
  const server = await start(dataDir)
  const pattern = server.connectionString({ user: 'USER', database: 'DATABASE' })
  const url = pattern.replace('USER', 'postgres').replace('DATABASE', 'template1')
  expect(url).toBe(server.connectionString({ user: 'postgres', database: 'template1' }))
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query('select current_database() as d, current_user as u')
  await client.end()
  expect(rows).toEqual([{ d: 'template1', u: 'postgres' }])
})

test('a live server is adopted, and goes on when its guest stops', async () => {
  const server = await start(dataDir)
  const guest = await startPostgres({ dataDir })
  expect(guest).toMatchObject({ adopted: true, pid: server.pid })
  await guest.stop()
  expect(await ask(server, 'select 1 as n')).toEqual([{ n: 1 }])
  expect(await stopPostgres({ dataDir })).toBe(true)
  expect(await stopPostgres({ dataDir })).toBe(false)
})

type Got = { pid: number; adopted: boolean }

const startInProcess = (folder: string, as: object = {}): Promise<Got> =>
  new Promise((resolve, reject) => {
    const program = join(dirname(fileURLToPath(import.meta.url)), 'testStart.ts')
    const args = ['--conditions=source', '--import', 'tsx', program, folder]
    // No pipe for its errors: the server that it leaves running would keep the pipe open.
    const child = spawn(process.execPath, args, { ...as, stdio: ['ignore', 'pipe', 'ignore'] })
    let output = ''
    child.stdout.on('data', chunk => {
      output += chunk
    })
    child.on('exit', code => {
      if (code === 0) resolve(JSON.parse(output) as Got)
      else reject(new Error(`the process ended with ${code}: ${output}`))
    })
  })

test('of three processes that start one new folder at once, one starts it, two adopt it', async () => {
  const folder = join(root, 'together', 'postgres')
  const got = await Promise.all([1, 2, 3].map(() => startInProcess(folder)))
  expect(new Set(got.map(({ pid }) => pid)).size).toBe(1)
  expect(got.map(({ adopted }) => adopted).sort()).toEqual([false, true, true])
  const server = await start(folder) // their server outlives them, and ends after this test
  expect(server).toMatchObject({ adopted: true, pid: got[0]?.pid })
})

const here = dirname(fileURLToPath(import.meta.url))

test.runIf(asRoot && canEnter(user, here))(
  'an ordinary user starts a server, which root then adopts',
  async () => {
    const place = join(root, 'ordinary')
    mkdirSync(place)
    chownSync(place, user.uid, user.gid)
    const as = { uid: user.uid, gid: user.gid, env: { PATH: process.env['PATH'], HOME: place } }
    const got = await startInProcess(join(place, 'postgres'), as)
    expect(got.adopted).toBe(false)
    expect(statSync(join(place, 'postgres.log')).uid).toBe(user.uid)
    const server = await start(join(place, 'postgres'))
    expect(server).toMatchObject({ adopted: true, pid: got.pid })
  },
)

test('two starts at once in one process make one cluster', async () => {
  const folder = join(root, 'twins', 'postgres')
  const both = await Promise.all([start(folder), start(folder)])
  expect(new Set(both.map(({ pid }) => pid)).size).toBe(1)
})

test('after kill -9 of the postmaster the next start has every acknowledged commit', async () => {
  const server = await start(dataDir)
  await ask(server, 'create table written (n int)')
  let acknowledged = 0
  const writers = [1, 2, 3].map(async () => {
    const client = await connected(server)
    try {
      for (;;) {
        await client.query('insert into written values (1)')
        acknowledged++
      }
    } catch {
      await client.end().catch(() => {})
    }
  })
  while (acknowledged < 100) await new Promise(resolve => setTimeout(resolve, 5))
  process.kill(server.pid, 'SIGKILL')
  const next = await start(dataDir)
  await Promise.all(writers)
  expect(next.pid).not.toBe(server.pid)
  const [row] = await ask(next, 'select count(*)::int as n from written')
  expect(row?.['n']).toBeGreaterThanOrEqual(acknowledged)
  expect(row?.['n']).toBeLessThanOrEqual(acknowledged + writers.length)
})

test('a start that comes while the server stops waits for its end, then starts it anew', async () => {
  const server = await start(dataDir)
  const [, next] = await Promise.all([server.stop(), start(dataDir)])
  expect(await ask(next, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('an old lock file whose number another process has by now stops no start', async () => {
  const server = await start(dataDir)
  const lock = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8')
  await server.stop()
  const other = await start(join(root, 'neighbour', 'postgres'))
  // Our own process: PostgreSQL itself takes a number of another user's process for an old one.
  const number = process.getuid?.() === 0 ? process.pid : 999_999
  writeFileSync(join(dataDir, 'postmaster.pid'), lock.replace(/^\d+/, String(number)))
  const next = await start(dataDir)
  expect(next.adopted).toBe(false)
  expect(next.pid).not.toBe(other.pid)
})

test('a folder whose name has spaces, quotes and umlauts works like any other', async () => {
  const server = await start(join(root, "Müller & Söhne's Laden", 'postgres'))
  expect(await ask(server, 'select 1 as n')).toEqual([{ n: 1 }])
})
