import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HoldfastClient, holdfastClient } from '../client/src/index.ts'
import { clock } from '../src/clock.ts'
import { randomOf } from '../src/demo/random.ts'
import { openHoldfast } from '../src/index.ts'
import { type Serving, serve } from '../src/server/index.ts'
import { drawFate, fateKinds, startProxy, type TcpProxy } from '../src/torture/proxy.ts'
import { targetOf, through } from '../src/torture/through.ts'
import { torture } from '../src/torture/torture.ts'
import { freshDatabase } from './database.ts'
import { expectSound, granted, level, stock } from './shop.ts'

// The long form: HOLDFAST_LONG=1 npx vitest run test/network.test.ts; HOLDFAST_SEED draws the same.
const LONG = process.env['HOLDFAST_LONG'] === '1'
const seed = Number(process.env['HOLDFAST_SEED'] ?? randomInt(2 ** 31))
const random = randomOf(seed)
const again = `HOLDFAST_SEED=${seed} npx vitest run test/network.test.ts`

const { holdfast, url, ownerUrl } = await freshDatabase()
const cart = { lines: [{ sku: 'TEE', location: 'berlin', quantity: 1 }] }
const limits = { answer_ms_max: 1_000, request_ms_max: 3_000, pending_max: 20 }
let server: Serving
let key: string
let road: TcpProxy

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 1_000_000 } })
  const made = granted(
    await holdfast.keys.create({ name: 'shop', scopes: ['sell', 'read'], mode: 'live' }),
  )
  key = made.key as string
  server = await serve({ connectionString: url, port: 0, limits })
  road = await startProxy({ host: '127.0.0.1', port: Number(new URL(server.url).port) }, random)
})
afterAll(async () => {
  await road.close()
  await server.close()
})

type Answered = Awaited<ReturnType<HoldfastClient['reserve']>>

/** The hold of an answer that came over HTTP. */
const won = (answer: Answered): string => {
  assert(answer.ok, `refused: ${JSON.stringify(answer)}`)
  return answer.reservation_id
}

const held = async () => (await level(holdfast, 'TEE', 'berlin')).held

describe('between clients and server', () => {
  const shop = () => holdfastClient({ url: `http://127.0.0.1:${road.port}`, key })

  test.each(fateKinds)(
    `%s: a call has its end by its deadline, and one effect; ${again}`,
    async kind => {
      for (let n = 0; n < (LONG ? 100 : 4); n++) {
        road.fate = () => drawFate(random, 100, [kind])
        const before = await held()
        const key = `${kind}-${n}`
        const beganMs = clock.monotonicMs()
        const first = await shop()
          .reserve(cart, { key, deadline_ms: 1_200 })
          .then(won, () => undefined)
        const overrunMs = Math.round(clock.monotonicMs() - beganMs - 1_200)
        if (overrunMs > 100) console.info(`${kind}: an end ${overrunMs} ms after its deadline`)
        road.cut()
        road.fate = () => ({ kind: 'pass' })
        const then = won(await shop().reserve(cart, { key, deadline_ms: 60_000 }))
        expect(first ?? then).toBe(then)
        expect(await held()).toBe(before + 1)
      }
    },
  )

  test('clients that send byte by byte keep nobody else out, and are ended', async () => {
    const slow: Socket[] = []
    const port = Number(new URL(server.url).port)
    const head = `POST /v1/reservations HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\n`
    const beginnings = [
      `${head}x-slow: `,
      `${head}content-type: application/json\r\ncontent-length: 99\r\n\r\n{`,
    ]
    const ends = Array.from({ length: 60 }, (_, n) => {
      const socket = connect(port, '127.0.0.1')
      slow.push(socket)
      socket.on('error', () => {})
      socket.write(beginnings[n % 2] as string)
      const trickle = setInterval(() => socket.write('a'), 200)
      let heard = ''
      socket.on('data', data => {
        heard += data
      })
      return new Promise<string>(resolve =>
        socket.on('close', () => {
          clearInterval(trickle)
          resolve(heard)
        }),
      )
    })
    const direct = holdfastClient({ url: server.url, key })
    for (let n = 0; n < 5; n++) won(await direct.reserve(cart, { deadline_ms: 60_000 }))
    const heard = await Promise.all(ends)
    const statuses = heard.map(text => text.slice(9, 12))
    expect(statuses.filter(status => status !== '408' && status !== '503')).toEqual([])
    expect(statuses).toContain('408')
  }, 120_000)
})

describe('between server and database', () => {
  test('a database that vanishes: problems within the deadline, then all is as before', async () => {
    const database = await startProxy(targetOf(url), random)
    const far = await serve({
      connectionString: through(url, database.port),
      ...{ port: 0, limits: { answer_ms_max: 1_000, deadline_ms: 2_000 } },
    })
    const call = async (path: string, body?: object) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
      const method = body ? 'POST' : 'GET'
      const sent = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }
      return (await fetch(far.url + path, sent)).status
    }
    await expect.poll(() => call('/v1/reservations', cart), { timeout: 60_000 }).toBe(201)
    database.fate = () => ({ kind: 'half_open', after_bytes: 0 })
    database.silence()
    const paths = ['/v1/levels', '/v1/reservations', '/v1/skus', '/readyz']
    const statuses = await Promise.all([
      ...paths.map(path => call(path)),
      ...Array.from({ length: 10 }, () => call('/v1/reservations', cart)),
    ])
    expect(statuses.filter(status => status !== 503 && status !== 504)).toEqual([])
    expect(await call('/healthz')).toBe(200)
    database.fate = () => ({ kind: 'pass' })
    await expect
      .poll(() => call('/v1/reservations', cart), { timeout: 60_000, interval: 300 })
      .toBe(201)
    await far.close()
    await database.close()
  }, 120_000)

  test(`a sale with faults on both roads loses and doubles nothing; ${again}`, async () => {
    const [units, buyers] = LONG ? [2_000, 5_000] : [40, 120]
    const verdict = await torture({
      ...{ connectionString: url, ownerConnectionString: ownerUrl, seed, random },
      ...{ units, buyers, concurrency: 24, commit_percent: 40, release_percent: 20 },
      ...{ servers: 2, fault_percent: 30, goOn: (rounds: number) => rounds < 1 },
      kills: { server: 0, sessions: LONG ? 5 : 1, backend: 0, database: 0 },
      open: tenant => openHoldfast({ connectionString: url, tenant }),
      serve: async connectionString => {
        const quick = { answer_ms_max: 1_500 }
        const { url: address, close } = await serve({ connectionString, port: 0, limits: quick })
        return { url: address, pid: process.pid, stop: close, kill: close }
      },
      onFailure: history => console.error(JSON.stringify(history)),
    })
    const { undecided, faults, overrun_ms, findings } = verdict
    console.info(JSON.stringify({ seed, undecided, faults, overrun_ms }))
    expect(findings).toEqual([])
    const drawn = [faults.clients, faults.database].flatMap(fates => Object.values(fates).slice(1))
    expect(drawn.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
  }, 300_000)
})

test('after all of it the books are sound', () => expectSound(ownerUrl))
