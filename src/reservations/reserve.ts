import type { OwnContact } from '../contacts/contacts.ts'
import type { CallOptions } from '../database/call.ts'
import type { Place } from '../engine/catalogCache.ts'
import { deadlineOf } from '../engine/deadline.ts'
import { decideFit, type Engine, refuseUnfit } from '../engine/engine.ts'
import { keyedOf } from '../engine/keyed.ts'
import type { FastCart, FastLine } from '../engine/operation.ts'
import type { CartLine, ReservationAnswer, ReservationGrant } from './grant.ts'
import { reserveWithin } from './reserveWithin.ts'

export type ReserveRequest = {
  lines: CartLine[]
  /** The reservation's id, a UUID; minted when left out. Brought ids are slower. */
  id?: string
  /** Seconds until the hold ends; the shortest window of its lines' policies when left out. */
  hold_seconds?: number
  /** The shopper as your own key; nothing personal belongs here. */
  buyer?: string
  /** The code of the channel that sells; rules of policy may name it. */
  channel?: string
  /** What sort of customer the buyer is, as rules of policy name it. */
  tier?: string
  tags?: string[]
  /** Marks an order that is not paid yet: the hold has that window. */
  order_reference?: string
  /** Take what there is, line by line, instead of all or none. */
  partial?: boolean
  /** A line may be served from several locations. */
  split?: boolean
  /** A staff hold: no expiry, but somebody who keeps it and an instant to look again. */
  owner?: string
  review_at?: string
  /** Who is told when a date moves or units arrive; stands with no reservation and no answer. */
  contact?: OwnContact
}

const PLAIN_FIELDS = new Set(['lines', 'buyer', 'hold_seconds', 'id'])
const PLAIN_LINE_FIELDS = new Set(['sku', 'location', 'quantity'])
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const LINES_MAX = 500
const UNITS_MAX = 1e12
const SECONDS_MAX = 31_536_000
const TEXT_MAX = 255

const isWhole = (value: unknown, max: number): boolean =>
  Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max

const isPlainLine = (line: CartLine): line is CartLine & { location: string } =>
  typeof line === 'object' &&
  line !== null &&
  Object.keys(line).every(field => PLAIN_LINE_FIELDS.has(field)) &&
  typeof line.sku === 'string' &&
  typeof line.location === 'string' &&
  line.location !== 'anywhere' &&
  isWhole(line.quantity, UNITS_MAX)

/** True when the request has only what the fast path knows; all else the careful path decides. */
const isPlain = (request: ReserveRequest): boolean =>
  Object.keys(request).every(field => PLAIN_FIELDS.has(field)) && arePlain(request)

const arePlain = ({ lines, buyer, hold_seconds, id }: ReserveRequest): boolean =>
  (id === undefined || (typeof id === 'string' && UUID.test(id))) &&
  Array.isArray(lines) &&
  lines.length > 0 &&
  lines.length <= LINES_MAX &&
  (hold_seconds === undefined || isWhole(hold_seconds, SECONDS_MAX)) &&
  (buyer === undefined ||
    (typeof buyer === 'string' && buyer !== '' && buyer.length <= TEXT_MAX)) &&
  lines.every(isPlainLine)

/** The place of each line; at once when all are known, else with the next look at the catalog. */
const placesOf = (
  { catalog, context }: Engine,
  lines: CartLine[],
): (Place | null)[] | Promise<(Place | null)[]> => {
  const found = lines.map(({ sku, location }) =>
    catalog.find(context.tenant_id, sku, location as string),
  )
  const known = !found.some(place => place instanceof Promise)
  return known ? (found as (Place | null)[]) : Promise.all(found)
}

/** The plain form of a cart; undefined where a code needs the careful path. */
const fastCart = (
  engine: Engine,
  request: ReserveRequest,
  key: string | undefined,
  places: (Place | null)[],
): FastCart | undefined => {
  const { tenant_id, actor_id } = engine.context
  const settings = engine.catalog.settings(tenant_id)
  if (!settings) return undefined
  const lines: FastLine[] = []
  let window = SECONDS_MAX
  let policy_version = 0
  for (const [index, { quantity }] of request.lines.entries()) {
    const place = places[index]
    if (!place) return undefined
    const { level_id, sku, location } = place
    lines.push({ level_id, sku, location, quantity })
    window = Math.min(window, place.hold_seconds ?? settings.cart_window_seconds)
    if (place.policy_version) policy_version = Math.max(policy_version, place.policy_version)
  }
  const id = request.id?.toLowerCase()
  return {
    catalog_version: settings.catalog_version,
    reservation_id: id ?? engine.clock.uuid(),
    seconds: request.hold_seconds ?? window,
    policy_version,
    buyer: request.buyer ?? null,
    actor_id: actor_id ?? null,
    lines,
    keyed: keyedOf(key ?? (id && `id:${id}`), request), // an id that is brought is a key by itself
  }
}

/**
 * Takes a hold on stock for a cart: all lines or none.
 *
 * Refuses with `insufficient_stock` (per line: asked, available, when the next hold on it ends,
 * where else there is some), `unknown_sku`, `unknown_location`, `level_not_found`, `too_large`,
 * `invalid_quantity`, `invalid_request`, `reservation_exists`, `idempotency_key_reused` or
 * `key_expired`. Throws `HoldfastError` when the world fails; call again with the same key then.
 *
 * @example
 * const answer = await holdfast.reserve({
 *   lines: [{ sku: 'TEE-M', location: 'berlin', quantity: 2 }],
 * })
 * if (answer.ok) console.log(answer.reservation_id, answer.expires_at)
 * else console.log(answer.refusal.code, answer.refusal.lines)
 */
export const reserve = (
  engine: Engine,
  request: ReserveRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> => {
  const unfit = refuseUnfit(request, options.key)
  if (unfit) return Promise.resolve(unfit)
  const decided = (places: (Place | null)[] | undefined, left: CallOptions) => {
    const cart = places && fastCart(engine, request, options.key, places)
    return decideFit<ReservationGrant>(engine, 'reserve', request, left, cart)
  }
  if (!isPlain(request)) return decided(undefined, options)
  const places = placesOf(engine, request.lines)
  if (options.transaction) {
    // Nobody waits for a look here: the callers may have every connection of the pool.
    const unknown = places instanceof Promise
    if (unknown) places.catch(() => {})
    const cart = unknown ? undefined : fastCart(engine, request, options.key, places)
    const careful = () => decided(undefined, options)
    return cart
      ? reserveWithin(engine, cart, options).then(answer => answer ?? careful())
      : careful()
  }
  if (!(places instanceof Promise)) return decided(places, options)
  const deadline = deadlineOf(engine.clock, options.deadline_ms)
  return deadline
    .within(places)
    .then(found => decided(found, { ...options, deadline_ms: deadline.left() }))
}
