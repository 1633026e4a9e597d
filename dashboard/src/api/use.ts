import {
  keepPreviousData,
  type QueryKey,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { fallbackMs, useConnection } from '../frame/live.ts'
import { failed } from '../frame/toasts.ts'
import { isDeep, readAgain } from './fresh.ts'
import { answerOf, type Problem, problemOf } from './problem.ts'

type Answered<Data> = { data?: Data; error?: unknown; response: Response }

/**
 * Reads something, and keeps it fresh: by the stream, or by asking again while there is none. The
 * first word of the key is the resource (`levels`, `reservations`, …), by which news find it.
 *
 * @example
 * const locations = useRead(['locations'], signal => api.GET('/v1/locations', { signal }))
 */
export const useRead = <Data>(
  key: QueryKey,
  read: (signal: AbortSignal) => Promise<Answered<Data>>,
  options: {
    enabled?: boolean
    keep?: boolean
    /** How often it is asked for; as it was told last. */
    fresh_ms?: number | ((data: Data | undefined) => number | undefined)
  } = {},
) => {
  const connection = useConnection()
  return useQuery<Data, Problem>({
    queryKey: key,
    queryFn: ({ signal }) => answerOf(read(signal)),
    enabled: options.enabled ?? true,
    refetchInterval: ({ state }) => {
      const { fresh_ms } = options
      const own = typeof fresh_ms === 'function' ? fresh_ms(state.data) : fresh_ms
      return own ?? fallbackMs(connection)
    },
    ...(options.keep ? { placeholderData: keepPreviousData } : {}),
  })
}

type Page<Row> = { data: Row[]; next_cursor: string | null }

/**
 * Reads a list page by page, as the server's cursors have it.
 *
 * @example
 * const list = useList(['levels', filter], (cursor, signal) =>
 *   api.GET('/v1/levels', { params: { query: { ...filter, cursor } }, signal }))
 */
export const useList = <Row>(
  key: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Answered<Page<Row>>>,
  options: { enabled?: boolean } = {},
) => {
  const connection = useConnection()
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => answerOf(read(pageParam, signal)),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Row>) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    enabled: options.enabled ?? true,
    refetchInterval: query => (isDeep(query) ? false : fallbackMs(connection)),
  })
  const rows = useMemo(() => query.data?.pages.flatMap(page => page.data) ?? [], [query.data])
  return {
    rows,
    problem: query.error === null ? undefined : problemOf(query.error),
    loading: query.isPending,
    old: query.isPlaceholderData,
    asOf: query.dataUpdatedAt,
    hasMore: query.hasNextPage,
    more: () => {
      if (query.hasNextPage && !query.isFetchingNextPage) query.fetchNextPage()
    },
    again: () => query.refetch(),
  }
}

type Then<Data> = { onSuccess?: (data: Data) => unknown }

/**
 * A write. What it changed is read again; a refusal becomes a toast, unless the caller shows it.
 * Its onSuccess is called also when the form that began it is closed: an undo comes later.
 *
 * @example
 * const adjust = useWrite((body: Adjust) => api.POST('/v1/stock/adjust', { body }), ['levels'])
 */
export const useWrite = <Input, Data>(
  write: (input: Input) => Promise<Answered<Data>>,
  changes: string[],
  options: { quiet?: boolean } = {},
) => {
  const client = useQueryClient()
  const writing = useMutation<Data, Problem, Input>({
    mutationFn: async input => {
      try {
        return await answerOf(write(input))
      } catch (thrown) {
        throw problemOf(thrown)
      }
    },
    onSettled: () => readAgain(client, changes),
    onError: problem => {
      if (!options.quiet) failed(problem)
    },
  })
  const { mutateAsync } = writing
  const mutate = useCallback(
    (input: Input, { onSuccess }: Then<Data> = {}): void => {
      mutateAsync(input).then(onSuccess, () => undefined) // onError has told
    },
    [mutateAsync],
  )
  return { ...writing, mutate }
}
