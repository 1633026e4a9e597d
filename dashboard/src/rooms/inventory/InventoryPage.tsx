import { Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useRef, useState } from 'react'
import { useAddress } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useKeys } from '../../frame/keys.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import { saveCsv } from '../../parts/csv.ts'
import { Icon } from '../../parts/Icon.tsx'
import { ListTable } from '../../parts/ListTable.tsx'
import { useLocations } from '../../parts/LocationName.tsx'
import { Menu } from '../../parts/Menu.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { StateLegend } from '../../parts/StateBar.tsx'
import { ColumnsMenu, SearchField, type View, ViewTabs } from '../../parts/TableTools.tsx'
import { useColumns } from '../../parts/views.ts'
import { Bulk } from './Bulk.tsx'
import { inventoryColumns } from './columns.tsx'
import {
  type Asked,
  allRows,
  keyOf,
  type Row,
  useInventory,
  useLiveRows,
  useSummary,
} from './reads.ts'
import { words } from './words.ts'

const useViews = (): View[] => {
  const t = useWords(words)
  const { data } = useSummary()
  return [
    { name: t('view_all'), search: {}, count: data?.levels },
    {
      name: t('view_low'),
      search: { state: 'available', available_max: '5', sort: 'available' },
      count: data?.low,
    },
    { name: t('view_sold_out'), search: { state: 'sold_out' }, count: data?.sold_out },
    {
      name: t('view_short'),
      search: { state: 'short', sort: '-shortage' },
      count: data?.short,
      hot: true,
    },
    { name: t('view_held'), search: { state: 'held', sort: '-held' } },
    { name: t('view_unavailable'), search: { state: 'unavailable', sort: '-unavailable' } },
  ]
}

const exported = [
  'sku',
  'location',
  'on_hand',
  'held',
  'committed',
  'damaged',
  'quality_control',
  'set_aside',
  'shortage',
  'available',
  'safety_stock',
] as const

const useExport = (asked: Asked) => {
  const t = useWords(words)
  const [count, setCount] = useState<number>()
  const stop = useRef<AbortController>(undefined)
  const run = async () => {
    stop.current?.abort()
    const controller = new AbortController()
    stop.current = controller
    const rows: Row[] = []
    setCount(0)
    for await (const page of allRows(asked, controller.signal)) {
      rows.push(...page)
      setCount(rows.length)
    }
    setCount(undefined)
    const file = 'holdfast-inventory.csv'
    const lines = rows.map(row => exported.map(name => row[name] ?? ''))
    saveCsv(file, [
      ['product', 'title', ...exported],
      ...lines.map((line, at) => [
        rows[at]?.product ?? '',
        [rows[at]?.title, ...(rows[at]?.option_values ?? [])].filter(Boolean).join(' '),
        ...line,
      ]),
    ])
    tell({ text: t('exported', { count: rows.length, file }) })
  }
  return { run, count }
}

const LocationFilter = ({
  value,
  onChange,
}: {
  value?: string | undefined
  onChange: (value?: string) => void
}) => {
  const f = useWords(frameWords)
  const { data } = useLocations()
  const places = data?.data ?? []
  const chosen = places.find(({ code }) => code === value)
  return (
    <Menu
      button={
        <button type="button" className={value ? 'chip on' : 'chip dash'}>
          <Icon name="place" size={12} />
          {chosen?.name ?? value ?? f('allLocations')}
          <Icon name="down" size={11} />
        </button>
      }
      entries={[
        { title: f('allLocations'), run: () => onChange(undefined) },
        'line',
        ...places.map(place => ({ title: place.name, run: () => onChange(place.code) })),
      ]}
    />
  )
}

const Actions = ({ asked }: { asked: Asked }) => {
  const t = useWords(words)
  const stock = useMay('stock')
  const { run, count } = useExport(asked)
  return (
    <>
      <Link className="btn wide" to="/inventory/unprotected">
        {t('unprotected')}
      </Link>
      <button type="button" className="btn wide" onClick={run} disabled={count !== undefined}>
        <Icon name="exportDown" size={14} />
        {count === undefined ? t('export') : t('exporting', { count })}
      </button>
      {stock && (
        <Link className="btn primary" to="/inventory/import">
          <Icon name="importUp" size={14} />
          {t('import')}
        </Link>
      )}
    </>
  )
}

