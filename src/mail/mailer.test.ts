import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { asOwner, granted, shiftClock } from '../../test/shop.ts'
import { sendDue, startMailer } from './mailer.ts'
import { headerOf, partOf, startSink } from './testSmtp.ts'
import { outboxTransport, smtpTransport } from './transport.ts'

const { holdfast, ownerUrl } = await freshDatabase()
const { mail } = holdfast
const sink = await startSink()
const folder = mkdtempSync(join(tmpdir(), 'holdfast-outbox-'))
const FROM = 'orders@shop.example'
const smtp = await smtpTransport(sink.url, FROM)
const outbox = await outboxTransport(folder, FROM)
const links = async () => null
const bySmtp = { transport: smtp, links }

afterAll(async () => {
  smtp.close()
  outbox.close()
  await sink.close()
  rmSync(folder, { recursive: true, force: true })
})

beforeEach(async () => {
  sink.taken.length = 0
  sink.answer = () => undefined
  await asOwner(ownerUrl, 'truncate holdfast.mails, holdfast.mail_causes, holdfast.mail_settings')
  await shiftClock(ownerUrl, '0')
})

const queue = async (to = 'kim@example.com', language = 'en'): Promise<number> =>
  granted(await mail.sendTest({ to, language })).mail_id

const stateOf = async (mail_id: number) => granted(await mail.get({ mail_id }))

test('a mail goes out by SMTP with both its parts, and is written down as sent', async () => {
  granted(await mail.set({ shop_name: '七号码头', reply_to: 'help@shop.example' }))
  const mail_id = await queue('Kim@Example.com', 'zh-CN')
  await sendDue(holdfast, bySmtp)
  const [taken] = sink.taken
  expect(taken).toMatchObject({ from: FROM, to: ['kim@example.com'] })
  const raw = taken?.raw ?? ''
  const { message_id } = await stateOf(mail_id)
  expect(headerOf(raw, 'from')).toBe(`七号码头 <${FROM}>`)
  expect(headerOf(raw, 'reply-to')).toBe('help@shop.example')
  expect(headerOf(raw, 'subject')).toBe('七号码头 的测试邮件')
  expect(headerOf(raw, 'message-id')).toBe(`<${message_id}@shop.example>`)
  expect(headerOf(raw, 'auto-submitted')).toBe('auto-generated')
  expect(partOf(raw, 'plain')).toContain('邮件可以送达')
  expect(partOf(raw, 'html')).toContain('lang="zh"')
  expect(await stateOf(mail_id)).toMatchObject({ state: 'sent', via: 'smtp', attempts: 1 })
})

test('a mail that cannot be delivered now is tried again later, under the same name', async () => {
  sink.answer = command => (command.startsWith('RCPT') ? '451 later' : undefined)
  const mail_id = await queue()
  await sendDue(holdfast, bySmtp)
  expect(await stateOf(mail_id)).toMatchObject({
    state: 'waiting',
    fault: expect.stringMatching('451'),
  })
  sink.answer = () => undefined
  await sendDue(holdfast, bySmtp)
  expect(sink.taken).toEqual([]) // not due yet
  await shiftClock(ownerUrl, '31 seconds')
  await sendDue(holdfast, bySmtp)
  expect(sink.taken).toHaveLength(1)
  expect(await stateOf(mail_id)).toMatchObject({ state: 'sent', attempts: 2, fault: null })
})

test('an address that does not exist is given up at once, until somebody says again', async () => {
  sink.answer = command => (command.startsWith('RCPT') ? '550 no such user' : undefined)
  const mail_id = await queue('gone@example.com')
  expect(await sendDue(holdfast, bySmtp)).toBe(true)
  expect(await stateOf(mail_id)).toMatchObject({
    state: 'failed',
    due_at: null,
    fault: expect.stringMatching('550'),
  })
  sink.answer = () => undefined
  granted(await mail.retry({ mail_id }))
  await sendDue(holdfast, bySmtp)
  expect(await stateOf(mail_id)).toMatchObject({ state: 'sent' })
})

test('after two days of trying a mail has failed', async () => {
  sink.answer = command => (command.startsWith('MAIL') ? '421 busy' : undefined)
  const mail_id = await queue()
  for (let attempt = 1; attempt <= 12; attempt++) {
    await shiftClock(ownerUrl, `${attempt * 7} hours`)
    await sendDue(holdfast, bySmtp)
    const state = attempt < 12 ? 'waiting' : 'failed'
    expect(await stateOf(mail_id)).toMatchObject({ state, attempts: attempt })
  }
})

