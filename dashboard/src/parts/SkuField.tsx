import { useQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { api } from '../api/client.ts'
import { answerOf } from '../api/problem.ts'
import { TextField } from './Field.tsx'

const OFFERED = 12

type Typed = {
  label: string
  value: string
  onChange: (value: string) => void
  autoFocus?: boolean
}

/** A code of a SKU; offers those that have what was typed in them. */
export const SkuField = ({ label, value, onChange, autoFocus }: Typed) => {
  const q = useDeferredValue(value.trim())
  const { data = [] } = useQuery<string[]>({
    queryKey: ['skus', 'offered', q],
    enabled: q.length > 0,
    placeholderData: before => before,
    queryFn: async ({ signal }) => {
      const query = { q, limit: OFFERED * 3 }
      const page = await answerOf(api.GET('/v1/inventory', { params: { query }, signal }))
      return [...new Set(page.data.map(({ sku }) => sku))].slice(0, OFFERED)
    },
  })
  return (
    <TextField
      label={label}
      value={value}
      onChange={onChange}
      list={data}
      maxLength={255}
      autoFocus={autoFocus}
      autoComplete="off"
      mono
    />
  )
}
