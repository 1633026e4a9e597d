import pg from 'pg'
import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'
import { endSilent } from './sessions.ts'

// bigint and numeric arrive as JavaScript numbers: quantities stay below 10^12, ids below 2^53.
const BIGINT_OID = 20
pg.types.setTypeParser(BIGINT_OID, Number)

const CONNECT_TIMEOUT_MS = 10_000
/** An idle connection is asked for a sign of life after so long, so that a dead one is found. */
const KEEP_ALIVE_MS = 10_000
/** … and PostgreSQL asks us: one that vanished keeps its locks for 40 s, not for two hours. */
const ALIVE_SETTINGS = [
  'tcp_keepalives_idle=10',
  'tcp_keepalives_interval=10',
  'tcp_keepalives_count=3',
]
const END_MS_MAX = 5_000
export const POOL_SIZE = 10

/** What a room needs of a database: a query, and the pool's end. */
export type Database = {
  pool: pg.Pool
  /** True when the pool was made here and is to be ended here. */
  owned: boolean
  /** Milliseconds after which a connection that does not answer is given up. */
  answer_ms_max?: number | undefined
  /** Hears that a connection of the pool was silent for so long. */
  silent?: ((client: pg.PoolClient, ms: number) => void) | undefined
  /** Named statements need a direct connection; PgBouncer in transaction mode has none. */
  direct: boolean
}

export type ConnectOptions = {
  connectionString?: string | undefined
  pool?: pg.Pool | undefined
  config?: pg.PoolConfig | undefined
  poolSize?: number | undefined
  answer_ms_max?: number | undefined
}

/** The hosts of a connection string; `host1:5432,host2:5433` names several. */
export const hostsOf = (connectionString: string): string[] => {
  const match = /^(postgres(?:ql)?:\/\/(?:[^@/]*@)?)([^/?]*)(.*)$/.exec(connectionString)
  if (!match?.[2]?.includes(',')) return [connectionString]
  return match[2].split(',').map(host => `${match[1]}${host}${match[3]}`)
}

const SQLSTATE = /^[0-9A-Z]{5}$/
const SERVER_CODES = /^(08|57P|53300|3D000|55000)/
/** What the operating system and TLS say of a connection; ERR_ alone is Node's word for a bug. */
const SYSTEM_CODES = /^(E(?!RR_)[A-Z]+|ERR_(SSL|TLS|SOCKET|STREAM)\w*)$/
const DRIVER_WORDS = new RegExp(
  [
    'Connection terminated',
    'timeout exceeded when trying',
    'timeout expired',
    'Query read timeout',
    'not queryable',
    'after calling end',
    'Received unexpected',
    'SSL connection',
  ].join('|'),
)

/** True when the failure is of the connection or the server's life, not of the statement. */
export const isConnectionFailure = (error: unknown): boolean => {
  const { code, message } = error as { code?: string; message?: string }
  return (
    SERVER_CODES.test(code ?? '') ||
    SYSTEM_CODES.test(code ?? '') ||
    DRIVER_WORDS.test(message ?? '')
  )
}

/** True when PostgreSQL itself has refused a statement: then it has undone it, too. */
export const isUndone = (error: unknown): boolean => {
  const { code } = error as { code?: string }
  return SQLSTATE.test(code ?? '') && !SYSTEM_CODES.test(code ?? '')
}

type Connected = { connection: { stream: { destroy(): void } } }

const streamOf = (client: pg.Client | pg.PoolClient) =>
  (client as unknown as Connected).connection.stream

/** Ends a connection; one whose other side does not answer is destroyed. */
const ended = async (client: pg.Client): Promise<void> => {
  const callOff = clock.after(END_MS_MAX, () => streamOf(client).destroy())
  await client.end().catch(() => {})
  callOff()
}

type Look = {
  inRecovery: boolean
  version: number
  superuser: boolean
  role: string
  direct: boolean
}

const look = async (config: pg.ClientConfig): Promise<Look> => {
  const client = new pg.Client({
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    ...config,
  })
  client.on('error', () => {}) // a connection that breaks here has failed its query already
  try {
    await client.connect()
    const { rows } = await client.query<Look & { pid: number }>({
      text: `select pg_is_in_recovery() as "inRecovery", current_user as role,
        current_setting('server_version_num')::int as version, pg_backend_pid() as pid,
        (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as superuser`,
    })
    const found = rows[0] as Look & { pid: number }
    // A pooler between us and PostgreSQL tells a process id of its own at the handshake.
    const { processID } = client as unknown as { processID: number }
    return { ...found, direct: found.pid === processID }
  } finally {
    await ended(client)
  }
}

