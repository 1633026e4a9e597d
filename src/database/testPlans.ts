import pg from 'pg'
import { expect } from 'vitest'
import { emptyDatabase } from '../../test/database.ts'
import { asOwner, granted, stock } from '../../test/shop.ts'
import { type Holdfast, openHoldfast } from '../index.ts'
import { migrate } from './migrate.ts'

/** A call for one cart reads this many rows of a table at the most: free_overdue takes 100 a form. */
const ROWS_READ_MAX = 300
/** A page of 50 looks each row's names up; an order's is found in its levels' history since then. */
const PAGE_ROWS_MAX = 1_000

type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows'?: number
  'Actual Loops'?: number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  'Index Searches'?: number
  Plans?: Plan[]
}
type Explained = { text: string; plan: Plan }

const everyNode = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(everyNode)]

const rowsRead = (node: Plan): number =>
  ((node['Actual Rows'] ?? 0) +
    (node['Rows Removed by Filter'] ?? 0) +
    (node['Rows Removed by Index Recheck'] ?? 0)) *
  (node['Actual Loops'] ?? 1)

const SESSION = [
  ...['session_preload_libraries=auto_explain', 'role=holdfast_app', 'client_min_messages=log'],
  ...['auto_explain.log_min_duration=0', 'auto_explain.log_nested_statements=on'],
  ...['auto_explain.log_analyze=on', 'auto_explain.log_timing=off', 'auto_explain.log_format=json'],
]

/** One session, as holdfast_app, that tells the plan of every statement within our functions. */
const watchedPool = (ownerUrl: string, heard: Explained[]): pg.Pool => {
  const options = SESSION.map(setting => `-c ${setting}`).join(' ')
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1, options })
  pool.on('connect', client => {
    client.on('notice', ({ message = '' }) => {
      const start = message.indexOf('plan:\n{')
      if (start < 0) return
      const { 'Query Text': text, Plan: plan } = JSON.parse(message.slice(start + 6))
      heard.push({ text, plan })
    })
  })
  return pool
}

type Verb = (holdfast: Holdfast, n: number) => Promise<unknown>

const line = (sku: string, quantity = 1) => ({ sku, location: 'berlin', quantity })
const due = async (holdfast: Holdfast, sku: string) => {
  granted(await holdfast.reserve({ lines: [line(sku)], hold_seconds: 1 }))
}
const held = async (holdfast: Holdfast, lines = [line('HOT'), line('S7')]): Promise<string> =>
  granted(await holdfast.reserve({ lines })).reservation_id

const verbs: Record<string, Verb> = {
  'reserve one line': h => h.reserve({ lines: [line('HOT')] }),
  'reserve a SKU for the first time': (h, n) => h.reserve({ lines: [line(`S${n < 9 ? 2 : n}`)] }),
  'reserve anywhere': h => h.reserve({ lines: [{ sku: 'S9', quantity: 1 }] }),
  'reserve three lines': h => h.reserve({ lines: [line('S3'), line('HOT'), line('S2')] }),
  'reserve with a key': (h, n) => h.reserve({ lines: [line('S3')] }, { key: `key-${n}` }),
  'reserve too much': h => h.reserve({ lines: [line('HOT', 900_000)] }),
  'reserve what is there': h =>
    h.reserve({ lines: [line('HOT'), line('S4', 90_000)], partial: true }),
  amend: async h => h.amend({ reservation_id: await held(h), lines: [line('HOT', 2)] }),
  extend: async h => h.extend({ reservation_id: await held(h), hold_seconds: 3_600 }),
  commit: async (h, n) => h.commit({ reservation_id: await held(h), order_reference: `#${n}` }),
  release: async h => h.release({ reservation_id: await held(h) }),
  'fulfill and return': async (h, n) => {
    const reservation_id = await held(h)
    granted(await h.commit({ reservation_id, order_reference: `#${n}` }))
    granted(await h.fulfill({ reservation_id }))
    return h.return({ reservation_id, lines: [line('HOT')] })
  },
  'record a sale': (h, n) => h.recordSale({ order_reference: `#r${n}`, lines: [line('HOT')] }),
  adjust: h => h.adjust({ lines: [line('HOT')] }),
  set: h => h.set({ lines: [line('S5', 70)] }),
  move: h => h.move({ lines: [{ ...line('HOT'), from: 'available', to: 'damaged' }] }),
  receive: h => h.receive({ lines: [line('HOT')] }),
  'read a reservation': async h => h.reservation({ reservation_id: await held(h) }),
  'read a level': h => h.levels({ sku: 'HOT' }),
  availability: h => h.availability({ skus: ['HOT', 'S6'] }),
  'transactions of a reservation': async h => h.transactions({ reservation_id: await held(h) }),
  'levels as of an instant': h => h.levelsAsOf({ at: new Date().toISOString(), sku: 'HOT' }),
  'a step of the sweeper': async (h, n) => {
    await due(h, `S${n < 9 ? 3 : n}`)
    return h.expire({ limit: 20 })
  },
  'the last step of the sweeper': h => h.expire({ after: 2_147_483_647 }), // above all levels
}

