import { api, type Schemas } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { Page, Panel } from '../../parts/Page.tsx'
import { Letter } from './Letter.tsx'
import { MailState } from './MailState.tsx'
import { words } from './words.ts'

type Whole = Schemas['WholeMail']

const Facts = ({ mail }: { mail: Whole }) => {
  const t = useWords(words)
  const { dateTime, number } = useFormat()
  const rows = [
    [t('to'), mail.recipient ?? t('erased')],
    [t('language'), t(mail.language)],
    [t('made'), dateTime(mail.created_at)],
    [t('attempts'), number(mail.attempts)],
    [t('sent'), mail.sent_at === null ? '–' : dateTime(mail.sent_at)],
    [t('due'), mail.due_at === null ? '–' : dateTime(mail.due_at)],
    [t('fault'), mail.fault ?? '–'],
  ]
  return (
    <Panel title={t('facts')} foot={t('events', { count: mail.events })}>
      <dl className="body kv">
        <dt>{t('state')}</dt>
        <dd>
          <MailState mail={mail} />
        </dd>
        {rows.map(([name, value]) => (
          <div className="kv-row" key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

/** What did this mail say, and what became of it? */
const Mail = () => {
  const mail_id = Number(useParam('mail'))
  const t = useWords(words)
  const mail = useRead(['mails', mail_id], signal =>
    api.GET('/v1/mails/{mail_id}', { params: { path: { mail_id } }, signal }),
  )
  const retry = useWrite(
    () => api.POST('/v1/mails/{mail_id}/retry', { params: { path: { mail_id } } }),
    ['mails'],
  )
  const { data } = mail
  const again = () => retry.mutate(undefined, { onSuccess: () => tell({ text: t('retried') }) })
  return (
    <Page
      title={data === undefined ? t('mailTitle', { id: mail_id }) : t(`t_${data.template}`)}
      above={[{ title: t('title'), to: '/mails' }]}
      actions={
        data !== undefined && data.state !== 'erased' ? (
          <button type="button" className="btn" onClick={again} disabled={retry.isPending}>
            {t('retry')}
          </button>
        ) : undefined
      }
    >
      <Answer of={mail} rows={10}>
        {found => (
          <div className="cols">
            <div className="c8">
              <Letter letter={found} foot={t('hiddenLinks')} />
            </div>
            <div className="c4">
              <Facts mail={found} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { Mail as Page }
