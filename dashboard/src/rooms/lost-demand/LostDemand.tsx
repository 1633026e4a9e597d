import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { DayFilter } from '../../parts/FilterField.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { LocationName } from '../../parts/LocationName.tsx'
import { Page } from '../../parts/Page.tsx'
import { SearchField } from '../../parts/TableTools.tsx'
import { words } from './words.ts'

type Lost = Schemas['LostDemand']

const useLostColumns = (): Column<Lost>[] => {
  const t = useWords(words)
  const { number, day } = useFormat()
  return useMemo(
    () => [
      {
        id: 'day',
        title: t('day'),
        width: '110px',
        cell: lost => day(`${lost.day}T12:00:00`),
      },
      {
        id: 'sku',
        title: t('what'),
        width: 'minmax(140px, 1.4fr)',
        cell: ({ sku }) => (
          <div className="clip">
            <Link className="mono" to="/skus/$sku" params={{ sku } as never}>
              {sku}
            </Link>
          </div>
        ),
      },
      {
        id: 'location',
        title: t('location'),
        width: 'minmax(100px, 1fr)',
        wide: true,
        cell: ({ location }) =>
          location === null ? (
            <span className="mut">{t('anywhere')}</span>
          ) : (
            <div className="clip">
              <LocationName code={location} />
            </div>
          ),
      },
      {
        id: 'channel',
        title: t('channel'),
        width: 'minmax(90px, 1fr)',
        wide: true,
        cell: ({ channel }) => channel ?? '–',
      },
      {
        id: 'reason',
        title: t('reason'),
        width: 'minmax(130px, 1fr)',
        wide: true,
        cell: ({ reason }) =>
          Object.hasOwn(words.en, `r_${reason}`) ? (
            <span title={reason}>{t(`r_${reason}` as 'r_insufficient_stock')}</span>
          ) : (
            <code>{reason}</code>
          ),
      },
      {
        id: 'refusals',
        title: t('refusals'),
        width: '90px',
        align: 'end',
        wide: true,
        cell: ({ refusals }) => number(refusals),
      },
      {
        id: 'units',
        title: t('units'),
        width: '80px',
        align: 'end',
        cell: ({ units }) => <b>{number(units)}</b>,
      },
    ],
    [t, number, day],
  )
}

const names = ['sku', 'location', 'from', 'to'] as const

const NothingLost = ({ filtered, onAll }: { filtered: boolean; onAll: () => void }) => {
  const t = useWords(words)
  if (filtered) {
    const all = (
      <button type="button" className="btn" onClick={onAll}>
        {t('noMatchDo')}
      </button>
    )
    return (
      <Empty icon="filter" title={t('noMatch')} action={all}>
        {t('noMatchHelp')}
      </Empty>
    )
  }
  const soldOut = (
    <Link className="btn primary" to="/inventory" search={{ state: 'sold_out' } as never}>
      {t('emptyDo')}
    </Link>
  )
  return (
    <Empty icon="check" title={t('emptyTitle')} action={soldOut}>
      {t('empty')}
    </Empty>
  )
}

/** What could we have sold? */
const LostDemand = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const asked = Object.fromEntries(
    names.flatMap(name => (search[name] ? [[name, search[name]]] : [])),
  ) as Partial<Record<(typeof names)[number], string>>
  const list = useList<Lost>(['lost_demand', asked], (cursor, signal) =>
    api.GET('/v1/lost-demand', {
      params: { query: { ...asked, limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useLostColumns()
  const filtered = Object.keys(asked).length > 0
  const date = (name: 'from' | 'to') => (
    <DayFilter
      label={t(name)}
      value={asked[name] ?? ''}
      onChange={day => setSearch({ [name]: day || undefined })}
    />
  )
  return (
    <Page title={t('title')} under={t('under')} fills>
      <section className="panel">
        <div className="tool">
          <SearchField
            placeholder={t('search')}
            value={asked.sku ?? ''}
            onChange={sku => setSearch({ sku: sku || undefined })}
          />
          {date('from')}
          {date('to')}
        </div>
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={each => `${each.day} ${each.sku} ${each.location} ${each.channel} ${each.reason}`}
          empty={
            <NothingLost
              filtered={filtered}
              onAll={() => setSearch(Object.fromEntries(names.map(name => [name, undefined])))}
            />
          }
        />
      </section>
    </Page>
  )
}

export { LostDemand as Page }
