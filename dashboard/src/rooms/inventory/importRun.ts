import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, newKey, type Schemas } from '../../api/client.ts'
import { answerOf, type Problem, problemOf } from '../../api/problem.ts'

export type Report = Schemas['ImportReport']
export type ImportFormat = Report['format']

type Sending = { text: string; name: string; format: ImportFormat; dry: boolean; again?: boolean }

const send = ({ text, name, format, dry, again }: Sending) =>
  answerOf(
    api.POST('/v1/imports', {
      params: {
        query: {
          file_name: name.slice(0, 255),
          format,
          ...(dry ? { dry_run: true } : {}),
          ...(again ? { again: true } : {}),
        },
      },
      body: text as never,
      bodySerializer: body => body as unknown as string,
      headers: { 'content-type': 'text/csv', 'idempotency-key': newKey() },
    }),
  )

const PROGRESS_MS = 700

/** Sends a file: once to look at it, once to import it; how far it is while it runs. */
export const useImport = () => {
  const client = useQueryClient()
  const [importing, setImporting] = useState(false)
  const look = useMutation<Report, Problem, Omit<Sending, 'dry'>>({
    mutationFn: file =>
      send({ ...file, dry: true }).catch(thrown => Promise.reject(problemOf(thrown))),
  })
  const run = useMutation<Report, Problem, Omit<Sending, 'dry'>>({
    mutationFn: file =>
      send({ ...file, dry: false }).catch(thrown => Promise.reject(problemOf(thrown))),
    onMutate: () => setImporting(true),
    onSettled: () => {
      setImporting(false)
      client.invalidateQueries()
    },
  })
  const progress = useQuery({
    queryKey: ['imports', 'running'],
    enabled: importing,
    refetchInterval: PROGRESS_MS,
    queryFn: async ({ signal }) => {
      const query = { limit: 1 }
      const page = await answerOf(api.GET('/v1/imports', { params: { query }, signal }))
      const [newest] = page.data
      return newest?.state === 'running' ? newest.rows_done : 0
    },
  })
  return { look, run, rowsDone: importing ? (progress.data ?? 0) : 0 }
}
