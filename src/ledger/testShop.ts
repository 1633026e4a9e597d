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

const namesOf = (tenant_id: number) => `
  insert into holdfast.locations (tenant_id, code, name, priority)
  values (${tenant_id}, 'berlin', 'Berlin', 1), (${tenant_id}, 'paris', 'Paris', 2);
  insert into holdfast.skus (tenant_id, code, tracked)
  select ${tenant_id}, code, code <> 'EBOOK' from unnest('{A,B,C,D,E,EBOOK}'::text[]) as code;
  insert into holdfast.sku_codes (tenant_id, code, sku_id, kind, factor)
  select tenant_id, code, sku_id, 'own', 1 from holdfast.skus where tenant_id = ${tenant_id}
  union all select tenant_id, 'A-PACK-6', sku_id, 'alias', 6 from holdfast.skus
  where tenant_id = ${tenant_id} and code = 'A';
  insert into holdfast.products (tenant_id, handle, title)
  values (${tenant_id}, 'shirt', 'Blue Shirt');
  insert into holdfast.variants (tenant_id, product_id, sku_id)
  select s.tenant_id, p.product_id, s.sku_id from holdfast.products p, holdfast.skus s
  where p.tenant_id = ${tenant_id} and s.tenant_id = ${tenant_id} and s.code = 'B';
`

/** One more merchant in the database of a shop, with the same names. */
export const addTenant = async (shop: TestShop, code: string): Promise<TestShop> => {
  const { rows } = await shop.owner.query(
    'insert into holdfast.tenants (code, name) values ($1, $1) returning tenant_id',
    [code],
  )
  const tenant_id = rows[0].tenant_id as number
  await shop.owner.query(namesOf(tenant_id))
  const context = { ...shop.context, tenant_id, tenant: code }
  return { ...shop, context, ...callsOf(context) }
}

const callsOf = ({ database, tenant_id }: Context): Pick<TestShop, 'attempt' | 'call'> => {
  const attempt = async (verb: string, request: object): Promise<Answered> => {
    const [answer] = await run(database.pool, tenant_id, verb, [request])
    return answer as Answered
  }
  const call = async (verb: string, request: object): Promise<Answered> => {
    const answer = await attempt(verb, request)
    if (!answer.ok) throw new Error(`${verb} was refused: ${JSON.stringify(answer)}`)
    return answer
  }
  return { attempt, call }
}

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
  await owner.query(namesOf(1))
  const database = { pool, owned: false, direct: true }
  const context = { database, tenant_id: 1, tenant: 'default' }
  return {
    fresh,
    context,
    owner,
    ...callsOf(context),
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
