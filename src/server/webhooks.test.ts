import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, shiftClock, stock } from '../../test/shop.ts'
import { openSink, type Sink } from '../../test/webhookSink.ts'
import type { NewWebhookSecret } from '../webhooks/webhooks.ts'
import { type CourierOptions, Couriers } from './couriers.ts'

const { holdfast, url, ownerUrl } = await freshDatabase()
const { webhooks, events } = holdfast
const sinks: Sink[] = []

beforeAll(async () => {
  await stock(holdfast, { TEE: { berlin: 1_000_000 }, MUG: { berlin: 1_000 } })
  await events.feed()
})
afterAll(() => Promise.all(sinks.map(sink => sink.close())))

const sinkOf = async (answer?: Sink['answer']): Promise<Sink> => {
  const sink = await openSink()
  sinks.push(sink)
  if (answer) sink.answer = answer
  return sink
}

const feedAll = async () => {
  for (let more = true; more; ) ({ more } = await events.feed())
}

/** One process that sends whatever is due now, and ends. */
const sendAll = async (options: CourierOptions = {}) => {
  await feedAll()
  const couriers = new Couriers({ to_private: true, timeout_ms: 2_000, ...options })
  await couriers.look(holdfast, () => {})
  await couriers.idle()
}

const endpointOf = async (sink: Sink, more: object = {}): Promise<Required<NewWebhookSecret>> =>
  granted(await webhooks.create({ url: sink.url, ...more })) as Required<NewWebhookSecret>

const move = async (count: number, sku = 'TEE') => {
  for (let n = 0; n < count; n++) {
    granted(await holdfast.adjust({ lines: [{ sku, location: 'berlin', quantity: 1 }] }))
    await events.feed()
  }
}

const stateOf = async (endpoint_id: number) => granted(await webhooks.get({ endpoint_id }))
const logOf = async (endpoint_id: number) =>
  granted(await webhooks.deliveries({ endpoint_id })).data
const remove = (endpoint_id: number) => webhooks.remove({ endpoint_id })

test('an event is sent as Standard Webhooks wants it: the reference library verifies it', async () => {
  const sink = await sinkOf()
  const { endpoint_id, secret } = await endpointOf(sink, { skus: ['MUG'] })
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
  await move(1)
  await move(2, 'MUG')
  await sendAll()
  expect(sink.got).toHaveLength(2)
  const reference = new Webhook(secret)
  const told = sink.got.map(({ headers, body }) =>
    reference.verify(body, headers as Record<string, string>),
  ) as { id: string; type: string; timestamp: string; data: { sku: string; version: number } }[]
  expect(told[0]).toMatchObject({ type: 'level.changed', data: { sku: 'MUG' } })
  expect(sink.got.map(({ headers }) => headers['webhook-id'])).toEqual(told.map(({ id }) => id))
  expect(told[1]?.data.version).toBe((told[0]?.data.version ?? 0) + 1)
  const [got] = sink.got
  const forged = { ...(got?.headers as Record<string, string>), 'webhook-id': 'evt_1' }
  expect(() => reference.verify(got?.body ?? '', forged)).toThrow()
  expect(await logOf(endpoint_id)).toMatchObject([{ state: 'delivered' }, { state: 'delivered' }])
  await remove(endpoint_id)
})

test('while a secret runs out both sign; then only the new one', async () => {
  const sink = await sinkOf()
  const { endpoint_id, secret } = await endpointOf(sink)
  const rotated = granted(await webhooks.rotate({ endpoint_id, overlap_seconds: 600 }))
  await move(1)
  await sendAll()
  const verify = (with_: string | undefined, at: number) => () =>
    new Webhook(with_ ?? '').verify(
      sink.got[at]?.body ?? '',
      sink.got[at]?.headers as Record<string, string>,
    )
  expect(verify(secret, 0)).not.toThrow()
  expect(verify(rotated.secret, 0)).not.toThrow()
  await shiftClock(url, '11 minutes')
  await move(1)
  await sendAll()
  await shiftClock(url, '0')
  expect(verify(secret, 1)).toThrow()
  expect(verify(rotated.secret, 1)).not.toThrow()
  await remove(endpoint_id)
})

