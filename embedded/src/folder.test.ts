import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { checkData } from './folder.ts'
import { startPostgres } from './index.ts'
import { explain } from './initialise.ts'
import { placeData } from './place.ts'
import { socketFolder } from './socket.ts'
import { ask, asRoot, code, start, testRoot, user } from './testServers.ts'

const root = testRoot()
const started = (dataDir: string) => code(() => start(dataDir))
const silent = (): void => {}

const folderWith = (name: string, files: Record<string, string>): string => {
  const folder = join(root, name, 'postgres')
  mkdirSync(folder, { recursive: true })
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text)
  return folder
}

test('a folder with files of somebody else is refused, and they stay', async () => {
  const folder = folderWith('diary', { 'diary.txt': 'dear diary' })
  expect(await started(folder)).toBe('not_ours')
  expect(readFileSync(join(folder, 'diary.txt'), 'utf8')).toBe('dear diary')
  expect(await started(join(folder, 'diary.txt'))).toBe('not_ours')
  expect(await started(join(folder, 'diary.txt', 'postgres'))).toBe('unreachable_folder')
})

test('data of another major version is refused with both numbers', async () => {
  const folder = folderWith('older', { PG_VERSION: '15\n' })
  expect(await started(folder)).toBe('other_version')
  await expect(startPostgres({ dataDir: folder })).rejects.toThrow(/PostgreSQL 15; .* runs 18/)
})

test('data of another user is refused', async () => {
  const folder = folderWith('foreign', { PG_VERSION: '18\n' })
  if (asRoot) chownSync(folder, 4_242, 4_242)
  expect(await code(() => checkData(folder, { ...user, uid: user.uid + 1 }))).toBe('wrong_owner')
  if (asRoot) expect(await started(folder)).toBe('wrong_owner')
})

test('a folder that has a version but no pg_control is refused as half initialised', async () => {
  const folder = folderWith('broken', { PG_VERSION: '18\n' })
  if (user.lent) chownSync(folder, user.uid, user.gid)
  expect(await started(folder)).toBe('half_initialised')
  expect(readdirSync(folder)).toEqual(['PG_VERSION'])
})

