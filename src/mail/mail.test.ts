import { beforeEach, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, level, outcome, shiftClock, stock } from '../../test/shop.ts'
import { readFor } from '../database/context.ts'
import { templates } from './letters.ts'
import { mailConsumer } from './mail.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { mail, contacts, notices } = holdfast
await stock(holdfast, { TEE: { berlin: 10 } })

const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

beforeEach(async () => {
  await asOwner(
    ownerUrl,
    `truncate holdfast.mails, holdfast.mail_causes, holdfast.mail_settings, holdfast.contacts,
       holdfast.notice_recipients`,
  )
})

let events = 0
/** An event as it stands in the feed. */
const event = (type: string, data: object, at: Date = new Date(Date.now())) => {
  events++
  return { id: `evt_${events}`, type, timestamp: at.toISOString(), data }
}
const tell = (...all: object[]) => readFor<{ queued: number }>(holdfast.context, 'queue_mails', all)

const moved = (order_reference: string) =>
  event('promise.moved', {
    order_reference,
    lines: [{ sku: 'TEE', quantity: 2, old: { from: '2026-12-08' }, new: { from: '2026-12-15' } }],
  })
const shortage = (location = 'berlin') =>
  event('level.shortage', { sku: 'TEE', location, missing: 3, newest: [] })

const mails = async () => granted(await mail.list({ sort: 'created_at' })).data

describe('settings', () => {
  test('a tenant that has set nothing has the defaults, and its own name', async () => {
    expect(await mail.settings()).toMatchObject({
      ...{ name: 'Default', shop_name: null, language: 'en', customer_mails: true },
    })
  })

  test('a field that is absent stays, null takes it back', async () => {
    const set = { shop_name: 'Pier 7', colour: '#0B7285', public_url: 'https://x.example/' }
    expect(granted(await mail.set({ ...set, language: 'zh' }))).toMatchObject({
      ...{ name: 'Pier 7', colour: '#0b7285', public_url: 'https://x.example', language: 'zh' },
    })
    expect(granted(await mail.set({ shop_name: null }))).toMatchObject({
      ...{ name: 'Default', colour: '#0b7285', language: 'zh' },
    })
  })

  test.each([
    ['from_address', 'kim'],
    ['from_address', 'kim@example.com\r\nBcc: all@example.com'],
    ['reply_to', 'Kim <kim@example.com>'],
    ['logo_url', 'javascript:alert(1)'],
    ['logo_url', 'https://x.example/"><script>'],
    ['public_url', 'ftp://x.example'],
    ['colour', 'red'],
    ['colour', '#12345'],
    ['language', 'fr'],
    ['shop_name', 'a\nb'],
    ['customer_mails', 'yes'],
    ['sender', 'x'],
  ])('%s: %j is refused', async (field, value) => {
    expect(await mail.set({ [field]: value } as never)).toEqual(
      refused('invalid_request', { field }),
    )
  })
})

test.each(templates)('%s can be looked at before there is one', async template => {
  granted(await mail.set({ shop_name: '七号码头' }))
  const zh = granted(await mail.preview({ template, language: 'zh' }))
  expect(zh.html).toContain('七号码头')
  expect(granted(await mail.preview({ template }))).toMatchObject({ language: 'en' })
})

