import type { Holdfast } from '../../holdfast.ts'
import { goodsLines } from './catalogue.ts'
import type { Language } from './demoTexts.ts'
import type { OrderLine } from './pages.ts'

export type CheckedOut = { ok: true; reference: string } | { ok: false; code: string }

const PREFIX = 'D-'

/** The order of a cart: the same cart again is the same order. */
const referenceOf = (reservation_id: string): string =>
  `${PREFIX}${reservation_id.slice(-8).toUpperCase()}`

/**
 * Places the order, as a shop's own server does after it was paid: the publishable key of the pages
 * may hold, and may not commit.
 */
export const checkOut = async (holdfast: Holdfast, reservation_id: string): Promise<CheckedOut> => {
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
  return order?.lines.map(({ sku, quantity }) => ({ sku, quantity, goods: goods[sku] }))
}
