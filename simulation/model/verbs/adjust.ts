import fc from 'fast-check'
import { type ModelVerb, state, stockLines } from '../draft.ts'
import { changeOf, isStale, type State, stockVerb } from '../stock.ts'

const decide = stockVerb(
  quantity => quantity !== 0,
  (world, level, line, units) => {
    const state = (line['state'] as State | undefined) ?? 'available'
    if (isStale(world, level, state, line)) return 'stale_quantity'
    return changeOf(state, units, units)
  },
)

export const adjust: ModelVerb = {
  verb: 'adjust',
  weight: 3,
  draw: stockLines({
    state,
    quantity: fc.integer({ min: -5, max: 5 }),
  }).map(fields => ({ fields })),
  decide,
}
