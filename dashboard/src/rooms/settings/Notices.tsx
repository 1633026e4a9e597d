import { type FormEvent, useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Refusal } from '../../parts/Answers.tsx'
import { CheckField, TextField } from '../../parts/Field.tsx'
import { Icon } from '../../parts/Icon.tsx'
import { Panel } from '../../parts/Page.tsx'
import { words } from './words.ts'

type Recipient = Schemas['NoticeRecipient']
type Notice = Recipient['notices'][number]
type Wished = { email: string; notices: Notice[] }

const notices = ['shortage', 'low', 'out', 'webhook_paused'] as const
const SHOWN_MAX = 250

const useRecipients = () => {
  const changes = ['notices', 'audit_log']
  const set = useWrite((body: Wished) => api.POST('/v1/notices', { body }), changes, {
    quiet: true,
  })
  const remove = useWrite(
    ({ recipient_id }: Recipient) =>
      api.DELETE('/v1/notices/{recipient_id}', { params: { path: { recipient_id } } }),
    changes,
  )
  return { set, remove }
}

const NoticeChips = (props: { chosen: readonly Notice[]; onChange: (next: Notice[]) => void }) => {
  const { chosen, onChange } = props
  const t = useWords(words)
  return (
    <div className="checks">
      {notices.map(notice => (
        <CheckField
          key={notice}
          checked={chosen.includes(notice)}
          onChange={on =>
            onChange(on ? [...chosen, notice] : chosen.filter(each => each !== notice))
          }
        >
          {t(`n_${notice}`)}
        </CheckField>
      ))}
    </div>
  )
}

const Line = ({ recipient }: { recipient: Recipient }) => {
  const t = useWords(words)
  const { set, remove } = useRecipients()
  const { email } = recipient
  const change = (next: Notice[]) => {
    if (next.length > 0) set.mutate({ email, notices: next })
  }
  const drop = () =>
    remove.mutate(recipient, {
      onSuccess: () =>
        tell({
          text: t('removed', { email }),
          undo: () => set.mutate({ email, notices: recipient.notices }),
        }),
    })
  return (
    <li className="row wrap">
      <b className="grow el1">{email}</b>
      <NoticeChips chosen={recipient.notices} onChange={change} />
      <button
        type="button"
        className="btn ghost icon sm"
        aria-label={t('removeIt', { email })}
        onClick={drop}
      >
        <Icon name="cross" size={12} />
      </button>
    </li>
  )
}

/** Who at the shop is told of what. */
export const Notices = () => {
  const t = useWords(words)
  const { set } = useRecipients()
  const [email, setEmail] = useState('')
  const [chosen, setChosen] = useState<Notice[]>([...notices])
  const recipients = useRead(['notices'], signal =>
    api.GET('/v1/notices', { params: { query: { sort: 'email', limit: SHOWN_MAX } }, signal }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    set.mutate(
      { email, notices: chosen },
      {
        onSuccess: made => {
          tell({ text: t('added', { email: made.email }) })
          setEmail('')
        },
      },
    )
  }
  return (
    <Panel title={t('notices')} sub={<span className="wide">{t('noticesHelp')}</span>}>
      <Answer of={recipients} rows={2}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="body mut">{t('noticesNone')}</p>
          ) : (
            <ul className="lines">
              {data.map(recipient => (
                <Line key={recipient.recipient_id} recipient={recipient} />
              ))}
            </ul>
          )
        }
      </Answer>
      <form className="asks ruled" onSubmit={submit}>
        <TextField
          label={t('email')}
          type="email"
          value={email}
          onChange={setEmail}
          maxLength={254}
          required
        />
        <NoticeChips chosen={chosen} onChange={setChosen} />
        <button type="submit" className="btn" disabled={set.isPending || chosen.length === 0}>
          {t('add')}
        </button>
        {set.error && <Refusal problem={set.error} />}
      </form>
    </Panel>
  )
}
