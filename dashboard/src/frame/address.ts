import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'

/**
 * What stands in the address after the question mark, as texts, and how to change it: filters,
 * order, view and time live there, so that every state is a link.
 *
 * @example
 * const [search, setSearch] = useAddress()
 * setSearch({ q: text || undefined })
 */
export const useAddress = () => {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>
  const navigate = useNavigate()
  const set = useCallback(
    (changes: Record<string, string | undefined>, options: { keep?: boolean } = {}) => {
      navigate({
        to: '.',
        search: ((before: Record<string, unknown>) => ({ ...before, ...changes })) as never,
        replace: options.keep !== true,
      })
    },
    [navigate],
  )
  return [search, set] as const
}

/** A part of the path: `useParam('sku')` of `/skus/$sku`. */
export const useParam = (name: string): string => {
  const params = useParams({ strict: false }) as Record<string, string | undefined>
  return params[name] ?? ''
}
