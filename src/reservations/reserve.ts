import type { CallOptions } from '../database/call.ts'
import { deadlineOf } from '../engine/deadline.ts'
import { decideFit, type Engine, refuseUnfit } from '../engine/engine.ts'
import { keyedOf } from '../engine/keyed.ts'
import type { FastCart, FastLine } from '../engine/operation.ts'
import type { CartLine, ReservationAnswer, ReservationGrant } from './grant.ts'
import type { SoldOut } from './soldOut.ts'

export type ReserveRequest = {
  lines: CartLine[]
  /** The reservation's id, a UUID; minted when left out. Brought ids are slower. */
  id?: string
  /** Seconds until the hold ends; the tenant's cart window when left out. */
  hold_seconds?: number
  /** The shopper as your own key; nothing personal belongs here. */
  buyer?: string
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
}

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
const isPlain = ({ lines, buyer, hold_seconds, id, ...rest }: ReserveRequest): boolean =>
  Object.keys(rest).length === 0 &&
  (id === undefined || (typeof id === 'string' && UUID.test(id))) &&
  Array.isArray(lines) &&
  lines.length > 0 &&
  lines.length <= LINES_MAX &&
  (hold_seconds === undefined || isWhole(hold_seconds, SECONDS_MAX)) &&
  (buyer === undefined ||
    (typeof buyer === 'string' && buyer !== '' && buyer.length <= TEXT_MAX)) &&
  lines.every(isPlainLine)

/** Resolves a plain cart to levels; undefined where a code needs the careful path. */
const fastCart = async (
  engine: Engine,
  request: ReserveRequest,
  key: string | undefined,
): Promise<FastCart | undefined> => {
  const { tenant_id, actor_id } = engine.context
  const lines: FastLine[] = []
  for (const { sku, location, quantity } of request.lines) {
    const found = engine.catalog.find(tenant_id, sku, location as string)
    const place = found instanceof Promise ? await found : found
    if (!place) return undefined
    lines.push({ ...place, quantity })
  }
  const settings = engine.catalog.settings(tenant_id)
  if (!settings) return undefined
  const id = request.id?.toLowerCase()
  return {
    catalog_version: settings.catalog_version,
    reservation_id: id ?? engine.clock.uuid(),
    seconds: request.hold_seconds ?? settings.cart_window_seconds,
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
export const reserve = async (
  engine: Engine & { soldOut: SoldOut },
  request: ReserveRequest,
  options: CallOptions = {},
): Promise<ReservationAnswer> => {
  const unfit = refuseUnfit(request, options.key)
  if (unfit) return unfit
  const plain = !options.transaction && isPlain(request)
  const deadline = deadlineOf(engine.clock, options.deadline_ms)
  const cart = plain ? await deadline.within(fastCart(engine, request, options.key)) : undefined
  const left = { ...options, deadline_ms: deadline.left() }
  const answer = await decideFit<ReservationGrant>(engine, 'reserve', request, left, cart)
  if (cart && !answer.ok) engine.soldOut.remember(engine.context.tenant_id, cart, answer.refusal)
  return answer
}
