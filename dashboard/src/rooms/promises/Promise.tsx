import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { useMay } from '../../frame/person.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import { useFormat } from '../../parts/format.ts'
import { LocationName } from '../../parts/LocationName.tsx'
import { Page, Panel } from '../../parts/Page.tsx'
import { PromiseState, RestsOn, useShipText, waitText } from './Ships.tsx'
import { words } from './words.ts'

type Promised = {
  promises: (Schemas['LinePromise'] & { history: Change[] })[]
  notices: Notice[]
}
type Change = {
  reason: 'made' | 'supply' | 'policy' | 'queue'
  told: boolean
  promise: Schemas['ShipPromise']
  changed_at: string
}
type Choice = 'keep' | 'cancel'
type Notice = {
  notice_id: string
  created_at: string
  silence_at: string
  silence_default: Choice
  answer: Choice | null
  answered_by: 'buyer' | 'merchant' | 'silence' | null
  answered_at: string | null
}

const History = ({ history }: { history: Change[] }) => {
  const t = useWords(words)
  const { dateTime, whole } = useFormat()
  const shipText = useShipText()
  return (
    <ol className="versions">
      {[...history].reverse().map(change => (
        <li key={`${change.changed_at} ${change.reason}`}>
          <p className="row">
            <b>{shipText(change.promise)}</b>
            <time className="end mut t12" title={whole(change.changed_at)}>
              {dateTime(change.changed_at)}
            </time>
          </p>
          <p className="t12 mut">
            {t(`r_${change.reason}`)}
            {change.told && ` · ${t('toldThen')}`}
          </p>
        </li>
      ))}
    </ol>
  )
}

const Line = ({ line }: { line: Promised['promises'][number] }) => {
  const t = useWords(words)
  const { number } = useFormat()
  const shipText = useShipText()
  return (
    <Panel
      title={<span className="mono">{line.sku}</span>}
      sub={<LocationName code={line.location} />}
      end={<PromiseState promise={line} />}
      ruled
    >
      <dl className="body kv spaced">
        <dt>{t('ships')}</dt>
        <dd>
          <b>{shipText(line.promise)}</b>
        </dd>
        <dt>{t('rests')}</dt>
        <dd>
          <RestsOn promise={line.promise} />
        </dd>
        <dt>{t('told')}</dt>
        <dd>{shipText(line.told)}</dd>
        <dt>{t('units')}</dt>
        <dd>
          {number(line.quantity)} · {waitText(t, line)}
        </dd>
      </dl>
      <History history={line.history} />
    </Panel>
  )
}

const AnswerFor = ({ notice }: { notice: Notice }) => {
  const t = useWords(words)
  const [cancelling, setCancelling] = useState(false)
  const { notice_id } = notice
  const answer = useWrite(
    (choice: Choice) => api.POST('/v1/promises/answer', { body: { notice_id, choice } }),
    ['promises', 'reservations', 'backorders', 'levels', 'inventory'],
  )
  const say = (choice: Choice) =>
    answer.mutate(choice, {
      onSuccess: () => {
        tell({ text: t('answerDone', { choice: t(`c_${choice}`) }) })
        setCancelling(false)
      },
    })
  return (
    <div className="row wrap">
      <button
        type="button"
        className="btn sm"
        disabled={answer.isPending}
        onClick={() => say('keep')}
      >
        {t('keep')}
      </button>
      <button type="button" className="btn sm danger" onClick={() => setCancelling(true)}>
        {t('cancel')}
      </button>
      {cancelling && (
        <Confirm
          title={t('cancelTitle')}
          does={t('cancel')}
          busy={answer.isPending}
          problem={answer.error}
          onDo={() => say('cancel')}
          onClose={() => setCancelling(false)}
        >
          {t('cancelHelp')}
        </Confirm>
      )}
    </div>
  )
}

const Notices = ({ notices }: { notices: Notice[] }) => {
  const t = useWords(words)
  const may = useMay('sell')
  const { dateTime } = useFormat()
  return (
    <Panel title={t('notices')}>
      {notices.length === 0 && <p className="body mut">{t('noNotices')}</p>}
      <ol className="versions">
        {notices.map(notice => (
          <li key={notice.notice_id}>
            <p>{t('sent', { time: dateTime(notice.created_at) })}</p>
            {notice.answer === null ? (
              <>
                <p className="t12 mut">
                  {t(`silence_${notice.silence_default}`, { time: dateTime(notice.silence_at) })}
                </p>
                {may && <AnswerFor notice={notice} />}
              </>
            ) : (
              <p className="t12">
                <b>
                  {t('answered', {
                    who: t(`by_${notice.answered_by ?? 'buyer'}`),
                    choice: t(`c_${notice.answer}`),
                  })}
                </b>
              </p>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  )
}

/** What was promised to this order, and what did the buyer say? */
const PromisePage = () => {
  const reservation_id = useParam('reservation')
  const t = useWords(words)
  const found = useRead(['promises', reservation_id], signal =>
    api.GET('/v1/reservations/{reservation_id}/promises', {
      params: { path: { reservation_id } },
      signal,
    }),
  )
  return (
    <Page
      title={found.data?.order_reference ?? t('noOrder')}
      under={t('oneUnder')}
      above={[{ title: t('title'), to: '/promises' }]}
      actions={
        <Link
          className="btn"
          to="/reservations/$reservation"
          params={{ reservation: reservation_id } as never}
        >
          {t('openReservation')}
        </Link>
      }
    >
      <Answer of={found}>
        {({ promises, notices }) => (
          <div className="cols">
            <div className="stack c8">
              {promises.map(line => (
                <Line key={`${line.line} ${line.part} ${line.made_at}`} line={line} />
              ))}
            </div>
            <div className="c4">
              <Notices notices={notices} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { PromisePage as Page }
