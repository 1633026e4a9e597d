import type { Caller } from '../access/authenticate.ts'
import type { TailedEvent } from '../events/events.ts'

/**
 * What of an event a caller is shown, and the one place that decides it: `whole`, or `public` for a
 * key that stands in a shop's pages, which sees that something has changed and asks how it is now:
 * what is available is shown to it only as far as its key does.
 */
export type EventView = 'whole' | 'public'

export const viewOf = ({ scopes }: Caller): EventView =>
  scopes.includes('read') || scopes.includes('admin') ? 'whole' : 'public'

const PUBLIC_TYPES = new Set(['level.changed', 'level.out', 'level.back_in_stock'])

type Fact = { sku?: unknown; location?: unknown }

/** What has changed, without how many there are and what it was for. */
export const publicFacts = ({ sku, location }: Fact) => ({ sku, location })

const publicTexts = new WeakMap<TailedEvent, string>()

const publicText = (event: TailedEvent): string => {
  const { id, type, timestamp, data } = JSON.parse(event[6]) as Record<string, unknown>
  return JSON.stringify({ id, type, timestamp, data: publicFacts(data as Fact) })
}

/** An event as a view shows it; undefined where it shows nothing. */
export const shownAs = (view: EventView, event: TailedEvent): string | undefined => {
  if (view === 'whole') return event[6]
  if (!PUBLIC_TYPES.has(event[1])) return undefined
  const known = publicTexts.get(event) ?? publicText(event)
  publicTexts.set(event, known)
  return known
}
