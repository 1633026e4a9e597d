import type pg from 'pg'
import { clock } from '../clock.ts'
import { type CallOptions, write } from '../database/call.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { type Answer, type Refusal, type RefusalCode, refusals } from '../refusals.ts'
import type { ReservationAnswer, ReservationGrant } from '../reservations/grant.ts'
import type { AskAvailability, Availability } from '../stock/availability.ts'
import { type Browser, browserText } from './browser.ts'

// What a browser may do: see what there is, and keep one cart of its own, of so many units.

type Lines = { sku: string; quantity: number; location?: string | null | undefined }[]
type Cart = { lines: Lines; split?: boolean | undefined }
type Taken = { reservation_id: string | null; open: boolean }

const ATTEMPTS_MAX = 5
const CART_FIELDS = new Set(['lines', 'split', 'channel'])
const RELEASE_FIELDS = new Set(['lines'])

const refused = (code: RefusalCode, facts: object = {}): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { code, message: refusals[code], ...facts },
})

/** A browser says what is in its cart; for whom, how long and by which order is not its affair. */
const refuseFields = (request: object, allowed: Set<string>): Answer<never> | undefined => {
  const field = Object.keys(request).find(name => !allowed.has(name))
  const reason = 'is not a field that a publishable key may send'
  return field === undefined ? undefined : refused('invalid_request', { field, reason })
}

const refuseChannel = ({ key }: Browser, request: object): Answer<never> | undefined => {
  const { channel } = request as { channel?: string }
  return channel === undefined || channel === key.channel
    ? undefined
    : refused('invalid_request', { field: 'channel', reason: `is ${key.channel} for this key` })
}

const refuseSize = ({ key }: Browser, lines: { quantity: number }[]): Answer<never> | undefined => {
  const { units_max, lines_max } = key
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return units > units_max || lines.length > lines_max
    ? refused('cart_too_large', { units, units_max, lines_max })
    : undefined
}

/** One transaction; a refusal takes back all of it. */
const once = async <Grant>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Answer<Grant>>,
): Promise<Answer<Grant>> => {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const answer = await work(client)
    await client.query(answer.ok ? 'commit' : 'rollback')
    return answer
  } catch (error) {
    await client.query('rollback').catch(failure => {
      broken = failure as Error
    })
    throw error
  } finally {
    client.release(broken)
  }
}

const inTransaction = async <Grant>(
  holdfast: Holdfast,
  work: (client: pg.PoolClient) => Promise<Answer<Grant>>,
): Promise<Answer<Grant>> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(holdfast.context.database.pool, work)
    } catch (error) {
      const again = error instanceof HoldfastError && error.code === 'busy'
      if (!again || attempt === ATTEMPTS_MAX) throw error
    }
  }
}

const ask = <Grant>(
  { context }: Holdfast,
  verb: string,
  request: object,
  transaction?: unknown,
): Promise<Answer<Grant>> =>
  write<Grant>(context.database, context.tenant_id, verb, request, { transaction })

const take = ({ key }: Browser, browser_id: string, holdfast: Holdfast, client: unknown) =>
  ask<Taken>(holdfast, 'take_browser_cart', { key_id: key.key_id, browser_id }, client)

/** Keys of idempotency are the merchant's: a browser's are apart from these and other browsers'. */
const keyOf = (browser_id: string, { key }: CallOptions): { key?: string } => {
  if (key === undefined) return {}
  const own = `browser ${browser_id} ${key}`
  return own.length <= 255 ? { key: own } : {}
}

/** What is available is shown up to a number: how deep a shelf is may be the merchant's secret. */
const capped = <Shown extends { available?: number | null; sellable?: number | null }>(
  shown: Shown,
  most: number | null,
): Shown => {
  const cap = (units: number | null | undefined) =>
    most === null || units === null || units === undefined ? units : Math.min(units, most)
  return {
    ...shown,
    ...('available' in shown ? { available: cap(shown.available) } : {}),
    ...('sellable' in shown ? { sellable: cap(shown.sellable) } : {}),
  }
}

const cappedRefusal = <Grant>(answer: Answer<Grant>, { key }: Browser): Answer<Grant> => {
  if (answer.ok || !answer.refusal.lines) return answer
  const lines = answer.refusal.lines.map(line => ({
    ...capped(line, key.shown_max),
    ...(line.other_locations
      ? { other_locations: line.other_locations.map(each => capped(each, key.shown_max)) }
      : {}),
  }))
  return { ok: false, refusal: { ...answer.refusal, lines } }
}

/** What may be had now, as far as the key shows it. */
export const availabilityForBrowser = async (
  holdfast: Holdfast,
  request: AskAvailability,
  { key }: Browser,
): Promise<Answer<{ data: Availability[]; as_of: string }>> => {
  const answer = await holdfast.availability(request)
  if (!answer.ok) return answer
  const data = answer.data.map(found => ({
    ...capped(found, key.shown_max),
    locations: found.locations.map(at => capped(at, key.shown_max)),
  }))
  return { ...answer, data }
}

