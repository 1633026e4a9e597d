import fc from 'fast-check'
import { type ModelVerb, state, stockLines } from '../draft.ts'
import { changeOf, type State, stockVerb } from '../stock.ts'

const decide = stockVerb(
  quantity => quantity >= 1,
  (_world, _level, line, units) =>
    changeOf((line['state'] as State | undefined) ?? 'available', units, units),
)

export const receive: ModelVerb = {
  verb: 'receive',
  weight: 3,
  draw: stockLines({ state, seen: fc.constant(undefined) }).map(fields => ({ fields })),
  decide,
}
