import { randomOf } from './random.ts'

export type DemoLine = { sku: string; location: string; quantity: number }
export type DemoOrder = {
  reference: string
  buyer: string
  /** Whole hours before now. */
  hours_ago: number
  lines: DemoLine[]
  fate: 'shipped' | 'returned' | 'cancelled' | 'waiting'
}

export const LOCATIONS = [
  { code: 'hamburg', name: 'Hamburg warehouse', kind: 'warehouse', time_zone: 'Europe/Berlin' },
  { code: 'rotterdam', name: 'Rotterdam 3PL', kind: '3pl', time_zone: 'Europe/Amsterdam' },
  { code: 'pier-7', name: 'Shop at Pier 7', kind: 'store', time_zone: 'Europe/Berlin' },
] as const

const DAYS = 14
const ORDERS_A_DAY = 12
const DAYS_WAITING = 2
const BUYERS = 60
const SEED = 20_260_401

/** What arrives before the first order, at each location. */
export const openingLines = (skus: string[]): DemoLine[] => {
  const random = randomOf(SEED)
  return skus.flatMap(sku =>
    LOCATIONS.map(({ code: location }, index) => ({
      ...{ sku, location },
      quantity: index === LOCATIONS.length - 1 ? 2 + random(8) : 20 + random(60),
    })),
  )
}

const fateOf = (index: number): DemoOrder['fate'] => {
  if (index % 29 === 7) return 'cancelled'
  if (index >= (DAYS - DAYS_WAITING) * ORDERS_A_DAY) return 'waiting'
  return index % 23 === 5 ? 'returned' : 'shipped'
}

/**
 * Two weeks of orders, the oldest first. Each asks for what the opening stock still has, so that
 * none is refused and the shop comes out the same in whatever order they are served.
 */
export const demoOrders = (skus: string[]): DemoOrder[] => {
  const random = randomOf(SEED + 1)
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item
  const nameOf = ({ sku, location }: DemoLine) => `${sku} ${location}`
  const left = new Map(openingLines(skus).map(line => [nameOf(line), line.quantity]))
  const take = (): DemoLine[] => {
    const wanted = { sku: pick(skus), location: pick(LOCATIONS).code, quantity: 1 + random(2) }
    const there = left.get(nameOf(wanted)) ?? 0
    const line = { ...wanted, quantity: Math.min(wanted.quantity, there) }
    left.set(nameOf(line), there - line.quantity)
    return line.quantity > 0 ? [line] : []
  }
  const count = DAYS * ORDERS_A_DAY
  return Array.from({ length: count }, (_, index) => {
    const lines = Array.from({ length: 1 + random(3) }, take).flat()
    const hours_ago = Math.ceil(((count - index) * 24) / ORDERS_A_DAY)
    const buyer = `demo-${index % BUYERS}`
    return { reference: `N-${1001 + index}`, buyer, hours_ago, lines, fate: fateOf(index) }
  }).filter(order => order.lines.length > 0)
}
