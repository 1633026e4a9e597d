import { daysOf, type Facts, itemOf, linesOf, text } from './facts.ts'
import type { Letter } from './letter.ts'
import { type Language, say, type Words, words } from './words.ts'

export type Writing = {
  language: Language
  shop: string
  /** Where the buyer's answer is given; null where none is asked for. */
  links: { keep: string; cancel: string } | null
}

type Compose = (facts: Facts, all: Words, writing: Writing) => Letter

const moreOf = (facts: Facts, all: Words): string[] => {
  const count = text(facts['more'])
  return count === '' ? [] : [say(all.common.more, { count })]
}

const orderOf = (facts: Facts, all: Words): string =>
  text(facts['order_reference']) || all.common.your_order

const promiseMoved: Compose = (facts, all, { links, shop }) => {
  const own = all.promise_moved
  const order = orderOf(facts, all)
  const lines = linesOf(facts)
  const to = daysOf(lines[0]?.['new'] ?? facts['new'], all.days)
  const day = daysOf(facts['answer_by'], all.days)
  const silence = facts['silence_default'] === 'cancel' ? own.silence_cancel : own.silence_keep
  return {
    subject: say(own.subject, { order }),
    preheader: say(own.preheader, { to }),
    heading: own.heading,
    paragraphs: [say(own.told, { order })],
    columns: [all.common.item, all.common.quantity, own.before, own.now],
    rows: lines.map(line => [
      itemOf(line),
      text(line['quantity']),
      daysOf(line['old'] ?? facts['old'], all.days),
      daysOf(line['new'] ?? facts['new'], all.days),
    ]),
    after: [
      ...(links ? [own.choose] : []),
      ...(links && facts['answer_by'] ? [say(silence, { day })] : []),
      own.sorry,
    ],
    actions: links
      ? [
          { label: own.keep, url: links.keep },
          { label: own.cancel, url: links.cancel },
        ]
      : [],
    reason: say(all.common.reason_order, { order, shop }),
  }
}

const backorderAllocated: Compose = (facts, all, { shop }) => {
  const own = all.backorder_allocated
  const order = orderOf(facts, all)
  return {
    subject: say(own.subject, { order }),
    preheader: own.preheader,
    heading: own.heading,
    paragraphs: [say(own.told, { order })],
    columns: [all.common.item, all.common.quantity],
    rows: linesOf(facts).map(line => [itemOf(line), text(line['quantity'])]),
    after: [...moreOf(facts, all), own.next],
    actions: [],
    reason: say(all.common.reason_order, { order, shop }),
  }
}

/** Of several notices about one level the last one says how things are. */
const latest = (lines: Facts[]): Facts[] => {
  const byLevel = new Map<string, Facts>()
  for (const line of lines) {
    byLevel.set(JSON.stringify([line['sku'], line['location'], line['url']]), line)
  }
  return [...byLevel.values()]
}

type Notice = {
  subject_one: string
  subject_many: string
  preheader: string
  heading: string
  told: string
  next?: string
}

/** A notice to the merchant: a table of what it is about, with these columns. */
const notice =
  (own: (all: Words) => Notice, columns: (all: Words) => [string, (line: Facts) => string][]) =>
  (facts: Facts, all: Words, { shop }: Writing): Letter => {
    const { subject_one, subject_many, preheader, heading, told, next } = own(all)
    const lines = latest(linesOf(facts))
    const [first = {}] = lines
    const values = Object.entries(first).map(([name, value]) => [name, text(value)])
    const count = lines.length + Number(facts['more'] ?? 0)
    const subject =
      count === 1
        ? say(subject_one, Object.fromEntries(values))
        : say(subject_many, { count: String(count) })
    const table = columns(all)
    return {
      subject,
      preheader,
      heading,
      paragraphs: [told],
      columns: table.map(([name]) => name),
      rows: lines.map(line => table.map(([, cell]) => cell(line))),
      after: [...moreOf(facts, all), ...(next ? [next] : [])],
      actions: [],
      reason: say(all.common.reason_shop, { shop }),
    }
  }

const cell = (field: string) => (line: Facts) => text(line[field])
const codeOf = (line: Facts): string => {
  const title = text(line['title'])
  return title ? `${text(line['sku'])} (${title})` : text(line['sku'])
}

const level = (all: Words): [string, (line: Facts) => string][] => [
  [all.common.sku, codeOf],
  [all.common.location, cell('location')],
]

const ORDERS_SHOWN = 5

const newestOrders = (line: Facts): string => {
  const newest = Array.isArray(line['newest']) ? (line['newest'] as Facts[]) : []
  const orders = newest.map(each => text(each['order_reference'])).filter(Boolean)
  return orders.slice(0, ORDERS_SHOWN).join(', ')
}

const test: Compose = (_facts, all, { shop }) => ({
  subject: say(all.test.subject, { shop }),
  preheader: all.test.preheader,
  heading: all.test.heading,
  paragraphs: [all.test.told],
  columns: [],
  rows: [],
  after: [],
  actions: [],
  reason: say(all.test.reason, { shop }),
})

/** Every mail there is, by its name in the outbox. */
export const letters = {
  promise_moved: promiseMoved,
  backorder_allocated: backorderAllocated,
  shortage: notice(
    all => all.shortage,
    all => [
      ...level(all),
      [all.shortage.missing, cell('missing')],
      [all.shortage.orders, newestOrders],
    ],
  ),
  low: notice(
    all => all.low,
    all => [
      ...level(all),
      [all.low.left, cell('sellable')],
      [all.low.threshold, cell('low_stock_threshold')],
    ],
  ),
  out: notice(all => all.out, level),
  webhook_paused: notice(
    all => all.webhook_paused,
    all => [
      [all.webhook_paused.url, cell('url')],
      [all.webhook_paused.since, line => daysOf(line['failing_since'], all.days)],
    ],
  ),
  test,
} satisfies Record<string, Compose>

export type Template = keyof typeof letters
export const templates = Object.keys(letters) as Template[]

/** A mail in the words of a language. */
export const compose = (template: Template, facts: Facts, writing: Writing): Letter =>
  letters[template](facts, words[writing.language], writing)
