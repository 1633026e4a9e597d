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
import { Status } from '../../parts/Status.tsx'
import { ChipSwitch, SearchField } from '../../parts/TableTools.tsx'
import { type Channel, ChannelDialog, channelKinds } from './ChannelDialog.tsx'
import { words } from './words.ts'

const pathOf = ({ code }: Channel) => `/channels/${encodeURIComponent(code)}`

const useChannelColumns = (): Column<Channel>[] => {
  const t = useWords(words)
  const { day } = useFormat()
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(150px, 2fr)',
        cell: channel => (
          <div className="clip">
            <Link to={pathOf(channel)}>{channel.name}</Link>
          </div>
        ),
      },
      {
        id: 'code',
        title: t('code'),
        width: 'minmax(110px, 1fr)',
        wide: true,
        cell: ({ code }) => (
          <div className="clip">
            <code>{code}</code>
          </div>
        ),
      },
      {
        id: 'kind',
        title: t('kind'),
        width: 'minmax(110px, 1fr)',
        cell: ({ kind }) => t(`kind_${kind}`),
      },
      {
        id: 'state',
        title: t('state'),
        width: '110px',
        cell: ({ archived_at }) =>
          archived_at === null ? (
            <Status shape="tick" tone="ok">
              {t('selling')}
            </Status>
          ) : (
            <Status shape="struck">{t('archived')}</Status>
          ),
      },
      {
        id: 'made',
        title: t('made'),
        width: '120px',
        wide: true,
        cell: ({ created_at }) => day(created_at),
      },
    ],
    [t, day],
  )
}

type Asked = { q?: string; kind?: Channel['kind']; archived?: boolean }

const Tools = ({ asked, onAsk }: { asked: Asked; onAsk: ReturnType<typeof useAddress>[1] }) => {
  const t = useWords(words)
  return (
    <div className="tool">
      <SearchField placeholder={t('name')} value={asked.q ?? ''} onChange={q => onAsk({ q })} />
      <select
        className="input auto"
        aria-label={t('kind')}
        value={asked.kind ?? ''}
        onChange={event => onAsk({ kind: event.target.value })}
      >
        <option value="">{t('anyKind')}</option>
        {channelKinds.map(kind => (
          <option key={kind} value={kind}>
            {t(`kind_${kind}`)}
          </option>
        ))}
      </select>
      <ChipSwitch name="archived">{t('showArchived')}</ChipSwitch>
    </div>
  )
}

/** Where do we sell? */
const Channels = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const may = useMay('stock')
  const [search, setSearch] = useAddress()
  const asked: Asked = {
    ...(search['q'] && { q: search['q'] }),
    ...(search['kind'] && { kind: search['kind'] as Channel['kind'] }),
    ...(search['archived'] && { archived: true }),
  }
  const list = useList<Channel>(['channels', asked], (cursor, signal) =>
    api.GET('/v1/channels', {
      params: { query: { ...asked, sort: 'code', limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useChannelColumns()
  const filtered = Object.keys(asked).length > 0
  const empty = filtered ? (
    <NoMatch title={t('noMatch')}>{t('noMatchHelp')}</NoMatch>
  ) : (
    <Empty
      icon="channel"
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
      actions={may && <NewButton>{t('newChannel')}</NewButton>}
    >
      <section className="panel">
        <Tools asked={asked} onAsk={setSearch} />
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ code }) => code}
          onOpen={channel => navigate({ to: pathOf(channel) })}
          empty={empty}
        />
      </section>
      {search['new'] && may && <ChannelDialog onClose={() => setSearch({ new: undefined })} />}
    </Page>
  )
}

export { Channels as Page }
