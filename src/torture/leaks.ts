import { clock } from '../clock.ts'
import type { Arena } from './arena.ts'

const WAIT_MS_MAX = 60_000 // a connection that was silent is given up within this
const PAUSE_MS = 500
const POOL = /^holdfast_pool_(total|idle|waiting) (\d+)$/gm

type Pool = { total: number; idle: number; waiting: number }

/** What a server says of its pool, asked on a road without faults. */
const poolOf = async (port: number): Promise<Pool> => {
  const said = await fetch(`http://127.0.0.1:${port}/metrics`, {
    signal: AbortSignal.timeout(5_000),
  })
  const pool: Pool = { total: 0, idle: 0, waiting: 0 }
  for (const [, name, value] of (await said.text()).matchAll(POOL)) {
    pool[name as keyof Pool] = Number(value)
  }
  return pool
}

/** Once all is quiet: connections in use without a call, or sessions that no pool knows. */
export const leaksOf = async (arena: Arena): Promise<string[]> => {
  arena.databaseRoad.fate = () => ({ kind: 'pass' })
  arena.databaseRoad.cut() // what is half-open ends; a road in order is what is looked at
  const beganMs = clock.monotonicMs()
  for (;;) {
    const found = await look(arena).catch((error: Error) => [`leaks: ${error.message}`])
    if (found.length === 0 || clock.monotonicMs() - beganMs > WAIT_MS_MAX) return found
    await clock.sleep(PAUSE_MS)
  }
}

const look = async (arena: Arena): Promise<string[]> => {
  const ports = arena.slots.map(({ road }) => (road.target as { port: number }).port)
  const pools = await Promise.all(ports.map(poolOf))
  const sum = (name: keyof Pool) => pools.reduce((total, pool) => total + pool[name], 0)
  const sessions = (await arena.sessions()).length
  const found: string[] = []
  const busy = sum('total') - sum('idle')
  if (busy + sum('waiting') > 0) found.push(`leaked: ${busy} connections in use by nobody`)
  if (sessions > sum('total')) found.push(`leaked: ${sessions} sessions of ${sum('total')}`)
  return found
}
