import type pg from 'pg'
import type { Call } from './call.ts'
import type { Client } from './client.ts'
import type { Server } from './server.ts'
import type { Shop } from './shop.ts'

const lockText = `
  select level_id from holdfast.levels
  where tenant_id = $1 and level_id in (
    select level_id from holdfast.levels where tenant_id = $1 order by level_id offset $2 limit 1
  )
  for no key update`

/**
 * Somebody's own transaction that sits on levels: a row lock, or a verb called in the caller's own
 * transaction. While it is open statements really wait in PostgreSQL, and two of them overlap.
 */
export class Blocker {
  /** The call inside the transaction, with its client. */
  readonly of: { call: Call; client: Client } | undefined
  readonly connection: pg.PoolClient

  private constructor(connection: pg.PoolClient, of?: { call: Call; client: Client }) {
    this.connection = connection
    this.of = of
  }

  /** Locks one level, the nth. */
  static async onLevel(server: Server, shop: Shop, nth: number): Promise<Blocker> {
    const blocker = await Blocker.begin(server)
    await blocker.connection.query(`select set_config('holdfast.tenant', $1, true)`, [
      String(shop.tenant_id),
    ])
    await blocker.connection.query(lockText, [shop.tenant_id, nth])
    return blocker
  }

  static async begin(server: Server, of?: { call: Call; client: Client }): Promise<Blocker> {
    const connection = await server.pool.connect()
    await connection.query('begin')
    return new Blocker(connection, of)
  }

  async end(how: 'commit' | 'rollback'): Promise<void> {
    await this.connection.query(how)
    this.connection.release()
  }
}
