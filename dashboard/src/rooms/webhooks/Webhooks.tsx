import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { api } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { useLocationNames } from '../../parts/LocationName.tsx'
import { NewButton } from '../../parts/NewButton.tsx'
import { Page } from '../../parts/Page.tsx'
import { type Endpoint, EndpointDialog } from './EndpointDialog.tsx'
import { EndpointState } from './EndpointState.tsx'
import { words } from './words.ts'

const ROW_HEIGHT = 48

/** What an endpoint is sent, in one line. */
export const useSentText = () => {
  const t = useWords(words)
  const { list } = useFormat()
  const nameOf = useLocationNames()
  return ({ types, skus, locations }: Endpoint): string => {
    const what = [...(types ?? []), ...(skus ?? []), ...(locations ?? []).map(nameOf)]
    return what.length === 0 ? t('allEvents') : t('only', { what: list.format(what) })
  }
}

const useEndpointColumns = (): Column<Endpoint>[] => {
  const t = useWords(words)
  const { day } = useFormat()
  const sentText = useSentText()
  return useMemo(
    () => [
      {
        id: 'url',
        title: t('address'),
        width: 'minmax(180px, 2fr)',
        cell: endpoint => (
          <div className="two">
            <b>
              <Link to={`/webhooks/${endpoint.endpoint_id}`}>
                {endpoint.description ?? endpoint.url}
              </Link>
            </b>
            <span>{endpoint.description === null ? '' : endpoint.url}</span>
          </div>
        ),
      },
      {
        id: 'sends',
        title: t('sends'),
        width: 'minmax(160px, 1.6fr)',
        wide: true,
        cell: endpoint => <div className="clip">{sentText(endpoint)}</div>,
      },
      {
        id: 'state',
        title: t('state'),
        width: 'minmax(120px, 1fr)',
        cell: endpoint => <EndpointState endpoint={endpoint} />,
      },
      {
        id: 'made',
        title: t('made'),
        width: '120px',
        wide: true,
        cell: ({ created_at }) => day(created_at),
      },
    ],
    [t, day, sentText],
  )
}

/** Who hears of what happens here? */
const Webhooks = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [search, setSearch] = useAddress()
  const list = useList<Endpoint>(['webhooks', 'list'], (cursor, signal) =>
    api.GET('/v1/webhooks', {
      params: { query: { limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useEndpointColumns()
  return (
    <Page
      title={t('title')}
      under={<span className="wide">{t('under')}</span>}
      fills
      actions={<NewButton>{t('newEndpoint')}</NewButton>}
    >
      <section className="panel">
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ endpoint_id }) => String(endpoint_id)}
          rowHeight={ROW_HEIGHT}
          onOpen={({ endpoint_id }) => navigate({ to: `/webhooks/${endpoint_id}` })}
          empty={
            <Empty
              icon="webhook"
              title={t('emptyTitle')}
              action={<NewButton>{t('emptyDo')}</NewButton>}
            >
              {t('empty')}
            </Empty>
          }
        />
      </section>
      {search['new'] && <EndpointDialog onClose={() => setSearch({ new: undefined })} />}
    </Page>
  )
}

export { Webhooks as Page }
