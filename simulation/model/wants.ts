import type { AskedLine } from '../calls.ts'
import { type Expected, type KitPart, refused, type World } from './world.ts'

/** A line of a request, in units of the SKU. */
export type Want = {
  line: number
  sku: string
  tracked: boolean
  /** Null: anywhere. */
  location: string | null
  units: number
  state?: unknown
  /** Whether the line may wait for supply; whole: it ships when all of it is there. */
  backorder?: 'none' | 'mixed' | 'whole'
  /** Of a virtual kit: units of these instead. */
  kit?: KitPart[]
}

const UNITS_MAX = 1e12

const isWhole = (quantity: number): boolean =>
  Number.isInteger(quantity) && quantity >= 1 && quantity <= UNITS_MAX

/** Reads the lines of a request; the first that is wrong decides the refusal. */
export const wantsOf = (world: World, lines: AskedLine[]): Want[] | Expected => {
  const wants: Want[] = []
  for (const [index, line] of lines.entries()) {
    const { sku: code, location, quantity, state, backorder } = line
    const known = world.codes[code]
    if (!known) return refused('unknown_sku')
    const place = location === undefined || location === 'anywhere' ? null : location
    if (place !== null && !world.locations.includes(place)) return refused('unknown_location')
    if (!isWhole(quantity)) return refused('invalid_quantity')
    wants.push({
      line: index + 1,
      sku: known.sku,
      tracked: known.tracked,
      location: place,
      units: quantity * known.factor,
      ...(state === undefined ? {} : { state }),
      ...(backorder === undefined ? {} : { backorder: backorder as 'none' }),
      ...(known.kit ? { kit: known.kit } : {}),
    })
  }
  return wants
}

/** Whether a request names a channel that nobody has made. */
export const isNoChannel = (world: World, channel: string | undefined): boolean =>
  channel !== undefined && !world.channels.includes(channel)

export const isRefusal = (found: unknown): found is Expected & { ok: false } =>
  typeof found === 'object' && found !== null && (found as { ok?: unknown }).ok === false
