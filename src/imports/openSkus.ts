import { type Context, readFor, writeFor } from '../database/context.ts'
import { HoldfastError } from '../errors.ts'
import type { ChunkAnswer, Look } from './chunk.ts'
import type { NamedLocation } from './locations.ts'

/** Codes that are known to be there; beyond this they are asked again. */
export const KNOWN_CODES_MAX = 500_000

export type Opening = { location: NamedLocation; quantity: number }

/** Makes SKUs that are missing, with an opening stock; those that are there stay as they are. */
export const skuOpener = (context: Context, opening: Opening) => {
  const known = new Set<string>()
  return async (codes: string[]): Promise<number> => {
    const asked = [...new Set(codes)].filter(code => !known.has(code))
    if (asked.length === 0) return 0
    const variants = asked.map(code => ({ code }))
    const { variants: looks } = await readFor<{ variants: Look[] }>(context, 'import_look', {
      variants,
    })
    const missing = asked.filter((_, index) => !looks[index]?.known)
    if (known.size + asked.length > KNOWN_CODES_MAX) known.clear()
    for (const code of asked) known.add(code)
    if (missing.length === 0) return 0
    const { location, quantity } = opening
    const answer = await writeFor<ChunkAnswer>(context, 'import_chunk', {
      locations: [location],
      products: [],
      skus: missing.map(code => ({ code })),
      levels: missing.map((sku, line) => ({
        line,
        sku,
        location: location.code,
        on_hand: quantity,
      })),
    })
    if (answer.ok) return missing.length
    throw new HoldfastError('broken_invariant', { message: answer.refusal.message })
  }
}
