import type pg from 'pg'
import { type Database, isConnectionFailure, isUndone } from './connect.ts'

/**
 * How long an answer is waited for before its connection is given up. A database that vanishes
 * without a word (a pulled cable, a firewall that forgets) leaves connections on which no answer
 * ever comes: without a bound three of them stop every flush of a process for ever.
 */
export const ANSWER_MS_MAX = 30_000
const LONG_MS_MAX = 120_000
const WHOLE_MS_MAX = 3_600_000

/** Calls that go through a file's chunk or a long list … */
const LONG = /^(export|import|replay|trim|levels_as_of)/
/** … and those that go through whole tables: they take as long as these have grown. */
const WHOLE = /^(verify|audit|repair|book_sizes|catalog_lint|refresh_statistics|make_ledger)/

/** What a function is waited for beyond the usual time, by its name. */
export const patienceOf = (name: string): number =>
  WHOLE.test(name) ? WHOLE_MS_MAX : LONG.test(name) ? LONG_MS_MAX : 0

/** The database decides on far more letters than this in a millisecond. */
const LETTERS_PER_MS = 5

/** What a request of so many letters is waited for beyond the usual time. */
export const patienceFor = (letters: number): number => Math.ceil(letters / LETTERS_PER_MS)

const SILENT = 'Query read timeout' // the driver's words

/**
 * Asks on a connection of the pool. When no answer comes in time the connection is destroyed, its
 * session at the database is ended, and the outcome is unknown: `database_unavailable`, and the
 * same key may ask again. A connection on which PostgreSQL has refused a statement stays.
 */
export const ask = async <Row extends pg.QueryResultRow>(
  database: Database,
  query: { name?: string; text: string; values: unknown[] },
  patienceMs = 0,
): Promise<pg.QueryResult<Row>> => {
  const { pool, direct, answer_ms_max = ANSWER_MS_MAX } = database
  const { name, text, values } = query
  const query_timeout = answer_ms_max + patienceMs
  const client = await clientOf(pool)
  let broken = false
  try {
    return await client.query<Row>({
      ...{ text, values, query_timeout },
      ...(direct && name ? { name } : {}),
    })
  } catch (error) {
    broken = !isUndone(error) || isConnectionFailure(error)
    if ((error as Error).message === SILENT) database.silent?.(client, query_timeout)
    throw error
  } finally {
    client.removeListener('error', hearNothing)
    client.release(broken)
  }
}

/** A connection that breaks fails its query, which says the same. */
const hearNothing = (): void => {}

/** By callback: a session may be ended by the same bytes that say that it is ready. */
const clientOf = (pool: pg.Pool): Promise<pg.PoolClient> =>
  new Promise((resolve, reject) => {
    pool.connect((error, client) => {
      if (!client) return reject(error)
      client.on('error', hearNothing)
      resolve(client)
    })
  })