describe('customers', () => {
  test('who was named for an order is told once, however often its event comes', async () => {
    granted(await contacts.set({ order_reference: 'o-1', email: 'Kim@Example.com' }))
    const one = moved('o-1')
    expect(await tell(one, one)).toEqual({ queued: 1 })
    expect(await tell(one)).toEqual({ queued: 0 })
    expect(await tell(moved('o-1'))).toEqual({ queued: 1 }) // another change is another mail
    expect(await mails()).toMatchObject([
      { template: 'promise_moved', recipient: 'kim@example.com', language: 'en', events: 1 },
      { template: 'promise_moved' },
    ])
  })

  test('two servers that hand on one event at once tell of it once', async () => {
    granted(await contacts.set({ order_reference: 'o-1', email: 'kim@example.com' }))
    const one = moved('o-1')
    const told = await Promise.all([1, 2, 3, 4].map(() => tell(one)))
    expect(told.reduce((sum, { queued }) => sum + queued, 0)).toBe(1)
    expect(await mails()).toHaveLength(1)
  })

  test('nobody is told of an order without a contact, or of old news, or by a shop that tells itself', async () => {
    expect(await tell(moved('o-2'))).toEqual({ queued: 0 })
    granted(await contacts.set({ order_reference: 'o-2', email: 'kim@example.com' }))
    const old = { ...moved('o-2'), timestamp: new Date(Date.now() - 8 * 86_400_000).toISOString() }
    expect(await tell(old, event('level.changed', { sku: 'TEE' }))).toEqual({ queued: 0 })
    granted(await mail.set({ customer_mails: false }))
    expect(await tell(moved('o-2'))).toEqual({ queued: 0 })
  })

  test('the contact of a cart is told of its order; the one of the order goes before', async () => {
    const lines = [{ sku: 'TEE', quantity: 1 }]
    const { reservation_id } = granted(await holdfast.reserve({ lines }))
    granted(await contacts.set({ reservation_id, email: 'cart@example.com', language: 'zh-CN' }))
    const data = { reservation_id, order_reference: 'o-3', lines: [{ sku: 'TEE', quantity: 1 }] }
    await tell(event('backorder.allocated', data))
    granted(await contacts.set({ order_reference: 'o-3', email: 'order@example.com' }))
    await tell(event('promise.moved', data))
    expect(await mails()).toMatchObject([
      { recipient: 'cart@example.com', language: 'zh', template: 'backorder_allocated' },
      { recipient: 'order@example.com', language: 'en', template: 'promise_moved' },
    ])
  })

  test('reserve and commit take the contact along, and no answer tells it', async () => {
    const lines = [{ sku: 'TEE', quantity: 1 }]
    const email = 'Cart@Example.com'
    const hold = { lines, contact: { email, language: 'zh-CN' } }
    const held = granted(await holdfast.reserve(hold, { key: 'own' }))
    expect(JSON.stringify(held).toLowerCase()).not.toContain('example.com')
    expect(granted(await holdfast.reserve(hold, { key: 'own' })).replayed).toBe(true)
    const { reservation_id } = held
    const order = { reservation_id, order_reference: 'o-9', contact: { email: 'o@example.com' } }
    granted(await holdfast.commit(order))
    granted(await holdfast.commit({ ...order, contact: { email: 'p@example.com' } }))
    const found = granted(await contacts.list({ sort: 'created_at' })).data
    expect(found).toMatchObject([
      { reservation_id, order_reference: null, email: 'cart@example.com', language: 'zh-CN' },
      { reservation_id: null, order_reference: 'o-9', email: 'p@example.com', language: null },
    ])
  })

  test.each([
    ['contact.email', { email: 'nobody' }],
    ['contact.email', {}],
    ['contact.language', { email: 'kim@example.com', language: '!' }],
    ['contact.name', { email: 'kim@example.com', name: 'Kim' }],
    ['contact', 'kim@example.com'],
  ])('a wrong %s refuses the call, and nothing is held or kept', async (field, contact) => {
    const lines = [{ sku: 'TEE', quantity: 1 }]
    const before = await level(holdfast, 'TEE', 'berlin')
    expect(await holdfast.reserve({ lines, contact: contact as never })).toMatchObject({
      refusal: { code: 'invalid_request', field },
    })
    const { held } = await level(holdfast, 'TEE', 'berlin')
    expect(held).toBe(before.held)
    const kim = { email: 'kim@example.com' }
    const many = await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 999 }], contact: kim })
    expect(many.ok).toBe(false)
    expect(granted(await contacts.list()).data).toEqual([])
  })

  test('what arrives for one order within half a minute is one mail', async () => {
    granted(await contacts.set({ order_reference: 'o-4', email: 'kim@example.com' }))
    granted(await contacts.set({ order_reference: 'o-5', email: 'kim@example.com' }))
    const arrived = (order_reference: string) =>
      event('backorder.allocated', { order_reference, sku: 'TEE', quantity: 1 })
    await tell(arrived('o-4'), arrived('o-4'), arrived('o-5'))
    expect(await mails()).toMatchObject([{ events: 2 }, { events: 1 }])
    expect(granted(await mail.claim({ limit: 9 })).mails).toEqual([]) // not yet
    const [first] = await mails()
    const { text } = granted(await mail.get({ mail_id: first?.mail_id ?? 0 }))
    expect(text.match(/- TEE/g)).toHaveLength(2)
  })

  test('a mail calls goods by their title', async () => {
    granted(await holdfast.products.create({ handle: 'tee', title: 'Tee', option_names: ['Size'] }))
    granted(await holdfast.variants.create({ product: 'tee', sku: 'TEE', option_values: ['M'] }))
    granted(await contacts.set({ order_reference: 'o-6', email: 'kim@example.com' }))
    await tell(moved('o-6'))
    const [only] = await mails()
    const { text } = granted(await mail.get({ mail_id: only?.mail_id ?? 0 }))
    expect(text).toContain('- Tee, M\n')
    expect(text).not.toContain('TEE')
  })
})

