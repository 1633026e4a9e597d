import type { BenchDatabase } from './cluster.ts'
import type { Metered } from './meter.ts'
import type { Place } from './place.ts'

export type Line = { sku: number; quantity: number }

/** SKUs are numbers here; every one has as many units. */
export type Stock = { skus: number; units: number }

/** `lost`: it was not sold although units were free. */
export type Verdict = 'sold' | 'refused' | 'lost'

/** What the callers were told, so that the books can be held against it. */
export type Tally = { sold: number; sold_units: number; refused: number; lost: number }

/** A system with stock in it, ready to sell. */
export type Shop = {
  reserve(lines: Line[]): Promise<Verdict>
  /** What its books say against what was answered; also oversold units. */
  faults(tally: Tally): Promise<string[]>
  metered: Metered
  /** Of a shop in PostgreSQL. */
  database?: BenchDatabase
  close(): Promise<void>
}

/** A system that the scenarios know how to open. */
export type Seller = {
  name: string
  title: string
  stated: string
  missing?(): string | undefined
  open(place: Place, stock: Stock): Promise<Shop>
}

export const newTally = (): Tally => ({ sold: 0, sold_units: 0, refused: 0, lost: 0 })

/** A fault for each pair that should be equal and is not. */
export const unequal = (pairs: Record<string, [found: number, expected: number]>): string[] =>
  Object.entries(pairs)
    .filter(([, [found, expected]]) => found !== expected)
    .map(([what, [found, expected]]) => `${what}: ${found}, not ${expected}`)

export const unitsOf = (lines: Line[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** Reserves, and counts what was answered. */
export const counted =
  (shop: Shop, tally: Tally) =>
  async (lines: Line[]): Promise<Verdict> => {
    const verdict = await shop.reserve(lines)
    tally[verdict]++
    if (verdict === 'sold') tally.sold_units += unitsOf(lines)
    return verdict
  }
