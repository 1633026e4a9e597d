import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { locateBinaries } from './binaries.ts'
import { checkData } from './folder.ts'
import { initialise } from './initialise.ts'
import { placeData, placesOf } from './place.ts'
import { findPostmaster, type Postmaster, start, stop } from './postmaster.ts'
import { serviceUser } from './serviceUser.ts'
import { checkSocket, socketFolder } from './socket.ts'

export { EmbeddedError, type EmbeddedErrorCode } from './errors.ts'

export type EmbeddedOptions = {
  /** Where the data lives; made when missing. */
  dataDir: string
  /** Hears what a person should know, such as that data went elsewhere. */
  onNotice?: (line: string) => void
  /** Settings of postgresql.conf beside our own. */
  settings?: Record<string, string>
}

export type Connection = {
  host: string
  port: number
  user: string
  database: string
  password?: string
}

export type EmbeddedPostgres = {
  /** Where the data really is. */
  dataDir: string
  socketDir: string
  port: number
  /** The postmaster's process. */
  pid: number
  /** True when a server was running on the folder already. */
  adopted: boolean
  /** Fits pg.Pool and pg.Client. */
  connection(as: { user: string; database: string }): Connection
  connectionString(as: { user: string; database: string }): string
  /** Stops the server; one that was adopted goes on unless it is forced. */
  stop(options?: { force?: boolean }): Promise<void>
}

const WINDOWS = process.platform === 'win32'

const baseSettings: Record<string, string> = {
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  wal_compression: 'pglz', // this build has no lz4
  timezone: 'UTC',
  log_timezone: 'UTC',
  password_encryption: 'scram-sha-256',
}

/** A folder in a list of folders: it may have commas and spaces. */
const quoted = (folder: string): string => `"${folder.replaceAll('"', '""')}"`

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

/** Windows has no private sockets: TCP on 127.0.0.1 with a password of its own. */
const passwordOf = (folder: string): string | undefined => {
  if (!WINDOWS) return undefined
  const file = `${folder}.password`
  if (!existsSync(file)) {
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 })
  }
  return readFileSync(file, 'utf8')
}

/**
 * Starts native PostgreSQL 18 on a data folder, or adopts the server that runs on it already.
 * Throws `EmbeddedError` with a code and a hint.
 *
 * @example
 * const postgres = await startPostgres({ dataDir: './.holdfast/postgres' })
 * const pool = new pg.Pool(postgres.connection({ user: 'postgres', database: 'postgres' }))
 * await pool.end()
 * await postgres.stop()
 */
export const startPostgres = async (options: EmbeddedOptions): Promise<EmbeddedPostgres> => {
  const user = serviceUser()
  const binaries = locateBinaries(user)
  const onNotice = options.onNotice ?? (() => {})
  const folder = placeData(options.dataDir, user, onNotice)
  const found = checkData(folder, user)
  const socketDir = WINDOWS ? '' : socketFolder(folder, user)
  const password = passwordOf(folder)
  if (found === 'missing') await initialise(binaries, folder, user, password)
  const listening: Record<string, string> = WINDOWS
    ? { listen_addresses: '127.0.0.1', port: String(await freePort()) }
    : { listen_addresses: '', unix_socket_directories: quoted(socketDir), port: '5432' }
  const settings = { ...baseSettings, ...listening, ...options.settings }
  const { postmaster, adopted } = await start({ binaries, folder, user, settings, onNotice })
  if (!WINDOWS) checkSocket(postmaster)
  return {
    ...serverAt(postmaster, password),
    dataDir: folder,
    adopted,
    stop: async ({ force = false } = {}) => {
      if (!adopted || force) await stop(binaries, folder, user)
    },
  }
}

const serverAt = ({ pid, port, socketDir }: Postmaster, password: string | undefined) => {
  const host = WINDOWS ? '127.0.0.1' : socketDir
  const login = password === undefined ? {} : { password }
  return {
    pid,
    port,
    socketDir,
    connection: (as: { user: string; database: string }) => ({ host, port, ...as, ...login }),
    connectionString: ({ user, database }: { user: string; database: string }) => {
      const secret = password === undefined ? '' : `:${password}`
      const place = WINDOWS ? `${host}:${port}` : ''
      const query = WINDOWS ? '' : `?host=${encodeURIComponent(host)}&port=${port}`
      const [who, where] = [user, database].map(encodeURIComponent)
      return `postgres://${who}${secret}@${place || 'localhost'}/${where}${query}`
    },
  }
}

/**
 * Stops the server of a data folder if one runs.
 *
 * @example
 * const was = await stopPostgres({ dataDir: './.holdfast/postgres' })
 */
export const stopPostgres = async (options: { dataDir: string }): Promise<boolean> => {
  const user = serviceUser()
  for (const folder of placesOf(options.dataDir)) {
    if (findPostmaster(folder)) return stop(locateBinaries(user), folder, user)
  }
  return false
}

/**
 * The server that runs on a data folder, if one does.
 *
 * @example
 * const server = await locateServer({ dataDir: './.holdfast/postgres' })
 * console.log(server?.pid)
 */
export const locateServer = async (options: {
  dataDir: string
}): Promise<{ pid: number; socketDir: string; port: number } | undefined> => {
  const [wanted, moved] = placesOf(options.dataDir)
  return findPostmaster(wanted) ?? findPostmaster(moved)
}
