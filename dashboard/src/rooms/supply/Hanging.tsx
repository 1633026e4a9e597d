import { Link } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useWords } from '../../frame/words.ts'
import { useFormat } from '../../parts/format.ts'
import { Rows } from '../../parts/Rows.tsx'
import { useShipText } from '../promises/Ships.tsx'
import type { Supply } from './SupplyState.tsx'
import { words } from './words.ts'

export type LinePromise = Schemas['LinePromise']

const PAGE_MAX = 250
/** More than so many open promises of one level are counted no further. */
const READ_MAX = 2_000

/** The open promises that rest on a supply. */
export const useHanging = ({ code, sku, location }: Supply) => {
  const query = { sku, location, state: 'open' as const, limit: PAGE_MAX }
  const list = useList<LinePromise>(['promises', 'hanging', sku, location], (cursor, signal) =>
    api.GET('/v1/promises', {
      params: { query: { ...query, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const { rows, hasMore, more } = list
  // biome-ignore lint/correctness/useExhaustiveDependencies: more is another function each time
  useEffect(() => {
    if (hasMore && rows.length < READ_MAX) more()
  }, [hasMore, rows.length])
  return useMemo(() => rows.filter(({ promise }) => promise.supply === code), [rows, code])
}

/** Promises with the day that their buyers were told. */
export const Hanging = ({ promises }: { promises: LinePromise[] }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const shipText = useShipText()
  return (
    <div className="scroll hanging">
      <Rows
        caption={t('hangs')}
        rows={promises}
        keyOf={each => `${each.reservation_id} ${each.line} ${each.part} ${each.made_at}`}
        columns={[
          {
            title: t('order'),
            cell: ({ order_reference: order, reservation_id: reservation }) => (
              <Link to="/promises/$reservation" params={{ reservation } as never}>
                {order ?? t('cart')}
              </Link>
            ),
          },
          { title: t('ships'), cell: ({ promise }) => shipText(promise) },
          { title: t('units'), end: true, cell: ({ waiting }) => number(waiting) },
        ]}
      />
    </div>
  )
}