const NoRows = ({ filtered, onClear }: { filtered: boolean; onClear: () => void }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  return filtered ? (
    <Empty
      icon="search"
      title={f('noMatch')}
      action={
        <button type="button" className="btn" onClick={onClear}>
          {f('clearFilters')}
        </button>
      }
    >
      {f('noMatchHelp')}
    </Empty>
  ) : (
    <Empty
      title={t('none')}
      action={
        <Link className="btn primary" to="/inventory/import">
          {t('import')}
        </Link>
      }
    >
      {t('noneHelp')}
    </Empty>
  )
}

const filters = ['q', 'location', 'product', 'state', 'available_max'] as const

const InventoryPage = () => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [search, setSearch] = useAddress()
  const navigate = useNavigate()
  const stock = useMay('stock')
  const asked: Asked = Object.fromEntries(
    [...filters, 'sort'].flatMap(name => (search[name] ? [[name, search[name]]] : [])),
  )
  const list = useInventory(asked)
  useLiveRows()
  const views = useViews()
  const { data: summary } = useSummary()
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set())
  const [adjusting, setAdjustingTo] = useState<string>()
  const setAdjusting = useCallback((key: string | undefined) => {
    setAdjustingTo(key)
    if (key !== undefined) return
    requestAnimationFrame(() => document.querySelector<HTMLElement>('.dt-row.cur')?.focus())
  }, [])
  const current = useRef<Row>(undefined)
  const all = useMemo(
    () => inventoryColumns({ t, f, adjusting, onAdjust: stock ? setAdjusting : undefined }),
    [t, f, adjusting, stock, setAdjusting],
  )
  const { shown, isShown, show } = useColumns('inventory', all)
  const adjustHere = () => current.current && setAdjusting(keyOf(current.current))
  useKeys(
    t('title'),
    stock ? [{ keys: 'a', title: t('adjust'), run: () => void adjustHere() }] : [],
  )
  const clear = () => setSearch(Object.fromEntries(filters.map(name => [name, undefined])))
  const picked = useMemo(
    () => (chosen.size === 0 ? [] : list.rows.filter(row => chosen.has(keyOf(row)))),
    [list.rows, chosen],
  )
  return (
    <Page
      title={t('title')}
      fills
      under={summary && <span className="wide">{t('under', { count: summary.levels })}</span>}
      actions={<Actions asked={asked} />}
    >
      <Panel className="flush">
        <ViewTabs
          table="inventory"
          views={views}
          search={asked as Record<string, string>}
          onOpen={setSearch}
          names={[...filters, 'sort']}
        />
        <div className="tool">
          <SearchField
            value={search['q'] ?? ''}
            onChange={q => setSearch({ q: q || undefined })}
            placeholder={t('search')}
          />
          <LocationFilter
            value={search['location']}
            onChange={location => setSearch({ location })}
          />
          {search['product'] && (
            <button
              type="button"
              className="chip on"
              onClick={() => setSearch({ product: undefined })}
            >
              {search['product']}
              <Icon name="cross" size={11} />
            </button>
          )}
          <div className="end row wide">
            <StateLegend states={['committed', 'held', 'unavailable', 'available', 'short']} />
            <ColumnsMenu columns={all} isShown={isShown} show={show} />
          </div>
        </div>
        <ListTable
          of={list}
          label={t('title')}
          columns={shown}
          keyOf={keyOf}
          nameOf={row => `${row.sku} ${row.location_name}`}
          sort={search['sort'] ?? 'sku'}
          onSort={sort => setSearch({ sort })}
          onOpen={row => navigate({ to: '/skus/$sku', params: { sku: row.sku } as never })}
          onCurrent={row => {
            current.current = row
          }}
          selection={stock ? { chosen, choose } : undefined}
          empty={<NoRows filtered={filters.some(name => search[name])} onClear={clear} />}
          foot={
            picked.length > 0 ? (
              <Bulk rows={picked} onDone={left => choose(new Set(left?.map(keyOf)))} />
            ) : undefined
          }
        />
      </Panel>
    </Page>
  )
}

export { InventoryPage as Page }
