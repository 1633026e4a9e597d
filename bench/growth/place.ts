import { chmodSync, mkdirSync } from 'node:fs'
import pg from 'pg'
import { connect } from '../../src/database/connect.ts'
import { migrate } from '../../src/database/migrate.ts'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { ensureTenant } from '../../src/tenants/tenants.ts'
import { type BenchDatabase, type Cluster, startCluster } from '../cluster.ts'
import { fillStock } from '../ours.ts'
import { fill, sizesOf } from './fill.ts'

export const SKUS = 10_000
const PLENTY = 1_000_000_000
const LINES_PER_CALL = 1_000

/** A shop that is open, and the codes that its callers buy. */
export type Open = {
  name: 'grown' | 'empty'
  holdfast: Holdfast
  database: BenchDatabase
  skus: string[]
  location: string
  close(): Promise<void>
}

const FILLED = 'filled'

/** The grown database of a cluster; filled at its first use, and kept with the cluster's folder. */
export const openGrownDatabase = async (
  cluster: Cluster,
  rows: number,
  onProgress: (line: string) => void,
): Promise<BenchDatabase> => {
  const name = `grown_${rows}`
  const some = await cluster.fresh() // tells how the cluster is reached
  await some.drop()
  const urlOf = (url: string) => url.replace(some.name, name)
  const database = { name, owner: urlOf(some.owner), app: urlOf(some.app), drop: async () => {} }
  const { rows: found } = await cluster.admin.query(
    `select shobj_description(oid, 'pg_database') as state from pg_database where datname = $1`,
    [name],
  )
  if (found[0]?.state === FILLED) {
    await migrate({ connectionString: database.owner }) // the functions may be newer than the rows
    return database
  }
  if (found[0]) await cluster.admin.query(`drop database ${name} with (force)`)
  await cluster.admin.query(`create database ${name}`)
  await migrate({ connectionString: database.owner })
  const first = await connect({ connectionString: database.app, poolSize: 1 })
  await ensureTenant(first, 'default').finally(() => first.pool.end())
  const { movements, reservations, seconds } = await fill(database.owner, rows, onProgress)
  onProgress(`${movements} movements, ${reservations} reservations in ${seconds.toFixed(0)} s`)
  await cluster.admin.query(`comment on database ${name} is '${FILLED}'`)
  return database
}

/** The cluster of a folder, without what an earlier call has left beside the grown database. */
export const startAt = async (folder: string): Promise<Cluster> => {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755) // root lends PostgreSQL another user, who comes here too
  const cluster = await startCluster({ folder, quick: true, url: undefined })
  const { rows } = await cluster.admin.query(
    `select datname as name from pg_database where datname like 'holdfast\\_bench\\_%'`,
  )
  for (const { name } of rows) await cluster.admin.query(`drop database ${name}`)
  return cluster
}

const receive = async (holdfast: Holdfast, skus: string[], location: string): Promise<void> => {
  for (let from = 0; from < skus.length; from += LINES_PER_CALL) {
    const some = skus.slice(from, from + LINES_PER_CALL)
    const lines = some.map(sku => ({ sku, location, quantity: PLENTY }))
    const answer = await holdfast.receive({ lines })
    if (!answer.ok) throw new Error(answer.refusal.message)
  }
}

/** Ten thousand SKUs of the largest tenant, spread over all that it has, with plenty of stock. */
export const openGrown = async (database: BenchDatabase, rows: number): Promise<Open> => {
  const half = Math.floor(sizesOf(rows).levels / 4) * 2
  const step = Math.max(1, Math.floor(half / SKUS))
  const count = Math.min(SKUS, half)
  const skus = Array.from({ length: count }, (_, index) => `G${index * step + 1}`)
  const holdfast = await openHoldfast({ connectionString: database.app })
  const page = await holdfast.levels({ sku: skus.at(-1) as string })
  const stocked = page.ok && (page.data[0]?.on_hand ?? 0) > PLENTY / 2
  if (!stocked) await receive(holdfast, skus, 'berlin')
  const close = () => holdfast.close()
  return { name: 'grown', holdfast, database, skus, location: 'berlin', close }
}

/** The same in a database that has nothing else, copied for each round. */
export const openEmpty = async (cluster: Cluster, count: number): Promise<Open> => {
  const stock = { skus: count, units: PLENTY }
  const template = await cluster.template(`empty ${count}`, async ({ app }) => {
    const holdfast = await openHoldfast({ connectionString: app })
    await fillStock(holdfast, stock).finally(() => holdfast.close())
  })
  const database = await cluster.fresh(template)
  const holdfast = await openHoldfast({ connectionString: database.app })
  const skus = Array.from({ length: count }, (_, index) => `SKU-${index}`)
  const close = async () => {
    await holdfast.close()
    await database.drop()
  }
  return { name: 'empty', holdfast, database, skus, location: 'berlin', close }
}

/** One query as a superuser, past every wall. */
export const ask = async <Row>(
  { owner }: BenchDatabase,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> => {
  const client = new pg.Client(owner)
  await client.connect()
  try {
    return (await client.query(text, values)).rows as Row[]
  } finally {
    await client.end()
  }
}
