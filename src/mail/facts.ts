/** What a mail is about, as the outbox has it. */
export type Facts = { [fact: string]: unknown }

export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

export const linesOf = (facts: Facts): Facts[] =>
  Array.isArray(facts['lines']) ? (facts['lines'] as Facts[]) : []

/** What a line is called: by its title for a buyer, by its SKU for who keeps the stock. */
export const itemOf = (line: Facts): string => text(line['title']) || text(line['sku'])

const DAY = /^\d{4}-\d\d-\d\d/

/** How days are said: whose way, what is said where there is none, and what stands between two. */
export type DayWords = { locale: string; no_date: string; between: string }

/** A day, or the first and the last of several, as one says them. */
export const daysOf = (value: unknown, { locale, no_date, between }: DayWords): string => {
  const { from, to } = (typeof value === 'object' && value !== null ? value : { from: value }) as {
    from?: unknown
    to?: unknown
  }
  const [first = '', last = ''] = [from ?? to, to ?? from].map(text)
  if (!DAY.test(first) || !DAY.test(last)) return no_date
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const [begin, end] = [first, last].map(each => new Date(each.slice(0, 10))) as [Date, Date]
  if (between === '' || first.slice(0, 10) === last.slice(0, 10))
    return days.formatRange(begin, end)
  return `${days.format(begin)}${between}${days.format(end)}`
}