test('data whose mode a copy has opened is closed again and starts', async () => {
  const folder = join(root, 'opened', 'postgres')
  await (await start(folder)).stop()
  chmodSync(folder, 0o755)
  const server = await start(folder)
  expect(await ask(server, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('an empty folder is taken, and what a broken first start has left beside is removed', async () => {
  const folder = folderWith('half', {})
  mkdirSync(`${folder}.init-999999-1`)
  writeFileSync(join(`${folder}.init-999999-1`, 'PG_VERSION'), '18\n')
  mkdirSync(`${folder}.init-${process.pid}-99`) // of a living process: perhaps at work
  const server = await start(folder)
  expect(await ask(server, 'select 1 as n')).toEqual([{ n: 1 }])
  expect(readdirSync(dirname(folder)).sort()).toEqual([
    'postgres',
    `postgres.init-${process.pid}-99`,
    'postgres.log',
  ])
})

test("the lock file of another folder's live server is refused with its number", async () => {
  const server = await start(join(root, 'original', 'postgres'))
  const copy = join(root, 'copied', 'postgres')
  mkdirSync(dirname(copy), { recursive: true })
  cpSync(server.dataDir, copy, { recursive: true })
  if (user.lent) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, copy])
  expect(await started(copy)).toBe('other_server')
  await expect(startPostgres({ dataDir: copy })).rejects.toThrow(`Process ${server.pid}`)
  expect(await ask(server, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('a socket folder of somebody else, or a file or link in its place, is refused', async () => {
  const folder = join(root, 'taken', 'postgres')
  const place = join(root, 'sockets')
  mkdirSync(place)
  const made = socketFolder(folder, user, place)
  expect(socketFolder(folder, user, place)).toBe(made)
  if (asRoot) {
    chownSync(made, 4_242, 4_242)
    expect(await code(() => socketFolder(folder, user, place))).toBe('socket_taken')
  }
  rmSync(made, { recursive: true })
  symlinkSync('/tmp', made)
  expect(await code(() => socketFolder(folder, user, place))).toBe('socket_taken')
  rmSync(made)
  writeFileSync(made, 'a file')
  expect(await code(() => socketFolder(folder, user, place))).toBe('socket_taken')
})

test('a socket on which somebody else listens is refused', async () => {
  const folder = join(root, 'listened', 'postgres')
  const sockets = socketFolder(folder, user)
  // The lock of a living process, as another PostgreSQL leaves it beside its socket.
  const neighbour = await start(join(root, 'neighbour', 'postgres'))
  const lock = join(sockets, '.s.PGSQL.5432.lock')
  writeFileSync(lock, `${neighbour.pid}\n/elsewhere\n1\n5432\n${sockets}\n`)
  if (user.lent) chownSync(lock, user.uid, user.gid)
  const listener = createServer().listen(join(sockets, '.s.PGSQL.5432'))
  expect(await started(folder)).toBe('socket_taken')
  await new Promise(resolve => listener.close(resolve))
  rmSync(sockets, { recursive: true, force: true })
})

test('a socket path that is too long is refused before anything is made', async () => {
  const long = join('/tmp', 'x'.repeat(100))
  expect(await code(() => socketFolder(root, user, long))).toBe('path_too_long')
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = long
  const folder = join(root, 'long', 'postgres')
  const got = await started(folder)
  if (before === undefined) delete process.env['TMPDIR']
  else process.env['TMPDIR'] = before
  expect(got).toBe('path_too_long')
  expect(existsSync(folder)).toBe(false)
})

const tiny = join(root, 'tiny')
mkdirSync(tiny)
const size = ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', tiny]
const canMount = asRoot && spawnSync('mount', size, { stdio: 'ignore' }).status === 0

test.runIf(canMount)('a full disk is told, and nothing half stays on it', async () => {
  try {
    expect(await started(join(tiny, 'postgres'))).toBe('no_space')
    expect(readdirSync(tiny)).toEqual([])
  } finally {
    spawnSync('umount', [tiny])
  }
})

test.runIf(canMount)('a start on a disk that has become full is told', async () => {
  const disk = join(root, 'disk')
  mkdirSync(disk)
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=90m,mode=755', 'tmpfs', disk])
  try {
    const folder = join(disk, 'postgres')
    await (await start(folder)).stop()
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'fill')}`, 'bs=4k'], { stdio: 'ignore' })
    expect(await started(folder)).toBe('no_space')
    rmSync(join(disk, 'fill'))
    const server = await start(folder)
    expect(await ask(server, 'select 1 as n')).toEqual([{ n: 1 }])
    await server.stop()
  } finally {
    spawnSync('umount', [disk])
  }
})

test.runIf(canMount)(
  'a data folder that is itself a mount point is told, and stays empty',
  async () => {
    const folder = join(root, 'mounted', 'postgres')
    mkdirSync(folder, { recursive: true })
    spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder])
    try {
      expect(await started(folder)).toBe('mount_point')
      expect(readdirSync(folder)).toEqual([])
      expect(readdirSync(dirname(folder))).toEqual(['postgres'])
    } finally {
      spawnSync('umount', [folder])
    }
  },
)

test.skipIf(canMount)('not run: full disks and mount points (only root can mount)', () => {})

test.runIf(asRoot)(
  'data that the service user could not reach goes elsewhere, and stays',
  async () => {
    const closed = join(root, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const fallback = join(root, 'fallback', 'root')
    const notices: string[] = []
    const place = () =>
      placeData(join(closed, 'postgres'), user, line => notices.push(line), fallback)
    const before = process.umask(0o077)
    const moved = place()
    process.umask(before)
    expect(moved.startsWith(`${fallback}/`)).toBe(true)
    expect(notices).toEqual([`The user ${user.name} cannot reach ${closed}: data goes to ${moved}`])
    const server = await start(moved)
    await server.stop()
    chmodSync(closed, 0o755)
    expect(place()).toBe(moved)
    expect(notices[1]).toBe(`Data went elsewhere before: data goes to ${moved}`)
  },
)

test.runIf(asRoot)(
  'data that is there but cannot be reached is never replaced by empty data',
  async () => {
    const folder = folderWith('locked', { PG_VERSION: '18\n' })
    chmodSync(dirname(folder), 0o700)
    const fallback = join(root, 'never')
    const place = () => placeData(folder, user, silent, fallback)
    expect(await code(place)).toBe('unreachable_folder')
    expect(place).toThrow(folder)
    expect(existsSync(fallback)).toBe(false)
  },
)

test.runIf(asRoot)('where the service user reaches neither folder, it is told', async () => {
  const closed = join(root, 'walls')
  mkdirSync(closed, { mode: 0o700 })
  const place = () => placeData(join(closed, 'a/postgres'), user, silent, join(closed, 'b'))
  expect(await code(place)).toBe('unreachable_folder')
})

test.skipIf(asRoot)('not run: folders that the service user cannot reach (needs root)', () => {})

test.each([
  ['no_space', 'could not write: No space left on device'],
  ['wrong_owner', 'data directory "/x" has wrong ownership'],
  ['wrong_owner', "EACCES: permission denied, mkdir '/x'"],
  ['socket_taken', 'FATAL: could not bind Unix address "/tmp/x": Address already in use'],
  ['path_too_long', 'Unix-domain socket path "/x" is too long (maximum 107 bytes)'],
  ['other_server', 'FATAL:  lock file "postmaster.pid" already exists'],
  ['start_failed', 'FATAL: something else'],
])('PostgreSQL’s words become %s', (expected, words) => {
  expect(explain(words, '/x').code).toBe(expected)
})
