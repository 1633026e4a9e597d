import { ensureCatalog } from '../catalog/ensureCatalog.ts'
import type { Holdfast } from '../holdfast.ts'
import { demoProducts } from './products.ts'

const LOCATIONS = [
  { code: 'hamburg', name: 'Hamburg warehouse', kind: 'warehouse', time_zone: 'Europe/Berlin' },
  { code: 'rotterdam', name: 'Rotterdam 3PL', kind: '3pl', time_zone: 'Europe/Amsterdam' },
  { code: 'pier-7', name: 'Shop at Pier 7', kind: 'store', time_zone: 'Europe/Berlin' },
] as const

const DAYS = 14
const ORDERS_A_DAY = 12
const SEED = 20_260_401

export type DemoReport = { skus: number; orders: number; fresh: boolean; sku: string }

/** A generator of our own, so that every demo shop is the same (mulberry32, public domain). */
const randomOf = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
}

/** The first SKU of the demo that the printed `curl` holds. */
export const DEMO_SKU = 'HARBOUR-TEE-M-NAVY'

const bring = async (holdfast: Holdfast): Promise<string[]> => {
  for (const [index, location] of LOCATIONS.entries()) {
    await holdfast.locations.create({ ...location, priority: (index + 1) * 10 })
  }
  const products = demoProducts()
  await ensureCatalog(holdfast.context, { products })
  return products.flatMap(product =>
    (product.variants ?? [])
      .filter(variant => variant.tracked)
      .map(variant => variant.sku as string),
  )
}

const openingStock = async (holdfast: Holdfast, skus: string[]): Promise<void> => {
  const random = randomOf(SEED)
  const lines = skus.flatMap(sku =>
    LOCATIONS.map(({ code: location }, index) => ({
      sku,
      location,
      quantity: index === 2 ? 2 + random(8) : 20 + random(60),
    })),
  )
  const request = { lines, document: 'opening-stock', reason: 'opening stock' }
  await holdfast.receive(request, { key: 'demo:opening-stock' })
}

type Order = { reference: string; lines: { sku: string; location: string; quantity: number }[] }

const ordersOf = (skus: string[]): Order[] => {
  const random = randomOf(SEED + 1)
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item
  return Array.from({ length: DAYS * ORDERS_A_DAY }, (_, index) => ({
    reference: `N-${1001 + index}`,
    lines: Array.from({ length: 1 + random(3) }, () => ({
      sku: pick(skus),
      location: pick(LOCATIONS).code,
      quantity: 1 + random(2),
    })),
  }))
}

/** One order's life: most ship, some wait, a few come back or are cancelled. */
const live = async (holdfast: Holdfast, order: Order, index: number): Promise<void> => {
  const key = (verb: string) => ({ key: `demo:${order.reference}:${verb}` })
  const request = { lines: order.lines, buyer: `demo-${index % 60}` }
  const hold = await holdfast.reserve(request, key('reserve'))
  if (!hold.ok) return
  const { reservation_id } = hold
  const order_reference = order.reference
  await holdfast.commit({ reservation_id, order_reference }, key('commit'))
  const day = Math.floor(index / ORDERS_A_DAY)
  if (index % 29 === 7) {
    await holdfast.release({ reservation_id, reason: 'customer cancelled' }, key('release'))
  } else if (day < DAYS - 2) {
    await holdfast.fulfill({ reservation_id, document: `parcel-${1001 + index}` }, key('fulfill'))
    const [first] = order.lines
    if (index % 23 === 5 && first) {
      const lines = [{ sku: first.sku, location: first.location, quantity: 1 }]
      await holdfast.return({ reservation_id, lines, reason: 'wrong size' }, key('return'))
    }
  }
}

/**
 * Fills a tenant with a small shop and two weeks of its orders, through the same verbs as
 * everybody. The same call again changes nothing.
 */
export const seedDemo = async (holdfast: Holdfast): Promise<DemoReport> => {
  const there = await holdfast.skus.get({ sku: DEMO_SKU })
  const skus = await bring(holdfast)
  const orders = ordersOf(skus)
  if (!there.ok) {
    await openingStock(holdfast, skus)
    await Promise.all(orders.map((order, index) => live(holdfast, order, index)))
  }
  return { skus: skus.length, orders: orders.length, fresh: !there.ok, sku: DEMO_SKU }
}