test('while the server is away mails wait, and the others are not tried one by one', async () => {
  const away = await startSink()
  await away.close()
  const nowhere = { transport: await smtpTransport(away.url, FROM), links }
  for (let n = 0; n < 15; n++) await queue(`buyer-${n}@example.com`)
  expect(await sendDue(holdfast, nowhere)).toBe(false)
  const page = granted(await mail.list({ state: 'waiting', limit: 250 }))
  expect(page.data).toHaveLength(15)
  expect(page.data.filter(each => each.attempts > 0)).toHaveLength(10)
  nowhere.transport.close()
})

test('a crash between sending and writing it down sends the same Message-ID again', async () => {
  sink.answer = command => (command === 'TAKEN' ? 'hang up' : undefined)
  const mail_id = await queue()
  await sendDue(holdfast, bySmtp)
  expect(await stateOf(mail_id)).toMatchObject({ state: 'waiting' })
  sink.answer = () => undefined
  await shiftClock(ownerUrl, '1 minute')
  await sendDue(holdfast, bySmtp)
  const ids = sink.taken.map(({ raw }) => headerOf(raw, 'message-id'))
  expect(ids).toHaveLength(2)
  expect(ids[0]).toBe(ids[1])
})

test('a sender that died leaves its mails to the others, and has no say any more', async () => {
  const mail_id = await queue()
  granted(await mail.claim({ limit: 10 })) // and dies
  await sendDue(holdfast, bySmtp)
  expect(sink.taken).toEqual([])
  await shiftClock(ownerUrl, '11 minutes')
  await sendDue(holdfast, bySmtp)
  expect(sink.taken).toHaveLength(1)
  const late = { mail_id, attempt: 1, outcome: 'again', via: 'smtp' } as const
  expect(granted(await mail.settle(late))).toMatchObject({ state: 'sent' })
})

test('several senders at once send each mail once', async () => {
  const wanted = Array.from({ length: 40 }, (_, n) => `buyer-${n}@example.com`)
  for (const to of wanted) await queue(to)
  await Promise.all([1, 2, 3].map(() => sendDue(holdfast, bySmtp)))
  expect(sink.taken.flatMap(({ to }) => to).sort()).toEqual(wanted.sort())
})

test('without SMTP mails become files that only their owner can read', async () => {
  granted(await mail.set({ shop_name: 'Pier 7' }))
  const mail_id = await queue()
  await sendDue(holdfast, { transport: outbox, links })
  const files = readdirSync(join(folder, 'default'))
  expect(files).toEqual([`${String(mail_id).padStart(6, '0')}-test.eml`])
  const file = join(folder, 'default', files[0] as string)
  const raw = readFileSync(file, 'utf8').replaceAll('\n', '\r\n')
  expect(headerOf(raw, 'subject')).toBe('A test of the mails of Pier 7')
  expect(partOf(raw, 'html')).toContain('Mails arrive')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(await stateOf(mail_id)).toMatchObject({ state: 'sent', via: 'outbox' })
})

test('a mailer sends for all tenants, and what a sandbox says goes to no person', async () => {
  await holdfast.tenants.create({ code: 'acme' })
  const acme = await holdfast.forTenant('acme')
  const trial = await holdfast.forTenant('acme-test')
  granted(await acme.mail.sendTest({ to: 'real@example.com' }))
  const { mail_id } = granted(await trial.mail.sendTest({ to: 'trial@example.com' }))
  const said: string[] = []
  const ways = { ...bySmtp, sandbox: await outboxTransport(folder, FROM) }
  const ownSmtp = await smtpTransport(sink.url, FROM)
  const mailer = startMailer(holdfast, { ...ways, transport: ownSmtp }, line => said.push(line))
  await expect
    .poll(async () => granted(await trial.mail.get({ mail_id })).state, { timeout: 60_000 })
    .toBe('sent')
  await mailer.stop()
  expect(sink.taken.flatMap(({ to }) => to)).toEqual(['real@example.com'])
  expect(readdirSync(join(folder, 'acme-test'))).toHaveLength(1)
  expect(said).toEqual([])
})

test('mails are forgotten after 90 days, those that wait are not', async () => {
  const sent = await queue()
  await sendDue(holdfast, bySmtp)
  await shiftClock(ownerUrl, '89 days')
  expect(granted(await mail.trim()).forgotten).toBe(0)
  await shiftClock(ownerUrl, '91 days')
  const waiting = await queue()
  expect(granted(await mail.trim())).toMatchObject({ forgotten: 1, more: false })
  expect(await mail.get({ mail_id: sent })).toMatchObject({ refusal: { code: 'mail_not_found' } })
  expect(await stateOf(waiting)).toMatchObject({ state: 'waiting' })
})
