import fc from 'fast-check'
import { type ModelVerb, state, stockLines } from '../draft.ts'
import { changeOf, isStale, type State, stockVerb, unitsIn } from '../stock.ts'

const decide = stockVerb(
  quantity => quantity >= 0,
  (world, level, line, units) => {
    const state = (line['state'] as State | undefined) ?? 'on_hand'
    if (isStale(world, level, state, line)) return 'stale_quantity'
    const change = units - unitsIn(world, level, state)
    return changeOf(state, change, change)
  },
)

export const set: ModelVerb = {
  verb: 'set',
  weight: 3,
  draw: stockLines({
    state: fc.oneof(fc.constantFrom('on_hand', 'available'), state),
    quantity: fc.nat(9),
  }).map(fields => ({ fields })),
  decide,
}
