import { useQuery } from '@tanstack/react-query'
import type { ServerWarning } from './serverWarnings.ts'

const LOOK_MS = 15_000

export type Ready = {
  /** Whether the server can serve. */
  ok: boolean
  warnings: ServerWarning[]
  /** Left out where the server could not say. */
  audit?: {
    state: 'off' | 'running' | 'finding' | 'failing'
    last_pass_at: string | null
    findings: number
  }
}

/** What the server says of itself and of the books, to anybody. */
export const useReady = () =>
  useQuery<Ready>({
    queryKey: ['system', 'ready'],
    queryFn: async ({ signal }) => {
      const response = await fetch('/readyz', { signal })
      const { warnings = [], audit } = (await response.json()) as Partial<Ready>
      return { ok: response.ok, warnings, ...(audit && { audit }) }
    },
    refetchInterval: LOOK_MS,
  })
