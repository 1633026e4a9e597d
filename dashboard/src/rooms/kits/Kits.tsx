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
import { NewButton } from '../../parts/NewButton.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Page } from '../../parts/Page.tsx'
import { SearchField } from '../../parts/TableTools.tsx'
import { type Kit, KitDialog } from './KitDialog.tsx'
import { words } from './words.ts'

const useKitColumns = (): Column<Kit>[] => {
  const t = useWords(words)
  const { ago, whole, number, joined } = useFormat()
  return useMemo(
    () => [
      {
        id: 'sku',
        title: t('kit'),
        width: 'minmax(140px, 1.2fr)',
        cell: ({ sku }) => (
          <Link className="mono" to="/kits/$kit" params={{ kit: sku } as never}>
            {sku}
          </Link>
        ),
      },
      {
        id: 'components',
        title: t('components'),
        width: 'minmax(160px, 2.4fr)',
        cell: ({ components }) => (
          <div className="clip">
            {joined(components.map(({ sku, quantity }) => `${number(quantity)} × ${sku}`))}
          </div>
        ),
      },
      {
        id: 'kind',
        title: t('kind'),
        width: '110px',
        cell: ({ assembled }) => t(assembled ? 'assembled' : 'virtual'),
      },
      {
        id: 'ships',
        title: t('ships'),
        width: 'minmax(150px, 1fr)',
        wide: true,
        cell: kit => t(kit.ships_partial ? 'shipsPartial' : 'shipsWhole'),
      },
      {
        id: 'changed',
        title: t('changed'),
        width: '120px',
        wide: true,
        cell: ({ changed_at: at }) => <time title={whole(at)}>{ago(at)}</time>,
      },
    ],
    [t, ago, whole, number, joined],
  )
}

type Asked = { q?: string; assembled?: boolean }

const Tools = ({ asked, onAsk }: { asked: Asked; onAsk: ReturnType<typeof useAddress>[1] }) => {
  const t = useWords(words)
  const kind = asked.assembled === undefined ? '' : String(asked.assembled)
  return (
    <div className="tool">
      <SearchField placeholder={t('kit')} value={asked.q ?? ''} onChange={q => onAsk({ q })} />
      <select
        className="input auto"
        aria-label={t('kind')}
        value={kind}
        onChange={event => onAsk({ assembled: event.target.value || undefined })}
      >
        <option value="">{t('anyKind')}</option>
        <option value="false">{t('virtual')}</option>
        <option value="true">{t('assembled')}</option>
      </select>
    </div>
  )
}

/** What is made of what? */
const Kits = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const may = useMay('stock')
  const [search, setSearch] = useAddress()
  const asked: Asked = {
    ...(search['q'] && { q: search['q'] }),
    ...(search['assembled'] && { assembled: search['assembled'] === 'true' }),
  }
  const list = useList<Kit>(['kits', asked], (cursor, signal) =>
    api.GET('/v1/kits', {
      params: { query: { ...asked, sort: 'sku', limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useKitColumns()
  const filtered = Object.keys(asked).length > 0
  const empty = filtered ? (
    <NoMatch title={t('noMatch')}>{t('noMatchHelp')}</NoMatch>
  ) : (
    <Empty
      icon="kit"
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
      actions={may && <NewButton>{t('newKit')}</NewButton>}
    >
      <section className="panel">
        <Tools asked={asked} onAsk={setSearch} />
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ sku }) => sku}
          onOpen={({ sku }) => navigate({ to: '/kits/$kit', params: { kit: sku } as never })}
          empty={empty}
        />
      </section>
      {search['new'] && may && <KitDialog onClose={() => setSearch({ new: undefined })} />}
    </Page>
  )
}

export { Kits as Page }