/** Reads a page: more rows, but never all of a tenant's. */
const pages: Record<string, Verb> = {
  'availability of fifty': h =>
    h.availability({ skus: Array.from({ length: 50 }, (_, n) => `S${(n % 8) + 2}`) }),
  'transactions of an order': (h, n) => h.transactions({ order_reference: `#r${n}` }),
  'transactions of a SKU': h => h.transactions({ sku: 'S2', limit: 50 }),
  reservations: h => h.reservations({ limit: 50 }),
}

const grow = async (holdfast: Holdfast, ownerUrl: string, rows: number): Promise<void> => {
  await asOwner(
    ownerUrl,
    `with made as (
      insert into holdfast.skus (tenant_id, code)
      select t.tenant_id, 'S' || n from holdfast.tenants t, generate_series(10, ${rows}) as n
      where t.code = 'default' returning tenant_id, sku_id, code
    ) insert into holdfast.sku_codes (tenant_id, code, sku_id, kind)
      select tenant_id, code, sku_id, 'own' from made`,
  )
  const all = Array.from({ length: rows - 9 }, (_, n) => line(`S${n + 10}`, 50))
  for (let from = 0; from < all.length; from += 1_000) {
    granted(await holdfast.receive({ lines: all.slice(from, from + 1_000) }))
  }
  const carts = Array.from({ length: rows }, (_, n) => [
    line('HOT'),
    line(`S${(n % (rows - 100)) + 10}`),
  ])
  const overdue = carts.slice(0, 50).map(lines => ({ lines, hold_seconds: 1 }))
  const requests = [
    ...carts.map(lines => ({ lines })),
    ...carts.map(lines => ({ lines: lines.slice(0, 1) })),
    ...overdue,
  ]
  for (let from = 0; from < requests.length; from += 1_000) {
    const some = requests.slice(from, from + 1_000)
    const answers = await Promise.all(some.map(request => holdfast.reserve(request)))
    for (const answer of answers) granted(answer)
  }
}

const TABLES = [
  'skus',
  'sku_codes',
  'levels',
  'reservations',
  'allocations',
  'requests',
  'locations',
]

/** A shop of nine SKUs whose only session tells its plans; it grows under them. */
export type PlansShop = {
  ownerUrl: string
  /** Analyses our tables, as they are now. */
  analyze(): Promise<void>
  /** Every verb eight times: from the sixth on a session keeps one plan for all values. */
  settle(): Promise<void>
  grow(rows: number): Promise<void>
  /** The nodes of plans that read more than a call may, or a whole table; and whose they are. */
  wide(of: 'small' | 'grown'): Promise<string[]>
  close(): Promise<void>
}

/** What a plan's node should not have done; undefined when it is well. */
const faultOf = (node: Plan, rowsMax: number): string | undefined => {
  const table = node['Relation Name'] ?? ''
  const place = `${table} ${node['Index Name'] ?? ''}`
  if (place === ' ' || place.startsWith('pg_')) return undefined
  const rows = rowsRead(node)
  const scanned =
    node['Node Type'] === 'Seq Scan' && /^(inventory|levels|reserv|alloc|sku)/.test(table)
  const wide = rows > rowsMax || (node['Index Searches'] ?? 0) > rowsMax
  return wide || scanned ? `${node['Node Type']} ${place}: ${rows} rows` : undefined
}

export const openPlansShop = async (): Promise<PlansShop> => {
  const { ownerUrl, url } = await emptyDatabase()
  await migrate({ connectionString: ownerUrl })
  await asOwner(ownerUrl, `insert into holdfast.tenants (code, name) values ('default', 'D')`)
  for (const table of TABLES) {
    await asOwner(ownerUrl, `alter table holdfast.${table} set (autovacuum_enabled = false)`)
  }
  const heard: Explained[] = []
  const pool = watchedPool(ownerUrl, heard)
  const watched = await openHoldfast({ pool })
  const other = await openHoldfast({ connectionString: url })
  const few = ['S2', 'S3', 'S4', 'S5', 'S6', 'S7', 'S8', 'S9'].map(sku => [sku, { berlin: 5_000 }])
  await stock(watched, { HOT: { berlin: 100_000 }, ...Object.fromEntries(few) })
  const all = { ...verbs, ...pages }
  let round = 0
  return {
    ownerUrl,
    analyze: async () => {
      await asOwner(ownerUrl, 'analyze')
    },
    settle: async () => {
      for (const verb of Object.values(all)) for (let n = 0; n < 8; n++) await verb(watched, n)
    },
    grow: async rows => {
      await grow(other, ownerUrl, rows)
      await new Promise(resolve => setTimeout(resolve, 1_000)) // fifty holds are overdue
    },
    wide: async of => {
      const found = new Set<string>()
      round++
      for (const [name, verb] of Object.entries(all)) {
        heard.length = 0
        const first = of === 'small' ? 5 : 100 * round
        for (let n = first; n < first + 3; n++) {
          const ok = name !== 'reserve too much'
          expect(await verb(watched, n), name).toMatchObject({ ok })
        }
        expect(heard.length, `${name}: no plan was heard`).toBeGreaterThan(0)
        for (const { text, plan } of heard) {
          for (const node of everyNode(plan)) {
            const fault = faultOf(node, pages[name] ? PAGE_ROWS_MAX : ROWS_READ_MAX)
            if (fault) found.add(`${name}: ${fault}: ${text.slice(0, 160)}`)
          }
        }
      }
      return [...found]
    },
    close: async () => {
      await watched.close()
      await pool.end()
      await other.close()
    },
  }
}
