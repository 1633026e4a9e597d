import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clock } from '../../src/clock.ts'
import { freshDatabase } from '../../test/database.ts'
import { stock } from '../../test/shop.ts'
import { acknowledgedFaults } from '../acknowledged.ts'
import { levelName, readBooks } from '../books.ts'
import { Calls } from '../calls.ts'
import { blackBoxAnomalies } from './blackBox.ts'
import { workTogether } from './clients.ts'
import { apartFrom, historyOf } from './history.ts'
import { Server } from './servers.ts'
import { witnessAnomalies } from './witness.ts'

const OPERATIONS = Number(process.env['HOLDFAST_HISTORY_OPERATIONS'] ?? 4_000)
const CLIENTS = 16
const SKUS = 50
const STOCK = 12
/** SKUs that are sold beyond stock, and how far. */
const BACKORDERED = 5
const BACKORDERED_STOCK = 3
const BACKORDER_CAP = 8
const KILLS = 4
const HOURS_MAX = 12
const seed = Number(process.env['HOLDFAST_HISTORY_SEED'] ?? Math.floor(clock.random() * 2 ** 31))

const { holdfast, url, ownerUrl } = await freshDatabase()
const skus = Array.from({ length: SKUS }, (_, n) => `SKU-${n}`)
const backordered = Array.from({ length: BACKORDERED }, (_, n) => `LATER-${n}`)
const servers = [new Server(url), new Server(url)]
const calls = new Calls()
const market = { servers, skus, backordered, calls, operations: OPERATIONS }

beforeAll(async () => {
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: STOCK }])))
  const later = backordered.map(sku => [sku, { berlin: BACKORDERED_STOCK }] as const)
  await stock(holdfast, Object.fromEntries(later))
  const fields = { backorder_mode: 'allow', backorder_cap: BACKORDER_CAP } as const
  await holdfast.policies.set({ rules: backordered.map(sku => ({ sku, fields })) })
  await Promise.all(servers.map(server => server.start()))
})
afterAll(() => Promise.all(servers.map(server => server.stop())))

/** Kills one server after the other, evenly over the work. */
const killMeanwhile = async (isOver: () => boolean): Promise<void> => {
  for (let kill = 1; kill <= KILLS && !isOver(); kill++) {
    const until = OPERATIONS - (kill * OPERATIONS) / (KILLS + 1)
    while (market.operations > until && !isOver()) await clock.sleep(20)
    await servers[kill % servers.length]?.killAndRestart()
  }
}

/** A failure leaves the history. */
const expectNone = (found: Record<string, object[]>): void => {
  if (Object.values(found).every(anomalies => anomalies.length === 0)) return
  const file = join(mkdtempSync(join(tmpdir(), 'holdfast-history-')), 'history.json')
  writeFileSync(file, JSON.stringify({ seed, found, calls: calls.made }, null, 1))
  console.error(
    `history: ${file}\nagain: HOLDFAST_HISTORY_SEED=${seed} HOLDFAST_HISTORY_OPERATIONS=` +
      `${OPERATIONS} npx vitest run simulation/history/history.test.ts`,
  )
  for (const anomalies of Object.values(found)) expect(anomalies.slice(0, 10)).toEqual([])
}

test(
  `${OPERATIONS} calls of ${CLIENTS} clients to two servers that are killed are of one order`,
  async () => {
    const first = await readBooks(ownerUrl, holdfast.tenant_id)
    const began = clock.monotonicMs()
    let over = false
    const work = workTogether(market, seed, CLIENTS).finally(() => {
      over = true
    })
    await Promise.all([work, killMeanwhile(() => over)])
    const seconds = (clock.monotonicMs() - began) / 1000

    const books = await readBooks(ownerUrl, holdfast.tenant_id)
    for (const [level, movements] of first.movements)
      expect([level, movements.length]).toEqual([level, 1])
    // The first movement of each level is the stock that everybody starts from.
    const start = new Map(
      skus.map(sku => [levelName(sku, 'berlin'), { on_hand: 0, held: 0, committed: 0 }]),
    )
    const later = new Set(backordered.map(sku => levelName(sku, 'berlin')))
    const apart = apartFrom(later, calls.made, books)
    const history = historyOf(apart.calls, apart.books, start)
    for (const level of start.keys()) {
      const step = { level, version: 1, on_hand: STOCK, held: 0, committed: 0 }
      const never = { began: Number.NEGATIVE_INFINITY, ended: Number.NEGATIVE_INFINITY }
      history.ops.push({
        ...{ client: 'first', verb: 'set', reservation: null, ...never },
        ...{ lines: 1, steps: [step], refused: [] },
      })
    }
    const unanswered = calls.made.filter(({ answer }) => !answer).length
    const refused = calls.made.filter(({ answer }) => answer?.ok === false).length
    console.log(
      `seed ${seed}: ${calls.made.length} calls in ${seconds.toFixed(1)} s, ${refused} refused, ` +
        `${unanswered} unanswered, ${servers.reduce((sum, { kills }) => sum + kills, 0)} kills`,
    )
    expectNone({
      acknowledged: acknowledgedFaults(calls.made, books),
      witness: witnessAnomalies(history),
      blackBox: blackBoxAnomalies(history),
      books: (await holdfast.verify()).findings,
    })
    expect(unanswered).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(OPERATIONS / 100)
    const movements = [...later].flatMap(level => books.movements.get(level) ?? [])
    expect(movements.filter(({ kind }) => kind === 'allocate').length).toBeGreaterThan(0)
    expect(Math.max(...movements.map(({ waiting }) => waiting))).toBeLessThanOrEqual(BACKORDER_CAP)
  },
  HOURS_MAX * 3_600_000,
)
