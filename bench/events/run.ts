import { type ChildProcess, fork } from 'node:child_process'
import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { clock } from '../../src/clock.ts'
import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { startCluster } from '../cluster.ts'
import { codeOf, fillStock, LOCATION } from '../ours.ts'
import { follow, openSink, Reader } from './readers.ts'

// A burst of movements reaches a listener and a receiver of webhooks, whole and in order, while
// the servers that tell of them are killed (-9) in turn and a transaction is left open elsewhere.
// Then the lag at a steady rate.

const { values } = parseArgs({
  options: {
    movements: { type: 'string', default: '100000' },
    skus: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '10000' },
    seconds: { type: 'string', default: '20' },
    'kill-every-ms': { type: 'string', default: '4000' },
    kills: { type: 'string', default: '10' },
    webhooks: { type: 'boolean', default: true },
    help: { type: 'boolean', default: false },
  },
  allowNegative: true,
})
const [movements, skus, rate, seconds, killEveryMs, killsMax] = [
  ...[values.movements, values.skus, values.rate, values.seconds, values['kill-every-ms']],
  values.kills,
].map(Number) as [number, number, number, number, number, number]
const tell = (line: string): void => void process.stdout.write(`${line}\n`)
if (values.help) {
  tell('npm run bench:events [-- --movements 100000 --rate 10000 --seconds 20 --kills 10]')
  process.exit()
}

type Child = { process: ChildProcess; url: string }

const startChild = (connectionString: string): Promise<Child> =>
  new Promise((resolve, reject) => {
    const started = fork(new URL('./dispatching.ts', import.meta.url), [connectionString], {
      execArgv: process.execArgv,
    })
    started.once('message', message =>
      resolve({ process: started, url: (message as { url: string }).url }),
    )
    started.once('exit', () => reject(new Error('a server did not start')))
  })

const atQuantile = (sorted: number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

const IN_FLIGHT_MAX = 1_000

/** Holds as fast as it goes, or at a rate. */
const sell = async (holdfast: Holdfast, count: number, perSecond = Number.POSITIVE_INFINITY) => {
  const beganMs = clock.monotonicMs()
  let begun = 0
  let ended = 0
  const failed: unknown[] = []
  while (ended < count) {
    const allowed = Math.min(count, ((clock.monotonicMs() - beganMs) / 1000) * perSecond)
    while (begun < allowed && begun - ended < IN_FLIGHT_MAX) {
      const lines = [{ sku: codeOf(begun++ % skus), location: LOCATION, quantity: 1 }]
      holdfast
        .reserve({ lines })
        .then(answer => answer.ok || failed.push(answer.refusal))
        .catch(error => failed.push(error))
        .finally(() => ended++)
    }
    await clock.sleep(1)
  }
  if (failed[0]) throw failed[0]
  return (clock.monotonicMs() - beganMs) / 1000
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-events-'))
chmodSync(folder, 0o755)
const cluster = await startCluster({ folder, quick: true, url: undefined })
const template = await cluster.template('events', async ({ app }) => {
  const holdfast = await openHoldfast({ connectionString: app })
  await fillStock(holdfast, { skus, units: 1_000_000_000 }).finally(() => holdfast.close())
})
const database = await cluster.fresh(template)
const holdfast = await openHoldfast({ connectionString: database.app })
const made = await holdfast.keys.create({ name: 'bench', scopes: ['read'], mode: 'live' })
const key = (made.ok && made.key) || ''
await holdfast.events.feed()
const heard = new Reader()
const received = new Reader()
const sink = await openSink(received)
if (values.webhooks) {
  await holdfast.webhooks.create({ url: sink.url, types: ['reservation.held'] })
}
const idle = new pg.Client(database.owner)
await idle.connect()
await idle.query('begin')
await idle.query('select pg_current_xact_id()')

let children = [await startChild(database.app), await startChild(database.app)]
let turn = 0
const listening = follow(() => (children[turn % 2] as Child).url, key, heard)
let killing = true
let kills = 0
const killer = (async () => {
  // A killed server has its endpoints for a minute: kills without end would leave webhooks no time.
  while (killing && kills < killsMax) {
    await clock.sleep(killEveryMs)
    if (!killing) return
    const victim = children[turn % 2] as Child
    victim.process.removeAllListeners('exit')
    victim.process.kill('SIGKILL')
    kills++
    turn++
    const next = await startChild(database.app)
    children = children.map(child => (child === victim ? next : child))
  }
})()

const until = async (reader: Reader, count: number, what: string): Promise<number> => {
  const beganMs = clock.monotonicMs()
  let tellMs = 10_000
  while (reader.moved < count) {
    await clock.sleep(20)
    if (clock.monotonicMs() - beganMs < tellMs) continue
    tellMs += 10_000
    tell(`  ${what}: ${reader.moved} of ${count}`)
  }
  return (clock.monotonicMs() - beganMs) / 1000
}

const soldSeconds = await sell(holdfast, movements)
tell(`burst: ${movements} holds of ${skus} SKUs in ${soldSeconds.toFixed(1)} s`)
const after = await until(heard, movements, 'listener')
tell(`  all at the listener ${after.toFixed(1)} s after the last`)
if (values.webhooks) {
  const sent = await until(received, movements, 'webhook')
  tell(`  all at the webhook ${(after + sent).toFixed(1)} s after the last`)
}
killing = false
await killer
tell(`  servers killed: ${kills}; told again: ${heard.again} and ${received.again}`)
await idle.query('rollback')

heard.takeAges()
received.takeAges()
const steady = rate * seconds
const took = await sell(holdfast, steady, rate)
await until(heard, movements + steady, 'listener')
const ages = heard.takeAges()
const [half, most, all] = [0.5, 0.99, 1].map(share => atQuantile(ages, share))
tell(`steady: ${Math.round(steady / took)} movements/s for ${took.toFixed(1)} s (asked: ${rate})`)
tell(`  from the movement to the listener: p50 ${half} ms, p99 ${most} ms, max ${all} ms`)
const faults = [...heard.faults, ...received.faults]
tell(faults.length === 0 ? 'whole and in order: yes' : `FAULTS: ${faults.slice(0, 10).join('; ')}`)

listening.end()
sink.close()
for (const child of children) {
  child.process.removeAllListeners('exit')
  child.process.kill('SIGTERM')
}
await idle.end()
await holdfast.close()
await cluster.stop()
process.exit(faults.length === 0 ? 0 : 1)
