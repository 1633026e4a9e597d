import { expect } from 'vitest'
import { granted, level, stock } from '../../test/shop.ts'
import type { Holdfast } from '../index.ts'

/** A refusal with this code and these facts. */
export const refused = (code: string, facts: object = {}) => ({
  ok: false,
  refusal: expect.objectContaining({ code, ...facts }),
})

/** Shops of one database, each with SKUs of its own. */
export const kitShops = (holdfast: Holdfast) => {
  let shops = 0
  /** SKUs of their own for a test, with stock in berlin; `name` puts the test's number behind. */
  const shop = async (levels: Record<string, number | null | Record<string, number>>) => {
    const number = ++shops
    const name = (sku: string) => `${sku}-${number}`
    const placed = Object.entries(levels).map(([sku, units]) => [
      name(sku),
      typeof units === 'number' ? { berlin: units } : units,
    ])
    await stock(holdfast, Object.fromEntries(placed))
    const kit = async (
      sku: string,
      components: Record<string, number>,
      how: { assembled?: boolean; ships_partial?: boolean } = {},
    ) => {
      await holdfast.skus.create({ code: name(sku) })
      return holdfast.kits.set({
        sku: name(sku),
        components: Object.entries(components).map(([of, quantity]) => ({
          sku: name(of),
          quantity,
        })),
        ...how,
      })
    }
    const line = (sku: string, quantity: number, location = 'berlin') => ({
      sku: name(sku),
      quantity,
      location,
    })
    const reserve = (...lines: ReturnType<typeof line>[]) => holdfast.reserve({ lines })
    const held = async (sku: string) => (await level(holdfast, name(sku), 'berlin')).held
    const sellable = async (sku: string) => {
      const found = granted(await holdfast.availability({ skus: [name(sku)] }))
      return found.data[0]?.sellable
    }
    return { name, kit, line, reserve, held, sellable }
  }
  return shop
}
