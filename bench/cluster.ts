import { existsSync, readFileSync, rmSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { clock } from '../src/clock.ts'
import { connect } from '../src/database/connect.ts'
import { migrate } from '../src/database/migrate.ts'
import { ensureTenant } from '../src/tenants/tenants.ts'

/** A database of its own for one round. */
export type BenchDatabase = { name: string; owner: string; app: string; drop(): Promise<void> }

export type Cluster = {
  /** A superuser's connection, for what is measured and checked. */
  admin: pg.Client
  /** The postmaster's process, where it runs on this machine. */
  pid: number | undefined
  /** An empty database, or a copy of a template. */
  fresh(template?: string): Promise<BenchDatabase>
  /** A database with our schema, filled once and copied for each round; its name. */
  template(name: string, fill: (database: BenchDatabase) => Promise<void>): Promise<string>
  stop(): Promise<void>
}

const GIB = 1024 ** 3

/**
 * Durability stays at PostgreSQL's defaults. In full mode a checkpoint and a look of autovacuum
 * fall into every round of 60 s, as they do in a shop's day.
 */
const settingsOf = (quick: boolean): Record<string, string> => ({
  max_connections: '300',
  shared_buffers: totalmem() >= 4 * GIB ? '1GB' : '256MB',
  max_wal_size: '4GB',
  min_wal_size: '2GB',
  ...(quick ? {} : { checkpoint_timeout: '40s', autovacuum_naptime: '15s' }),
})

type Running = { url(user: string, database: string): string; pid?: number; stop(): Promise<void> }

const ownCluster = async (folder: string, quick: boolean): Promise<Running> => {
  const { startPostgres } = await import('../embedded/src/index.ts')
  const dataDir = join(folder, 'postgres')
  const postgres = await startPostgres({ dataDir, settings: settingsOf(quick) })
  return {
    url: (user, database) => postgres.connectionString({ user, database }),
    pid: postgres.pid,
    stop: async () => {
      await postgres.stop()
      rmSync(postgres.socketDir, { recursive: true, force: true })
    },
  }
}

/** A cluster of somebody else's, by the URL of a superuser; the library drops its rights itself. */
const namedCluster = (named: string): Running => ({
  url: (_user, database) => {
    const url = new URL(named)
    url.pathname = `/${database}`
    return url.href
  },
  stop: async () => {},
})

/** The process of a server on this machine: its own file names it, and /proc must agree. */
const findPostmaster = async (admin: pg.Client): Promise<number | undefined> => {
  const { rows } = await admin.query(`select pg_read_file('postmaster.pid') as file`)
  const pid = Number.parseInt(rows[0].file, 10)
  const found = existsSync(`/proc/${pid}/comm`) && readFileSync(`/proc/${pid}/comm`, 'utf8')
  return found === 'postgres\n' ? pid : undefined
}

/**
 * New segments of the log are filled with zeros when they are first used, which a server that has
 * run for a while does no more: a fresh cluster showed 0.71 of its speed.
 */
const makeSegments = async (admin: pg.Client): Promise<void> => {
  await admin.query(
    `create table segments as
       select g, repeat(md5(g::text), 60) as filler from generate_series(1, 900000) g`,
  )
  await admin.query('drop table segments')
  await admin.query('checkpoint')
}

const connected = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client(connectionString)
  client.on('error', () => {}) // its server was stopped
  await client.connect()
  return client
}

const migrated = async ({ owner, app }: BenchDatabase): Promise<void> => {
  await migrate({ connectionString: owner })
  const database = await connect({ connectionString: app, poolSize: 1 })
  await ensureTenant(database, 'default').finally(() => database.pool.end())
}

export const startCluster = async (options: {
  folder: string
  quick: boolean
  url: string | undefined
}): Promise<Cluster> => {
  const { folder, quick, url } = options
  const running = url === undefined ? await ownCluster(folder, quick) : namedCluster(url)
  const admin = await connected(running.url('postgres', 'postgres'))
  if (!quick && url === undefined) await makeSegments(admin)
  const made = new Set<BenchDatabase>()
  const templates = new Map<string, Promise<string>>()
  const fresh = async (template?: string): Promise<BenchDatabase> => {
    const name = `holdfast_bench_${clock.uuid().replaceAll('-', '_')}`
    await admin.query(`create database ${name} ${template ? `template ${template}` : ''}`)
    const drop = async () => {
      if (made.delete(database)) await admin.query(`drop database ${name} with (force)`)
    }
    const [owner, app] = [running.url('postgres', name), running.url('holdfast_app', name)]
    const database = { name, owner, app, drop }
    made.add(database)
    return database
  }
  return {
    admin,
    pid: running.pid ?? (await findPostmaster(admin)),
    fresh,
    template: (name, fill) => {
      const found = templates.get(name)
      if (found) return found
      const making = fresh().then(async database => {
        await migrated(database)
        await fill(database)
        return database.name
      })
      templates.set(name, making)
      return making
    },
    stop: async () => {
      if (url !== undefined) for (const database of [...made]) await database.drop()
      await admin.end()
      await running.stop()
    },
  }
}
