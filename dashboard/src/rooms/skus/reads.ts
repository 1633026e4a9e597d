import { api } from '../../api/client.ts'
import { useList, useRead } from '../../api/use.ts'

const LEVELS_MAX = 250
const PAGE = 60
const SUPPLY_MAX = 100

export const useSku = (code: string) =>
  useRead(['skus', code], signal =>
    api.GET('/v1/skus/{code}', { params: { path: { code } }, signal }),
  )

/** Its levels now, or as they were. */
export const useLevels = (sku: string, as_of?: string) =>
  useRead(
    ['levels', sku, as_of ?? 'now'],
    signal =>
      api.GET('/v1/levels', {
        params: { query: { sku, limit: LEVELS_MAX, ...(as_of ? { as_of } : {}) } },
        signal,
      }),
    { keep: true },
  )

export const useMovements = (sku: string) =>
  useList(['transactions', sku], (cursor, signal) =>
    api.GET('/v1/transactions', {
      params: { query: { sku, limit: PAGE, ...(cursor ? { cursor } : {}) } },
      signal,
    }),
  )

export const useHolds = (sku: string) =>
  useRead(['reservations', 'held', sku], signal =>
    api.GET('/v1/reservations', {
      params: { query: { sku, state: 'held', limit: 6 } },
      signal,
    }),
  )

/** What is booked and has not come, the next first. */
export const useExpected = (sku: string) =>
  useRead(['supply', 'expected', sku], signal =>
    api.GET('/v1/supply', {
      params: { query: { sku, state: 'open', limit: SUPPLY_MAX } },
      signal,
    }),
  )

export const usePolicy = (sku: string) =>
  useRead(['policies', 'explain', sku], signal =>
    api.GET('/v1/policies/explain', { params: { query: { sku } }, signal }),
  )

/** The product that it is a variant of, where it is one. */
export const useProduct = (handle: string | undefined) =>
  useRead(
    ['products', 'one', handle],
    signal =>
      api.GET('/v1/products/{handle}', { params: { path: { handle: handle ?? '' } }, signal }),
    { enabled: handle !== undefined },
  )
