import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { type Serving, serve } from '../src/server/serve.ts'
import { freshDatabase } from './database.ts'
import { type Heard, listen } from './eventStream.ts'
import { asOwner, expectSound, granted, stock } from './shop.ts'
import { openSink } from './webhookSink.ts'

// A burst of movements reaches a listener and a receiver of webhooks whole and in order, while the
// sessions of the dispatchers are killed, one of the servers ends and comes again, and a transaction
// is left open elsewhere.

const MOVEMENTS = 2_000
const SKUS = 12
const { holdfast, url, ownerUrl } = await freshDatabase()
const idle = new pg.Client(ownerUrl.replace(/\/[^/?]+(\?|$)/, '/postgres$1'))
const sink = await openSink()
const servers: Serving[] = []

afterAll(async () => {
  await Promise.all(servers.map(server => server.close()))
  await idle.end()
  await sink.close()
})

const start = async (): Promise<Serving> => {
  const named = `${url}${url.includes('?') ? '&' : '?'}application_name=dispatching`
  const events = { poll_ms: 20, webhooks: { to_private: true } }
  const server = await serve({ connectionString: named, port: 0, events })
  servers.push(server)
  return server
}

type Told = { id: string; type: string; data: Record<string, unknown> }

/** What a reader knows after an at-least-once delivery: the first of each id. */
const once = (told: Told[]): Told[] => [...new Map(told.map(each => [each.id, each])).values()]

/** Each level's movements, in the order in which they were told: versions and ranges without gap. */
const expectWhole = (told: Told[], versions: Record<string, number>): void => {
  for (const [sku, last] of Object.entries(versions)) {
    const of = told.filter(({ data }) => data['sku'] === sku)
    const changed = of.filter(({ type }) => type === 'level.changed').map(({ data }) => data)
    let reached = changed[0]?.['from_version'] as number
    for (const { from_version, version } of changed) {
      expect(from_version, `${sku} goes on where it was`).toBe(reached)
      reached = (version as number) + 1
    }
    expect(reached - 1, `${sku} is told of to its last version`).toBe(last)
    const held = of.filter(({ type }) => type === 'reservation.held')
    const order = held.map(({ data }) => data['version'] as number)
    expect(order).toEqual(order.map((_, at) => (order[0] as number) + at))
    expect(order.at(-1)).toBe(last)
  }
}

const killAll = () =>
  asOwner(
    ownerUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'dispatching'`,
  )

test(`${MOVEMENTS} movements reach a listener and a webhook whole and in order`, async () => {
  const skus = Array.from({ length: SKUS }, (_, n) => `SKU-${n}`)
  await stock(holdfast, Object.fromEntries(skus.map(sku => [sku, { berlin: MOVEMENTS }])))
  const { key } = granted(await holdfast.keys.create({ name: 'r', scopes: ['read'], mode: 'live' }))
  await holdfast.events.feed()
  granted(await holdfast.webhooks.create({ url: sink.url }))
  await idle.connect()
  await idle.query('begin')
  await idle.query('select pg_current_xact_id()')
  const [first, second] = [await start(), await start()]

  const heard: Told[] = []
  let listener: Heard | undefined
  let over = false
  const listening = (async () => {
    let lastId: string | undefined = 'evt_0'
    while (!over) {
      listener = await listen(second.url, key as string, { lastId })
      const { events } = listener
      await listener.until(() => over).catch(() => {})
      heard.push(...events)
      lastId = listener.lastId
    }
  })()
  const sell = async (count: number) => {
    const lines = (n: number) => [
      { sku: skus[n % SKUS] as string, location: 'berlin', quantity: 1 },
    ]
    const sold = Array.from({ length: count }, (_, n) => holdfast.reserve({ lines: lines(n) }))
    for (const answer of await Promise.all(sold)) granted(answer)
  }
  for (let part = 0; part < 4; part++) {
    await sell(MOVEMENTS / 4)
    await killAll()
    if (part === 1) await servers.splice(servers.indexOf(first), 1)[0]?.close()
    if (part === 2) await start()
  }
  const levels = granted(await holdfast.levels({ limit: 250 })).data
  const versions = Object.fromEntries(levels.map(({ sku, version }) => [sku, version as number]))
  const told = () => once([...heard, ...(listener?.events ?? [])])
  const held = (all: Told[]) => all.filter(({ type }) => type === 'reservation.held').length
  const received = () => once(sink.got.map(({ body }) => JSON.parse(body) as Told))
  await sink.until(() => sink.got.length >= MOVEMENTS && held(received()) >= MOVEMENTS)
  // Looked at from time to time: a stream that has ended is followed by another one.
  const soon = { timeout: 120_000 }
  await expect.poll(() => held(told()), soon).toBeGreaterThanOrEqual(MOVEMENTS)
  const last = () => {
    const reached = new Map<unknown, number>()
    for (const { type, data } of told()) {
      if (type === 'level.changed') reached.set(data['sku'], data['version'] as number)
    }
    return Object.entries(versions).every(([sku, version]) => reached.get(sku) === version)
  }
  await expect.poll(last, soon).toBe(true)
  over = true
  listener?.close()
  await listening
  expectWhole(told(), versions)
  const ids = told().map(({ id }) => Number(id.slice(4)))
  expect(ids).toEqual(ids.map((_, at) => (ids[0] as number) + at))
  await expectSound(ownerUrl)
  const inOrder = received().filter(({ type }) => type === 'reservation.held')
  for (const sku of skus) {
    const order = inOrder.filter(({ data }) => data['sku'] === sku)
    const found = order.map(({ data }) => data['version'] as number)
    expect(found).toEqual([...found].sort((a, b) => a - b))
  }
}, 180_000)
