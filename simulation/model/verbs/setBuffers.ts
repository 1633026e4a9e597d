import fc from 'fast-check'
import { bufferOf, CHANNELS, commonInBooks, sellableTo } from '../buffers.ts'
import { type ModelVerb, stockLines } from '../draft.ts'
import { type Decide, levelOf, refused } from '../world.ts'

/** So many units are to be kept for a channel; what is free for all fills its buffer at once. */
const decide: Decide = (world, request) => {
  const before = structuredClone(world.levels)
  const lines: object[] = []
  const refuse = (code: string) => {
    world.levels = before
    return refused(code)
  }
  for (const { sku: code, location = '', quantity, ...line } of request.lines ?? []) {
    const known = world.codes[code]
    const channel = line['channel'] as string
    if (!known) return refuse('unknown_sku')
    if (!world.locations.includes(location)) return refuse('unknown_location')
    if (quantity < 0) return refuse('invalid_quantity')
    if (!world.channels.includes(channel)) return refuse('unknown_channel')
    if (known.kit) return refuse('kit_is_virtual')
    const level = levelOf(world, known.sku, location)
    if (!level) return refuse('level_not_found')
    const old = bufferOf(level, channel)
    const size = quantity * known.factor
    const units = Math.min(size, old.units + Math.max(0, commonInBooks(world, level)))
    if (size !== old.size) level.buffers = { ...level.buffers, [channel]: { size, units } }
    const now = bufferOf(level, channel)
    const sellable = Math.max(0, sellableTo(world, level, channel))
    lines.push({ sku: known.sku, location, channel, ...now, sellable })
  }
  return { ok: true, facts: { lines } }
}

export const setBuffers: ModelVerb = {
  verb: 'channels.setBuffers',
  room: 'channels',
  weight: 4,
  draw: stockLines({
    seen: fc.constant(undefined),
    quantity: fc.nat(5),
    channel: fc.oneof(
      { weight: 30, arbitrary: fc.constantFrom(...CHANNELS) },
      { weight: 1, arbitrary: fc.constant('nobody') },
    ),
  }).map(({ lines }) => ({ fields: { lines } })),
  decide,
}
