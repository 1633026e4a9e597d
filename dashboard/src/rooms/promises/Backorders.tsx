import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { LocationName } from '../../parts/LocationName.tsx'
import { Page } from '../../parts/Page.tsx'
import { SearchField } from '../../parts/TableTools.tsx'
import { useShipText } from './Ships.tsx'
import { words } from './words.ts'

type Backorder = Schemas['Backorder']

const ROW_HEIGHT = 48

const useQueueColumns = (): Column<Backorder>[] => {
  const t = useWords(words)
  const { number, ago, whole } = useFormat()
  const shipText = useShipText()
  return useMemo(
    () => [
      {
        id: 'sku',
        title: t('what'),
        width: 'minmax(140px, 1.4fr)',
        cell: ({ sku, location }) => (
          <div className="two">
            <b className="mono">{sku}</b>
            <span>
              <LocationName code={location} />
            </span>
          </div>
        ),
      },
      {
        id: 'order',
        title: t('order'),
        width: 'minmax(110px, 1fr)',
        cell: each => (
          <div className="clip">
            <Link
              to="/promises/$reservation"
              params={{ reservation: each.reservation_id } as never}
            >
              {each.order_reference ?? t('inCart')}
            </Link>
          </div>
        ),
      },
      {
        id: 'units',
        title: t('units'),
        width: '70px',
        align: 'end',
        cell: each => <b>{number(each.backordered + each.held_backordered)}</b>,
      },
      {
        id: 'ahead',
        title: t('queue'),
        width: 'minmax(130px, 1fr)',
        wide: true,
        cell: ({ ahead }) => (ahead === 0 ? <b>{t('next')}</b> : t('ahead', { count: ahead })),
      },
      {
        id: 'ships',
        title: t('ships'),
        width: 'minmax(140px, 1.3fr)',
        wide: true,
        cell: ({ promise }) => (
          <div className="clip">{promise === null ? t('noDate') : shipText(promise)}</div>
        ),
      },
      {
        id: 'since',
        title: t('since'),
        width: '120px',
        wide: true,
        cell: ({ joined_at: at }) => <time title={whole(at)}>{ago(at)}</time>,
      },
    ],
    [t, number, ago, whole, shipText],
  )
}

/** Who waits for what, and who is next? */
const Backorders = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [search, setSearch] = useAddress()
  const { sku, location } = search
  const asked = { ...(sku && { sku }), ...(location && { location }) }
  const list = useList<Backorder>(['backorders', asked], (cursor, signal) =>
    api.GET('/v1/backorders', {
      params: { query: { ...asked, limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useQueueColumns()
  return (
    <Page
      title={t('queueTitle')}
      under={<span className="wide">{t('queueUnder')}</span>}
      above={[{ title: t('title'), to: '/promises' }]}
      fills
    >
      <section className="panel">
        <div className="tool">
          <SearchField
            placeholder={t('search')}
            value={sku ?? ''}
            onChange={text => setSearch({ sku: text || undefined })}
          />
        </div>
        <ListTable
          of={list}
          label={t('queueList')}
          columns={columns}
          keyOf={each => `${each.reservation_id} ${each.line} ${each.part}`}
          rowHeight={ROW_HEIGHT}
          onOpen={({ reservation_id: reservation }) =>
            navigate({ to: '/promises/$reservation', params: { reservation } as never })
          }
          empty={
            <Empty
              icon="check"
              title={t('queueEmpty')}
              action={
                <Link className="btn" to="/supply">
                  {t('queueEmptyDo')}
                </Link>
              }
            >
              {t('queueEmptyHelp')}
            </Empty>
          }
        />
      </section>
    </Page>
  )
}

export { Backorders as Page }
