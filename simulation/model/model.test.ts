import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clock } from '../../src/clock.ts'
import { freshDatabase } from '../../test/database.ts'
import type { Room } from './draft.ts'
import { Run } from './run.ts'
import { openServers, type Servers, Shop } from './shop.ts'
import { stepsOf } from './steps.ts'

const RUNS = Number(process.env['HOLDFAST_MODEL_RUNS'] ?? 60)
const COMMANDS = Number(process.env['HOLDFAST_MODEL_COMMANDS'] ?? 60)
/** Units wait for supply, where the policies of a lane let them; channels have buffers. */
const LANES: Room[][] = [[], ['queue'], ['channels'], ['queue', 'channels']]
/** `lane:seed:path` of a failure: that run alone, made smaller. */
const [lane, seed, path] = (process.env['HOLDFAST_MODEL_REPLAY'] ?? '').split(':')
const HOURS_MAX = 12

const { url, ownerUrl } = await freshDatabase()
let servers: Servers
const shops: Shop[] = []
let run = 0
let calls = 0
const seeds: number[] = []

beforeAll(async () => {
  servers = await openServers({ url, ownerUrl })
  for (const [lane, rooms] of LANES.entries()) {
    shops.push(await Shop.open(servers, ownerUrl, lane, rooms))
  }
})
afterAll(async () => {
  await Promise.all(shops.map(shop => shop.close()))
  await Promise.all([servers.one.close(), servers.two.close(), servers.own.end()])
})

/** Plays one run; what fails leaves its history. */
const play = async (shop: Shop, steps: Parameters<Run['play']>[0]): Promise<void> => {
  const played = new Run(shop, String(++run))
  try {
    await played.play(steps)
  } catch (error) {
    const file = join(mkdtempSync(join(tmpdir(), 'holdfast-model-')), 'history.json')
    writeFileSync(file, JSON.stringify({ steps, calls: played.calls }, null, 2))
    throw new Error(`${(error as Error).message}\nhistory: ${file}`)
  } finally {
    calls += played.calls.length
  }
}

const playMany = async (shop: Shop): Promise<void> => {
  const first = seed ? Number(seed) : Math.floor(clock.random() * 2 ** 31)
  const result = await fc.check(
    fc.asyncProperty(stepsOf(COMMANDS, shop.rooms), steps => play(shop, steps)),
    path
      ? { seed: first, path, numRuns: 1 }
      : { seed: first, numRuns: Math.ceil(RUNS / LANES.length), endOnFailure: true },
  )
  seeds.push(result.seed)
  if (!result.failed) return
  const replay = `HOLDFAST_MODEL_REPLAY=${shop.lane}:${result.seed}:${result.counterexamplePath}`
  const sizes = COMMANDS === 60 ? '' : ` HOLDFAST_MODEL_COMMANDS=${COMMANDS}`
  throw new Error(
    `${String((result.errorInstance as Error | undefined)?.message)}\n` +
      `again, and smaller: ${replay}${sizes} npx vitest run simulation/model`,
  )
}

test(
  `every verb answers and counts as a model in plain numbers does, ${RUNS} runs`,
  async () => {
    await Promise.all((path ? shops.filter(shop => `${shop.lane}` === lane) : shops).map(playMany))
    for (const tenant of shops.flatMap(shop => shop.one)) {
      expect((await tenant.verify()).findings).toEqual([])
    }
    console.log(`${run} runs, ${calls} calls, all as the model says; seeds ${seeds.join(', ')}`)
  },
  HOURS_MAX * 3_600_000,
)
