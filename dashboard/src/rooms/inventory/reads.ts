import { type InfiniteData, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { isDeep } from '../../api/fresh.ts'
import { useList, useRead } from '../../api/use.ts'
import { onNews } from '../../frame/live.ts'

export type Row = Schemas['InventoryRow']

export const PAGE = 250

/** What the address says of the list: its filters and its order. */
export type Asked = {
  q?: string | undefined
  location?: string | undefined
  product?: string | undefined
  state?: string | undefined
  available_max?: string | undefined
  sort?: string | undefined
}

const queryOf = ({ available_max, ...asked }: Asked) => ({
  ...(Object.fromEntries(
    Object.entries(asked).filter(([, value]) => value !== undefined && value !== ''),
  ) as object),
  ...(available_max ? { available_max: Number(available_max) } : {}),
})

const page = (asked: Asked, cursor: string | undefined, signal: AbortSignal) =>
  api.GET('/v1/inventory', {
    params: { query: { ...queryOf(asked), limit: PAGE, ...(cursor ? { cursor } : {}) } },
    signal,
  })

export const useInventory = (asked: Asked) =>
  useList<Row>(['inventory', 'list', asked], (cursor, signal) => page(asked, cursor, signal))

type Counters = Pick<
  Row,
  | 'sku'
  | 'location'
  | 'version'
  | 'on_hand'
  | 'held'
  | 'committed'
  | 'reserved'
  | 'unavailable'
  | 'available'
  | 'sellable'
  | 'shortage'
>
type Rows = InfiniteData<{ data: Row[]; next_cursor: string | null }>

/** The rows with the counters that they have now; a page without news stays the same object. */
const patched = (list: Rows, news: Map<string, Counters>): Rows => {
  const fresh = (row: Row) => {
    const now = news.get(keyOf(row))
    return now === undefined || (now.version ?? 0) <= (row.version ?? 0) ? undefined : now
  }
  const skus = new Set([...news.values()].map(({ sku }) => sku))
  const pages = list.pages.map(page =>
    page.data.some(row => skus.has(row.sku))
      ? { ...page, data: page.data.map(row => ({ ...row, ...fresh(row) })) }
      : page,
  )
  return { ...list, pages }
}

const GATHER_MS = 250

/** Puts the news of levels into a list that is too deep to be read again for each of them. */
export const useLiveRows = (): void => {
  const client = useQueryClient()
  useEffect(() => {
    const news = new Map<string, Counters>()
    let timer: number | undefined
    const write = () => {
      timer = undefined
      client.setQueriesData<Rows>(
        { queryKey: ['inventory', 'list'], predicate: isDeep },
        list => list && patched(list, news),
      )
      news.clear()
    }
    const leave = onNews(({ type, data }) => {
      if (type !== 'level.changed') return
      const counters = (data as { data: Counters }).data
      news.set(keyOf(counters), counters)
      timer ??= window.setTimeout(write, GATHER_MS)
    })
    return () => {
      window.clearTimeout(timer)
      leave()
    }
  }, [client])
}

/** Every row, page by page, for a file. */
export async function* allRows(asked: Asked, signal: AbortSignal): AsyncGenerator<Row[]> {
  let cursor: string | undefined
  do {
    const { data } = await page(asked, cursor, signal)
    if (data === undefined) return
    yield data.data
    cursor = data.next_cursor ?? undefined
  } while (cursor !== undefined)
}

export const useSummary = () =>
  useRead(['inventory', 'summary'], signal => api.GET('/v1/inventory/summary', { signal }))

export const keyOf = (row: { sku: string; location: string }): string =>
  `${row.sku}\n${row.location}`
