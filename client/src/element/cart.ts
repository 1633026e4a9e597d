import type { Refusal } from '../answer.ts'
import { refresh } from './feed.ts'
import { recall, remember } from './memory.ts'
import { serverNow } from './serverTime.ts'
import { whenUnavailable } from './settings.ts'
import { type Answered, browserText, read, write } from './wire.ts'

export type CartLine = { sku: string; quantity: number }

export type Cart = {
  lines: CartLine[]
  /** The hold that keeps the lines; absent while there is none. */
  reservation_id?: string
  expires_at?: string
  /** Nobody could be asked: the lines are wanted, and not held. */
  unheld?: true
}

/** What a change of the cart came to; `unavailable`: kept, not held, as nobody could be asked. */
export type CartAnswer =
  | { ok: true; cart: Cart; unavailable?: true }
  | { ok: false; cart: Cart; refusal: Refusal }

const PLACE = 'holdfast-cart'
const GONE = new Set(['reservation_expired', 'reservation_not_found', 'already_released'])

const listeners = new Set<(cart: Cart) => void>()
let cart: Cart = { lines: [] }
let loaded = false

const kept = (): Cart => {
  try {
    const found = JSON.parse(recall(PLACE) ?? '') as Cart
    return found.lines.length > 0 ? found : { lines: [] }
  } catch {
    return { lines: [] } // none, or none of ours
  }
}

const tell = (): void => {
  for (const listener of listeners) listener(cart)
}

const become = (next: Cart): Cart => {
  cart = next
  remember(PLACE, JSON.stringify(cart))
  tell()
  return cart
}

/** The cart as this browser last knew it; another tab of the shop changes it too. */
export const currentCart = (): Cart => {
  if (loaded) return cart
  loaded = true
  cart = kept()
  addEventListener('storage', ({ key }) => {
    if (key !== PLACE) return
    cart = kept()
    tell()
  })
  return cart
}

/** Milliseconds that the hold still has, by the server's time; undefined without one. */
export const holdMsLeft = (): number | undefined => {
  const { expires_at } = currentCart()
  const now = serverNow()
  return expires_at && now ? Math.max(0, Date.parse(expires_at) - now) : undefined
}

/** Milliseconds that the cart's hold on a SKU still has. */
export const heldMs = (sku: string): number | undefined =>
  currentCart().lines.some(line => line.sku === sku) ? holdMsLeft() : undefined

/** The lines stay when their hold has ended, so that the shopper can have it taken again. */
const fromAnswer = (lines: CartLine[], answer: Answered & { ok: true }): Cart => {
  const { reservation_id, expires_at, state } = answer as Record<string, unknown>
  if (state !== 'held' && state !== 'expired') return { lines: [] }
  return { lines, reservation_id: String(reservation_id), expires_at: String(expires_at) }
}

const amend = (reservation_id: string, lines: CartLine[]): Promise<Answered> =>
  write(`/v1/reservations/${reservation_id}/amend`, { lines })

const claim = async (lines: CartLine[]): Promise<Answered> => {
  const { reservation_id } = currentCart()
  if (reservation_id) {
    const answer = await amend(reservation_id, lines)
    if (answer.ok || !GONE.has(answer.refusal.code)) return answer
  }
  const answer = await write('/v1/reservations', { lines })
  // This browser has a cart that it does not remember: that becomes this one.
  const refusal = answer.ok ? {} : (answer.refusal as Record<string, unknown>)
  return refusal['code'] === 'cart_open' ? amend(String(refusal['reservation_id']), lines) : answer
}

const giveBack = async (): Promise<CartAnswer> => {
  const { reservation_id } = currentCart()
  if (reservation_id) {
    const answer = await write(`/v1/reservations/${reservation_id}/release`, {})
    if (!answer.ok && !GONE.has(answer.refusal.code)) {
      return { ok: false, cart, refusal: answer.refusal }
    }
  }
  return { ok: true, cart: become({ lines: [] }) }
}

const change = async (lines: CartLine[]): Promise<CartAnswer> => {
  try {
    if (lines.length === 0) return await giveBack()
    const answer = await claim(lines)
    if (!answer.ok) return { ok: false, cart: currentCart(), refusal: answer.refusal }
    become(fromAnswer(lines, answer))
    if (serverNow() === undefined) await restore() // a page without elements has no time yet
    return { ok: true, cart }
  } catch (error) {
    if (whenUnavailable() === 'stop') throw error
    return { ok: true, unavailable: true, cart: become({ ...cart, lines, unheld: true }) }
  } finally {
    refresh(0)
  }
}

/** Changes run one after another: two clicks at once are two changes, not a race. */
let last: Promise<unknown> = Promise.resolve()
const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
  const turn = last.then(work, work)
  last = turn
  return turn
}

const restore = async (): Promise<Cart> => {
  const { reservation_id, lines } = currentCart()
  if (!reservation_id) return cart
  const answer = await read(`/v1/reservations/${reservation_id}`)
  if (answer.ok) return become(fromAnswer(lines, answer))
  return GONE.has(answer.refusal.code) ? become({ lines: [] }) : cart
}

/**
 * The cart of this browser, held by the server while the shopper decides. It needs the publishable
 * key and nothing else; placing the order (`commit`) is for your own server.
 *
 * @example
 * const answer = await holdfastCart.put('TEE-M', 2)
 * if (!answer.ok) showSorry(answer.refusal.lines)
 * holdfastCart.subscribe(cart => showCount(cart.lines.length))
 */
export const holdfastCart = {
  get: (): Cart => currentCart(),
  /** Sets how many of a SKU the cart has; 0 takes it out. One hold is kept for all lines. */
  put: (sku: string, quantity: number): Promise<CartAnswer> =>
    inTurn(() => {
      const others = currentCart().lines.filter(line => line.sku !== sku)
      return change(quantity > 0 ? [...others, { sku, quantity }] : others)
    }),
  /** Gives everything back. */
  clear: (): Promise<CartAnswer> => inTurn(() => change([])),
  /** Forgets the cart without giving it back: after the order was placed. */
  forget: (): Cart => become({ lines: [] }),
  /** Asks the server what became of the hold, after a page was left for long. */
  restore: (): Promise<Cart> => inTurn(restore),
  /** By what the server knows this browser, signed: your own server may check whose cart it is. */
  browser: browserText,
  /** Milliseconds that the hold still has, by the server's time; undefined without a hold. */
  msLeft: (): number | undefined => holdMsLeft(),
  subscribe: (listener: (cart: Cart) => void): (() => void) => {
    currentCart()
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
}
