import { expect, test } from 'vitest'
import { poolOf } from '../../test/pool.ts'
import { clock } from '../clock.ts'
import { CatalogCache } from '../engine/catalogCache.ts'
import type { Operation } from '../engine/operation.ts'
import { reserveFast } from './reserveFast.ts'
import { SoldOut } from './soldOut.ts'

const place = { level_id: 1, sku: 'TEE', location: 'berlin' }
const operation = {
  ...{ tenant_id: 1, verb: 'reserve', request: {}, alone_by: [], attempts: 0, done: false },
  fast: {
    ...{ catalog_version: 7, reservation_id: clock.uuid(), seconds: 60, buyer: null },
    ...{ actor_id: null, lines: [{ ...place, quantity: 1 }] },
  },
} as unknown as Operation

/** The fast way on a database that answers as it is told, and what it was asked. */
const fastWay = async (holds: (() => { rows: unknown[] })[]) => {
  const asked: string[] = []
  const pool = poolOf(async ({ name, values }: { name?: string; values: unknown[] }) => {
    asked.push(name ?? String(values[1]))
    if (name === 'reserve_fast') return (holds.shift() as () => { rows: unknown[] })()
    const settings = { catalog_version: 7, cart_window_seconds: 60, pairs: [place] }
    const view = { levels: [{ level_id: 1, free: 1 }], keys: [] }
    return { rows: [{ answer: values[1] === 'catalog_view' ? settings : view }] }
  })
  const database = { pool, owned: false, direct: true }
  const catalog = new CatalogCache(database, clock)
  await catalog.find(1, 'TEE', 'berlin')
  asked.length = 0
  const [answer] = await reserveFast(database, catalog, new SoldOut(clock)).answer([operation])
  return { asked, answer }
}

const fail = (error: object) => () => {
  throw Object.assign(new Error('failed'), error)
}
const short = fail({ code: 'HF001', severity: 'ERROR' })
const grant = () => ({ rows: [{ versions: ['4'], decided_at: new Date(0) }] })

test('who fits into what a look sees is granted without the careful path', async () => {
  const { asked, answer } = await fastWay([short, grant])
  expect(asked).toEqual(['reserve_fast', 'sold_out_view', 'reserve_fast'])
  expect(answer).toMatchObject({ ok: true, lines: [{ version: 5 }] })
})

test('who is too late three times goes to the careful path', async () => {
  const { asked, answer } = await fastWay([short, short, short])
  expect(asked.filter(name => name === 'reserve_fast')).toHaveLength(3)
  expect(answer).toBe('go')
})

test('a grant whose answer is lost is not sent again: its outcome is unknown', async () => {
  const { answer } = await fastWay([short, fail({ message: 'Query read timeout' })])
  expect(answer).toMatchObject({ code: 'database_unavailable' })
})

test('a grant that PostgreSQL has undone goes to the careful path', async () => {
  const { answer } = await fastWay([short, fail({ code: '55P03', severity: 'ERROR' })])
  expect(answer).toBe('go')
})
