import fc from 'fast-check'
import { CHANNELS } from '../buffers.ts'
import { LOCATIONS, type ModelVerb } from '../draft.ts'
import type { Decide } from '../world.ts'

/** A channel sells from these alone from now on; what it holds elsewhere, it keeps. */
const decide: Decide = (world, request) => {
  const { code, locations } = request as { code: string; locations: string[] | null }
  const { [code]: _, ...others } = world.sells_from
  world.sells_from = locations ? { ...others, [code]: locations } : others
  return { ok: true, facts: {} }
}

export const setPlaces: ModelVerb = {
  verb: 'channels.update',
  room: 'channels',
  weight: 1,
  draw: fc
    .record({
      code: fc.constantFrom(...CHANNELS),
      locations: fc.oneof(fc.constant(null), fc.subarray(LOCATIONS, { minLength: 1 })),
    })
    .map(fields => ({ fields })),
  decide,
}
