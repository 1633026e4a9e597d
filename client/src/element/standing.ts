import type { Found, Promised } from './feed.ts'
import { type Slots, textOf } from './messages.ts'

export type StockState =
  | 'in_stock'
  | 'low'
  | 'held'
  | 'backorder'
  | 'pre_order'
  | 'made_to_order'
  | 'sold_out'
  | 'not_sold'
  | 'unknown'
  | 'stopped'

/** What a shopper is told of a SKU: a state for machines, two short texts for people. */
export type Standing = { state: StockState; title: string; detail: string; spoken?: string }

/** States whose title is a text of the same name. */
type Told = Exclude<StockState, 'backorder'>

/** By where the promise comes from. */
const AHEAD: Record<string, Told> = { campaign: 'pre_order', production: 'made_to_order' }

export type Facts = {
  locale: string
  /** Up to so many are told by number. */
  low: number
  whenUnavailable: string
  /** What was last heard of the SKU; undefined before the first answer, or after too long. */
  found: Found | undefined
  /** Milliseconds that the own cart's hold on the SKU still has. */
  held_ms: number | undefined
  /** The server's time. */
  now: number
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** A countdown is spoken when these minutes are left, not every second. */
const SPOKEN_MINUTES = [1, 5, 15, 30]

const formatOf = (locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  try {
    return new Intl.DateTimeFormat(locale, options)
  } catch {
    return new Intl.DateTimeFormat('en', options) // a locale that is none
  }
}

const DATE = { day: 'numeric', month: 'long' } as const

/** Days are the same everywhere: they have no time that a zone could move. */
const daysText = (locale: string, ...days: string[]): string => {
  const { format: text } = formatOf(locale, { ...DATE, timeZone: 'UTC' })
  return [...new Set(days)].map(day => text(Date.parse(day))).join(' – ')
}

const timeText = (locale: string, at: number, now: number): string => {
  const day = at - now > DAY_MS / 2 ? DATE : {}
  return formatOf(locale, { hour: '2-digit', minute: '2-digit', ...day }).format(at)
}

/** 14:32, or 1:02:05. */
export const countdown = (ms: number): string => {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  if (parts[0] === 0) parts.shift()
  return parts.map((part, at) => (at === 0 ? `${part}` : `${part}`.padStart(2, '0'))).join(':')
}

type Say = (name: Parameters<typeof textOf>[1], slots?: Slots) => string

const heldStanding = (say: Say, ms: number): Standing => {
  const left = Math.ceil(ms / MINUTE_MS)
  const minutes = SPOKEN_MINUTES.find(each => left <= each) ?? left
  const title = say('held')
  const leaves = (time: string) => say('held_left', { time })
  const spoken = `${title}. ${leaves(say('minutes', { minutes }))}`
  return { state: 'held', title, detail: leaves(countdown(ms)), spoken }
}

/** When it ships: in business days for a lead time, by date for goods that are dated. */
const shipsText = (say: Say, { locale }: Facts, promise: Promised): string => {
  const { ship_from, ship_to, days_min: least, days_max: most } = promise
  if (most) return say('ships_in', { days: least === most ? most : `${least}–${most}` })
  if (!ship_from || !ship_to) return say('ships_later')
  return say('ships_on', { date: daysText(locale, ship_from, ship_to) })
}

/** What can be ordered although it is not there: the promise is the news. */
const promisedStanding = (say: Say, facts: Facts, promise: Promised): Standing => {
  const ships = shipsText(say, facts, promise)
  const state = AHEAD[promise.source]
  return state
    ? { state, title: say(state), detail: ships }
    : { state: 'backorder', title: ships, detail: '' }
}

/** Decides what is told; a pure leaf, so that each state is one test. */
export const standingOf = (facts: Facts): Standing => {
  const { locale, found, held_ms, low, now } = facts
  const say: Say = (name, slots) => textOf(locale, name, slots)
  const stands = (state: Told, detail = '', slots?: Slots): Standing => ({
    ...{ state, title: say(state, slots), detail },
  })
  if (held_ms) return heldStanding(say, held_ms)
  if (!found) {
    return facts.whenUnavailable === 'stop'
      ? stands('stopped', say('stopped_why'))
      : stands('unknown', say('unknown_why'))
  }
  if (found.unknown || found.archived) return stands('not_sold')
  const { sellable, promise } = found
  if (sellable === null || !(sellable <= low)) return stands('in_stock')
  if (sellable > 0) return stands('low', '', { count: sellable })
  if (promise?.left) return promisedStanding(say, facts, promise)
  const free = Date.parse(found.next_expires_at ?? '')
  return stands('sold_out', free > now ? say('free_at', { time: timeText(locale, free, now) }) : '')
}
