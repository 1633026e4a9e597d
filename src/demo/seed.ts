import { ensureCatalog } from '../catalog/ensureCatalog.ts'
import { clock } from '../clock.ts'
import type { Holdfast } from '../holdfast.ts'
import { seedChannels } from './channels.ts'
import { type DemoOrder, demoOrders, LOCATIONS, openingLines } from './orders.ts'
import { demoKits, demoProducts } from './products.ts'
import { makeScarce } from './scarce.ts'
import { seedWaiting, WAITING_ORDERS } from './waiting.ts'

export type DemoReport = { skus: number; orders: number; fresh: boolean; sku: string }

/** The first SKU of the demo that the printed `curl` holds. */
export const DEMO_SKU = 'HARBOUR-TEE-M-NAVY'

const HOUR_MS = 3_600_000

const demoSkus = (): string[] =>
  demoProducts().flatMap(product =>
    (product.variants ?? [])
      .filter(variant => variant.tracked)
      .map(variant => variant.sku as string),
  )

const bring = async (holdfast: Holdfast, skus: string[]): Promise<void> => {
  for (const [index, location] of LOCATIONS.entries()) {
    await holdfast.locations.create({ ...location, priority: (index + 1) * 10 })
  }
  await ensureCatalog(holdfast.context, { products: demoProducts() })
  const request = {
    lines: openingLines(skus),
    ...{ document: 'opening-stock', reason: 'opening stock' },
  }
  await holdfast.receive(request, { key: 'demo:opening-stock' })
  for (const kit of demoKits()) {
    await holdfast.skus.create({ code: kit.sku })
    await holdfast.kits.set(kit)
  }
}

/** An order that waits or was cancelled goes through the verbs of a checkout. */
const checkOut = async (holdfast: Holdfast, order: DemoOrder): Promise<void> => {
  const { lines, buyer, reference } = order
  const key = (verb: string) => ({ key: `demo:${reference}:${verb}` })
  const hold = await holdfast.reserve({ lines, buyer }, key('reserve'))
  if (!hold.ok) return
  const { reservation_id } = hold
  await holdfast.commit({ reservation_id, order_reference: reference }, key('commit'))
  if (order.fate !== 'cancelled') return
  await holdfast.release({ reservation_id, reason: 'customer cancelled' }, key('release'))
}

/** An order that was shipped is booked with the hour at which it happened. */
const bookShipped = async (holdfast: Holdfast, order: DemoOrder, now: Date): Promise<void> => {
  const { lines, buyer, reference: order_reference } = order
  const key = (verb: string) => ({ key: `demo:${order_reference}:${verb}` })
  const occurred_at = new Date(now.getTime() - order.hours_ago * HOUR_MS).toISOString()
  const request = { order_reference, lines, buyer, occurred_at, fulfilled: true }
  const sale = await holdfast.recordSale(request, key('sale'))
  const [first] = lines
  if (!sale.ok || !first || order.fate !== 'returned') return
  const back = [{ sku: first.sku, location: first.location, quantity: 1 }]
  const { reservation_id } = sale
  await holdfast.return({ reservation_id, lines: back, reason: 'wrong size' }, key('return'))
}

const live = (holdfast: Holdfast, order: DemoOrder, now: Date): Promise<void> =>
  order.fate === 'shipped' || order.fate === 'returned'
    ? bookShipped(holdfast, order, now)
    : checkOut(holdfast, order)

const isThere = async (holdfast: Holdfast, order: DemoOrder): Promise<boolean> => {
  const found = await holdfast.reservations({ order_reference: order.reference, limit: 1 })
  return found.ok && found.data.length > 0
}

/** A shop that somebody else has filled is left alone; a demo that was cut short is not. */
const mayFill = async (holdfast: Holdfast): Promise<boolean> => {
  const skus = await holdfast.skus.list({ limit: 1 })
  const empty = skus.ok && skus.data.length === 0
  return empty || (await holdfast.skus.get({ sku: DEMO_SKU })).ok
}

/**
 * Fills an empty shop with products and two weeks of orders, through the same verbs as everybody.
 * The same call again changes nothing, and one that was cut short goes on; undefined in a shop that
 * has goods of its own.
 */
export const seedDemo = async (holdfast: Holdfast): Promise<DemoReport | undefined> => {
  const skus = demoSkus()
  const orders = demoOrders(skus)
  const last = orders.at(-1) as DemoOrder
  const report = { skus: skus.length, orders: orders.length + WAITING_ORDERS, sku: DEMO_SKU }
  if (await isThere(holdfast, last)) return { ...report, fresh: false }
  if (!(await mayFill(holdfast))) return undefined
  await bring(holdfast, skus)
  const now = clock.now()
  await Promise.all(orders.slice(0, -1).map(order => live(holdfast, order, now)))
  await seedWaiting(holdfast, skus)

  await makeScarce(holdfast)
  await seedChannels(holdfast, skus)
  await live(holdfast, last, now) // the last one says that all the others are there
  return { ...report, fresh: true }
}