test('what fails is tried again, later each time; what comes after it in its lane waits', async () => {
  const sink = await sinkOf((_got, count) => ({ status: count <= 2 ? 500 : 200, body: 'oh no' }))
  const { endpoint_id } = await endpointOf(sink)
  await move(3)
  await sendAll()
  expect(sink.got).toHaveLength(1)
  await sendAll()
  expect(sink.got).toHaveLength(1) // not yet
  await shiftClock(url, '6 seconds')
  await sendAll()
  expect(sink.got).toHaveLength(2)
  expect(await stateOf(endpoint_id)).toMatchObject({ state: 'failing' })
  await shiftClock(url, '60 seconds')
  await sendAll()
  await shiftClock(url, '0')
  const versions = sink.got.map(({ body }) => JSON.parse(body).data.version as number)
  const [first = 0] = versions
  expect(versions).toEqual([first, first, first, first + 1, first + 2])
  expect(await stateOf(endpoint_id)).toMatchObject({ state: 'active', failing_since: null })
  const [tried] = (await logOf(endpoint_id)).slice(-1)
  const { attempts, body } = granted(
    await webhooks.delivery({ endpoint_id, event_id: tried?.event_id as string }),
  )
  expect(attempts.map(({ status, answer }) => [status, answer])).toEqual([
    ...[
      [500, 'oh no'],
      [500, 'oh no'],
    ],
    [200, 'oh no'],
  ])
  expect(body).toMatchObject({ id: tried?.event_id, type: 'level.changed' })
  await remove(endpoint_id)
})

test('after eleven attempts in two days a delivery is dead; it is sent again when asked for', async () => {
  const sink = await sinkOf(() => ({ status: 500 }))
  const { endpoint_id } = await endpointOf(sink)
  await move(1)
  for (let hours = 0; hours <= 60; hours += 1) {
    await shiftClock(url, `${hours} hours`)
    await sendAll()
    if (hours % 10 === 0) await sendAll()
  }
  const [dead] = await logOf(endpoint_id)
  expect(sink.got.length).toBeLessThanOrEqual(11)
  const paused = await stateOf(endpoint_id)
  expect(paused).toMatchObject({ state: 'paused', pause_reason: 'failing' })
  await feedAll()
  const notice = granted(await events.list({ type: ['webhook.paused'] })).data[0]
  expect(notice?.data).toMatchObject({ endpoint_id, url: sink.url })
  sink.answer = () => ({ status: 200 })
  const before = sink.got.length
  granted(await webhooks.resume({ endpoint_id }))
  granted(await webhooks.replay({ endpoint_id, event_id: dead?.event_id as string }))
  await sendAll()
  await shiftClock(url, '0')
  expect(sink.got.length).toBeGreaterThan(before)
  expect((await logOf(endpoint_id)).find(each => each.event_id === dead?.event_id)).toMatchObject({
    ...{ state: 'delivered' },
  })
  await remove(endpoint_id)
}, 60_000)

test('a range is sent again, in its order, past nothing that still waits', async () => {
  const sink = await sinkOf()
  const { endpoint_id } = await endpointOf(sink, { types: ['level.changed'] })
  const from = new Date().toISOString()
  await move(4, 'MUG') // the hours of the test before have moved the other SKU's clock
  await sendAll()
  expect(granted(await webhooks.replay({ endpoint_id, from }))).toMatchObject({ queued: 4 })
  expect(granted(await webhooks.replay({ endpoint_id, from }))).toMatchObject({ queued: 0 })
  await sendAll()
  const ids = sink.got.map(({ headers }) => headers['webhook-id'])
  expect(ids.slice(4)).toEqual(ids.slice(0, 4))
  expect(granted(await webhooks.replay({ endpoint_id, from, state: 'dead' })).queued).toBe(0)
  await remove(endpoint_id)
})

test('a test message comes to one endpoint, whatever it filters', async () => {
  const [one, other] = [await sinkOf(), await sinkOf()]
  const first = await endpointOf(one, { types: ['level.out'] })
  const second = await endpointOf(other)
  granted(await webhooks.ping(first))
  await sendAll()
  expect(one.got.map(({ body }) => JSON.parse(body).type)).toEqual(['webhook.ping'])
  expect(other.got).toEqual([])
  await remove(first.endpoint_id)
  await remove(second.endpoint_id)
})

