import { expect, test } from 'vitest'
import type { Found } from './feed.ts'
import { countdown, type Facts, standingOf } from './standing.ts'

const now = Date.parse('2026-12-01T09:00:00Z')
const MINUTE_MS = 60_000

const NONE = ['sold_out', 'Sold out', '已售罄'] as const

const stands = (found: Partial<Found> | undefined, more: Partial<Facts> = {}) =>
  standingOf({
    locale: 'en',
    low: 5,
    whenUnavailable: 'sell',
    found: found && { sku: 'TEE', tracked: true, sellable: 0, ...found },
    held_ms: undefined,
    now,
    ...more,
  })

const promise = (source: string, ship_from: string | null, ship_to = ship_from, more = {}) => ({
  promise: { source, ship_from, ship_to, left: 3, ...more },
})

test.each<[string, Partial<Found> | undefined, string, string, string]>([
  ['much is in stock', { sellable: 6 }, 'in_stock', 'In stock', '现货'],
  ['what is not counted is in stock', { sellable: null }, 'in_stock', 'In stock', '现货'],
  ['little is told by number', { sellable: 5 }, 'low', 'Only 5 left', '仅剩 5 件'],
  ['nothing is sold out', {}, 'sold_out', 'Sold out', '已售罄'],
  ['more is owed than there is', { sellable: -3 }, 'sold_out', 'Sold out', '已售罄'],
  [
    'a promise from stock is none',
    promise('stock', '2026-12-01', '2026-12-01', { left: undefined }),
    'sold_out',
    'Sold out',
    '已售罄',
  ],
  [
    'a lead time is told in days',
    promise('lead_time', '2026-12-10', '2026-12-15', { days_min: 7, days_max: 10 }),
    'backorder',
    'Ships in 7–10 working days',
    '7–10 个工作日内发货',
  ],
  [
    'dated supply is told by date',
    promise('supply', '2026-12-09'),
    'backorder',
    'Ships December 9',
    '12月9日 发货',
  ],
  [
    'nobody knows when it comes',
    promise('unknown', null),
    'backorder',
    'Ships when it arrives',
    '到货后发货',
  ],
  ['a cap that is reached', promise('supply', '2026-12-09', '2026-12-09', { left: 0 }), ...NONE],
  ['a code that is none', { unknown: true }, 'not_sold', 'Not available', '无法购买'],
  ['an archived SKU', { archived: true }, 'not_sold', 'Not available', '无法购买'],
  ['nobody answers', undefined, 'unknown', 'Checked at checkout', '结账时确认库存'],
])('%s', (_, found, state, english, chinese) => {
  expect(stands(found)).toMatchObject({ state, title: english })
  expect(stands(found, { locale: 'zh-Hans' })).toMatchObject({ state, title: chinese })
})

test('a campaign is a pre-order with its date, production is made to order', () => {
  expect(stands(promise('campaign', '2027-01-12'))).toMatchObject({
    ...{ state: 'pre_order', title: 'Pre-order', detail: 'Ships January 12' },
  })
  expect(stands(promise('production', '2026-12-20', '2026-12-22'))).toMatchObject({
    state: 'made_to_order',
    detail: expect.stringMatching(/^Ships December 20 – December 22$/),
  })
})

test('sold out says when a hold may end, unless that is past', () => {
  const at = (iso: string) => stands({ next_expires_at: iso }, { locale: 'de' }).detail
  expect(at('2026-12-01T09:14:32Z')).toMatch(/^One may come free at \d\d:14\.$/)
  expect(at('2026-12-01T08:59:59Z')).toBe('')
  expect(at('nonsense')).toBe('')
})

test('a hold of one’s own comes before all else, and is spoken rarely', () => {
  const held = (ms: number) => stands({ sellable: 0 }, { held_ms: ms })
  expect(held(14 * MINUTE_MS + 32_000)).toMatchObject({
    ...{ state: 'held', title: 'Held for you', detail: '14:32 left' },
    spoken: 'Held for you. 15 min left',
  })
  const spoken = new Set(Array.from({ length: 900 }, (_, at) => held((900 - at) * 1_000).spoken))
  expect([...spoken]).toEqual([15, 5, 1].map(left => `Held for you. ${left} min left`))
  expect(held(0).state).toBe('sold_out')
})

test('nobody answers, and the shop does not sell blindly', () => {
  expect(stands(undefined, { whenUnavailable: 'stop' })).toMatchObject({ state: 'stopped' })
})

test('a locale that is none is read as English', () => {
  for (const locale of ['', 'xx', 'not a locale', '"><script>']) {
    expect(stands({ sellable: 2, ...promise('supply', '2026-12-09') }, { locale }).title).toBe(
      'Only 2 left',
    )
    expect(stands(promise('supply', '2026-12-09'), { locale }).title).toBe('Ships December 9')
  }
})

test.each([
  [0, '0:00'],
  [1, '0:01'],
  [59_001, '1:00'],
  [872_000, '14:32'],
  [3_725_000, '1:02:05'],
])('%i ms is %s', (ms, text) => expect(countdown(ms)).toBe(text))
