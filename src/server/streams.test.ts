import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { type Heard, listen } from '../../test/eventStream.ts'
import { granted, stock } from '../../test/shop.ts'
import { clock } from '../clock.ts'
import { createServer } from './server.ts'
import { Streams } from './streams.ts'

const { holdfast } = await freshDatabase()
const bounds = { kept_max: 100, replay_max: 200, tenant_listeners_max: 5, heartbeat_ms: 50 }
const streams = new Streams(bounds)
const app = await createServer({ holdfast, streams })
let url = ''
let key = ''

const newKey = async (scope: 'read' | 'sell', tenant = holdfast) => {
  const made = await tenant.keys.create({ name: scope, scopes: [scope], mode: 'live' })
  return granted(made)
}

beforeAll(async () => {
  url = await app.listen({ host: '127.0.0.1', port: 0 })
  key = (await newKey('read')).key as string
  await stock(holdfast, { TEE: { berlin: 1_000_000 }, MUG: { berlin: 1_000 } })
  await holdfast.events.feed()
})
afterAll(() => app.close())

const change = async (count: number, sku = 'TEE') => {
  for (let n = 0; n < count; n++) {
    granted(await holdfast.adjust({ lines: [{ sku, location: 'berlin', quantity: 1 }] }))
    await holdfast.events.feed()
  }
}

/** Holds by the thousand, one event each. */
const sell = async (count: number) => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  await Promise.all(Array.from({ length: count }, () => holdfast.reserve({ lines })))
  for (let more = true; more; ) ({ more } = await holdfast.events.feed())
}

test('a listener hears what happens from now on, and a filter lets through what it names', async () => {
  const all = await listen(url, key)
  const mugs = await listen(url, key, { query: '?sku=MUG&type=level.changed' })
  await change(2)
  await change(1, 'MUG')
  await all.until(() => all.events.length >= 3)
  await mugs.until(() => mugs.events.length >= 1)
  expect(all.events.map(({ data }) => data['sku'])).toEqual(['TEE', 'TEE', 'MUG'])
  expect(mugs.events[0]).toMatchObject({ type: 'level.changed', data: { sku: 'MUG' } })
  await change(1)
  // a heartbeat carries the id of what was not for it
  await mugs.until(() => Number(mugs.lastId) >= Number(mugs.events[0]?.id.slice(4)) + 1)
  all.close()
  mugs.close()
})

test('who comes back with the last id has missed nothing', async () => {
  const first = await listen(url, key)
  await change(1)
  await first.until(() => first.events.length >= 1)
  first.close()
  await change(3)
  const second = await listen(url, key, { lastId: first.lastId })
  await change(1)
  await second.until(() => second.events.length >= 4)
  const versions = second.events.map(({ data }) => data['version'] as number)
  expect(versions).toEqual([1, 2, 3, 4].map(n => (first.events[0]?.data['version'] as number) + n))
  second.close()
})

test('who comes back after too much is told how the levels stand', async () => {
  await sell(300)
  await change(1, 'MUG')
  await clock.sleep(500) // the server reads on by itself: who comes sooner is told one by one
  const back = await listen(url, key, { lastId: 'evt_1' })
  await back.until(() => back.events.length >= 1)
  expect(back.events[0]).toMatchObject({ type: 'stream.snapshot', data: { complete: true } })
  const { levels } = (back.events[0] as Heard['events'][number]).data as {
    levels: { sku: string; version: number }[]
  }
  expect(levels.map(({ sku }) => sku).sort()).toEqual(['MUG', 'TEE'])
  const now = granted(await holdfast.levels({ sku: 'TEE' })).data[0]
  expect(levels.find(({ sku }) => sku === 'TEE')).toMatchObject({ version: now?.version })
  await change(1)
  await back.until(() => back.events.length >= 2)
  back.close()
})

test('a key that only sells may not listen; one that is revoked stops hearing', async () => {
  const sells = await listen(url, (await newKey('sell')).key as string)
  expect(sells.status).toBe(403)
  const other = await newKey('read')
  const heard = await listen(url, other.key as string)
  expect(heard.status).toBe(200)
  granted(await holdfast.keys.revoke({ key_id: other.key_id }))
  await expect(heard.until(() => false)).rejects.toThrow('ended')
})

test('another tenant hears nothing of it', async () => {
  granted(await holdfast.tenants.create({ code: 'other' }))
  const other = await holdfast.forTenant('other')
  const heard = await listen(url, (await newKey('read', other)).key as string)
  await other.events.feed()
  await change(1)
  await stock(other, { HAT: { oslo: 1 } })
  await other.events.feed()
  await heard.until(() => heard.events.length >= 1)
  expect(JSON.stringify(heard.events)).not.toContain('TEE')
  heard.close()
})

test.each([
  ['?sku=', undefined, 400],
  ['?type=level.nothing', undefined, 400],
  ['', 'yesterday', 400],
])('what makes no sense is refused: %s, Last-Event-ID %s', async (query, lastId, status) => {
  expect((await listen(url, key, { query, lastId })).status).toBe(status)
})

test('too many listeners are told so; a server that stops ends them at once', async () => {
  const some = await Promise.all(Array.from({ length: 5 }, () => listen(url, key)))
  expect(some.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect((await listen(url, key)).status).toBe(503)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toMatch(/holdfast_http_pending [01]\n/)
  await app.close()
  for (const each of some) await expect(each.until(() => false)).rejects.toThrow('ended')
})
