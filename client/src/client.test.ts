import { beforeAll, expect, test } from 'vitest'
import { serve } from '../../src/server/serve.ts'
import { freshDatabase } from '../../test/database.ts'
import { type FlakyProxy, flakyProxy } from '../../test/flakyProxy.ts'
import { type HoldfastClient, holdfastClient } from './index.ts'

const ON_HAND = 100
let proxy: FlakyProxy
let shop: HoldfastClient

beforeAll(async () => {
  const { url: connectionString, holdfast } = await freshDatabase()
  const server = await serve({ connectionString, port: 0 })
  proxy = await flakyProxy(server.url)
  const made = await holdfast.keys.create({ name: 'test', scopes: ['admin'], mode: 'live' })
  if (!made.ok || !made.key) throw new Error('no key')
  shop = holdfastClient({ url: proxy.url, key: made.key, attempt_ms: 1_000, deadline_ms: 300_000 })
  await shop.call('create_location', { code: 'berlin', name: 'Berlin' })
  await shop.call('create_sku', { code: 'TEE' })
  await shop.receive({ lines: [{ sku: 'TEE', location: 'berlin', quantity: ON_HAND }] })
  return async () => {
    await proxy.close()
    await server.close()
  }
})

const level = async () => {
  const answer = await shop.levels({ sku: 'TEE' })
  if (!answer.ok) throw new Error(answer.refusal.message)
  return answer.data[0]
}

const cart = (quantity: number) => ({ lines: [{ sku: 'TEE', location: 'berlin', quantity }] })

test.each([
  ['the connection breaks before the server sees the call', ['reset', 'reset']],
  ['the reply is lost after the server has decided', ['reply_lost', 'reply_lost']],
  ['the server is overloaded', ['unavailable']],
  ['the first answer comes too late', ['slow']],
  ['a proxy answers instead', ['html', 'reply_lost']],
] as const)('one key gives one effect when %s', async (_, fates) => {
  const before = (await level())?.held ?? 0
  proxy.keys.length = 0
  proxy.fates.push(...fates)
  const answer = await shop.reserve(cart(3))
  expect(answer).toMatchObject({ ok: true, state: 'held' })
  expect(proxy.keys).toHaveLength(fates.length + 1)
  expect(new Set(proxy.keys).size).toBe(1)
  expect((await level())?.held).toBe(before + 3)
})

test('a hold lives its whole life through the client', async () => {
  const held = await shop.reserve(cart(3))
  if (!held.ok) throw new Error(held.refusal.message)
  const { reservation_id } = held
  const committed = await shop.commit({ reservation_id, order_reference: 'ORDER-1' })
  expect(committed).toMatchObject({ ok: true, state: 'committed', order_reference: 'ORDER-1' })
  const line = { sku: 'TEE', location: 'berlin' }
  await shop.fulfill({ reservation_id, lines: [{ ...line, quantity: 2 }] })
  await shop.release({ reservation_id, lines: [{ ...line, quantity: 1 }] })
  const returned = await shop.return({ reservation_id, lines: [{ ...line, quantity: 1 }] })
  expect(returned).toMatchObject({
    ok: true,
    state: 'closed',
    lines: [{ quantity: 3, held: 0, committed: 0, fulfilled: 2, released: 1, returned: 1 }],
  })
  const { data } = (await shop.transactions({ reservation_id })) as { data: { kind: string }[] }
  expect(data.map(({ kind }) => kind).sort()).toEqual(
    ['commit', 'fulfill', 'release', 'reserve', 'return'].sort(),
  )
})

test('a refusal over HTTP is the value that the library returns', async () => {
  const answer = await shop.reserve(cart(1_000))
  expect(answer).toMatchObject({
    ok: false,
    refusal: { code: 'insufficient_stock', lines: [{ line: 1, sku: 'TEE', asked: 1_000 }] },
  })
})

test('a sale made while nobody could be asked is booked afterwards', async () => {
  const before = await level()
  const sale = { order_reference: 'TILL-9', fulfilled: true, ...cart(1) }
  expect(await shop.recordSale(sale)).toMatchObject({ ok: true })
  expect((await level())?.on_hand).toBe((before?.on_hand ?? 0) - 1)
})
