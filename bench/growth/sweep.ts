import { readFileSync } from 'node:fs'
import { clock } from '../../src/clock.ts'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { Latencies } from '../latencies.ts'
import { hundredths } from '../load.ts'
import { scenarios } from './compare.ts'
import { ask, type Open } from './place.ts'

const DUE = 100
const CALLERS = 64
const UNDISTURBED_SECONDS = 10
const DUE_SQL = readFileSync(new URL('./due.sql', import.meta.url), 'utf8')

const TOUCHED = `select
    (select sum(n_tup_upd) from pg_stat_user_tables
      where relname in ('reservations', 'allocations'))::float8 as holds,
    (select sum(n_tup_upd) from pg_stat_user_tables where relname = 'levels')::float8 as levels,
    (select sum(n_tup_ins) from pg_stat_user_tables
      where relname like 'inventory_transactions_%')::float8 as movements,
    (select sum(seq_tup_read + idx_tup_fetch) from pg_stat_user_tables
      where schemaname = 'holdfast')::float8 as rows_read`

/** A round of the sweeper; how many holds it has freed. */
const sweep = async (holdfast: Holdfast): Promise<number> => {
  let freed = 0
  let after: number | null = null
  for (let more = true; more; ) {
    const step = await holdfast.expire({ after })
    freed += step.expired
    ;({ more, after } = step)
  }
  return freed
}

type Touched = { holds: number; levels: number; movements: number; rows_read: number }
type Explained = { 'QUERY PLAN': [{ Plan: Record<string, number>; 'Execution Time': number }] }

/** A hundred holds are due among all that have ended: what one step of the sweeper touches. */
export const sweepHundred = async ({ holdfast, database, skus, location }: Open) => {
  await sweep(holdfast) // what earlier rounds have left
  for (const sku of skus.slice(0, DUE)) {
    const lines = [{ sku, location, quantity: 1 }]
    const answer = await holdfast.reserve({ lines, hold_seconds: 1 })
    if (!answer.ok) throw new Error(answer.refusal.message)
  }
  await clock.sleep(2_500)
  const before = (await ask<Touched>(database, TOUCHED))[0] as Touched
  const [explained] = await ask<Explained>(
    database,
    `explain (analyze, buffers, format json)
     select holdfast_engine_1.run(1, 'expire', '[{}]')`,
  )
  const plan = explained?.['QUERY PLAN'][0]
  await clock.sleep(1_500)
  const after = (await ask<Touched>(database, TOUCHED))[0] as Touched
  const [finished] = await ask<{ n: number }>(
    database,
    `select reltuples::float8 as n from pg_class where oid = 'holdfast.reservations'::regclass`,
  )
  return {
    finished: finished?.n,
    due: DUE,
    holds: after.holds - before.holds,
    levels: after.levels - before.levels,
    movements: after.movements - before.movements,
    rows_read: after.rows_read - before.rows_read,
    buffers: (plan?.Plan['Shared Hit Blocks'] ?? 0) + (plan?.Plan['Shared Read Blocks'] ?? 0),
    ms: hundredths(plan?.['Execution Time'] ?? 0),
  }
}

/** Sells until told to stop, and keeps the times. */
const selling = (open: Open) => {
  const once = scenarios['spread']?.(open) as (caller: number) => Promise<unknown>
  const latencies = new Latencies()
  let running = true
  const callers = Array.from({ length: CALLERS }, async (_, caller) => {
    while (running) {
      const from = clock.monotonicMs()
      await once(caller)
      latencies.add(clock.monotonicMs() - from)
    }
  })
  const beganMs = clock.monotonicMs()
  return async () => {
    running = false
    await Promise.all(callers)
    const seconds = (clock.monotonicMs() - beganMs) / 1000
    return {
      per_second: Math.round(latencies.count / seconds),
      p50_ms: hundredths(latencies.at(0.5)),
      p99_ms: hundredths(latencies.at(0.99)),
    }
  }
}

/** So many holds are due at once: they are freed while sales go on. */
export const sweepMany = async (open: Open, wanted: number) => {
  const { database, holdfast } = open
  const [levels] = await ask<{ n: number }>(
    database,
    'select count(*)::int as n from holdfast.levels where tenant_id = 1 and level_id <= 1000000',
  )
  const each = Math.max(1, Math.round(wanted / (levels?.n ?? 1)))
  await ask(database, DUE_SQL, [clock.now(), 1_000_000, each])
  await ask(database, 'vacuum (analyze) holdfast.reservations')
  await ask(database, 'checkpoint')

  // Undisturbed: the holds are due, but nobody sweeps them.
  const quiet = selling(open)
  await clock.sleep(UNDISTURBED_SECONDS * 1000)
  const undisturbed = await quiet()

  const sweeper = await openHoldfast({ connectionString: database.app, poolSize: 1 })
  const busy = selling(open)
  const beganMs = clock.monotonicMs()
  const freed = await sweep(sweeper)
  const seconds = (clock.monotonicMs() - beganMs) / 1000
  const meanwhile = await busy()
  await sweeper.close()
  await sweep(holdfast) // levels that were sold from just then
  return {
    due: each * (levels?.n ?? 0),
    ...{ freed, seconds: hundredths(seconds), freed_per_second: Math.round(freed / seconds) },
    ...{ undisturbed, meanwhile, p99_ratio: hundredths(meanwhile.p99_ms / undisturbed.p99_ms) },
  }
}
