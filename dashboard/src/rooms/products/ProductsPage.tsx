import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api, type Product } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useKeys } from '../../frame/keys.ts'
import { useMay } from '../../frame/person.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { ListTable } from '../../parts/ListTable.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { Badge } from '../../parts/Status.tsx'
import { SearchField, ViewTabs } from '../../parts/TableTools.tsx'
import { ProductForm } from './ProductForm.tsx'
import { words } from './words.ts'

const useColumnsOf = (): Column<Product>[] => {
  const t = useWords(words)
  const { number, day } = useFormat()
  return useMemo(
    () => [
      {
        id: 'title',
        title: t('name'),
        width: 'minmax(180px, 2fr)',
        sort: 'title',
        cell: row => (
          <div className="two">
            <b>
              <Link to="/products/$handle" params={{ handle: row.handle } as never}>
                {row.title}
              </Link>
            </b>
            <span className="narrow">{row.handle}</span>
          </div>
        ),
      },
      {
        id: 'handle',
        title: t('handle'),
        width: 'minmax(140px, 1fr)',
        sort: 'handle',
        wide: true,
        cell: row => <span className="mono sub">{row.handle}</span>,
      },
      {
        id: 'vendor',
        title: t('vendor'),
        width: 'minmax(110px, 1fr)',
        wide: true,
        cell: row => row.vendor ?? '–',
      },
      {
        id: 'type',
        title: t('type'),
        width: 'minmax(110px, 1fr)',
        wide: true,
        cell: row => row.product_type ?? '–',
      },
      {
        id: 'options',
        title: t('options'),
        width: 'minmax(120px, 1fr)',
        wide: true,
        cell: row => row.option_names.join(' · ') || '–',
      },
      {
        id: 'variants',
        title: t('variants'),
        width: '90px',
        align: 'end',
        cell: row => number(row.variant_count),
      },
      {
        id: 'created',
        title: t('created'),
        width: '120px',
        sort: 'created_at',
        largestFirst: true,
        wide: true,
        cell: row =>
          row.archived_at === null ? (
            day(row.created_at)
          ) : (
            <Badge shape="half">{t('archived')}</Badge>
          ),
      },
    ],
    [t, number, day],
  )
}

const ProductsPage = () => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const [search, setSearch] = useAddress()
  const navigate = useNavigate()
  const stock = useMay('stock')
  const columns = useColumnsOf()
  const { q, sort = 'title', archived } = search
  const list = useList<Product>(['products', q, sort, archived], (cursor, signal) =>
    api.GET('/v1/products', {
      params: {
        query: {
          limit: 250,
          sort: sort as 'title',
          ...(q ? { q } : {}),
          ...(archived ? { archived: true } : {}),
          ...(cursor ? { cursor } : {}),
        },
      },
      signal,
    }),
  )
  const make = () => setSearch({ new: '1' }, { keep: true })
  useKeys(t('title'), stock ? [{ keys: 'n', title: t('make'), run: make }] : [])
  const button = (
    <button type="button" className="btn primary" onClick={make}>
      <Icon name="plus" size={14} />
      {t('make')}
    </button>
  )
  const open = (handle: string) =>
    navigate({ to: '/products/$handle', params: { handle } as never })
  return (
    <Page
      title={t('title')}
      fills
      under={<span className="wide">{t('under')}</span>}
      actions={stock && button}
    >
      <Panel className="flush">
        <ViewTabs
          table="products"
          views={[
            { name: t('state_active'), search: {} },
            { name: t('state_archived'), search: { archived: '1' } },
          ]}
          search={archived ? { archived } : {}}
          names={['archived']}
          onOpen={setSearch}
        />
        <div className="tool">
          <SearchField
            value={q ?? ''}
            onChange={text => setSearch({ q: text || undefined })}
            placeholder={t('search')}
          />
        </div>
        <ListTable
          of={list}
          label={t('title')}
          columns={columns}
          keyOf={row => row.handle}
          sort={sort}
          onSort={next => setSearch({ sort: next })}
          onOpen={row => open(row.handle)}
          empty={
            q ? (
              <Empty
                icon="search"
                title={f('noMatch')}
                action={
                  <button type="button" className="btn" onClick={() => setSearch({ q: undefined })}>
                    {f('clearFilters')}
                  </button>
                }
              >
                {f('noMatchHelp')}
              </Empty>
            ) : (
              <Empty icon="tag" title={t('none')} action={stock && button}>
                {t('noneHelp')}
              </Empty>
            )
          }
        />
      </Panel>
      {search['new'] && stock && (
        <ProductForm onClose={() => setSearch({ new: undefined })} onMade={open} />
      )}
    </Page>
  )
}

export { ProductsPage as Page }
