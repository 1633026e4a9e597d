import { type ModelVerb, state, stockLines } from '../draft.ts'
import { type Change, changeOf, isStale, type State, stockVerb } from '../stock.ts'

const decide = stockVerb(
  quantity => quantity >= 1,
  (world, level, line, units) => {
    const from = line['from'] as State
    const to = line['to'] as State
    if (from === to) return 'invalid_request'
    if (isStale(world, level, from, line)) return 'stale_quantity'
    const out = changeOf(from, -units, 0)
    const into = changeOf(to, units, 0)
    const change: Change = { ...out }
    for (const name of ['damaged', 'quality_control', 'set_aside'] as const) {
      change[name] += into[name]
    }
    return change
  },
)

export const move: ModelVerb = {
  verb: 'move',
  weight: 3,
  draw: stockLines({
    from: state.map(from => from ?? 'available'),
    to: state.map(to => to ?? 'available'),
  }).map(fields => ({ fields })),
  decide,
}
