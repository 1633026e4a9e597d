import { expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, outcome, stock } from '../../test/shop.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { channels } = holdfast

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

test('a channel is made with defaults, found by its code, and changed', async () => {
  const made = granted(await channels.create({ code: 'web' }))
  expect(made).toMatchObject({ name: 'web', kind: 'web', archived_at: null })
  expect(await channels.get({ code: 'web' })).toEqual(made)
  expect(await channels.create({ code: 'web' })).toEqual(refused('channel_exists'))
  expect(await channels.update({ code: 'web', to: 'shop', name: 'Shop' })).toMatchObject({
    code: 'shop',
    name: 'Shop',
  })
  expect(outcome(await channels.get({ code: 'web' }))).toBe('unknown_channel')
  granted(await channels.create({ code: 'web' }))
  expect(await channels.update({ code: 'web', to: 'shop' })).toEqual(refused('channel_exists'))
})

test('channels made at once have numbers of their own', async () => {
  const codes = Array.from({ length: 12 }, (_, n) => `c${n}`)
  const made = await Promise.all(codes.map(code => channels.create({ code, kind: 'pos' })))
  expect(made.map(outcome)).toEqual(codes.map(() => 'ok'))
  const page = granted(await channels.list({ kind: 'pos' }))
  expect(page.data).toHaveLength(12)
})

test('a sale names its channel; one that is archived or unknown sells nothing', async () => {
  await channels.create({ code: 'amazon', kind: 'marketplace' })
  await stock(holdfast, { TEE: { berlin: 5 } })
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  const { reservation_id } = granted(await holdfast.reserve({ lines, channel: 'amazon' }))
  const sold = granted(
    await holdfast.recordSale({ lines, channel: 'amazon', order_reference: 'o' }),
  )
  const rows = await asOwner(
    ownerUrl,
    `select c.code from holdfast.reservations r
     join holdfast.channels c using (tenant_id, channel_id)
     where r.reservation_id = any ($1)`,
    [[reservation_id, sold.reservation_id]],
  )
  expect(rows).toEqual([{ code: 'amazon' }, { code: 'amazon' }])
  expect(await holdfast.reserve({ lines, channel: 'ebay' })).toEqual(
    refused('unknown_channel', { channel: 'ebay' }),
  )
  granted(await channels.archive({ code: 'amazon' }))
  expect(outcome(await holdfast.reserve({ lines, channel: 'amazon' }))).toBe('unknown_channel')
  expect(await channels.list({ archived: true })).toMatchObject({ data: [{ code: 'amazon' }] })
  granted(await channels.unarchive({ code: 'amazon' }))
  expect(outcome(await holdfast.reserve({ lines, channel: 'amazon' }))).toBe('ok')
})

test('nobody brings the number of a channel himself', async () => {
  const lines = [{ sku: 'TEE', location: 'berlin', quantity: 1 }]
  const request = { lines, channel_id: 1, tags: ['a'] }
  const { reservation_id } = granted(await holdfast.reserve(request as never))
  const rows = await asOwner(
    ownerUrl,
    'select r.channel_id from holdfast.reservations r where r.reservation_id = $1',
    [reservation_id],
  )
  expect(rows).toEqual([{ channel_id: null }])
})

test.each([
  ['code', { code: '' }],
  ['kind', { code: 'x', kind: 'shed' }],
  ['name', { code: 'x', name: 3 }],
  ['to', { code: 'x', to: 'y' }],
])('a channel with a wrong %s is refused: %j', async (field, request) => {
  expect(await channels.create(request as never)).toEqual(refused('invalid_request', { field }))
})