const VERSION_MIN = 150_000
const VERSION_MAX = 190_000

const refuseUnfit = (found: Look): void => {
  if (found.inRecovery) {
    throw new HoldfastError('database_is_replica', {
      hint: 'Name the primary in DATABASE_URL, or all hosts: postgres://user@one,two/db',
    })
  }
  if (found.version < VERSION_MIN || found.version >= VERSION_MAX) {
    throw new HoldfastError('unsupported_database', {
      message: `PostgreSQL 15 to 18 is needed; this one is ${Math.floor(found.version / 10_000)}.`,
    })
  }
}

/** The first host that is a primary, of the ones that a connection string names. */
export const findPrimary = async (connectionString: string): Promise<pg.ClientConfig & Look> => {
  let failure: unknown
  for (const candidate of hostsOf(connectionString)) {
    try {
      const found = await look({ connectionString: candidate })
      refuseUnfit(found)
      return { ...found, connectionString: candidate }
    } catch (error) {
      failure ??= error
      if (error instanceof HoldfastError && error.code === 'database_is_replica') failure = error
    }
  }
  if (failure instanceof HoldfastError) throw failure
  throw new HoldfastError('database_unavailable', {
    message: `The database cannot be reached: ${(failure as Error).message}`,
    hint: 'Check DATABASE_URL, that the server runs, and that this machine may connect.',
    cause: failure,
  })
}

/** A pool on the primary; a superuser's connections drop to holdfast_app, so that walls hold. */
export const connect = async (options: ConnectOptions): Promise<Database> => ({
  ...(await connected(options)),
  answer_ms_max: options.answer_ms_max,
})

const connected = async (options: ConnectOptions): Promise<Database> => {
  if (options.pool) return { pool: options.pool, owned: false, direct: false }
  const size = options.poolSize ?? POOL_SIZE
  const base: pg.PoolConfig = {
    max: size,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    application_name: 'holdfast',
  }
  if (options.config) return poolOf({ ...base, ...options.config })
  if (!options.connectionString) {
    throw new HoldfastError('database_unavailable', {
      message: 'No database is named.',
      hint: 'Pass connectionString or pool, or set DATABASE_URL.',
    })
  }
  const primary = await findPrimary(options.connectionString)
  const { connectionString, direct, superuser } = primary
  const settings = [
    ...(direct ? ALIVE_SETTINGS : []),
    ...(superuser ? ['role=holdfast_app'] : []),
  ].map(setting => `-c ${setting}`)
  const config = {
    ...base,
    connectionString,
    ...(settings[0] ? { options: settings.join(' ') } : {}),
  }
  return { ...poolOf(config, direct ? connectionString : undefined), direct }
}

/** A pool whose connections are gone soon after its end, even where the other side is silent. */
class Pool extends pg.Pool {
  readonly #open = new Set<pg.PoolClient>()

  constructor(config: pg.PoolConfig) {
    super(config)
    this.on('error', () => {}) // an idle connection that breaks is replaced at its next use
    this.on('connect', client => {
      client.on('error', () => {}) // before whoever asked for it can listen
      this.#open.add(client)
      client.once('end', () => this.#open.delete(client))
    })
  }

  /** One connection was silent: those that lie idle are likely so too, and cheap to renew. */
  distrust(): void {
    for (let left = this.idleCount; left > 0; left--) {
      const takeOut = (client: pg.PoolClient) => {
        client.release(true)
        streamOf(client).destroy()
      }
      this.connect().then(takeOut, () => {}) // before whoever asks for one after this
    }
  }

  override async end(): Promise<void> {
    // Whoever still waits for an answer, or for the other side's end, would wait for ever.
    setTimeout(() => {
      for (const client of this.#open) streamOf(client).destroy()
    }, END_MS_MAX).unref()
    await super.end()
  }
}

const poolOf = (config: pg.PoolConfig, connectionString?: string): Database => {
  const pool = new Pool(config)
  const silent = (client: pg.PoolClient, ms: number) => {
    pool.distrust()
    const { processID } = client as unknown as { processID: number }
    if (connectionString) void endSilent(connectionString, processID, ms)
  }
  return { pool, owned: true, direct: true, silent }
}
