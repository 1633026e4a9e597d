import { readFileSync } from 'node:fs'
import { clock } from '../../src/clock.ts'
import { openHoldfast } from '../../src/index.ts'
import type { BenchDatabase } from '../cluster.ts'
import { ask } from './place.ts'

export type Proven = {
  tenants: number
  movements: number
  reservations: number
  findings: number
  seconds: number
  movements_per_second: number
  /** The most that this process had. */
  rss_mb: number
  /** The most that its backend was seen to have of its own, without shared buffers. */
  backend_mb: number
}

/** Memory of a process that is its own; 0 where there is no /proc. */
const ownMegabytes = (pid: number): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Math.round(Number(/RssAnon:\s*(\d+)/.exec(status)?.[1]) / 1024)
  } catch {
    return 0
  }
}

/** Verifies the books of every tenant, one after the other, by one connection. */
export const proveAll = async (
  database: BenchDatabase,
  onProgress: (line: string) => void,
): Promise<Proven> => {
  const tenants = await ask<{ code: string }>(
    database,
    'select code from holdfast.tenants order by tenant_id',
  )
  const holdfast = await openHoldfast({ connectionString: database.app, poolSize: 1 })
  const { rows } = await holdfast.context.database.pool.query('select pg_backend_pid() as pid')
  const sum = { movements: 0, reservations: 0, findings: 0 }
  let backend_mb = 0
  const beganMs = clock.monotonicMs()
  const seconds = () => (clock.monotonicMs() - beganMs) / 1000
  for (const [index, { code }] of tenants.entries()) {
    const room = await holdfast.forTenant(code)
    const onSlice = () => {
      backend_mb = Math.max(backend_mb, ownMegabytes(rows[0].pid))
    }
    const found = await room.verify({ onProgress: onSlice })
    sum.movements += found.movements
    sum.reservations += found.reservations
    sum.findings += found.finding_count
    for (const finding of found.findings.slice(0, 3)) onProgress(JSON.stringify(finding))
    if (index % 100 === 0)
      onProgress(`${index} tenants, ${sum.movements} movements, ${seconds()} s`)
  }
  await holdfast.close()
  const total = seconds()
  return {
    ...{ tenants: tenants.length, ...sum, seconds: total, backend_mb },
    movements_per_second: Math.round(sum.movements / total),
    rss_mb: Math.round(process.resourceUsage().maxRSS / 1024),
  }
}

/** Bytes on disk: each table with its indexes, and all of them for one reservation. */
export const bytesOnDisk = async (database: BenchDatabase) => {
  const tables = await ask<{ name: string; heap: number; indexes: number; rows: number }>(
    database,
    `select regexp_replace(relname, '_[0-9]{4}_[0-9]{2}$', '') as name,
      sum(pg_table_size(oid))::float8 as heap, sum(pg_indexes_size(oid))::float8 as indexes,
      sum(greatest(reltuples, 0))::float8 as rows
     from pg_class where relnamespace = 'holdfast'::regnamespace and relkind = 'r'
     group by 1 having sum(pg_total_relation_size(oid)) > 1048576 order by 2 desc`,
  )
  const written = ['inventory_transactions', 'reservations', 'allocations', 'requests']
  const bytes = tables
    .filter(({ name }) => written.includes(name))
    .reduce((sum, { heap, indexes }) => sum + heap + indexes, 0)
  const reservations = tables.find(({ name }) => name === 'reservations')?.rows ?? 1
  return { tables, bytes_per_reservation: Math.round(bytes / reservations) }
}