describe('the merchant', () => {
  test('who wants to know of shortages is told of them, and of nothing else', async () => {
    granted(await notices.set({ email: 'boss@example.com', language: 'zh' }))
    granted(await notices.set({ email: 'stock@example.com', notices: ['low', 'out'] }))
    expect(await tell(shortage())).toEqual({ queued: 1 })
    const low = event('level.low', { sku: 'TEE', location: 'berlin', sellable: 2 })
    const paused = event('webhook.paused', { endpoint_id: 1, url: 'https://x.example' })
    expect(await tell(low, paused)).toEqual({ queued: 3 })
    const found = (await mails()).map(each => `${each.recipient} ${each.template}`)
    expect(found.sort()).toEqual([
      'boss@example.com low',
      'boss@example.com shortage',
      'boss@example.com webhook_paused',
      'stock@example.com low',
    ])
  })

  test('a thousand levels that run out together are one mail, which counts those it does not name', async () => {
    granted(await notices.set({ email: 'boss@example.com' }))
    const all = Array.from({ length: 1_000 }, (_, n) =>
      event('level.out', { sku: `SKU-${n}`, location: 'berlin' }),
    )
    expect(await tell(...all)).toEqual({ queued: 1_000 })
    const [only, ...more] = await mails()
    expect(more).toEqual([])
    expect(only).toMatchObject({ events: 1_000 })
    const { subject, text } = granted(await mail.get({ mail_id: only?.mail_id ?? 0 }))
    expect(subject).toBe('Out of stock at 1000 levels')
    expect(text).toContain('And 900 more.')
  })

  test('a mail that went out gathers no more', async () => {
    granted(await notices.set({ email: 'boss@example.com' }))
    await tell(shortage())
    await shiftClock(ownerUrl, '31 seconds')
    expect(granted(await mail.claim({ limit: 9 })).mails).toHaveLength(1)
    await tell(shortage('paris'))
    await shiftClock(ownerUrl, '0')
    expect(await mails()).toHaveLength(2)
  })

  test('somebody is told of what they were set to last, and is removed', async () => {
    granted(await notices.set({ email: 'A@example.com' }))
    granted(await notices.set({ email: 'a@example.com', notices: ['out'] }))
    expect(granted(await notices.list()).data).toMatchObject([
      { email: 'a@example.com', notices: ['out'] },
    ])
    await tell(event('level.out', { sku: 'TEE', location: 'berlin' }))
    granted(await notices.remove({ email: 'a@example.com' }))
    expect(outcome(await notices.remove({ email: 'a@example.com' }))).toBe('recipient_not_found')
    expect(await mails()).toMatchObject([{ state: 'erased', recipient: null }])
  })

  test('at most twenty are told', async () => {
    for (let n = 0; n < 20; n++) granted(await notices.set({ email: `n${n}@example.com` }))
    expect(await notices.set({ email: 'one@example.com' })).toEqual(refused('too_large'))
    granted(await notices.set({ email: 'n0@example.com', notices: ['out'] }))
  })

  test.each([[[]], [['everything']], ['out']])('notices %j are refused', async wrong => {
    const answer = await notices.set({ email: 'a@example.com', notices: wrong } as never)
    expect(answer).toEqual(refused('invalid_request', { field: 'notices' }))
  })
})

