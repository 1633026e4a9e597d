import { useQuery } from '@tanstack/react-query'
import { api } from '../api/client.ts'
import { answerOf } from '../api/problem.ts'

const HOUR_MS = 3_600_000

/** Who stands behind a number of the ledger: a person's name, or a key's. */
export const Actor = ({ id }: { id: number }) => {
  const { data } = useQuery({
    queryKey: ['actors', id],
    staleTime: HOUR_MS,
    queryFn: async ({ signal }) => {
      const query = { actor: [id] }
      const { data } = await answerOf(api.GET('/v1/actors', { params: { query }, signal }))
      return data[0]?.name ?? null
    },
  })
  return <span title={`#${id}`}>{data ?? `#${id}`}</span>
}
