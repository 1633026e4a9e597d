import pg from 'pg'

const CONNECTIONS_MAX = 24
const LOOK_AGAIN_MS = 1

export type Outcome = { rows: Record<string, unknown>[] } | { error: Error }
export type Statement = { text: string; values: unknown[] }

/** A statement under way in the real PostgreSQL. */
export type Running = { outcome: Outcome | undefined; ended: Promise<void> }

const pause = () => new Promise(resolve => setTimeout(resolve, LOOK_AGAIN_MS))

/** The real PostgreSQL behind the boundary. */
export class Server {
  readonly pool: pg.Pool

  constructor(connectionString: string) {
    this.pool = new pg.Pool({ connectionString, max: CONNECTIONS_MAX })
    this.pool.on('error', () => {}) // the database may be dropped under an idle connection
  }

  /** Runs a statement in a transaction of its own, which is undone on request. */
  async start({ text, values }: Statement, undo = false): Promise<Running & { pid: number }> {
    const client = await this.pool.connect()
    const running: Running & { pid: number } = {
      outcome: undefined,
      ended: Promise.resolve(),
      pid: (client as unknown as { processID: number }).processID,
    }
    const run = async (): Promise<void> => {
      try {
        if (undo) await client.query('begin')
        const { rows } = await client.query<Record<string, unknown>>(text, values)
        running.outcome = { rows }
      } catch (error) {
        running.outcome = { error: error as Error }
      }
      if (undo) await client.query('rollback')
      client.release()
    }
    running.ended = run()
    return running
  }

  /** Waits until a statement has ended, or waits for a lock that somebody else has. */
  async untilEndedOrBlocked(running: Running & { pid: number }): Promise<void> {
    while (running.outcome === undefined) {
      await Promise.race([running.ended, pause()])
      if (running.outcome === undefined && (await this.#isBlocked(running.pid))) return
    }
    await running.ended
  }

  async #isBlocked(pid: number): Promise<boolean> {
    const { rows } = await this.pool.query(
      `select cardinality(pg_catalog.pg_blocking_pids($1)) > 0 as blocked`,
      [pid],
    )
    return rows[0].blocked
  }

  close(): Promise<void> {
    return this.pool.end()
  }
}