test('an endpoint that says it is gone is paused; one that was paused misses nothing', async () => {
  const sink = await sinkOf((_got, count) => ({ status: count === 1 ? 410 : 200 }))
  const { endpoint_id } = await endpointOf(sink)
  await move(2)
  await sendAll()
  expect(await stateOf(endpoint_id)).toMatchObject({ state: 'paused', pause_reason: 'gone' })
  await move(2, 'MUG')
  await sendAll()
  expect(sink.got).toHaveLength(1)
  granted(await webhooks.resume({ endpoint_id }))
  await sendAll()
  const own = sink.got.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.sku)
  expect(own.filter(({ data }) => data.sku === 'TEE')).toHaveLength(3)
  expect(own.filter(({ data }) => data.sku === 'MUG')).toHaveLength(2)
  await remove(endpoint_id)
})

test.each([
  ['redirects', { status: 302, headers: { location: 'http://169.254.169.254/' } }, 'answered 302'],
  ['never answers', 'never', 'no whole answer'],
  ['answers a letter at a time', 'slow', 'no whole answer'],
  ['hangs up', 'hang_up', 'hang up'],
] as const)('a receiver that %s has failed', async (_how, answer, error) => {
  const sink = await sinkOf(() => answer)
  const { endpoint_id } = await endpointOf(sink)
  await move(1)
  await sendAll({ timeout_ms: 200 })
  expect(sink.got).toHaveLength(1)
  const [delivery] = await logOf(endpoint_id)
  expect(delivery).toMatchObject({ state: 'pending', tries: 1 })
  expect(delivery?.last_error).toContain(error)
  await remove(endpoint_id)
})

test('of an answer without end the first letters are read, and the rest is not waited for', async () => {
  const sink = await sinkOf(() => 'endless')
  const { endpoint_id } = await endpointOf(sink)
  await move(1)
  await sendAll()
  const [{ event_id } = { event_id: '' }] = await logOf(endpoint_id)
  const { attempts } = granted(await webhooks.delivery({ endpoint_id, event_id }))
  expect(attempts[0]?.answer).toHaveLength(1_000)
  await remove(endpoint_id)
})

test('without leave nothing is sent to this machine, and the log says why', async () => {
  const sink = await sinkOf()
  const { endpoint_id } = await endpointOf({ ...sink, url: sink.url.replace('http', 'https') })
  await move(1)
  await sendAll({ to_private: false })
  expect((await logOf(endpoint_id))[0]?.last_error).toContain('127.0.0.1 is not a public address')
  granted(await webhooks.update({ endpoint_id, url: sink.url }))
  await shiftClock(url, '1 minute')
  await sendAll({ to_private: false })
  await shiftClock(url, '0')
  expect((await logOf(endpoint_id))[0]?.last_error).toContain('only https')
  expect(sink.got).toEqual([])
  await remove(endpoint_id)
})

test('processes share endpoints: what one has taken, no other sends', async () => {
  const sink = await sinkOf()
  const { endpoint_id } = await endpointOf(sink, { types: ['level.changed'] })
  await move(30)
  await Promise.all(Array.from({ length: 6 }, () => sendAll()))
  const ids = sink.got.map(({ headers }) => headers['webhook-id'])
  expect(ids).toHaveLength(30)
  expect(new Set(ids).size).toBe(30)
  await remove(endpoint_id)
})

test('a process that was killed has its endpoint for a minute; then another sends again', async () => {
  const sink = await sinkOf()
  const { endpoint_id } = await endpointOf(sink)
  await move(1)
  const server = '0190c5a0-0000-7000-8000-00000000000a'
  expect(await webhooks.sending.take({ endpoint_id, server })).toMatchObject({ busy: false })
  await sendAll()
  expect(sink.got).toEqual([])
  await shiftClock(url, '61 seconds')
  await sendAll()
  await shiftClock(url, '0')
  expect(sink.got).toHaveLength(1)
  await remove(endpoint_id)
})

test('old deliveries are forgotten with their attempts', async () => {
  const sink = await sinkOf()
  const { endpoint_id } = await endpointOf(sink)
  await move(2)
  await sendAll()
  await asOwner(
    ownerUrl,
    `update holdfast.webhook_deliveries set created_at = created_at - interval '15 days'`,
  )
  expect((await webhooks.sending.trim()).forgotten).toBeGreaterThanOrEqual(2)
  expect(await logOf(endpoint_id)).toEqual([])
  expect(await asOwner(ownerUrl, 'select 1 as one from holdfast.webhook_attempts')).toEqual([])
  await remove(endpoint_id)
})
