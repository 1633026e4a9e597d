import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { clock } from '../../src/clock.ts'
import { faultsOfBooks } from '../books.ts'
import { keepAlive, requestOf } from '../http/keepAlive.ts'
import { underLoad } from '../load.ts'
import { cartOf, openOurs } from '../ours.ts'
import type { Place } from '../place.ts'
import type { Round, Scenario } from '../scenario.ts'
import { random } from '../selling.ts'
import { newTally } from '../shop.ts'
import { PLENTY } from './stock.ts'

const BUILT = fileURLToPath(new URL('../../dist/cli.mjs', import.meta.url))
const CALLERS = 256
const STOCK = { skus: 10_000, units: PLENTY }
const LOOK_MS = 200

/** Resident megabytes of a process. */
const residentMb = (pid: number): number => {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Math.round(Number(kib) / 1024)
}

/** The built server, as a shop starts it. */
const startBuilt = async (place: Place, url: string) => {
  const folder = mkdtempSync(join(place.folder, 'server-'))
  const args = [BUILT, 'start', '--port', '0', '--json', '--data-dir', folder]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'], // it ends when its channel to us breaks
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const stop = place.keep(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', resolve)
    child.once('exit', code => reject(new Error(`The server ended with ${code}.`)))
  })
  const port = Number(new URL((JSON.parse(line) as { url: string }).url).port)
  return { port, pid: child.pid as number, stop }
}

const run = async (place: Place, seconds: number): Promise<Round> => {
  const { holdfast, database, close } = await openOurs(place, STOCK)
  const made = await holdfast.keys.create({ name: 'bench', scopes: ['sell'], mode: 'live' })
  if (!made.ok || !made.key) throw new Error('The key could not be made.')
  const key = made.key
  const server = await startBuilt(place, database.app)
  const tally = newTally()
  try {
    await clock.sleep((seconds * 1000) / 3)
    const idle_mb = residentMb(server.pid)
    let peak_mb = 0
    const looking = setInterval(() => {
      peak_mb = Math.max(peak_mb, residentMb(server.pid))
    }, LOOK_MS)
    const connections = await Promise.all(
      Array.from({ length: CALLERS }, () => keepAlive(server.port)),
    )
    const once = async (caller: number): Promise<void> => {
      const body = { lines: cartOf([{ sku: random(STOCK.skus), quantity: 1 }]) }
      const request = requestOf({ method: 'POST', path: '/v1/reservations', key, body })
      const answer = await connections[caller]?.send(request)
      if (answer?.status !== 201) throw new Error(`${answer?.status}: ${answer?.body}`)
      tally.sold++
      tally.sold_units++
    }
    const servers = [server.pid]
    const cluster = await place.cluster()
    const load = { callers: CALLERS, seconds: (seconds * 2) / 3, cluster, servers }
    const round = await underLoad(once, load)
    clearInterval(looking)
    for (const connection of connections) connection.close()
    const faults = await faultsOfBooks(database, tally, STOCK)
    return { ...round, faults, facts: { idle_mb, peak_mb } }
  } finally {
    await server.stop()
    await close()
  }
}

export const idleMemory: Scenario = {
  name: 'idle_memory',
  title: 'memory of an idle server, and under load',
  callers: CALLERS,
  unit: 'requests',
  once: true,
  runners: [
    {
      name: 'holdfast',
      title: 'Holdfast: holdfast start',
      stated: 'the built server with its sweeper; resident megabytes',
      missing: () => {
        if (!existsSync(BUILT)) return 'npm run build'
        return existsSync('/proc/self/status') ? undefined : 'needs /proc, so Linux'
      },
      run,
    },
  ],
}
