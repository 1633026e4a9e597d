import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { LocationName } from '../../parts/LocationName.tsx'
import { NewButton } from '../../parts/NewButton.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Page } from '../../parts/Page.tsx'
import { SearchField, ViewTabs } from '../../parts/TableTools.tsx'
import { Book } from './Book.tsx'
import { type Supply, SupplyState, useDaysText } from './SupplyState.tsx'
import { words } from './words.ts'

const ROW_HEIGHT = 48

const useSupplyColumns = (): Column<Supply>[] => {
  const t = useWords(words)
  const { number } = useFormat()
  const daysText = useDaysText()
  return useMemo(
    () => [
      {
        id: 'code',
        title: t('code'),
        width: 'minmax(130px, 1.3fr)',
        cell: supply => (
          <div className="two">
            <b>
              <Link to="/supply/$supply" params={{ supply: supply.code } as never}>
                {supply.code}
              </Link>
            </b>
            <span className="mono">{supply.sku}</span>
          </div>
        ),
      },
      {
        id: 'expected',
        title: t('expected'),
        width: 'minmax(130px, 1.3fr)',
        cell: ({ expected_on: from, expected_to: to }) => (
          <div className="clip strong">{daysText(from, to)}</div>
        ),
      },
      {
        id: 'location',
        title: t('location'),
        width: 'minmax(100px, 1fr)',
        wide: true,
        cell: ({ location }) => (
          <div className="clip">
            <LocationName code={location} />
          </div>
        ),
      },
      {
        id: 'open',
        title: t('open'),
        width: '110px',
        align: 'end',
        wide: true,
        cell: ({ open }) => <b className={open === 0 ? 'zero' : ''}>{number(open)}</b>,
      },
      {
        id: 'units',
        title: t('units'),
        width: '100px',
        align: 'end',
        wide: true,
        cell: ({ received, quantity }) => (
          <span className="mut">{t('receivedOf', { received, quantity })}</span>
        ),
      },
      {
        id: 'state',
        title: t('state'),
        width: '120px',
        cell: supply => <SupplyState supply={supply} />,
      },
    ],
    [t, number, daysText],
  )
}

/** The view as the address has it. */
const viewOf = (view: string | undefined): Record<string, string> => {
  if (view === undefined) return {}
  return { view }
}

const stateOf = (view: string | undefined) => {
  if (view === 'all') return {}
  return view === 'late' ? { late: true } : { state: 'open' as const }
}

/** What comes, and when? */
const SupplyList = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const may = useMay('stock')
  const [search, setSearch] = useAddress()
  const { view, q } = search
  const asked = { ...stateOf(view), ...(q && { q }) }
  const list = useList<Supply>(['supply', asked], (cursor, signal) =>
    api.GET('/v1/supply', {
      params: { query: { ...asked, limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useSupplyColumns()
  const views = [
    { name: t('view_open'), search: {} as Record<string, string> },
    { name: t('view_late'), search: { view: 'late' } },
    { name: t('view_all'), search: { view: 'all' } },
  ]
  const filtered = view !== undefined || q !== undefined
  const empty = filtered ? (
    <NoMatch title={t('noMatch')}>{t('noMatchHelp')}</NoMatch>
  ) : (
    <Empty
      icon="truck"
      title={t('emptyTitle')}
      action={may ? <NewButton>{t('emptyDo')}</NewButton> : undefined}
    >
      {t('empty')}
    </Empty>
  )
  return (
    <Page
      title={t('title')}
      under={t('under')}
      fills
      actions={may && <NewButton>{t('book')}</NewButton>}
    >
      <section className="panel flush">
        <ViewTabs
          table="supply"
          views={views}
          search={viewOf(view)}
          names={['view']}
          onOpen={setSearch}
        />
        <div className="tool">
          <SearchField
            placeholder={t('search')}
            value={q ?? ''}
            onChange={text => setSearch({ q: text || undefined })}
          />
        </div>
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ code }) => code}
          rowHeight={ROW_HEIGHT}
          onOpen={({ code: supply }) =>
            navigate({ to: '/supply/$supply', params: { supply } as never })
          }
          empty={empty}
        />
      </section>
      {search['new'] && may && (
        <Book
          sku={search['new'] === '1' ? '' : search['new']}
          onClose={() => setSearch({ new: undefined })}
        />
      )}
    </Page>
  )
}

export { SupplyList as Page }
