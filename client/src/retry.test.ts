import { expect, test } from 'vitest'
import { HoldfastError, holdfastClient } from './index.ts'
import { backoffMs, retryAfterMs } from './retry.ts'

const json = (status: number, body: object, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })

type Call = { url: string; init: RequestInit }

/** A client whose fetch gives these answers in turn, and remembers what it was asked. */
const clientOf = (answers: (() => Response | Promise<Response>)[], options = {}) => {
  const calls: Call[] = []
  const fake = (async (url, init) => {
    calls.push({ url: String(url), init: init ?? {} })
    const next = answers[Math.min(calls.length, answers.length) - 1]
    return await next?.()
  }) as typeof fetch
  const given = { url: 'http://shop.test/', key: 'hf_live_1_x', fetch: fake, ...options }
  return { client: holdfastClient(given), calls }
}

const keyOf = ({ init }: Call) => new Headers(init.headers).get('idempotency-key')
const cart = { lines: [{ sku: 'TEE', quantity: 1 }] }
const granted = () => json(201, { ok: true, reservation_id: 'r', state: 'held', lines: [] })
const broken = () => Promise.reject(new TypeError('fetch failed'))

test('the key is minted once per call and is the same in every retry', async () => {
  const { client, calls } = clientOf([broken, broken, granted])
  expect(await client.reserve(cart)).toMatchObject({ ok: true, reservation_id: 'r' })
  expect(new Set(calls.map(keyOf)).size).toBe(1)
  await client.reserve(cart)
  expect(new Set(calls.map(keyOf)).size).toBe(2)
})

test('a refusal is a value with its facts, and is not retried', async () => {
  const refusal = {
    code: 'insufficient_stock',
    detail: 'Less is free.',
    status: 409,
    lines: [{ line: 1, sku: 'TEE', asked: 1, available: 0 }],
  }
  const { client, calls } = clientOf([() => json(409, refusal)])
  expect(await client.reserve(cart)).toEqual({
    ok: false,
    refusal: { code: 'insufficient_stock', message: 'Less is free.', lines: refusal.lines },
  })
  expect(calls).toHaveLength(1)
})

test('an error that no retry mends is thrown at once, with its hint', async () => {
  const problem = { code: 'forbidden', detail: 'No.', hint: 'Use another key.', request_id: 'q1' }
  const { client, calls } = clientOf([() => json(403, problem)])
  await expect(client.reserve(cart)).rejects.toMatchObject({
    name: 'HoldfastError',
    code: 'forbidden',
    retryable: false,
    status: 403,
    hint: 'Use another key.',
    request_id: 'q1',
  })
  expect(calls).toHaveLength(1)
})

test('Retry-After is honoured, and a wait past the deadline is not begun', async () => {
  const later = () => json(503, { code: 'overloaded', detail: '' }, { 'retry-after': '1' })
  const { client, calls } = clientOf([later, granted])
  const began = performance.now()
  expect(await client.reserve(cart)).toMatchObject({ ok: true })
  expect(performance.now() - began).toBeGreaterThan(990)
  expect(calls).toHaveLength(2)

  const hasty = clientOf([later, granted], { deadline_ms: 500 })
  await expect(hasty.client.reserve(cart)).rejects.toMatchObject({ code: 'overloaded' })
  expect(hasty.calls).toHaveLength(1)
})

test('the deadline bounds all attempts together', async () => {
  const never = () => new Promise<Response>((_, reject) => setTimeout(reject, 60, new Error('x')))
  const { client, calls } = clientOf([never], { deadline_ms: 700 })
  await expect(client.reserve(cart)).rejects.toBeInstanceOf(HoldfastError)
  expect(calls.length).toBeLessThanOrEqual(12) // of 60 ms each, whatever the pauses between them
})

test("whenUnavailable 'sell' lets the shop go on; 'stop' throws", async () => {
  const seller = clientOf([broken], { deadline_ms: 200, whenUnavailable: 'sell' })
  const answer = await seller.client.reserve(cart, { key: 'cart-7' })
  expect(answer).toEqual({ ok: true, unavailable: true, key: 'cart-7' })
  await expect(seller.client.levels({})).rejects.toMatchObject({ code: 'server_unreachable' })
  const stopper = clientOf([broken], { deadline_ms: 200 })
  await expect(stopper.client.reserve(cart)).rejects.toMatchObject({ code: 'server_unreachable' })
})

test("whenUnavailable 'sell' does not hide a wrong key or a refusal", async () => {
  const sell = { deadline_ms: 200, whenUnavailable: 'sell' }
  const wrong = clientOf([() => json(401, { code: 'unauthenticated', detail: '' })], sell)
  await expect(wrong.client.reserve(cart)).rejects.toMatchObject({ code: 'unauthenticated' })
  const none = clientOf([() => json(404, { code: 'unknown_sku', detail: '' })], sell)
  expect(await none.client.reserve(cart)).toMatchObject({ ok: false })
})

test("a proxy's page is not taken for an answer", async () => {
  const page = () => new Response('<h1>Bad gateway</h1>', { status: 502 })
  const { client, calls } = clientOf([page, granted])
  expect(await client.reserve(cart)).toMatchObject({ ok: true })
  expect(calls).toHaveLength(2)
  const login = clientOf([() => new Response('<h1>Log in</h1>', { status: 403 })])
  await expect(login.client.reserve(cart)).rejects.toMatchObject({ code: 'unreadable_answer' })
})

test('the caller may give up', async () => {
  const { client } = clientOf([broken])
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('tab closed')), 150)
  await expect(client.reserve(cart, { signal: controller.signal })).rejects.toThrow('tab closed')
})

test('fields go where the route has them: path, query or body', async () => {
  const { client, calls } = clientOf([() => json(200, { data: [], next_cursor: null })])
  await client.levels({ sku: 'TEE M/1', limit: 2 })
  await client.call('get_availability', { sku: ['A', 'B'] })
  await client.release({ reservation_id: 'a/b', reason: 'changed mind' })
  expect(calls.map(({ url }) => url)).toEqual([
    'http://shop.test/v1/levels?sku=TEE+M%2F1&limit=2',
    'http://shop.test/v1/availability?sku=A&sku=B',
    'http://shop.test/v1/reservations/a%2Fb/release',
  ])
  expect(calls[2]?.init.body).toBe('{"reason":"changed mind"}')
})

test('waits double up to a bound, half of them by chance', () => {
  expect([backoffMs(1, 0), backoffMs(1, 1), backoffMs(3, 1)]).toEqual([50, 100, 400])
  expect(backoffMs(40, 1)).toBe(5_000)
})

test('Retry-After has seconds or a date', () => {
  expect(retryAfterMs('2', 0)).toBe(2_000)
  expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 1_000)).toBe(4_000)
  expect([retryAfterMs('soon', 0), retryAfterMs(null, 0), retryAfterMs('-3', 0)]).toEqual([0, 0, 0])
})
