import fc from 'fast-check'
import { type ModelVerb, state, stockLines } from '../draft.ts'
import { type ChangeOf, changeOf, type State, stockVerb } from '../stock.ts'

/** Units arrive, perhaps of supply that was booked: then no more than was ordered, unasked. */
export const received: ChangeOf = (world, level, line, units) => {
  const name = line['supply'] as string | undefined
  const supply = name === undefined ? undefined : world.supply[name]
  if (name !== undefined) {
    const here = supply?.sku === level.sku && supply.location === level.location
    if (!supply || !here) return 'supply_not_found'
    if (supply.state !== 'open') return 'supply_closed'
    const come = supply.received + units
    if (come > supply.quantity && line['over'] !== true) return 'exceeds_ordered'
    const state = come >= supply.quantity ? 'received' : 'open'
    world.supply = { ...world.supply, [name]: { ...supply, received: come, state } }
  }
  return changeOf((line['state'] as State | undefined) ?? 'available', units, units)
}

const decide = stockVerb(quantity => quantity >= 1, received)

export const receive: ModelVerb = {
  verb: 'receive',
  weight: 3,
  draw: stockLines({
    state,
    seen: fc.constant(undefined),
    supply: fc.oneof(
      { weight: 15, arbitrary: fc.constant(undefined) },
      fc.constantFrom('S1', 'S2'),
    ),
  }).map(fields => ({ fields })),
  decide,
}
