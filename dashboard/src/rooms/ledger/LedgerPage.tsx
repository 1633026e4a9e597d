import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api, type Movement } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useWords } from '../../frame/words.ts'
import { Actor } from '../../parts/Actor.tsx'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { ListTable } from '../../parts/ListTable.tsx'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { Menu } from '../../parts/Menu.tsx'
import { Changes, Reference, Verb } from '../../parts/Movement.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { SearchField } from '../../parts/TableTools.tsx'
import { words } from './words.ts'

const kinds = [
  'reserve',
  'amend',
  'commit',
  'fulfill',
  'release',
  'expire',
  'return',
  'record_sale',
  'adjust',
  'set',
  'move',
  'receive',
  'correct',
  'merge',
  'import',
  'allocate',
  'build',
  'break_down',
  'buffer',
] as const

const useColumnsOf = (): Column<Movement>[] => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { dateTime, whole } = useFormat()
  const nameOf = useLocationNames()
  return useMemo(
    () => [
      {
        id: 'at',
        title: t('at'),
        width: 'minmax(140px, 1fr)',
        sort: 'recorded_at',
        largestFirst: true,
        cell: row => (
          <div className="one">
            <span title={whole(row.recorded_at)}>{dateTime(row.recorded_at)}</span>
            {row.location !== null && <span className="mut narrow">{nameOf(row.location)}</span>}
          </div>
        ),
      },
      {
        id: 'kind',
        title: t('kind'),
        width: 'minmax(104px, 0.7fr)',
        cell: row => <Verb kind={row.kind} />,
      },
      {
        id: 'sku',
        title: 'SKU',
        width: 'minmax(130px, 1.2fr)',
        cell: row =>
          row.sku === null ? (
            '–'
          ) : (
            <div className="one">
              <Link className="mono" to="/skus/$sku" params={{ sku: row.sku } as never}>
                {row.sku}
              </Link>
              <span className="narrow">
                <Changes movement={row} />
              </span>
            </div>
          ),
      },
      {
        id: 'location',
        title: f('location'),
        width: 'minmax(132px, 0.8fr)',
        wide: true,
        cell: row => (row.location === null ? '–' : nameOf(row.location)),
      },
      {
        id: 'changes',
        title: t('changes'),
        width: 'minmax(220px, 2.2fr)',
        wide: true,
        cell: row => (
          <span className="row">
            <Changes movement={row} />
          </span>
        ),
      },
      {
        id: 'reference',
        title: t('reference'),
        width: 'minmax(130px, 1.4fr)',
        wide: true,
        cell: row => <Reference movement={row} />,
      },
      {
        id: 'by',
        title: t('by'),
        width: 'minmax(80px, 0.6fr)',
        wide: true,
        cell: row => (row.actor_id === null ? '–' : <Actor id={row.actor_id} />),
      },
    ],
    [t, f, dateTime, whole, nameOf],
  )
}

const filters = ['sku', 'location', 'kind', 'document', 'order_reference', 'from', 'to'] as const

const useMovements = (asked: Record<string, string | undefined>) => {
  const query = Object.fromEntries(Object.entries(asked).filter(([, value]) => value))
  return useList<Movement>(['transactions', 'list', query], (cursor, signal) =>
    api.GET('/v1/transactions', {
      params: { query: { ...query, limit: 250, ...(cursor ? { cursor } : {}) } },
      signal,
    }),
  )
}

/** Filters that only a link sets: they are seen, and a click takes each away. */
const Narrowed = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const nameOf = useLocationNames()
  const { dateTime } = useFormat()
  const { location, to } = search
  const narrowed = [
    ...(location ? [['location', nameOf(location)] as const] : []),
    ...(to && !Number.isNaN(Date.parse(to))
      ? [['to', t('until', { time: dateTime(to) })] as const]
      : []),
  ]
  return narrowed.map(([name, said]) => (
    <button
      key={name}
      type="button"
      className="chip on"
      title={t('without')}
      onClick={() => setSearch({ [name]: undefined })}
    >
      {said}
      <Icon name="cross" size={11} />
    </button>
  ))
}

/** Every movement, and why. */
const LedgerPage = () => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [search, setSearch] = useAddress()
  const columns = useColumnsOf()
  const { kind, sort } = search
  const asked = Object.fromEntries(filters.map(name => [name, search[name]]))
  const list = useMovements({ ...asked, sort })
  const chosen = kinds.find(each => each === kind)
  const filtered = filters.some(name => search[name])
  return (
    <Page title={t('title')} fills under={<span className="wide">{t('under')}</span>}>
      <Panel className="flush">
        <div className="tool">
          <SearchField
            value={search['sku'] ?? ''}
            onChange={text => setSearch({ sku: text.trim() || undefined })}
            placeholder={t('search')}
          />
          <Menu
            button={
              <button type="button" className={chosen ? 'chip on' : 'chip dash'}>
                <Icon name="filter" size={12} />
                {chosen ? f(`kind_${chosen}`) : t('allKinds')}
                <Icon name="down" size={11} />
              </button>
            }
            entries={[
              { title: t('allKinds'), run: () => setSearch({ kind: undefined }) },
              'line',
              ...kinds.map(each => ({
                title: f(`kind_${each}`),
                run: () => setSearch({ kind: each }),
              })),
            ]}
          />
          <Narrowed />
        </div>
        <ListTable
          of={list}
          label={t('title')}
          columns={columns}
          keyOf={row =>
            `${row.recorded_at} ${row.sku} ${row.location} ${row.version} ${row.reservation_id} ${row.line} ${row.part}`
          }
          sort={sort ?? '-recorded_at'}
          onSort={next => setSearch({ sort: next })}
          empty={
            filtered ? (
              <NoMatch of={filters} />
            ) : (
              <Empty
                icon="ledger"
                title={t('none')}
                action={
                  <Link className="btn" to="/inventory">
                    {t('noneDo')}
                  </Link>
                }
              >
                {t('noneHelp')}
              </Empty>
            )
          }
        />
      </Panel>
    </Page>
  )
}

export { LedgerPage as Page }
