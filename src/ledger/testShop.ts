import pg from 'pg'
import { afterAll } from 'vitest'
import { type FreshDatabase, freshDatabase } from '../../test/database.ts'
import { run } from '../database/call.ts'
import type { Context } from '../database/context.ts'

export type Answered = { ok: boolean; reservation_id?: string; [fact: string]: unknown }

/** A shop for tests of reads: SKUs A to E, a pack, an untracked SKU, two locations. */
export type TestShop = {
  fresh: FreshDatabase
  context: Context
  /** Connected as superuser, for what no door allows. */
  owner: pg.Client
  /** One verb through the frame of every write; fails the test unless it was granted. */
  call: (verb: string, request: object) => Promise<Answered>
  /** The same, refusals included. */
  attempt: (verb: string, request: object) => Promise<Answered>
  shiftClock: (interval: string) => Promise<void>
}

const names = `
  insert into holdfast.locations (tenant_id, code, name, priority)
  values (1, 'berlin', 'Berlin', 1), (1, 'paris', 'Paris', 2);
  insert into holdfast.skus (tenant_id, code, tracked)
  values (1, 'A', true), (1, 'B', true), (1, 'C', true), (1, 'D', true), (1, 'E', true),
    (1, 'EBOOK', false);
  insert into holdfast.sku_codes (tenant_id, code, sku_id, kind, factor)
  select 1, code, sku_id, 'own', 1 from holdfast.skus
  union all select 1, 'A-PACK-6', sku_id, 'alias', 6 from holdfast.skus where code = 'A';
  insert into holdfast.products (tenant_id, handle, title) values (1, 'shirt', 'Blue Shirt');
  insert into holdfast.variants (tenant_id, product_id, sku_id)
  select 1, p.product_id, s.sku_id from holdfast.products p, holdfast.skus s where s.code = 'B';
`

export const openTestShop = async (): Promise<TestShop> => {
  const fresh = await freshDatabase()
  const owner = new pg.Client(fresh.ownerUrl)
  const pool = new pg.Pool({ connectionString: fresh.url, max: 4 })
  pool.on('error', () => {}) // the database is dropped under the last idle connections
  owner.on('error', () => {})
  await owner.connect()
  afterAll(async () => {
    await owner.end().catch(() => {})
    await pool.end().catch(() => {})
  })
  await owner.query(names)
  const database = { pool, owned: false, direct: true }
  const attempt = async (verb: string, request: object): Promise<Answered> => {
    const [answer] = await run(pool, 1, verb, [request])
    return answer as Answered
  }
  return {
    fresh,
    context: { database, tenant_id: 1, tenant: 'default' },
    owner,
    attempt,
    call: async (verb, request) => {
      const answer = await attempt(verb, request)
      if (!answer.ok) throw new Error(`${verb} was refused: ${JSON.stringify(answer)}`)
      return answer
    },
    shiftClock: async interval => {
      await owner.query('select holdfast.set_test_clock($1::interval)', [interval])
    },
  }
}

/** Everything the shop has of tracked SKUs at the start of a test: 20 of each at each location. */
export const fillTestShop = async ({ call }: TestShop): Promise<void> => {
  const lines = ['A', 'B', 'C', 'D', 'E'].flatMap(sku =>
    ['berlin', 'paris'].map(location => ({ sku, location, quantity: 20 })),
  )
  await call('receive', { lines, document: 'PO-1' })
}
