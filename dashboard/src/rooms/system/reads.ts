import { api, type Schemas } from '../../api/client.ts'
import { useRead } from '../../api/use.ts'
import { useMay } from '../../frame/person.ts'

export type System = Schemas['System']
export type Check = System['checks'][number]
export type Fault = System['audit']['findings'][number]

const LOOK_MS = 15_000

/** What only an admin sees. */
export const useSystem = () => {
  const admin = useMay('admin')
  const system = useRead(['system', 'whole'], signal => api.GET('/v1/system', { signal }), {
    enabled: admin,
    fresh_ms: LOOK_MS,
  })
  return { admin, system }
}
