import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { locateServer, stopPostgres } from './index.ts'
import { placeData, placesOf } from './place.ts'
import { socketFolder } from './socket.ts'
import { asRoot, code, start, testRoot, user } from './testServers.ts'

const root = testRoot()
const silent = (): void => {}

test('looking for a server, or stopping one, makes no folder', async () => {
  const dataDir = join(root, 'nowhere', 'at', 'all')
  expect(await locateServer({ dataDir })).toBeUndefined()
  expect(await stopPostgres({ dataDir })).toBe(false)
  expect(readdirSync(root)).toEqual([])
})

test('two names of one folder mean one place', () => {
  mkdirSync(join(root, 'real'))
  symlinkSync(join(root, 'real'), join(root, 'link'))
  expect(placesOf(join(root, 'link', 'a', 'b'))).toEqual(placesOf(join(root, 'real', 'a', 'b')))
})

test('an ordinary user does not start empty where root has moved the data', async () => {
  const folder = join(root, 'mine', 'postgres')
  const fallback = join(root, 'fallback')
  const ordinary = { ...user, lent: false }
  expect(placeData(folder, ordinary, silent, fallback)).toBe(folder)
  mkdirSync(placesOf(folder, fallback)[1], { recursive: true })
  expect(await code(() => placeData(folder, ordinary, silent, fallback))).toBe('wrong_owner')
})

test.runIf(asRoot)("a TMPDIR of root's own is left for one that PostgreSQL can reach", async () => {
  const own = mkdtempSync(join(tmpdir(), 'hf-own-'))
  const before = process.env['TMPDIR']
  process.env['TMPDIR'] = own
  const server = await start(join(root, 'temporary', 'postgres')).finally(() => {
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  })
  expect(server.socketDir.startsWith('/tmp/hf-')).toBe(true)
  expect(readdirSync(own)).toEqual([])
  rmSync(own, { recursive: true })
})

test('a TMPDIR that is not there is left for /tmp', () => {
  const folder = socketFolder(join(root, 'x'), user, join(root, 'gone'))
  expect(folder.startsWith('/tmp/hf-')).toBe(true)
  rmSync(folder, { recursive: true })
  expect(existsSync(join(root, 'gone'))).toBe(false)
})
