import { randomUUID } from 'node:crypto'
import { clock } from '../../src/clock.ts'
import type { Holdfast } from '../../src/index.ts'
import type { Cluster } from '../cluster.ts'
import { type Once, underLoad, warmUp } from '../load.ts'
import { random } from '../selling.ts'
import { ask, type Open } from './place.ts'

const CALLERS = 1_024

type Grant = { ok: boolean; refusal?: { code: string; message: string } }
const granted = <Answer extends Grant>(answer: Answer): Answer & { ok: true } => {
  if (!answer.ok) throw new Error(`${answer.refusal?.code}: ${answer.refusal?.message}`)
  return answer as Answer & { ok: true }
}

const live = async (holdfast: Holdfast, sku: string, location: string): Promise<void> => {
  const held = granted(await holdfast.reserve({ lines: [{ sku, location, quantity: 2 }] }))
  const { reservation_id } = held as unknown as { reservation_id: string }
  granted(await holdfast.commit({ reservation_id, order_reference: reservation_id }))
  const lines = [{ sku, quantity: 1 }]
  granted(await holdfast.fulfill({ reservation_id, lines }))
  granted(await holdfast.fulfill({ reservation_id, lines }))
}

const hold =
  (pick: (skus: string[]) => string, id?: () => string) =>
  ({ holdfast, skus, location }: Open): Once =>
  async () => {
    const lines = [{ sku: pick(skus), location, quantity: 1 }]
    granted(await holdfast.reserve(id ? { lines, id: id() } : { lines }))
  }

const hot = (skus: string[]): string => skus[0] as string
const spread = (skus: string[]): string => skus[random(skus.length)] as string

/** What is done in a grown database and in an empty one. */
export const scenarios: Record<string, (open: Open) => Once> = {
  hot: hold(hot),
  spread: hold(spread),
  life: ({ holdfast, skus, location }) => {
    return () => live(holdfast, spread(skus), location)
  },
  hot_random_ids: hold(hot, randomUUID),
  spread_random_ids: hold(spread, randomUUID),
}

type Updates = { relname: string; updated: number; hot: number; dead: number }

const UPDATES = `select relname, n_tup_upd::float8 as updated, n_tup_hot_upd::float8 as hot,
    n_dead_tup::float8 as dead
  from pg_stat_user_tables where schemaname = 'holdfast'
    and relname in ('levels', 'reservations', 'allocations', 'requests')`

const STATISTICS_LAG_MS = 1_500 // a backend tells what it has done when it was idle for a second

/** The part of the updates that stayed in their page and touched no index. */
const hotShares = (before: Updates[], after: Updates[]): Record<string, number> =>
  Object.fromEntries(
    after.flatMap(now => {
      const then = before.find(({ relname }) => relname === now.relname)
      const updated = now.updated - (then?.updated ?? 0)
      const share = Math.round(((now.hot - (then?.hot ?? 0)) / updated) * 1000) / 1000
      return updated > 0 ? [[now.relname, share]] : []
    }),
  )

export type Turn = {
  scenario: string
  database: string
  per_second: number
  p99_ms: number
  cpu_us_postgres: number | null
  wal_bytes: number | null
  hot_updates: Record<string, number>
}

/** One round of a scenario in one of the databases. */
export const measure = async (
  cluster: Cluster,
  open: Open,
  { scenario, seconds }: { scenario: string; seconds: number },
): Promise<Turn> => {
  const once = scenarios[scenario]?.(open) as Once
  await cluster.admin.query('checkpoint')
  await warmUp(once, { callers: CALLERS, seconds })
  await clock.sleep(STATISTICS_LAG_MS)
  const before = await ask<Updates>(open.database, UPDATES)
  const round = await underLoad(once, { callers: CALLERS, seconds, cluster })
  await clock.sleep(STATISTICS_LAG_MS)
  const hot_updates = hotShares(before, await ask<Updates>(open.database, UPDATES))
  const { per_second, p99_ms, cpu_us_postgres, wal_bytes } = round
  return {
    ...{ scenario, database: open.name, per_second, p99_ms, cpu_us_postgres, wal_bytes },
    hot_updates,
  }
}

const median = (values: number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] as number

/** The medians side by side, and what is left of the speed. */
export const compared = (turns: Turn[]) => {
  const rates = (name: string) =>
    turns.filter(({ database }) => database === name).map(({ per_second }) => per_second)
  const [grown, empty] = [median(rates('grown')), median(rates('empty'))]
  return { grown, empty, ratio: Math.round((grown / empty) * 100) / 100 }
}
