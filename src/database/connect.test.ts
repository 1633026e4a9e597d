import {
  chmodSync,
  chownSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { type AddressInfo, connect as connectSocket, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbeddedPostgres, startPostgres } from '../../embedded/src/index.ts'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, level, stock } from '../../test/shop.ts'
import { openHoldfast } from '../index.ts'
import { connect, findPrimary, hostsOf } from './connect.ts'

const { holdfast, name, url, ownerUrl } = await freshDatabase()
const servers: Server[] = []

/** A copy that root has made belongs to the user that runs PostgreSQL. */
const giveTo = (example: string, folder: string): void => {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = statSync(example)
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  for (const path of ['', ...all]) chownSync(join(folder, path), uid, gid)
}

/** A TCP port that leads to a socket of PostgreSQL: only hosts with ports can be listed. */
const portOf = async (socketFolder: string): Promise<number> => {
  const server = createServer(incoming => {
    const socket = connectSocket(join(socketFolder, '.s.PGSQL.5432'))
    for (const end of [incoming, socket]) end.on('error', () => {})
    incoming.pipe(socket).pipe(incoming)
  })
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
const socketFolderOf = (connectionString: string): string =>
  new URL(connectionString).searchParams.get('host') ?? ''

afterAll(() => {
  for (const server of servers) server.close()
})

const failureOf = async (work: Promise<unknown>): Promise<Error & { hint?: string }> =>
  work.then(
    () => new Error('no error'),
    error => error,
  )

test('a connection string may name several hosts', () => {
  expect(hostsOf('postgres://u:p@a:1,b:2/db?x=1')).toEqual([
    'postgres://u:p@a:1/db?x=1',
    'postgres://u:p@b:2/db?x=1',
  ])
  expect(hostsOf(url)).toEqual([url])
})

test('where a host is dead, the next one is taken', async () => {
  const port = await portOf(socketFolderOf(url))
  const several = `postgres://holdfast_app@127.0.0.1:1,127.0.0.1:${port}/${name}`
  const found = await findPrimary(several)
  expect(found.connectionString).toBe(`postgres://holdfast_app@127.0.0.1:${port}/${name}`)
  const shop = await openHoldfast({ connectionString: several })
  expect(shop.tenant).toBe('default')
  await shop.close()
})

test('where nobody answers, the error says so, with a hint and without the password', async () => {
  const dead = 'postgres://u:secret@127.0.0.1:1,127.0.0.1:2/db'
  const failure = await failureOf(openHoldfast({ connectionString: dead }))
  expect(failure).toMatchObject({ code: 'database_unavailable', retryable: true })
  expect(failure.hint).toMatch(/DATABASE_URL/)
  expect(failure.message).toContain('127.0.0.1:1')
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('secret')
})

test('a database that does not exist, or none named, is unavailable', async () => {
  const missing = url.replace(name, `${name}_gone`)
  for (const options of [{ connectionString: missing }, {}]) {
    const failure = await failureOf(connect(options))
    expect(failure).toMatchObject({ code: 'database_unavailable' })
    expect(failure.hint).toMatch(/DATABASE_URL/)
  }
})

test("a superuser's connections work as holdfast_app, so that the walls hold", async () => {
  const shop = await openHoldfast({ connectionString: ownerUrl })
  const { pool } = shop.context.database
  const { rows } = await pool.query('select current_user as role, session_user as login')
  expect(rows).toEqual([{ role: 'holdfast_app', login: 'postgres' }])
  // No tenant is set outside a call: not one row is seen.
  expect((await pool.query('select * from holdfast.levels')).rows).toEqual([])
  await shop.close()
})

test("a pool of the caller's own is used as it is, and not ended", async () => {
  const pool = new pg.Pool({ connectionString: url, max: 2 })
  const shop = await openHoldfast({ pool })
  await shop.close()
  expect((await pool.query('select 1 as n')).rows).toEqual([{ n: 1 }])
  await pool.end()
})

test('connections that break are replaced: idle ones unseen, busy ones by a retryable error', async () => {
  await stock(holdfast, { TEE: { berlin: 1_000_000 } })
  const breakAll = () =>
    asOwner(
      ownerUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
  const reserve = (key: string) =>
    holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 1 }] }, { key })
  granted(await reserve('before'))
  await breakAll()
  await new Promise(resolve => setTimeout(resolve, 50)) // the driver hears of it
  granted(await reserve('after'))

  let running = true
  let retries = 0
  const callers = Array.from({ length: 20 }, async (_, n) => {
    for (let call = 0; running; call++) {
      for (;;) {
        try {
          granted(await reserve(`${n}-${call}`))
          break
        } catch (error) {
          expect(error).toMatchObject({ retryable: true })
          retries++
        }
      }
    }
    return 0
  })
  for (let time = 0; time < 5; time++) {
    await new Promise(resolve => setTimeout(resolve, 30))
    await breakAll()
  }
  running = false
  await Promise.all(callers)
  expect(retries).toBeGreaterThan(0)
  const [keys] = await asOwner(ownerUrl, 'select count(*)::int as n from holdfast.requests')
  expect(await level(holdfast, 'TEE', 'berlin')).toMatchObject({ held: keys?.['n'] })
})

describe('beside a replica', async () => {
  const root = mkdtempSync(join(tmpdir(), 'hf-replica-'))
  chmodSync(root, 0o755)
  const clusters: EmbeddedPostgres[] = []
  const urlOf = (server?: EmbeddedPostgres) =>
    server?.connectionString({ user: 'postgres', database: 'postgres' }) ?? ''

  beforeAll(async () => {
    const dataDir = join(root, 'primary', 'postgres')
    const first = await startPostgres({ dataDir })
    await first.stop()
    const copy = join(root, 'replica', 'postgres')
    cpSync(dataDir, copy, { recursive: true, preserveTimestamps: true })
    writeFileSync(join(copy, 'standby.signal'), '')
    giveTo(dataDir, copy)
    clusters.push(await startPostgres({ dataDir }), await startPostgres({ dataDir: copy }))
  })

  afterAll(async () => {
    for (const server of clusters) {
      await server.stop()
      rmSync(server.socketDir, { recursive: true, force: true })
    }
    rmSync(root, { recursive: true, force: true })
  })

  test('a replica alone is refused, with what to name instead', async () => {
    const failure = await failureOf(findPrimary(urlOf(clusters[1])))
    expect(failure).toMatchObject({ code: 'database_is_replica' })
    expect(failure.hint).toMatch(/primary/)
  })

  test('of several hosts the primary is taken, wherever it stands; of none, a replica is told', async () => {
    const [primary, replica] = await Promise.all(clusters.map(at => portOf(at.socketDir)))
    const several = (...ports: (number | undefined)[]) =>
      `postgres://postgres@${ports.map(port => `127.0.0.1:${port}`).join(',')}/postgres`
    for (const hosts of [several(replica, primary), several(1, replica, primary, 1)]) {
      const found = await findPrimary(hosts)
      expect(found).toMatchObject({ inRecovery: false, connectionString: several(primary) })
    }
    const failure = await failureOf(findPrimary(several(1, replica)))
    expect(failure).toMatchObject({ code: 'database_is_replica' })
  })
})
