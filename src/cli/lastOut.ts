import pg from 'pg'
import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'

/** Tells later commands that a server was started for commands, and not by somebody's own code. */
export const STARTED_BY_COMMAND = { 'holdfast.started_by': 'command' }

const USERS_LOCK = 4_865_647 // a constant of ours beside the migrator's
const ENTRY_TRIES_MAX = 40
const PAUSE_MS = 250

/** What a command holds while it uses an embedded server that others may use too. */
export type Stay = {
  /** Leaves; true for the last one, who is to stop the server. */
  leave(): Promise<boolean>
  end(): Promise<void>
}

const answered = async (client: pg.Client, text: string): Promise<unknown> => {
  const { rows } = await client.query<{ is: unknown }>(text, [])
  return rows[0]?.is
}

/**
 * Enters an embedded server: a shared lock of a session, which ends with the process however it
 * ends. The last to leave gets the lock alone and keeps it until the server has stopped, so that
 * nobody comes in between.
 */
const enter = async (connection: pg.ClientConfig): Promise<Stay> => {
  const client = new pg.Client(connection)
  client.on('error', () => {}) // the server may end first
  await client.connect()
  const end = () => client.end().catch(() => {})
  try {
    await client.query(`select pg_advisory_lock_shared(${USERS_LOCK})`)
    const setting = `select current_setting('holdfast.started_by', true) as is`
    const ours = (await answered(client, setting)) === 'command'
    const leave = async (): Promise<boolean> => {
      if (!ours) return false
      await client.query(`select pg_advisory_unlock_shared(${USERS_LOCK})`)
      return (await answered(client, `select pg_try_advisory_lock(${USERS_LOCK}) as is`)) === true
    }
    return { end, leave: () => leave().catch(() => false) }
  } catch (error) {
    await end()
    throw error
  }
}

type Started = { connection(as: { user: string; database: string }): pg.ClientConfig }

/** Starts a server, or adopts it, and stays; begins again where the last one just stops it. */
export const startAndStay = async <Server extends Started>(
  start: () => Promise<Server>,
): Promise<{ server: Server; stay: Stay }> => {
  let failure: unknown
  for (let tries = 0; tries < ENTRY_TRIES_MAX; tries++) {
    const server = await start()
    try {
      const stay = await enter(server.connection({ user: 'postgres', database: 'postgres' }))
      return { server, stay }
    } catch (error) {
      failure = error
      await clock.sleep(PAUSE_MS)
    }
  }
  throw new HoldfastError('database_unavailable', {
    message: `The embedded PostgreSQL lets nobody in: ${(failure as Error).message}`,
    hint: 'See what holdfast doctor says, or: npx holdfast stop',
    cause: failure,
  })
}
