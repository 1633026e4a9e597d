import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../../api/client.ts'
import { useList, useRead } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { LocationName } from '../../parts/LocationName.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Figure, Page } from '../../parts/Page.tsx'
import { SearchField, ViewTabs } from '../../parts/TableTools.tsx'
import { type LinePromise, PromiseState, RestsOn, useShipText, waitText } from './Ships.tsx'
import { words } from './words.ts'

const ROW_HEIGHT = 48

const usePromiseColumns = (): Column<LinePromise>[] => {
  const t = useWords(words)
  const { number } = useFormat()
  const shipText = useShipText()
  return useMemo(
    () => [
      {
        id: 'order',
        title: t('order'),
        width: 'minmax(120px, 1.4fr)',
        cell: promise => (
          <div className="two">
            <b>
              <Link
                to="/promises/$reservation"
                params={{ reservation: promise.reservation_id } as never}
              >
                {promise.order_reference ?? t('noOrder')}
              </Link>
            </b>
            <span className="mono">{promise.sku}</span>
          </div>
        ),
      },
      {
        id: 'ships',
        title: t('ships'),
        width: 'minmax(140px, 1.4fr)',
        cell: ({ promise }) => <div className="clip strong">{shipText(promise)}</div>,
      },
      {
        id: 'rests',
        title: t('rests'),
        width: 'minmax(130px, 1.2fr)',
        wide: true,
        cell: ({ promise }) => (
          <div className="clip">
            <RestsOn promise={promise} />
          </div>
        ),
      },
      {
        id: 'where',
        title: t('location'),
        width: 'minmax(110px, 1fr)',
        wide: true,
        cell: ({ location }) => (
          <div className="clip">
            <LocationName code={location} />
          </div>
        ),
      },
      {
        id: 'units',
        title: t('units'),
        width: '110px',
        align: 'end',
        wide: true,
        cell: ({ quantity, waiting }) => (
          <>
            <b>{number(quantity)}</b>{' '}
            <span className="mut t12">{waitText(t, { quantity, waiting })}</span>
          </>
        ),
      },
      {
        id: 'state',
        title: t('state'),
        width: 'minmax(130px, 0.8fr)',
        cell: promise => <PromiseState promise={promise} />,
      },
    ],
    [t, number, shipText],
  )
}

const Figures = () => {
  const t = useWords(words)
  const { number, locale } = useFormat()
  const rate = useRead(['promises', 'rate'], signal =>
    api.GET('/v1/promises/rate', { params: { query: {} }, signal }),
  )
  if (rate.data === undefined) return null
  const { kept, late, rate: share, days, open, open_late: overdue, moved } = rate.data
  const ended = kept + late
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  return (
    <section className="panel figs">
      <Figure
        label={t('rate')}
        value={share === null ? '–' : percent.format(share)}
        below={ended === 0 ? t('rateNone') : t('rateBelow', { count: ended, days })}
        to="/promises?view=ended"
      />
      <Figure label={t('openFig')} value={number(open)} below={t('openBelow')} to="/promises" />
      <Figure
        label={t('lateFig')}
        value={<span className={overdue > 0 ? 'danger' : ''}>{number(overdue)}</span>}
        below={overdue > 0 ? t('lateBelow') : t('lateNone')}
        to="/promises?view=late"
      />
      <Figure label={t('movedFig')} value={number(moved)} below={t('movedBelow')} />
    </section>
  )
}

const NoPromises = ({ filtered }: { filtered: boolean }) => {
  const t = useWords(words)
  const may = useMay('stock')
  if (filtered) {
    return <NoMatch title={t('noMatch')}>{t('noMatchHelp')}</NoMatch>
  }
  const action = may && (
    <Link className="btn primary" to="/policies/new">
      {t('emptyDo')}
    </Link>
  )
  return (
    <Empty icon="calendar" title={t('emptyTitle')} action={action || undefined}>
      {t('empty')}
    </Empty>
  )
}

/** The view as the address has it. */
const viewOf = (view: string | undefined): Record<string, string> => {
  if (view === undefined) return {}
  return { view }
}

const stateOf = (view: string | undefined) => {
  if (view === 'ended') return { state: 'ended' as const }
  return view === 'late' ? { late: true } : { state: 'open' as const }
}

/** Which dates did we give, and are they kept? */
const Promises = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [search, setSearch] = useAddress()
  const { view, sku } = search
  const asked = { ...stateOf(view), ...(sku && { sku }) }
  const list = useList<LinePromise>(['promises', asked], (cursor, signal) =>
    api.GET('/v1/promises', {
      params: { query: { ...asked, limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = usePromiseColumns()
  const views = [
    { name: t('view_open'), search: {} as Record<string, string> },
    { name: t('view_late'), search: { view: 'late' } },
    { name: t('view_ended'), search: { view: 'ended' } },
  ]
  return (
    <Page
      title={t('title')}
      under={<span className="wide">{t('under')}</span>}
      fills
      actions={
        <>
          <Link className="btn" to="/backorders">
            {t('queue')}
          </Link>
          <Link className="btn" to="/supply">
            {t('supply')}
          </Link>
        </>
      }
    >
      <div className="filled figured">
        <Figures />
        <section className="panel flush">
          <ViewTabs
            table="promises"
            views={views}
            search={viewOf(view)}
            names={['view']}
            onOpen={setSearch}
          />
          <div className="tool">
            <SearchField
              placeholder={t('search')}
              value={sku ?? ''}
              onChange={text => setSearch({ sku: text || undefined })}
            />
          </div>
          <ListTable
            of={list}
            label={t('list')}
            columns={columns}
            keyOf={each => `${each.reservation_id} ${each.line} ${each.part} ${each.made_at}`}
            rowHeight={ROW_HEIGHT}
            onOpen={({ reservation_id: reservation }) =>
              navigate({ to: '/promises/$reservation', params: { reservation } as never })
            }
            empty={<NoPromises filtered={view !== undefined || sku !== undefined} />}
          />
        </section>
      </div>
    </Page>
  )
}

export { Promises as Page }
