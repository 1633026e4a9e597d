import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, expect, test } from 'vitest'
import { findPackage, locateBinaries, repairLinks } from './binaries.ts'
import { checkData, placeData, socketFolder } from './folder.ts'
import { type EmbeddedPostgres, locateServer, startPostgres, stopPostgres } from './index.ts'
import { explain } from './initialise.ts'
import { serviceUser } from './serviceUser.ts'

const root = mkdtempSync(join(tmpdir(), 'hf-test-'))
chmodSync(root, 0o755) // the service user comes here too
const started: EmbeddedPostgres[] = []
const dataDir = join(root, 'main', 'postgres')
const user = serviceUser()
const asRoot = process.getuid?.() === 0

const start = async (folder = dataDir): Promise<EmbeddedPostgres> => {
  const server = await startPostgres({ dataDir: folder })
  started.push(server)
  return server
}
const code = async (work: () => unknown): Promise<string> => {
  try {
    await work()
    return 'no error'
  } catch (error) {
    expect((error as { hint: string }).hint).not.toBe('')
    return (error as { code: string }).code
  }
}
const ask = async (server: EmbeddedPostgres, text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client(server.connection({ user: 'postgres', database: 'postgres' }))
  client.on('error', () => {})
  await client.connect()
  return (await client.query(text).finally(() => client.end())).rows
}

afterEach(async () => {
  for (const server of started.splice(0)) await server.stop({ force: true })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

test('a server starts, answers, is durable, stops, and starts again with its data', async () => {
  const server = await start()
  await ask(server, 'create table kept (n int)')
  expect(await ask(server, 'show fsync')).toEqual([{ fsync: 'on' }])
  await server.stop()
  expect(await locateServer({ dataDir })).toBeUndefined()
  const again = await start()
  expect(again.adopted).toBe(false)
  expect(await ask(again, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }])
})

test('a live server is adopted, and goes on when its guest stops', async () => {
  const server = await start()
  const guest = await startPostgres({ dataDir })
  expect(guest).toMatchObject({ adopted: true, pid: server.pid })
  await guest.stop()
  expect(await ask(server, 'select 1 as n')).toEqual([{ n: 1 }])
  expect(await stopPostgres({ dataDir })).toBe(true)
  expect(await stopPostgres({ dataDir })).toBe(false)
})

test('after kill -9 of the postmaster the next start has what was committed', async () => {
  const server = await start()
  await ask(server, 'create table survived as select 7 as n')
  process.kill(server.pid, 'SIGKILL')
  const next = await start()
  expect(next.pid).not.toBe(server.pid)
  expect(await ask(next, 'select n from survived')).toEqual([{ n: 7 }])
})

test('two starts at once make one cluster', async () => {
  const folder = join(root, 'twins', 'postgres')
  const both = await Promise.all([start(folder), start(folder)])
  expect(new Set(both.map(({ pid }) => pid)).size).toBe(1)
})

test('what a broken first start has left is removed', () => {
  const folder = join(root, 'half', 'postgres')
  mkdirSync(`${folder}.init-999999-1`, { recursive: true })
  expect(checkData(folder, user)).toBe('missing')
  expect(readdirSync(dirname(folder))).toEqual([])
})

test('a folder with other files, or of another version, or of another user, is refused', async () => {
  const other = join(root, 'other', 'postgres')
  mkdirSync(other, { recursive: true })
  writeFileSync(join(other, 'diary.txt'), 'x')
  expect(await code(() => startPostgres({ dataDir: other }))).toBe('not_ours')
  writeFileSync(join(other, 'PG_VERSION'), '12\n')
  expect(await code(() => startPostgres({ dataDir: other }))).toBe('other_version')
  writeFileSync(join(other, 'PG_VERSION'), '18\n')
  expect(await code(() => checkData(other, { ...user, uid: 4_242 }))).toBe('wrong_owner')
})

test('a lock file of a live server of another folder is refused with its number', async () => {
  const server = await start()
  const folder = join(root, 'copied', 'postgres')
  mkdirSync(dirname(folder), { recursive: true })
  cpSync(server.dataDir, folder, { recursive: true, filter: path => !path.endsWith('.log') })
  const { findPostmaster } = await import('./postmaster.ts')
  expect(await code(() => findPostmaster(folder))).toBe('other_server')
})

test('a socket path that is too long, or a folder of somebody else, is refused', async () => {
  expect(await code(() => socketFolder(dataDir, user, `/tmp/${'x'.repeat(100)}`))).toBe(
    'path_too_long',
  )
  const taken = join(root, 'taken')
  mkdirSync(taken)
  const folder = socketFolder(dataDir, user, taken)
  rmSync(folder, { recursive: true })
  writeFileSync(folder, 'a file')
  expect(await code(() => socketFolder(dataDir, user, taken))).toBe('socket_taken')
})

test('the words of PostgreSQL become codes', () => {
  const codes = [
    'could not write: No space left on device',
    'data directory "/x" has wrong ownership',
    'FATAL: could not bind Unix address "/tmp/x": Address already in use',
    'Unix-domain socket path "/x" is too long (maximum 107 bytes)',
    'FATAL: something else',
  ].map(words => explain(words, '/x').code)
  expect(codes).toEqual([
    'no_space',
    'wrong_owner',
    'socket_taken',
    'path_too_long',
    'start_failed',
  ])
})

test('a platform without a package is told which one to install', async () => {
  expect(await code(() => findPackage('beos-ppc'))).toBe('package_missing')
})

test('library links that an install script has left out are made again', () => {
  const copy = join(root, 'package')
  cpSync(findPackage(), copy, { recursive: true, verbatimSymlinks: true })
  const link = join(copy, 'native/lib/libicuuc.so.60')
  rmSync(link, { force: true })
  expect(repairLinks(copy)).toBe(true)
  expect(existsSync(link)).toBe(true)
})

test.skipIf(!asRoot)('as root, data and binaries go where the service user can come', () => {
  const closed = join(root, 'closed')
  mkdirSync(closed, { mode: 0o700 })
  const notices: string[] = []
  const fallback = join('/var/tmp', `hf-fallback-${process.pid}`)
  const place = placeData(join(closed, 'postgres'), user, line => notices.push(line), fallback)
  expect(place.startsWith(fallback)).toBe(true)
  expect(notices).toHaveLength(1)
  cpSync(findPackage(), join(closed, 'package'), { recursive: true, verbatimSymlinks: true })
  const binaries = locateBinaries(user, join(closed, 'package'), fallback)
  expect(binaries.folder.startsWith(fallback)).toBe(true)
  rmSync(fallback, { recursive: true, force: true })
})
