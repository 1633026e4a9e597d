import { afterAll, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, expectSound, granted, level, stock } from '../../test/shop.ts'
import { freezeClock } from '../../test/time/frozenClock.ts'
import { mailConsumer } from '../mail/mail.ts'
import type { RuleFields } from '../policies/policies.ts'
import { createServer } from './server.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const clock = await freezeClock(ownerUrl)
const NOW = '2026-11-27T12:00:00Z'
const app = await createServer({ holdfast })
const base = await app.listen({ host: '127.0.0.1', port: 0 })
afterAll(() => app.close())
beforeEach(() => clock.set(NOW))

/** Takes what is new to the outbox, as a server does it all the time. */
const step = async () => {
  for (let more = true; more; ) more = (await holdfast.events.feed()).more
  for (let more = true; more; ) more = (await holdfast.events.consume(mailConsumer)).more
}

const lead = { backorder_mode: 'allow', backorder_cap: 100, lead_days_min: 7, lead_days_max: 10 }
let orders = 0

/** An order of two that wait, whose supply comes a week later: its mail and the buyer's link. */
const told = async (fields: RuleFields = {}, language = 'en') => {
  orders++
  const [sku, code, order_reference] = [`SKU-${orders}`, `PO-${orders}`, `o-${orders}`]
  await stock(holdfast, { [sku]: { berlin: 0 } })
  granted(
    await holdfast.policies.set({ rules: [{ sku, fields: { ...lead, ...fields } as RuleFields }] }),
  )
  await step()
  const place = { sku, location: 'berlin' }
  granted(await holdfast.supply.book({ ...place, code, quantity: 9, expected_on: '2026-12-08' }))
  const lines = [{ ...place, quantity: 2 }]
  const { reservation_id } = granted(await holdfast.reserve({ lines }))
  granted(await holdfast.commit({ reservation_id, order_reference }))
  const email = `buyer-${orders}@example.com`
  granted(await holdfast.contacts.set({ order_reference, email, language }))
  granted(await holdfast.supply.update({ code, expected_on: '2026-12-15' }))
  await step()
  const page = granted(await holdfast.mail.list({ recipient: email }))
  expect(page.data).toMatchObject([{ template: 'promise_moved', answer: null }])
  const mail_id = page.data[0]?.mail_id ?? 0
  const token = await holdfast.answers.token({ mail_id })
  return { sku, order_reference, reservation_id, mail_id, link: `${base}/answer/${token}` }
}

const look = async (link: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(link, { headers })
  return { status: answer.status, headers: answer.headers, html: await answer.text() }
}
const press = async (link: string, choice: string) => {
  const answer = await fetch(link, { method: 'POST', body: new URLSearchParams({ choice }) })
  return { status: answer.status, html: await answer.text() }
}
const waiting = async (sku: string) => (await level(holdfast, sku, 'berlin')).backordered
const choiceOf = async (mail_id: number) => granted(await holdfast.mail.get({ mail_id })).answer

test('the page shows both dates and both choices, and to look at it changes nothing', async () => {
  const { link, order_reference, mail_id, sku } = await told()
  for (const choice of ['keep', 'cancel']) {
    const { status, html, headers } = await look(`${link}?choice=${choice}`)
    expect(status).toBe(200)
    expect(html).toContain(order_reference)
    expect(html).toContain('8 December 2026')
    expect(html).toContain('15 December 2026')
    expect(html).toContain(`value="${choice}" class="wish"`)
    expect(html).not.toMatch(/<script|javascript:| on\w+=/i)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('referrer-policy')).toBe('no-referrer')
  }
  expect(await waiting(sku)).toBe(2)
  expect(await choiceOf(mail_id)).toBeNull()
})

test('to keep is written down, with an event, and counts once', async () => {
  const { link, mail_id, sku, reservation_id } = await told()
  expect((await press(link, 'keep')).html).toContain('We keep your order')
  expect((await press(link, 'cancel')).html).toContain('already chosen to keep')
  expect((await look(link)).html).toContain('already chosen to keep')
  expect(await waiting(sku)).toBe(2)
  expect(await choiceOf(mail_id)).toBe('keep')
  const rows = await asOwner(
    ownerUrl,
    `select data from holdfast.events where type = 'promise.answered' and reservation_id = $1`,
    [reservation_id],
  )
  expect(rows).toMatchObject([{ data: { choice: 'keep', answered_by: 'buyer' } }])
})