describe('contacts', () => {
  test('a new contact takes the place of the one before; the answer has no address', async () => {
    const made = granted(await contacts.set({ order_reference: 'o', email: 'a@example.com' }))
    expect(JSON.stringify(made)).not.toContain('example.com')
    granted(await contacts.set({ order_reference: 'o', email: 'b@example.com', language: 'zh' }))
    expect(granted(await contacts.list()).data).toMatchObject([
      { order_reference: 'o', email: 'b@example.com', language: 'zh' },
    ])
  })

  test('set at once by many, one of them stands', async () => {
    const all = Array.from({ length: 8 }, (_, n) =>
      contacts.set({ order_reference: 'race', email: `n${n}@example.com` }),
    )
    expect((await Promise.all(all)).map(outcome)).toEqual(all.map(() => 'ok'))
    expect(granted(await contacts.list()).data).toHaveLength(1)
  })

  test('a person is erased: no table has their address any more, and nothing is sent', async () => {
    const email = 'private@example.com'
    const lines = [{ sku: 'TEE', quantity: 1 }]
    const { reservation_id } = granted(await holdfast.reserve({ lines }))
    granted(await contacts.set({ order_reference: 'o-7', email }, { key: 'contact-1' }))
    granted(await contacts.set({ reservation_id, email }, { key: 'contact-2' }))
    await tell(moved('o-7'))
    const erased = await contacts.erase({ email: 'Private@example.com' })
    expect(erased).toMatchObject({ contacts: 2, mails: 1 })
    expect(granted(await mail.claim({ limit: 9 })).mails).toEqual([])
    const tables = await asOwner(
      ownerUrl,
      `select tablename::text as name from pg_tables where schemaname = 'holdfast'`,
    )
    for (const { name } of tables) {
      const rows = await asOwner(
        ownerUrl,
        `select 1 from holdfast."${name}" t where t::text ilike '%private@%'`,
      )
      expect([name, rows.length]).toEqual([name, 0])
    }
    const [only] = await mails()
    expect(await mail.retry({ mail_id: only?.mail_id ?? 0 })).toEqual(refused('mail_erased'))
  })

  test('one order is erased without the other of the same person', async () => {
    for (const order_reference of ['o-8', 'o-9']) {
      granted(await contacts.set({ order_reference, email: 'kim@example.com' }))
      await tell(moved(order_reference))
    }
    const erased = await contacts.erase({ order_reference: 'o-8' })
    expect(erased).toMatchObject({ contacts: 1, mails: 1 })
    expect(granted(await contacts.list()).data).toMatchObject([{ order_reference: 'o-9' }])
  })

  test.each([
    [{ email: 'a@example.com' }, 'order_reference'],
    [{ email: 'a@example.com', order_reference: 'o', reservation_id: 'x' }, 'order_reference'],
    [{ order_reference: 'o', email: 'a@b@c' }, 'email'],
    [{ order_reference: 'o', email: 'a@example.com\nBcc: x@y.z' }, 'email'],
    [{ order_reference: 'o', email: `${'x'.repeat(300)}@example.com` }, 'email'],
    [{ order_reference: 'o', email: 'a@example.com', language: 'Chinese!' }, 'language'],
    [{ order_reference: 'o' }, 'email'],
  ])('%j is refused', async (request, field) => {
    const answer = await contacts.set(request as never)
    expect(answer).toMatchObject({ ok: false, refusal: { field } })
  })

  test('a reservation that is not there has no contact', async () => {
    const nobody = '0190c5a0-0000-7000-8000-000000000001'
    const answer = await contacts.set({ reservation_id: nobody, email: 'a@example.com' })
    expect(answer).toEqual(refused('reservation_not_found'))
    expect(await contacts.erase({})).toEqual(refused('invalid_request'))
  })
})

describe('the feed', () => {
  /** Takes what is new to its consumer, as a server does it all the time. */
  const step = async (room = holdfast) => {
    for (let more = true; more; ) more = (await room.events.feed()).more
    for (let more = true; more; ) more = (await room.events.consume(mailConsumer)).more
  }

  test('a level that runs out is told of once, and again when it has been filled', async () => {
    await stock(holdfast, { MUG: { berlin: 2 } })
    await step()
    granted(await notices.set({ email: 'boss@example.com', notices: ['out'] }))
    const set = (quantity: number) =>
      holdfast.set({ lines: [{ sku: 'MUG', location: 'berlin', quantity }] })
    await set(0)
    await step()
    await holdfast.move({
      lines: [{ sku: 'TEE', location: 'berlin', quantity: 1, from: 'available', to: 'damaged' }],
    })
    await step()
    expect(await mails()).toMatchObject([{ template: 'out', events: 1 }])
    await set(5)
    await step()
    await set(0)
    await step()
    expect(await mails()).toMatchObject([{ template: 'out', events: 2 }])
  })

  test('a shortage reaches whoever wants to know', async () => {
    await stock(holdfast, { CAP: { berlin: 3 } })
    const lines = [{ sku: 'CAP', location: 'berlin', quantity: 3 }]
    const { reservation_id } = granted(await holdfast.reserve({ lines }))
    granted(await holdfast.commit({ reservation_id, order_reference: 'o-short' }))
    await step()
    granted(await notices.set({ email: 'boss@example.com', notices: ['shortage'] }))
    await holdfast.set({ lines: [{ sku: 'CAP', location: 'berlin', quantity: 1 }] })
    await step()
    const [only] = await mails()
    const { subject, text } = granted(await mail.get({ mail_id: only?.mail_id ?? 0 }))
    expect(subject).toBe('Shortage: 2 of CAP at berlin')
    expect(text).toContain('Newest orders: o-short')
  })
})
