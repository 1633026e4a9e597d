import { useQuery } from '@tanstack/react-query'
import { api, type Product, type Variant } from '../../api/client.ts'
import { answerOf } from '../../api/problem.ts'

export const VARIANTS_MAX = 2_000
const PAGE = 250

const readAll = async (handle: string, archived: boolean, signal: AbortSignal) => {
  const found: Variant[] = []
  let cursor: string | undefined
  do {
    const page = await answerOf(
      api.GET('/v1/products/{handle}/variants', {
        params: {
          path: { handle },
          query: { limit: PAGE, archived, ...(cursor ? { cursor } : {}) },
        },
        signal,
      }),
    )
    found.push(...page.data)
    cursor = page.next_cursor ?? undefined
  } while (cursor !== undefined && found.length < VARIANTS_MAX * 2)
  return found
}

/** Every variant of a product, those that are archived too. */
export const useVariants = (handle: string) =>
  useQuery({
    queryKey: ['variants', handle],
    queryFn: async ({ signal }) => {
      const [active, archived] = await Promise.all([
        readAll(handle, false, signal),
        readAll(handle, true, signal),
      ])
      return [...active, ...archived]
    },
  })

/** Available units of each SKU of a product, over all locations. */
export const useAvailable = (handle: string) =>
  useQuery({
    queryKey: ['inventory', 'product', handle],
    queryFn: async ({ signal }) => {
      const available = new Map<string, number>()
      let cursor: string | undefined
      do {
        const query = { product: handle, limit: PAGE, ...(cursor ? { cursor } : {}) }
        const page = await answerOf(api.GET('/v1/inventory', { params: { query }, signal }))
        for (const row of page.data) {
          available.set(row.sku, (available.get(row.sku) ?? 0) + row.available)
        }
        cursor = page.next_cursor ?? undefined
      } while (cursor !== undefined)
      return available
    },
  })

export const nameOf = (values: string[]): string => values.join(' · ')
export const keyOf = (values: string[]): string => JSON.stringify(values)

/** Every combination of the values of the options, in their order. */
export const combinations = (values: string[][]): string[][] =>
  values.reduce<string[][]>(
    (all, each) => all.flatMap(begun => each.map(value => [...begun, value])),
    [[]],
  )

/** The values that each option has so far, in the order in which they came. */
export const valuesOf = (product: Product, variants: Variant[]): string[][] =>
  product.option_names.map((_, at) => [
    ...new Set(
      variants.flatMap(({ option_values }) => {
        const value = option_values[at]
        return value === undefined ? [] : [value]
      }),
    ),
  ])

const codePart = (text: string): string =>
  text
    .normalize('NFC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')

/** A SKU from its template: {handle} and the options by their names. */
export const skuFrom = (template: string, product: Product, values: string[]): string =>
  template
    .replaceAll(/\{([^{}]{1,255})\}/g, (whole, name: string) => {
      if (name === 'handle') return codePart(product.handle)
      const at = product.option_names.indexOf(name)
      return at === -1 ? whole : codePart(values[at] ?? '')
    })
    .slice(0, 255)

const AT_ONCE = 6

/** Does something for each, a few at a time; tells how far it is, and what failed. */
export const forEachOf = async <Item>(
  items: Item[],
  work: (item: Item) => Promise<unknown>,
  onProgress: (done: number) => void,
): Promise<unknown[]> => {
  const failures: unknown[] = []
  let next = 0
  let done = 0
  const worker = async () => {
    while (next < items.length) {
      const item = items[next] as Item
      next += 1
      await work(item).catch(thrown => failures.push(thrown))
      done += 1
      onProgress(done)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return failures
}
