import { describe, expect, test } from 'vitest'
import type { Facts } from './facts.ts'
import { escaped, oneLine, readableOn } from './letter.ts'
import { templates } from './letters.ts'
import { samples } from './samples.ts'
import { languages, words } from './words.ts'
import { type MailSettings, writeMail } from './writeMail.ts'

const settings: MailSettings = {
  ...{ shop_name: null, name: 'Pier 7', from_address: null, reply_to: null, logo_url: null },
  ...{ colour: null, language: 'en', public_url: null, customer_mails: true, changed_at: null },
}
const links = { keep: 'https://shop.example/a?b=1&c=2', cancel: 'https://shop.example/cancel' }

const HOSTILE = '<script>alert(1)</script>"\'&{{colour}}'

/** Every text of a catalogue, by its path. */
const textsOf = (catalogue: object, path = ''): [string, string][] =>
  Object.entries(catalogue).flatMap(([name, value]) =>
    typeof value === 'string' ? [[`${path}${name}`, value]] : textsOf(value, `${path}${name}.`),
  )

const placesOf = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort()

test('both languages say the same things with the same values', () => {
  const english = textsOf(words.en)
  const chinese = new Map(textsOf(words.zh))
  expect([...chinese.keys()]).toEqual(english.map(([path]) => path))
  for (const [path, text] of english) {
    expect([path, placesOf(chinese.get(path) ?? '')]).toEqual([path, placesOf(text)])
    if (!/days\.|\.sku$/.test(path)) expect(chinese.get(path)).toMatch(/\p{Script=Han}/u)
  }
})

describe.each(languages)('in %s', language => {
  test.each(templates)('%s is written whole: no place is left empty', template => {
    const mail = writeMail({ template, language, data: samples[template] }, settings, links)
    expect(mail.html).toContain(`lang="${language}"`)
    expect(mail.html).toContain(escaped(mail.subject))
    expect(mail.html).toContain('Pier 7')
    for (const text of [mail.subject, mail.text, mail.html]) {
      expect(text).not.toMatch(/\{\{|\{\w+\}|undefined|\[object|NaN|c0104a|fe0dab/)
    }
    expect(mail.html).not.toMatch(/<script|<link|@import|mjml/i)
    expect(mail.text.split('-- \n')[1]).toContain('Pier 7')
  })

  test.each(templates)('%s takes whatever somebody has written as text', template => {
    const lines = [{ sku: HOSTILE, title: HOSTILE, location: HOSTILE, url: HOSTILE, quantity: 1 }]
    const data: Facts = { order_reference: HOSTILE, lines }
    const look = { ...settings, name: HOSTILE }
    const { html, subject } = writeMail({ template, language, data }, look, links)
    expect(html).not.toContain('<script')
    expect(html).not.toMatch(/alt="[^"]*"'/)
    expect(html.includes(escaped(HOSTILE))).toBe(true)
    expect(subject).not.toMatch(/[\r\n]/)
  })
})

test('a moved date is told as before and now, with the choices and what silence means', () => {
  const data = samples.promise_moved
  const { subject, text, html } = writeMail(
    { template: 'promise_moved', language: 'en', data },
    settings,
    links,
  )
  expect(subject).toBe('New shipping date for order ORDER-1001')
  expect(text).toMatch(/Before: 8\s?–\s?11 December 2026/)
  expect(text).toMatch(/Now: 15\s?–\s?18 December 2026/)
  expect(text).toContain(`Keep my order:\n${links.keep}`)
  expect(text).toContain('until 12 December 2026, we keep your order')
  expect(html).toContain('href="https://shop.example/a?b=1&amp;c=2"')
  const zh = writeMail({ template: 'promise_moved', language: 'zh', data }, settings, null)
  expect(zh.text).toContain('2026年12月15日至2026年12月18日')
  expect(zh.text).not.toContain('保留订单')
})

test('what is not known yet is said, and nothing is made up', () => {
  const data = {
    order_reference: 'o',
    lines: [{ sku: 'TEE', quantity: 1, old: null, new: 'soon' }],
  }
  const { text } = writeMail({ template: 'promise_moved', language: 'en', data }, settings, null)
  expect(text).toContain('Before: no date yet\n  Now: no date yet')
})

test('several notices of one level are one row, and what does not fit is counted', () => {
  const line = { sku: 'TEE', location: 'berlin' }
  const lines = [
    { ...line, missing: 1 },
    { ...line, missing: 4 },
  ]
  const draft = { template: 'shortage', language: 'en', data: { lines } } as const
  expect(writeMail(draft, settings, null).subject).toBe('Shortage: 4 of TEE at berlin')
  const many = { ...draft, data: { lines, more: 30 } }
  const { subject, text } = writeMail(many, settings, null)
  expect(subject).toBe('Shortages at 31 levels')
  expect(text).toContain('And 30 more.')
})

test('a logo stands in the place of the name, in the colour of the tenant', () => {
  const draft = { template: 'test', language: 'en', data: {} } as const
  const look = { ...settings, logo_url: 'https://x.example/l.png', colour: '#0b7285' }
  const { html } = writeMail(draft, look, null)
  expect(html).toMatch(/<img[^>]*alt="Pier 7"[^>]*src="https:\/\/x\.example\/l\.png"/)
  expect(html).toContain('#0b7285')
  expect(writeMail(draft, settings, null).html).not.toContain('<img')
})

test('letters can be read on any colour', () => {
  expect(readableOn('#000000')).toBe('#ffffff')
  expect(readableOn('#ffff00')).not.toBe('#ffffff')
})

test('a subject is one line, of a bounded length, and turns no direction around', () => {
  expect(oneLine('a\r\nBcc: x@y\u2028z\u202egpj')).toBe('a Bcc: x@y zgpj')
  expect(oneLine('x'.repeat(999))).toHaveLength(200)
})
