import { useQuery } from '@tanstack/react-query'
import { api, type Schemas } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useMay } from '../../frame/person.ts'
import type { ServerWarning } from '../../parts/serverWarnings.ts'

export type System = Schemas['System']
export type Check = System['checks'][number]
export type Fault = System['audit']['findings'][number]

export type Ready = { ok: boolean; warnings: ServerWarning[] }

const LOOK_MS = 15_000

/** Whether the server can serve; it says so to anybody. */
export const useServing = () =>
  useQuery<Ready>({
    queryKey: ['system', 'serving'],
    queryFn: async ({ signal }) => {
      const response = await fetch('/readyz', { signal })
      const { warnings = [] } = (await response.json()) as Partial<Ready>
      return { ok: response.ok, warnings }
    },
    refetchInterval: LOOK_MS,
  })

/** What only an admin sees. */
export const useSystem = () => {
  const admin = useMay('admin')
  const system = useRead(['system', 'whole'], signal => api.GET('/v1/system', { signal }), {
    enabled: admin,
    fresh_ms: LOOK_MS,
  })
  return { admin, system }
}
