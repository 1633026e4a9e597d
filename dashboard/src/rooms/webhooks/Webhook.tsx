import { useNavigate } from '@tanstack/react-router'
import { useEffect, useMemo } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useList, useRead, useWrite } from '../../api/use.ts'
import { useAddress, useParam } from '../../frame/address.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { Page } from '../../parts/Page.tsx'
import { StatusShape } from '../../parts/Status.tsx'
import { EndpointActions } from './EndpointActions.tsx'
import type { Endpoint } from './EndpointDialog.tsx'
import { DeliveryState, EndpointState } from './EndpointState.tsx'
import { useSentText } from './Webhooks.tsx'
import { words } from './words.ts'

type Delivery = Schemas['Delivery']
type State = Delivery['state']

const states = ['pending', 'delivered', 'dead'] as const
const KEPT_MS = 14 * 86_400_000
/** What is sent is not in the stream of events: the log is looked at again and again. */
const LOOK_AGAIN_MS = 4_000

/** What happened to what; where it has no room, it breaks between the two. */
const TypeOf = ({ type }: { type: string }) => {
  const [what, ...happened] = type.split('.')
  return (
    <code>
      {what}.<wbr />
      {happened.join('.')}
    </code>
  )
}

const useDeliveryColumns = (): Column<Delivery>[] => {
  const t = useWords(words)
  const { dateTime, whole, number } = useFormat()
  return useMemo(
    () => [
      {
        id: 'type',
        title: t('type'),
        width: 'minmax(140px, 1.4fr)',
        cell: ({ type }) => (
          <div className="clip">
            <TypeOf type={type} />
          </div>
        ),
      },
      {
        id: 'event',
        title: t('event'),
        width: '130px',
        wide: true,
        cell: ({ event_id }) => <code className="mut">{event_id}</code>,
      },
      {
        id: 'state',
        title: t('state'),
        width: 'minmax(120px, 1.4fr)',
        cell: delivery => <DeliveryState delivery={delivery} />,
      },
      {
        id: 'answered',
        title: t('answered'),
        width: 'minmax(90px, 1fr)',
        wide: true,
        cell: ({ last_status, last_error }) => last_status ?? last_error ?? '–',
      },
      {
        id: 'tries',
        title: t('tries'),
        width: '56px',
        align: 'end',
        wide: true,
        cell: ({ tries }) => number(tries),
      },
      {
        id: 'when',
        title: t('when'),
        width: 'minmax(150px, 1fr)',
        align: 'end',
        cell: ({ created_at: at }) => (
          <div className="clip">
            <time title={whole(at)}>{dateTime(at)}</time>
          </div>
        ),
      },
    ],
    [t, dateTime, whole, number],
  )
}

const useReplayDead = (endpoint_id: string) => {
  const t = useWords(words)
  const replay = useWrite(
    () =>
      api.POST('/v1/webhooks/{endpoint_id}/replay', {
        params: { path: { endpoint_id } },
        body: { from: new Date(Date.now() - KEPT_MS).toISOString(), state: 'dead' as const },
      }),
    ['webhooks', 'deliveries'],
  )
  const run = () =>
    replay.mutate(undefined, {
      onSuccess: ({ queued }) =>
        tell({ text: queued === 0 ? t('nothingDead') : t('replayed', { count: queued }) }),
    })
  return { run, busy: replay.isPending }
}

const Tools = ({ endpoint, state }: { endpoint: Endpoint; state: State | undefined }) => {
  const t = useWords(words)
  const [, setSearch] = useAddress()
  const replay = useReplayDead(String(endpoint.endpoint_id))
  return (
    <div className="tool">
      <h2>{t('deliveries')}</h2>
      <span className="mut wide">{t('deliveriesHelp')}</span>
      <span className="end row">
        <select
          className="input auto"
          aria-label={t('state')}
          value={state ?? ''}
          onChange={event => setSearch({ state: event.target.value || undefined })}
        >
          <option value="">{t('anyState')}</option>
          {states.map(each => (
            <option key={each} value={each}>
              {t(`d_${each}`)}
            </option>
          ))}
        </select>
        <button
          type="button"
          className="btn wide"
          title={t('replayDeadHelp')}
          onClick={replay.run}
          disabled={replay.busy}
        >
          {t('replayDead')}
        </button>
      </span>
    </div>
  )
}

const Deliveries = ({ endpoint }: { endpoint: Endpoint }) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [search] = useAddress()
  const state = search['state'] as State | undefined
  const endpoint_id = String(endpoint.endpoint_id)
  const list = useList<Delivery>(['deliveries', endpoint_id, state], (cursor, signal) =>
    api.GET('/v1/webhooks/{endpoint_id}/deliveries', {
      params: {
        path: { endpoint_id },
        query: { limit: 100, ...(state && { state }), ...(cursor && { cursor }) },
      },
      signal,
    }),
  )
  const { again } = list
  // biome-ignore lint/correctness/useExhaustiveDependencies: again is another function each time
  useEffect(() => {
    const timer = window.setInterval(again, LOOK_AGAIN_MS)
    return () => window.clearInterval(timer)
  }, [])
  const columns = useDeliveryColumns()
  return (
    <section className="panel">
      <Tools endpoint={endpoint} state={state} />
      <ListTable
        of={list}
        label={t('deliveries')}
        columns={columns}
        keyOf={({ event_id }) => event_id}
        onOpen={({ event_id }) => navigate({ to: `/webhooks/${endpoint_id}/${event_id}` })}
        empty={
          <Empty icon="webhook" title={t(state === undefined ? 'noDeliveries' : 'noMatch')}>
            {t(state === undefined ? 'noDeliveriesHelp' : 'noMatchHelp')}
          </Empty>
        }
      />
    </section>
  )
}

const Under = ({ endpoint }: { endpoint: Endpoint }) => {
  const t = useWords(words)
  const sentText = useSentText()
  return (
    <>
      <EndpointState endpoint={endpoint} />
      <span className="wide">{sentText(endpoint)}</span>
      <span className="mut wide">{t('secrets', { count: endpoint.secrets })}</span>
    </>
  )
}

const PausedNote = () => {
  const t = useWords(words)
  return (
    <div className="note warn">
      <StatusShape shape="triangle" size={15} />
      <div>
        <b>{t('pausedTitle')}</b>
        <p className="t12">{t('paused')}</p>
      </div>
    </div>
  )
}

/** Does this receiver get what happens? */
const Webhook = () => {
  const endpoint_id = useParam('endpoint')
  const t = useWords(words)
  const endpoint = useRead(['webhooks', endpoint_id], signal =>
    api.GET('/v1/webhooks/{endpoint_id}', { params: { path: { endpoint_id } }, signal }),
  )
  const { data } = endpoint
  return (
    <Page
      title={data?.description ?? data?.url ?? t('title')}
      above={[{ title: t('title'), to: '/webhooks' }]}
      under={data && <Under endpoint={data} />}
      actions={data && <EndpointActions endpoint={data} />}
      fills
    >
      <Answer of={endpoint}>
        {found => (
          <div className="filled">
            {found.state === 'paused' && <PausedNote />}
            <Deliveries endpoint={found} />
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { Webhook as Page }
