import { clock } from '../clock.ts'
import type { Holdfast } from '../holdfast.ts'

const DAY_MS = 86_400_000
const PLACE = 'pier-7'
const SUPPLY = 'DEMO-PO-1'

/** What the customers of the demo wait for: beyond stock, and before it is there at all. */
const ORDERS = [
  { reference: 'DEMO-WAIT-1', of: 'short', beyond: 2 },
  { reference: 'DEMO-WAIT-2', of: 'short', beyond: 1 },
  { reference: 'DEMO-WAIT-3', of: 'short', beyond: 3 },
  { reference: 'DEMO-PRE-1', of: 'coming', beyond: 1 },
  { reference: 'DEMO-PRE-2', of: 'coming', beyond: 2 },
] as const

export const WAITING_ORDERS = ORDERS.length

const dayIn = (days: number): string =>
  new Date(clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10)

const sellableOf = async (holdfast: Holdfast, sku: string): Promise<number> => {
  const page = await holdfast.levels({ sku, location: PLACE })
  return page.ok ? (page.data[0]?.sellable ?? 0) : 0
}

/** Backorders with supply on its way, and a pre-order, on two goods of the shop at the pier. */
export const seedWaiting = async (holdfast: Holdfast, skus: string[]): Promise<void> => {
  const goods = { short: skus[4] as string, coming: skus[17] as string }
  const allow = { backorder_mode: 'allow', backorder_cap: 8 } as const
  const lead = { lead_days_min: 7, lead_days_max: 10 }
  const days = { ship_from: dayIn(30), ship_to: dayIn(33) }
  await holdfast.policies.set(
    {
      rules: [
        { sku: goods.short, location: PLACE, fields: { ...allow, ...lead } },
        {
          ...{ sku: goods.coming, location: PLACE },
          fields: { backorder_mode: 'pre_order', backorder_cap: 40, ...days },
        },
      ],
    },
    { key: 'demo:waiting:policies' },
  )
  const supply = { code: SUPPLY, sku: goods.short, location: PLACE, quantity: 4 }
  const expected_on = dayIn(9)
  await holdfast.supply.book({ ...supply, expected_on }, { key: 'demo:waiting:supply' })
  for (const { reference, of, beyond } of ORDERS) {
    const key = (verb: string) => ({ key: `demo:${reference}:${verb}` })
    const sku = goods[of]
    const quantity = Math.max(0, await sellableOf(holdfast, sku)) + beyond
    const lines = [{ sku, location: PLACE, quantity }]
    const hold = await holdfast.reserve({ lines, buyer: `demo-${reference}` }, key('reserve'))
    if (!hold.ok) continue
    const { reservation_id } = hold
    await holdfast.commit({ reservation_id, order_reference: reference }, key('commit'))
  }
}
