import { api, type Schemas } from '../../api/client.ts'
import { useList, useRead } from '../../api/use.ts'

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

export const useLocations = () =>
  useRead(['locations', 'all'], signal =>
    api.GET('/v1/locations', { params: { query: { limit: 250, sort: 'priority' } }, signal }),
  )

export const useSummary = () =>
  useRead(['inventory', 'summary'], signal => api.GET('/v1/inventory/summary', { signal }))

export const keyOf = (row: { sku: string; location: string }): string =>
  `${row.sku}\n${row.location}`
