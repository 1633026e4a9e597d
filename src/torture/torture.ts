import { clock } from '../clock.ts'
import type { Holdfast } from '../holdfast.ts'
import { type Arena, type ArenaOptions, openArena, untilBack } from './arena.ts'
import { type Audit, auditSale } from './audit.ts'
import { type Market, newCounts } from './call.ts'
import type { Opening, Recorded } from './history.ts'
import { drawKills, type Killed, Killer, type Kills, type OwnDatabase } from './kills.ts'
import { leaksOf } from './leaks.ts'
import { drawFate, type FateKind, fateKinds, type Random } from './proxy.ts'
import { type Asked, askAgain, recordedOf, type Sale, sell } from './sale.ts'

export type TortureOptions = Omit<ArenaOptions, 'fates' | 'random'> & {
  random: Random
  /** True while another round may begin. */
  goOn: (rounds: number) => boolean
  units: number
  buyers: number
  concurrency: number
  commit_percent: number
  release_percent: number
  /** In every round. */
  kills: Kills
  /** Of a hundred connections so many have a fault, on each of the two roads. */
  fault_percent: number
  fault_kinds?: readonly FateKind[]
  database?: OwnDatabase | undefined
  onProgress?: (at: { rounds: number; calls: number; kills: number; findings: number }) => void
  /** Hears the history of a round in which something was found. */
  onFailure?: (history: Recorded[], findings: string[]) => void
}

export type Verdict = {
  seed: number
  seconds: number
  rounds: number
  servers: number
  buyers: number
  units: number
  calls: number
  attempts: number
  granted: number
  refused: number
  committed: number
  released: number
  asked_again: number
  undecided: Record<string, number>
  overrun_ms: number
  kills: Killed[]
  faults: { clients: Record<FateKind, number>; database: Record<FateKind, number> }
  findings: string[]
  tenant: string
  tenant_removed: boolean
}

type Totals = Omit<Verdict, 'seconds' | 'faults' | 'tenant_removed'>

/** A fresh SKU with so many units. */
const openSale = async (holdfast: Holdfast, sale: Sale, units: number): Promise<Opening> => {
  const { sku, location } = sale
  await untilBack(() => holdfast.skus.create({ code: sku }))
  const lines = [{ sku, location, quantity: units }]
  const received = await untilBack(() => holdfast.receive({ lines }, { key: `open-${sku}` }))
  if (!received.ok) throw new Error(received.refusal.message)
  const [line] = received.lines
  return { units, version: line && 'version' in line ? line.version : 1 }
}

type Round = { asked: Asked[]; audit: Audit; again: string[]; killed: Killed[] }

/** One sale: bought, killed, asked again, and held against the books. */
const round = async (
  arena: Arena,
  market: Market,
  options: TortureOptions,
  number: number,
): Promise<Round> => {
  const { random, buyers, concurrency, units, database, commit_percent, release_percent } = options
  const kills = database ? options.kills : { ...options.kills, backend: 0, database: 0 }
  const killer = new Killer({ arena, random, database, points: drawKills(random, kills, buyers) })
  const sale: Sale = {
    ...{ buyers, concurrency, random, commit_percent, release_percent },
    ...{ sku: `SALE-${number}`, location: arena.location, run: `round-${number}` },
    onProgress: decided => killer.progress(decided),
  }
  const opening = await openSale(arena.holdfast, sale, units)
  market.onDecided = (server, beganMs) => killer.decided(server, beganMs)
  const asked = await sell(market, sale)
  await killer.end()
  const again = await askAgain(market, sale, asked)
  const audit = await auditSale(arena.holdfast, sale, asked, opening)
  const findings = [...audit.findings, ...again]
  if (findings.length > 0) options.onFailure?.(recordedOf(sale, asked), findings)
  return { asked, audit, again, killed: killer.killed }
}

const newTotals = (options: TortureOptions, arena: Arena): Totals => ({
  ...{ seed: options.seed, servers: options.servers, tenant: arena.tenant },
  ...{ rounds: 0, buyers: 0, units: 0, calls: 0, attempts: 0 },
  ...{ granted: 0, refused: 0, committed: 0, released: 0, asked_again: 0 },
  ...{ undecided: {}, overrun_ms: 0, kills: [], findings: [] },
})

const add = (totals: Totals, { asked, audit, again, killed }: Round, of: TortureOptions): void => {
  totals.rounds++
  totals.buyers += of.buyers
  totals.units += of.units
  totals.calls += asked.length
  for (const count of ['granted', 'refused', 'committed', 'released'] as const) {
    totals[count] += audit[count]
  }
  totals.asked_again += audit.granted
  totals.kills.push(...killed)
  totals.findings.push(
    ...[...audit.findings, ...again].map(found => `round ${totals.rounds}: ${found}`),
  )
}

const sumOf = (counts: Record<FateKind, number>[]): Record<FateKind, number> =>
  Object.fromEntries(
    fateKinds.map(kind => [kind, counts.reduce((sum, count) => sum + count[kind], 0)]),
  ) as Record<FateKind, number>

/**
 * Sells in rounds while servers, connections and, if it is our own, PostgreSQL itself are killed,
 * and both roads have faults; then holds every word that was said against the books.
 */
export const torture = async (options: TortureOptions): Promise<Verdict> => {
  const { random, fault_percent, fault_kinds } = options
  const beganMs = clock.monotonicMs()
  const fate = () => drawFate(random, fault_percent, fault_kinds)
  const arena = await openArena({ ...options, fates: { clients: fate, database: fate } })
  const totals = newTotals(options, arena)
  let faults: Verdict['faults']
  let tenant_removed: boolean
  try {
    const urls = arena.slots.map(({ url }) => url)
    const market: Market = { urls, key: arena.key, random, counts: newCounts() }
    while (options.goOn(totals.rounds)) {
      add(totals, await round(arena, market, options, totals.rounds + 1), options)
      const { rounds, calls, kills, findings } = totals
      options.onProgress?.({ rounds, calls, kills: kills.length, findings: findings.length })
    }
    totals.findings.push(...(await leaksOf(arena)))
    Object.assign(totals, market.counts)
    const clients = sumOf(arena.slots.map(({ road }) => road.fates))
    faults = { clients, database: { ...arena.databaseRoad.fates } }
  } finally {
    tenant_removed = await arena.close()
  }
  const seconds = Math.round((clock.monotonicMs() - beganMs) / 1_000)
  return { ...totals, seconds, faults, tenant_removed }
}

export const survived = (verdict: Verdict): boolean =>
  verdict.findings.length === 0 && verdict.rounds > 0
