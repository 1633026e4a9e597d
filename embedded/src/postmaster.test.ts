import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { locateBinaries } from './binaries.ts'
import { locateServer, startPostgres } from './index.ts'
import { start as startMaster } from './postmaster.ts'
import { stateOf } from './processes.ts'
import { asUser } from './serviceUser.ts'
import { ask, code, connected, start, testRoot, user } from './testServers.ts'

const root = testRoot()
const dataDir = join(root, 'main', 'postgres')
const isLinux = process.platform === 'linux'

/** A dead process whose parent, the child, does not take note of its end until it is killed. */
const makeZombie = async (): Promise<{ pid: number; parent: ChildProcess }> => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
    ...asUser(user),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [chunk] = await once(parent.stdout as NodeJS.ReadableStream, 'data')
  const pid = Number(String(chunk))
  while (stateOf(pid) !== 'zombie') await sleep(10)
  return { pid, parent }
}

const leaveLock = (folder: string, pid: number): void => {
  const file = join(folder, 'postmaster.pid')
  writeFileSync(file, `${pid}\n${folder}\n1\n5432\n/tmp\n\n\nready\n`, { mode: 0o600 })
  if (user.lent) chownSync(file, user.uid, user.gid)
}

test.runIf(isLinux)(
  'a dead server that still has its number is waited for, and told when it stays',
  async () => {
    await (await start(dataDir)).stop()
    const { pid, parent } = await makeZombie()
    leaveLock(dataDir, pid)
    const options = { binaries: locateBinaries(user), folder: dataDir, user, settings: {} }
    expect(await code(() => startMaster({ ...options, lockPatienceMs: 1 }))).toBe('dead_process')
    expect(readFileSync(join(dataDir, 'postmaster.pid'), 'utf8')).toContain(`${pid}\n`)
    const starting = start(dataDir)
    await sleep(300)
    parent.kill('SIGKILL')
    expect(await ask(await starting, 'select 1 as n')).toEqual([{ n: 1 }])
  },
)

test.runIf(isLinux)(
  'a lock with the number of another process of that user is refused, and stays',
  async () => {
    await (await start(dataDir)).stop()
    const other = spawn('sleep', ['60'], { ...asUser(user), stdio: 'ignore' })
    leaveLock(dataDir, other.pid ?? 0)
    const options = { binaries: locateBinaries(user), folder: dataDir, user, settings: {} }
    expect(await code(() => startMaster({ ...options, lockPatienceMs: 1 }))).toBe('other_server')
    const lock = join(dataDir, 'postmaster.pid')
    expect(readFileSync(lock, 'utf8')).toContain(`${other.pid}\n`)
    other.kill('SIGKILL')
    rmSync(lock)
  },
)

test('a process of the killed server that still works is waited for', async () => {
  const server = await start(dataDir)
  const client = await connected(server)
  const work = `do $$ declare begun timestamptz := clock_timestamp(); begin
    while clock_timestamp() < begun + interval '1.5 s' loop end loop; end $$`
  const working = client.query(work).catch(() => 'broken')
  await sleep(100)
  process.kill(server.pid, 'SIGKILL')
  const next = await start(dataDir)
  expect(next.adopted).toBe(false)
  expect(await ask(next, 'select 1 as n')).toEqual([{ n: 1 }])
  await working
  await client.end().catch(() => {})
})

test.skipIf(process.platform === 'win32')(
  'a live server whose socket is gone is not adopted as if it answered',
  async () => {
    const server = await start(dataDir)
    rmSync(server.socketDir, { recursive: true })
    expect(await code(() => startPostgres({ dataDir }))).toBe('socket_missing')
    expect(await locateServer({ dataDir })).toMatchObject({ pid: server.pid })
    await server.stop()
    expect(await ask(await start(dataDir), 'select 1 as n')).toEqual([{ n: 1 }])
  },
)

test('settings win over ours, quotes and all', async () => {
  const settings = { cluster_name: "it's $HOME", max_connections: '17' }
  const server = await startPostgres({ dataDir, settings })
  try {
    expect(await ask(server, 'show cluster_name')).toEqual([{ cluster_name: "it's $HOME" }])
    expect(await ask(server, 'show max_connections')).toEqual([{ max_connections: '17' }])
    expect(await ask(server, 'show timezone')).toEqual([{ TimeZone: 'UTC' }])
  } finally {
    await server.stop()
  }
})

test('a setting that PostgreSQL does not know is told in its own words', async () => {
  const bad = () => startPostgres({ dataDir, settings: { no_such_setting: '1' } })
  expect(await code(bad)).toBe('start_failed')
  await expect(bad()).rejects.toThrow('no_such_setting')
})
