import type { Holdfast } from '../../holdfast.ts'
import { browserIn } from '../../storefront/browser.ts'
import { goodsLines } from './catalogue.ts'
import type { Language } from './demoTexts.ts'
import type { OrderLine } from './pages.ts'

export type CheckedOut = { ok: true; reference: string } | { ok: false; code: string }

const PREFIX = 'D-'

/** The order of a cart: the same cart again is the same order. */
const referenceOf = (reservation_id: string): string =>
  `${PREFIX}${reservation_id.slice(-8).toUpperCase()}`

/** What the page sends: the cart, and by what the server knows its browser. */
export type CheckOut = { key: string; browser: string; reservation_id: string }

const isOwn = async (holdfast: Holdfast, { key, browser, reservation_id }: CheckOut) => {
  const { publishable } = await holdfast.publishableKeys.authenticate(key)
  const browser_id = publishable && browserIn(publishable, browser)
  const found = await holdfast.reservation({ reservation_id })
  return browser_id !== undefined && found.ok && found.buyer === `browser:${browser_id}`
}

/**
 * Places the order, as a shop's own server does after it was paid: the publishable key of the pages
 * may hold, and may not commit. Nobody places the order of another's cart.
 */
export const checkOut = async (holdfast: Holdfast, request: CheckOut): Promise<CheckedOut> => {
  const { reservation_id } = request
  if (!(await isOwn(holdfast, request))) return { ok: false, code: 'reservation_not_found' }
  const reference = referenceOf(reservation_id)
  const answer = await holdfast.commit(
    { reservation_id, order_reference: reference },
    { key: `demo-store:${reservation_id}` },
  )
  return answer.ok ? { ok: true, reference } : { ok: false, code: answer.refusal.code }
}

/** What an order of this store has; undefined for any other order. */
export const orderLines = async (
  holdfast: Holdfast,
  language: Language,
  reference: string,
): Promise<OrderLine[] | undefined> => {
  if (!reference.startsWith(PREFIX)) return undefined
  const found = await holdfast.reservations({ order_reference: reference, limit: 1 })
  const order = found.ok ? found.data[0] : undefined
  const goods = goodsLines(language)
  return order?.lines
    .map(({ sku, committed, fulfilled }) => ({ sku, quantity: committed + fulfilled }))
    .filter(({ quantity }) => quantity > 0) // what was taken out of the cart has a line too
    .map(line => ({ ...line, goods: goods[line.sku] }))
}
