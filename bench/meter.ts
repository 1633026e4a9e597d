import { readdirSync, readFileSync } from 'node:fs'
import { clock } from '../src/clock.ts'
import type { Cluster } from './cluster.ts'

const TICKS_PER_SECOND = 100 // USER_HZ, which Linux has not changed since 2.6

type Stat = { parent: number; seconds: number; ended: number }

/** The CPU of a process, and of its children that have ended; undefined where there is no /proc. */
const statOf = (pid: number | string): Stat | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = (from: number) => Number(fields[from]) + Number(fields[from + 1])
    const [seconds, ended] = [ticks(11) / TICKS_PER_SECOND, ticks(13) / TICKS_PER_SECOND]
    return { parent: Number(fields[1]), seconds, ended }
  } catch {
    return undefined // it has ended, or this is not Linux
  }
}

/** CPU seconds of a process alone. */
export const cpuOf = (pid: number): number | undefined => statOf(pid)?.seconds

/** CPU seconds of a postmaster and all its children, those that have ended included. */
export const cpuOfCluster = (postmaster: number): number | undefined => {
  const own = statOf(postmaster)
  if (!own) return undefined
  let seconds = own.seconds + own.ended
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? statOf(name) : undefined
    if (stat?.parent === postmaster) seconds += stat.seconds
  }
  return seconds
}

export const nodeSeconds = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

/** What is read before and after a round. */
export type Metered = {
  cluster?: Cluster | undefined
  /** Of a Redis server. */
  redis?: number | undefined
  /** Server processes whose CPU counts as Node's, in place of this one's. */
  servers?: number[] | undefined
}

type Reading = {
  ms: number
  node: number
  postgres: number | undefined
  redis: number | undefined
  wal: number | undefined
}

const read = async ({ cluster, redis, servers }: Metered): Promise<Reading> => ({
  ms: clock.monotonicMs(),
  node: servers ? servers.reduce((sum, pid) => sum + (cpuOf(pid) ?? 0), 0) : nodeSeconds(),
  postgres: cluster?.pid === undefined ? undefined : cpuOfCluster(cluster.pid),
  redis: redis === undefined ? undefined : cpuOf(redis),
  wal: cluster && (await walBytes(cluster)),
})

const walBytes = async (cluster: Cluster): Promise<number> => {
  const { rows } = await cluster.admin.query(
    `select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 as bytes`,
  )
  return rows[0].bytes
}

export type Costs = {
  seconds: number
  cpu_us_node: number
  cpu_us_postgres: number | null
  cpu_us_redis?: number | null
  wal_bytes: number | null
}

const rounded = (value: number): number => Math.round(value * 10) / 10

/** Starts to count; the answer tells what so many calls have cost since. */
export const startMeter = async (metered: Metered): Promise<(calls: number) => Promise<Costs>> => {
  const before = await read(metered)
  return async calls => {
    const after = await read(metered)
    const each = (from: number | undefined, to: number | undefined) =>
      from === undefined || to === undefined || calls === 0
        ? null
        : rounded(((to - from) * 1e6) / calls)
    return {
      seconds: (after.ms - before.ms) / 1000,
      cpu_us_node: each(before.node, after.node) ?? 0,
      cpu_us_postgres: each(before.postgres, after.postgres),
      ...(metered.redis === undefined ? {} : { cpu_us_redis: each(before.redis, after.redis) }),
      wal_bytes:
        before.wal === undefined || after.wal === undefined || calls === 0
          ? null
          : Math.round((after.wal - before.wal) / calls),
    }
  }
}
