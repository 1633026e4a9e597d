import pg from 'pg'
import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, outcome } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { webhooks } = holdfast
const url = 'https://shop.example/hooks'

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

test('an endpoint is made, changed, paused, resumed and removed', async () => {
  const { secret, ...made } = granted(await webhooks.create({ url, types: ['level.out'] }))
  expect(made).toMatchObject({ url, types: ['level.out'], skus: null, state: 'active', secrets: 1 })
  const { endpoint_id } = made
  expect(granted(await webhooks.get({ endpoint_id }))).toEqual({ ...made, ok: true })
  expect(granted(await webhooks.list()).data).toHaveLength(1)
  expect(await webhooks.update({ endpoint_id, types: [], skus: ['TEE'] })).toMatchObject({
    ...{ types: null, skus: ['TEE'], url },
  })
  expect(await webhooks.pause({ endpoint_id })).toMatchObject({
    ...{ state: 'paused', pause_reason: 'by_hand' },
  })
  expect(await webhooks.resume({ endpoint_id })).toMatchObject({ state: 'active' })
  expect(await webhooks.remove({ endpoint_id })).toMatchObject({ removed: endpoint_id })
  expect(outcome(await webhooks.get({ endpoint_id }))).toBe('webhook_not_found')
  expect(granted(await webhooks.list()).data).toEqual([])
  const left = await asOwner(ownerUrl, 'select secret from holdfast.webhook_secrets')
  expect(left).toEqual([])
  expect(secret).toMatch(/^whsec_/)
})

test('a secret is shown once: not by a replay, not by a read, not to holdfast_read', async () => {
  const first = granted(await webhooks.create({ url }, { key: 'hook-1' }))
  const again = granted(await webhooks.create({ url }, { key: 'hook-1' }))
  expect(again).toMatchObject({ replayed: true, endpoint_id: first.endpoint_id })
  expect(again.secret).toBeUndefined()
  const { endpoint_id } = first
  const rotated = granted(await webhooks.rotate({ endpoint_id }, { key: 'turn-1' }))
  expect(rotated.secret).not.toBe(first.secret)
  expect(rotated.secrets).toBe(2)
  expect(granted(await webhooks.rotate({ endpoint_id }, { key: 'turn-1' })).secret).toBeUndefined()
  expect(JSON.stringify(granted(await webhooks.list()))).not.toContain('whsec_')
  const kept = await asOwner(ownerUrl, 'select answer::text as answer from holdfast.requests')
  expect(JSON.stringify(kept)).not.toContain('whsec_')
  const reader = new pg.Client(ownerUrl)
  await reader.connect()
  await reader.query('set role holdfast_read')
  await expect(reader.query('select * from holdfast.webhook_secrets')).rejects.toThrow('denied')
  await reader.end()
})

test.each([
  'ftp://shop.example/hooks',
  'https://name:password@shop.example/hooks',
  'https://shop.example\\@evil.example/',
  'javascript:alert(1)',
  'https://',
  'https://shop.example/ hooks',
  'https://shop.example/\nhooks',
  '//shop.example',
  '',
])('no endpoint is made of %j', async bad => {
  expect(await webhooks.create({ url: bad })).toEqual(refused('invalid_request', { field: 'url' }))
})

test('verbs refuse what is not there, and what makes no sense', async () => {
  const none = { endpoint_id: 999_999 }
  const { endpoint_id } = granted(await webhooks.create({ url }))
  for (const verb of ['get', 'pause', 'resume', 'remove', 'ping', 'rotate'] as const) {
    expect(outcome(await webhooks[verb](none)), verb).toBe('webhook_not_found')
    expect(outcome(await webhooks[verb]({ endpoint_id: 'x' })), verb).toBe('webhook_not_found')
  }
  expect(outcome(await webhooks.update({ ...none, url }))).toBe('webhook_not_found')
  expect(outcome(await webhooks.deliveries(none))).toBe('webhook_not_found')
  expect(outcome(await webhooks.replay({ ...none, event_id: 'evt_1' }))).toBe('webhook_not_found')
  expect(await webhooks.delivery({ endpoint_id, event_id: 'evt_1' })).toEqual(
    refused('delivery_not_found', { event_id: 'evt_1' }),
  )
  const from = '2026-01-02T00:00:00Z'
  for (const request of [
    ...[{}, { event_id: 'evt_1', from }, { from, to: '2026-01-01T00:00:00Z' }],
    ...[{ from: 'yesterday' }, { from, state: 'pending' }, { event_id: 'evt_1', state: 'dead' }],
  ]) {
    const answer = await webhooks.replay({ endpoint_id, ...(request as object) })
    expect(outcome(answer), JSON.stringify(request)).toBe('invalid_request')
  }
  expect(outcome(await webhooks.replay({ endpoint_id, event_id: 'evt_999' }))).toBe(
    'delivery_not_found',
  )
})

test('a tenant has at most 100 endpoints, and sees no other tenant’s', async () => {
  const room = 100 - granted(await webhooks.list({ limit: 250 })).data.length
  for (let n = 0; n < room; n++) granted(await webhooks.create({ url }))
  expect(outcome(await webhooks.create({ url }))).toBe('too_large')
  granted(await holdfast.tenants.create({ code: 'other' }))
  const other = await holdfast.forTenant('other')
  expect(granted(await other.webhooks.list()).data).toEqual([])
  const [mine] = granted(await webhooks.list()).data
  expect(outcome(await other.webhooks.get({ endpoint_id: mine?.endpoint_id ?? 0 }))).toBe(
    'webhook_not_found',
  )
})
