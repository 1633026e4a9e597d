import type pg from 'pg'

type Query = (...given: never[]) => Promise<{ rows: unknown[] }>

const nothing = (): void => {}

/** A pool that asks in one way only: on one connection, or on none. */
export const poolOf = (query: Query): pg.Pool => {
  const client = { query, on: nothing, removeListener: nothing, release: nothing }
  const connect = (take: (error: undefined, client: object) => void) => take(undefined, client)
  return { query, connect } as unknown as pg.Pool
}

/** A pool of one connection that is there already, within its transaction. */
export const poolOn = (client: pg.Client): pg.Pool =>
  poolOf((...given) => client.query(...(given as unknown as [string])))
