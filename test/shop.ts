import assert from 'node:assert/strict'
import pg from 'pg'
import { expect } from 'vitest'
import type { Answer, Holdfast } from '../src/index.ts'

/** Makes SKUs, locations and stock: `{ TEE: { berlin: 10, paris: 4 }, PDF: null }`. */
export const stock = async (
  holdfast: Holdfast,
  shop: Record<string, Record<string, number> | null>,
): Promise<void> => {
  const places = new Set(Object.values(shop).flatMap(levels => Object.keys(levels ?? {})))
  for (const [index, code] of [...places].entries()) {
    await holdfast.locations.create({ code, priority: index + 1 }) // refused when it is there
  }
  const lines: { sku: string; location: string; quantity: number }[] = []
  for (const [sku, levels] of Object.entries(shop)) {
    await holdfast.skus.create({ code: sku, tracked: levels !== null })
    for (const [location, quantity] of Object.entries(levels ?? {})) {
      lines.push({ sku, location, quantity })
    }
  }
  if (lines.length > 0) expect(await holdfast.set({ lines })).toMatchObject({ ok: true })
}

/** The counters of one level. */
export const level = async (holdfast: Holdfast, sku: string, location: string) => {
  const page = await holdfast.levels({ sku, location })
  assert(page.ok && page.data[0], `no level of ${sku} at ${location}`)
  return page.data[0]
}

/** The grant of an answer, or a failed test that shows the refusal. */
export const granted = <Grant>(answer: Answer<Grant>): { ok: true; replayed?: true } & Grant => {
  assert(answer.ok, `refused: ${JSON.stringify(answer)}`)
  return answer
}

/** The code of a refusal, or `ok`. */
export const outcome = (answer: { ok: true } | { ok: false; refusal: { code: string } }): string =>
  answer.ok ? 'ok' : answer.refusal.code

/** Shifts holdfast.clock() of this database, e.g. '31 minutes'. */
export const shiftClock = async (url: string, shift: string): Promise<void> => {
  const client = new pg.Client(url)
  await client.connect()
  await client.query('select holdfast.set_test_clock($1)', [shift])
  await client.end()
}

/** Runs a query as the superuser, past every wall. */
export const asOwner = async (
  ownerUrl: string,
  text: string,
  values: unknown[] = [],
): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client(ownerUrl)
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Every counter is the sum of its movements and of the open allocations, versions have no gap. */
export const expectSound = async (ownerUrl: string): Promise<void> => {
  const wrong = await asOwner(
    ownerUrl,
    `with ledger as (
      select tenant_id, level_id, sum(on_hand_change) as on_hand, sum(held_change) as held,
        sum(committed_change) as committed, count(*) as movements, count(distinct version) as versions,
        max(version) as version
      from holdfast.inventory_transactions where level_id is not null group by 1, 2
    ), allocations as (
      select tenant_id, level_id, sum(held) as held, sum(committed) as committed from (
        select tenant_id, level_id, held, committed from holdfast.reservations where quantity is not null
        union all
        select tenant_id, level_id, held, committed from holdfast.allocations
      ) as form where level_id is not null group by 1, 2
    )
    select l.*, ledger.*, allocations.* from holdfast.levels l
    left join ledger using (tenant_id, level_id)
    left join allocations using (tenant_id, level_id)
    where l.on_hand <> coalesce(ledger.on_hand, 0) or l.held <> coalesce(ledger.held, 0)
      or l.committed <> coalesce(ledger.committed, 0)
      or l.held <> coalesce(allocations.held, 0)
      or l.committed <> coalesce(allocations.committed, 0)
      or l.version <> coalesce(ledger.version, 0)
      or coalesce(ledger.movements, 0) <> l.version or coalesce(ledger.versions, 0) <> l.version`,
  )
  expect(wrong).toEqual([])
}

const WAITING = `select count(*)::int as n from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock'`

/** How many sessions of this database wait for a lock. */
export const lockWaiters = async (ownerUrl: string) => (await asOwner(ownerUrl, WAITING))[0]?.['n']

/** Until one of them does. */
export const someoneWaits = (ownerUrl: string) =>
  expect.poll(() => lockWaiters(ownerUrl), { timeout: 60_000 }).toBeGreaterThan(0)