/** The browser's own number; one that is new gets one, as long as its address is not many. */
const knownAs = async (holdfast: Holdfast, browser: Browser): Promise<Answer<{ id: string }>> => {
  if (browser.browser_id !== undefined) return { ok: true, id: browser.browser_id }
  const { key, address } = browser
  const counted = await ask(holdfast, 'count_browser', { key_id: key.key_id, address })
  if (!counted.ok) return counted
  const id = clock.uuid()
  browser.introduce(browserText(key, id))
  return { ok: true, id }
}

const holdOnce = async (
  holdfast: Holdfast,
  browser: Browser,
  cart: Cart & { browser_id: string },
  options: CallOptions & { transaction: pg.PoolClient },
): Promise<ReservationAnswer> => {
  const { lines, split, browser_id } = cart
  const { channel } = browser.key
  const taken = await take(browser, browser_id, holdfast, options.transaction)
  if (!taken.ok) return taken
  const request = {
    lines,
    buyer: `browser:${browser_id}`,
    ...(split === undefined ? {} : { split }),
    ...(channel === null ? {} : { channel }),
  }
  const answer = await holdfast.reserve(request as never, options)
  if (answer.ok && answer.replayed) return answer
  if (taken.open) return refused('cart_open', { reservation_id: taken.reservation_id })
  if (!answer.ok) return answer
  const tooLarge = refuseSize(browser, answer.lines)
  if (tooLarge) return tooLarge
  const { reservation_id } = answer
  const key_id = browser.key.key_id
  const put = { key_id, browser_id, reservation_id }
  const kept = await ask(holdfast, 'put_browser_cart', put, options.transaction)
  return kept.ok ? answer : kept
}

/** Holds the one cart of a browser. */
export const holdForBrowser = async (
  holdfast: Holdfast,
  request: Cart,
  options: CallOptions,
  browser: Browser,
): Promise<ReservationAnswer> => {
  const unfit =
    refuseFields(request, CART_FIELDS) ??
    refuseChannel(browser, request) ??
    refuseSize(browser, request.lines)
  if (unfit) return unfit
  const known = await knownAs(holdfast, browser)
  if (!known.ok) return known
  const own = keyOf(known.id, options)
  const answer = await inTransaction<ReservationGrant>(holdfast, transaction =>
    holdOnce(holdfast, browser, { ...request, browser_id: known.id }, { ...own, transaction }),
  )
  return cappedRefusal(answer, browser)
}

const NOT_FOUND = refused('reservation_not_found')

/** Does something with the browser's own cart, while it is one: an order is the shop's. */
const withOwnCart = async (
  holdfast: Holdfast,
  browser: Browser,
  reservation_id: string,
  work: (options: { transaction: pg.PoolClient }) => Promise<ReservationAnswer>,
): Promise<ReservationAnswer> => {
  const { browser_id } = browser
  if (browser_id === undefined) return NOT_FOUND
  return inTransaction<ReservationGrant>(holdfast, async transaction => {
    const taken = await take(browser, browser_id, holdfast, transaction)
    if (!taken.ok || taken.reservation_id !== reservation_id.toLowerCase()) return NOT_FOUND
    const named = { reservation_id }
    const shown = await ask<{ state: string }>(holdfast, 'lock_reservation', named, transaction)
    if (!shown.ok || shown.state === 'committed') return NOT_FOUND
    const answer = await work({ transaction })
    return (answer.ok ? refuseSize(browser, answer.lines) : undefined) ?? answer
  })
}

/** Sets the lines of the browser's own cart to these. */
export const amendForBrowser = async (
  holdfast: Holdfast,
  request: Cart & { reservation_id: string },
  options: CallOptions,
  browser: Browser,
): Promise<ReservationAnswer> => {
  const { reservation_id, ...cart } = request
  const unfit = refuseFields(cart, CART_FIELDS) ?? refuseSize(browser, cart.lines)
  if (unfit) return unfit
  const own = keyOf(browser.browser_id ?? '', options)
  const answer = await withOwnCart(holdfast, browser, reservation_id, transaction =>
    holdfast.amend(request as never, { ...own, ...transaction }),
  )
  return cappedRefusal(answer, browser)
}

/** Gives back the browser's own cart, or some of it. */
export const releaseForBrowser = async (
  holdfast: Holdfast,
  request: { reservation_id: string; lines?: unknown },
  options: CallOptions,
  browser: Browser,
): Promise<ReservationAnswer> => {
  const { reservation_id, ...rest } = request
  const unfit = refuseFields(rest, RELEASE_FIELDS)
  if (unfit) return unfit
  const own = keyOf(browser.browser_id ?? '', options)
  return withOwnCart(holdfast, browser, reservation_id, transaction =>
    holdfast.release(request as never, { ...own, ...transaction }),
  )
}

/** The browser's own cart; what others hold is not there. */
export const readForBrowser = async (
  holdfast: Holdfast,
  { reservation_id }: { reservation_id: string },
  browser: Browser,
): Promise<Answer<object>> => {
  const { browser_id, key } = browser
  if (browser_id === undefined) return NOT_FOUND
  const cart = { key_id: key.key_id, browser_id }
  const { database, tenant_id } = holdfast.context
  const own = await write<Taken>(database, tenant_id, 'take_browser_cart', cart)
  if (!own.ok || own.reservation_id !== reservation_id.toLowerCase()) return NOT_FOUND
  return holdfast.reservation({ reservation_id })
}
