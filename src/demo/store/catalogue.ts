import type { Availability } from '../../stock/availability.ts'
import { demoProducts } from '../products.ts'
import { goods, words_zh } from './demoGoods.ts'
import type { Language } from './demoTexts.ts'

export type Variant = { sku: string; values: string[]; label: string }

export type Product = {
  handle: string
  name: string
  text: string
  /** Euros. */
  price: number
  options: { name: string; values: { value: string; word: string }[] }[]
  variants: Variant[]
}

/** What the cart shows of a SKU. */
export type GoodsLine = { name: string; label: string; price: number; handle: string }

const wordOf = (language: Language, word: string): string =>
  language === 'zh' ? (words_zh[word] ?? word) : word

/** The demo's products in one language. */
export const productsIn = (language: Language): Product[] =>
  demoProducts().map(({ handle, title = '', option_names = [], variants = [] }) => {
    const good = goods[handle]
    const shown = variants.map(({ sku = '', option_values: values = [] }) => ({
      ...{ sku, values },
      label: values.map(value => wordOf(language, value)).join(' / '),
    }))
    return {
      handle,
      name: language === 'zh' ? (good?.name_zh ?? title) : title,
      text: (language === 'zh' ? good?.text_zh : good?.text) ?? '',
      price: good?.price ?? 10,
      options: option_names.map((name, at) => ({
        name: wordOf(language, name),
        values: [...new Set(shown.map(({ values }) => values[at] ?? ''))].map(value => ({
          value,
          word: wordOf(language, value),
        })),
      })),
      variants: shown,
    }
  })

/** Every SKU of the store with what the cart shows of it. */
export const goodsLines = (language: Language): Record<string, GoodsLine> =>
  Object.fromEntries(
    productsIn(language).flatMap(({ name, price, handle, variants }) =>
      variants.map(({ sku, label }) => [sku, { name, label, price, handle }]),
    ),
  )

export type Stock = Map<string, Availability>

/** True where a shopper may take one now, as far as the server's look says. */
export const isThere = (stock: Stock, sku: string): boolean => {
  const found = stock.get(sku)
  return found !== undefined && (found.sellable === null || found.sellable > 0)
}

/** The variant that a product opens with: the first that is there. */
export const firstOf = (stock: Stock, { variants }: Product): Variant =>
  variants.find(({ sku }) => isThere(stock, sku)) ?? (variants[0] as Variant)
