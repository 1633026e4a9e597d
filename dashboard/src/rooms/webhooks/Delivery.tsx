import { api, type Schemas } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { Page, Panel } from '../../parts/Page.tsx'
import { CopyButton } from '../../parts/Secret.tsx'
import { Badge } from '../../parts/Status.tsx'
import { DeliveryState } from './EndpointState.tsx'
import { words } from './words.ts'

type Logged = Schemas['LoggedDelivery']

const SUCCESS_MIN = 200
const SUCCESS_MAX = 299

const Attempt = ({ attempt }: { attempt: Logged['attempts'][number] }) => {
  const t = useWords(words)
  const { dateTime, whole } = useFormat()
  const { status, error, answer, took_ms: ms } = attempt
  const good = status !== null && status >= SUCCESS_MIN && status <= SUCCESS_MAX
  return (
    <li className="stack tight">
      <p className="row wrap">
        <b>{t('attempt', { number: attempt.try })}</b>
        <Badge shape={good ? 'tick' : 'octagon'} tone={good ? 'ok' : 'danger'}>
          {status ?? t('noAnswer')}
        </Badge>
        <span className="mut t12">{t('took', { ms })}</span>
        <time className="end mut t12" title={whole(attempt.at)}>
          {dateTime(attempt.at)}
        </time>
      </p>
      {error !== null && <p className="t12">{error}</p>}
      {answer === null || answer === '' ? (
        status !== null && <p className="t12 mut">{t('answerEmpty')}</p>
      ) : (
        <pre className="code">{answer}</pre>
      )}
    </li>
  )
}

/** While it waits, it is looked at again: no event tells that it was sent. */
const PENDING_MS = 1_500

/** What was sent, and what came back? */
const Delivery = () => {
  const endpoint_id = useParam('endpoint')
  const event_id = useParam('event')
  const t = useWords(words)
  const path = { endpoint_id, event_id }
  const delivery = useRead(
    ['deliveries', endpoint_id, event_id],
    signal =>
      api.GET('/v1/webhooks/{endpoint_id}/deliveries/{event_id}', { params: { path }, signal }),
    { fresh_ms: found => (found?.state === 'pending' ? PENDING_MS : undefined) },
  )
  const replay = useWrite(
    () =>
      api.POST('/v1/webhooks/{endpoint_id}/replay', {
        params: { path: { endpoint_id } },
        body: { event_id },
      }),
    ['deliveries'],
  )
  const again = () =>
    replay.mutate(undefined, {
      onSuccess: ({ queued }) => tell({ text: t('replayed', { count: queued }) }),
    })
  const { data } = delivery
  return (
    <Page
      title={data?.type ?? event_id}
      name={event_id}
      above={[
        { title: t('title'), to: '/webhooks' },
        { title: t('deliveries'), to: `/webhooks/${endpoint_id}` },
      ]}
      under={data && <DeliveryState delivery={data} />}
      actions={
        <button type="button" className="btn" onClick={again} disabled={replay.isPending}>
          {t('replay')}
        </button>
      }
    >
      <Answer of={delivery}>
        {found => {
          const body = found.body === null ? null : JSON.stringify(found.body, null, 2)
          return (
            <div className="cols">
              <div className="c7">
                <Panel title={t('body')} end={body !== null && <CopyButton text={body} small />}>
                  <div className="body">
                    {body === null ? (
                      <p className="mut">{t('bodyGone')}</p>
                    ) : (
                      <pre className="code">{body}</pre>
                    )}
                  </div>
                </Panel>
              </div>
              <div className="c5">
                <Panel title={t('attempts')}>
                  {found.attempts.length === 0 && <p className="body mut">{t('noAttempts')}</p>}
                  <ol className="versions">
                    {[...found.attempts].reverse().map(attempt => (
                      <Attempt key={`${attempt.try} ${attempt.at}`} attempt={attempt} />
                    ))}
                  </ol>
                </Panel>
              </div>
            </div>
          )
        }}
      </Answer>
    </Page>
  )
}

export { Delivery as Page }
