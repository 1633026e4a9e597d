import { clock } from '../clock.ts'
import type { Holdfast } from '../holdfast.ts'

/** What the demo has little or nothing of, so that a store has all its states to show. */
export const SCARCE: Record<string, number> = {
  'STORM-JACKET-XL': 0,
  'SHIP-IN-A-BOTTLE': 1,
  BAROMETER: 3,
  'PILOT-SCARF-RED': 0,
  'LIGHTHOUSE-LAMP': 0,
  'HAMMOCK-STRIPE': 0,
}

const DAY_MS = 86_400_000
const dayIn = (days: number): string =>
  new Date(clock.now().getTime() + days * DAY_MS).toISOString().slice(0, 10)

/** Two of them are sold although they are not there: one by its lead time, one by its date. */
const sellAhead = (holdfast: Holdfast) =>
  holdfast.policies.set(
    {
      rules: [
        {
          sku: 'HAMMOCK-STRIPE',
          fields: {
            ...{ backorder_mode: 'allow', backorder_cap: 20 },
            ...{ lead_days_min: 7, lead_days_max: 10 },
          },
        },
        {
          sku: 'LIGHTHOUSE-LAMP',
          fields: {
            ...{ backorder_mode: 'pre_order', backorder_cap: 40 },
            ...{ ship_from: dayIn(40), ship_to: dayIn(42) },
          },
        },
      ],
    },
    { key: 'demo:scarce:policies' },
  )

const REASON = 'counted: the rest is not there'

/** Takes what is too much off each level; what is promised stays. Again it changes nothing. */
export const makeScarce = async (holdfast: Holdfast): Promise<void> => {
  const answer = await holdfast.availability({ skus: Object.keys(SCARCE) })
  if (!answer.ok) return
  const lines = answer.data.flatMap(({ sku, locations }) => {
    let keep = SCARCE[sku] ?? 0
    return locations.flatMap(({ location, available }) => {
      const left = Math.min(keep, available)
      keep -= left
      const quantity = left - available
      return quantity < 0 ? [{ sku, location, quantity }] : []
    })
  })
  await sellAhead(holdfast)
  if (lines.length > 0) await holdfast.adjust({ lines, reason: REASON }, { key: 'demo:scarce' })
}
