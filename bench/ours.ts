import { type Holdfast, openHoldfast } from 'holdfast'
import { faultsOfBooks } from './books.ts'
import type { BenchDatabase } from './cluster.ts'
import type { Place } from './place.ts'
import type { Line, Seller, Shop, Stock, Verdict } from './shop.ts'

export const LOCATION = 'berlin'
const SKUS_PER_CALL = 2_000

export const codeOf = (sku: number): string => `SKU-${sku}`

/** Makes the SKUs, and sets their levels at each location. */
export const fillStock = async (
  holdfast: Holdfast,
  { skus, units }: Stock,
  locations: { code: string; units?: number }[] = [{ code: LOCATION }],
): Promise<void> => {
  for (const [index, { code }] of locations.entries()) {
    await holdfast.locations.create({ code, priority: index + 1 })
  }
  for (let start = 0; start < skus; start += SKUS_PER_CALL) {
    const count = Math.min(SKUS_PER_CALL, skus - start)
    const codes = Array.from({ length: count }, (_, index) => codeOf(start + index))
    const variants = codes.map(sku => ({ option_values: [sku], sku }))
    const product = { handle: `product-${start}`, title: `${start}`, option_names: ['Number'] }
    const made = await holdfast.ensureCatalog({ products: [{ ...product, variants }] })
    if (!made.ok) throw new Error(made.refusal.message)
    for (const { code, units: own } of locations) {
      const lines = codes.map(sku => ({ sku, location: code, quantity: own ?? units }))
      const set = await holdfast.receive({ lines })
      if (!set.ok) throw new Error(set.refusal.message)
    }
  }
  await holdfast.refreshStatistics()
}

/** Our shop with this stock, in a database of its own; filled once, then copied. */
export const openOurs = async (
  place: Place,
  stock: Stock,
  locations?: { code: string; units?: number }[],
): Promise<{ holdfast: Holdfast; database: BenchDatabase; close(): Promise<void> }> => {
  const cluster = await place.cluster()
  const name = JSON.stringify({ stock, locations })
  const template = await cluster.template(name, async ({ app }) => {
    const holdfast = await openHoldfast({ connectionString: app })
    await fillStock(holdfast, stock, locations).finally(() => holdfast.close())
  })
  const database = await cluster.fresh(template)
  const holdfast = await openHoldfast({ connectionString: database.app })
  const end = place.keep(() => holdfast.close())
  const close = async () => {
    await end()
    await database.drop()
  }
  return { holdfast, database, close }
}

type Reserved = Awaited<ReturnType<Holdfast['reserve']>>

/** No other refusal than `insufficient_stock` is an answer here. */
export const verdictOf = (answer: Reserved): Verdict => {
  if (answer.ok) return 'sold'
  if (answer.refusal.code === 'insufficient_stock') return 'refused'
  throw new Error(`${answer.refusal.code}: ${answer.refusal.message}`)
}

export const cartOf = (lines: Line[]) =>
  lines.map(({ sku, quantity }) => ({ sku: codeOf(sku), location: LOCATION, quantity }))

type How = (holdfast: Holdfast, lines: Line[]) => Promise<Reserved>

/** Holdfast as a seller, by a way of calling it. */
export const ours = (options: {
  name?: string
  title?: string
  stated?: string
  reserve?: How
}): Seller => ({
  name: options.name ?? 'holdfast',
  title: options.title ?? 'Holdfast',
  stated: options.stated ?? 'library in one process, its pool of 10 connections',
  open: async (place, stock): Promise<Shop> => {
    const reserve =
      options.reserve ?? ((holdfast, lines) => holdfast.reserve({ lines: cartOf(lines) }))
    const { holdfast, database, close } = await openOurs(place, stock)
    const cluster = await place.cluster()
    return {
      reserve: async lines => verdictOf(await reserve(holdfast, lines)),
      faults: tally => faultsOfBooks(database, tally, stock),
      metered: { cluster },
      database,
      close,
    }
  },
})

export const holdfast = ours({})
