import fc from 'fast-check'
import type { AskedLine } from '../../calls.ts'
import { type ModelVerb, place, rarely } from '../draft.ts'
import { endOverdue } from '../queue.ts'
import { type Decide, freeAt, type Level, levelOf, makeLevel, refused } from '../world.ts'

/** Kits become stock, and their parts leave it; or the other way round. */
const build =
  (sign: 1 | -1): Decide =>
  (world, request) => {
    const { sku: named, location = '', quantity } = request as unknown as AskedLine
    if (quantity < 1) return refused('invalid_request')
    const known = world.codes[named]
    if (!known) return refused('unknown_sku')
    if (known.kit) return refused('kit_is_virtual')
    if (!known.built_of) return refused('kit_not_found')
    if (!world.locations.includes(location)) return refused('unknown_location')
    const changes = [
      { sku: known.sku, units: sign * quantity },
      ...known.built_of.map(({ sku, per_kit }) => ({ sku, units: -sign * quantity * per_kit })),
    ]
    const there = changes.flatMap(({ sku }) => levelOf(world, sku, location) ?? [])
    for (const level of there) endOverdue(world, level)
    for (const { sku, units } of changes) {
      if (units < 0 && !levelOf(world, sku, location)) return refused('level_not_found')
    }
    const isShort = changes.some(
      ({ sku, units }) =>
        units < 0 && freeAt(world, levelOf(world, sku, location) as Level) < -units,
    )
    if (isShort) return refused('insufficient_stock')
    const lines = changes.map(({ sku, units }) => {
      const level = makeLevel(world, sku, location)
      level.on_hand += units
      const { on_hand } = level
      return { sku, location, change: units, on_hand, available: freeAt(world, level) }
    })
    return { ok: true, facts: { quantity, lines: lines.sort((a, b) => (a.sku < b.sku ? -1 : 1)) } }
  }

const draw = fc
  .record({
    sku: rarely(fc.constant('X'), 'A'),
    location: place,
    quantity: rarely(fc.integer({ min: 1, max: 2 }), 0),
  })
  .map(fields => ({ fields }))

export const buildVerbs: ModelVerb[] = [
  { verb: 'kits.build', weight: 2, draw, decide: build(1) },
  { verb: 'kits.breakDown', weight: 1, draw, decide: build(-1) },
]