test('to cancel gives up what waits, once, also when it is pressed by many at once', async () => {
  const { link, sku } = await told()
  const pressed = await Promise.all([1, 2, 3, 4].map(() => press(link, 'cancel')))
  expect(pressed.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect(pressed.filter(({ html }) => html.includes('are cancelled'))).toHaveLength(1)
  expect(await waiting(sku)).toBe(0)
  await expectSound(ownerUrl)
})

test('keep and cancel at once: one of them counts, and what waits agrees with it', async () => {
  for (let round = 0; round < 5; round++) {
    const { link, mail_id, sku } = await told()
    await Promise.all([press(link, 'keep'), press(link, 'cancel')])
    expect(await waiting(sku)).toBe((await choiceOf(mail_id)) === 'keep' ? 2 : 0)
  }
})

test('a link ends when silence has answered', async () => {
  const { link, sku } = await told({ silence_default: 'cancel', silence_days: 3 })
  expect((await look(link)).html).toContain('we cancel these items')
  await clock.set('2026-11-30T12:00:01Z')
  expect(await press(link, 'keep')).toMatchObject({ status: 410 })
  expect(await waiting(sku)).toBe(2)
  while ((await holdfast.promises.closeSilent()).more);
  expect(await waiting(sku)).toBe(0)
  expect((await look(link)).status).toBe(410)
  expect((await press(link, 'keep')).status).toBe(410)
})

test('what the merchant has answered for a buyer who called is shown', async () => {
  const { link, reservation_id } = await told()
  const { notices } = granted(await holdfast.promises.get({ reservation_id }))
  const notice_id = notices[0]?.notice_id
  granted(await holdfast.promises.answer({ notice_id, choice: 'cancel' }))
  expect((await look(link)).html).toContain('already chosen to cancel')
  expect((await press(link, 'keep')).html).toContain('already chosen to cancel')
})

test('the page speaks Chinese to whom its mail does', async () => {
  const { link } = await told({}, 'zh-CN')
  const { html } = await look(link)
  expect(html).toContain('lang="zh-CN"')
  expect(html).toContain('取消这些商品')
  expect((await press(link, 'keep')).html).toContain('我们将保留您的订单')
})

test('a link that was changed, or is of another mail, leads nowhere', async () => {
  const one = await told()
  const other = await told()
  const token = one.link.slice(`${base}/answer/`.length)
  const [tenant, , signature = ''] = token.split('.')
  await holdfast.tenants.create({ code: 'acme' })
  const wrong = [
    `${tenant}.${other.mail_id}.${signature}`,
    `acme.${one.mail_id}.${signature}`,
    `nobody.${one.mail_id}.${signature}`,
    `${tenant}.${one.mail_id}.${'A'.repeat(43)}`,
    `${tenant}.999999999.${signature}`,
    `${token}x`,
    'x',
    encodeURIComponent('<script>alert(1)</script>'),
  ]
  for (const each of wrong) {
    expect(await press(`${base}/answer/${each}`, 'cancel'), each).toMatchObject({ status: 404 })
    const { status, html } = await look(`${base}/answer/${each}`, { 'accept-language': 'zh-CN' })
    expect(status).toBe(404)
    expect(html).toContain('此链接无效')
    expect(html).not.toContain('alert(1)')
  }
  expect(await choiceOf(one.mail_id)).toBeNull()
})

test('a form without a choice asks again', async () => {
  const { link, mail_id } = await told()
  expect((await press(link, 'burn')).html).toContain('class="wish"')
  expect((await fetch(link, { method: 'POST' })).status).toBe(200)
  expect(await choiceOf(mail_id)).toBeNull()
})

test('who was erased has no link any more', async () => {
  const { link, order_reference } = await told()
  granted(await holdfast.contacts.erase({ order_reference }))
  expect((await look(link)).status).toBe(410)
})

test('names and titles are text on the page', async () => {
  granted(await holdfast.mail.set({ shop_name: '<img src=x onerror=alert(1)>' }))
  const { link } = await told()
  const { html } = await look(link)
  expect(html).not.toContain('<img src=x')
  granted(await holdfast.mail.set({ shop_name: null }))
})
