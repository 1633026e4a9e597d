import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { api, type Schemas } from '../../api/client.ts'
import { useList, useWrite } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Empty, Refusal } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { Dialog, DialogFoot } from '../../parts/Dialog.tsx'
import { TextField } from '../../parts/Field.tsx'
import { useFormat } from '../../parts/format.ts'
import { ListTable } from '../../parts/ListTable.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Page } from '../../parts/Page.tsx'
import { MailState } from './MailState.tsx'
import { type State, states, type Template, templates } from './templates.ts'
import { words } from './words.ts'

type Mail = Schemas['Mail']

const useMailColumns = (): Column<Mail>[] => {
  const t = useWords(words)
  const { dateTime, whole, number } = useFormat()
  return useMemo(
    () => [
      {
        id: 'about',
        title: t('about'),
        width: 'minmax(140px, 1.3fr)',
        cell: mail => <Link to={`/mails/${mail.mail_id}`}>{t(`t_${mail.template}`)}</Link>,
      },
      {
        id: 'to',
        title: t('to'),
        width: 'minmax(160px, 1.6fr)',
        wide: true,
        cell: ({ recipient }) => (
          <div className="clip">{recipient ?? <span className="mut">{t('erased')}</span>}</div>
        ),
      },
      {
        id: 'state',
        title: t('state'),
        width: 'minmax(130px, 1.2fr)',
        cell: mail => <MailState mail={mail} />,
      },
      {
        id: 'language',
        title: t('language'),
        width: '90px',
        wide: true,
        cell: ({ language }) => t(language),
      },
      {
        id: 'attempts',
        title: t('attempts'),
        width: '60px',
        align: 'end',
        wide: true,
        cell: ({ attempts }) => number(attempts),
      },
      {
        id: 'made',
        title: t('made'),
        width: '150px',
        align: 'end',
        cell: ({ created_at: at }) => <time title={whole(at)}>{dateTime(at)}</time>,
      },
    ],
    [t, dateTime, whole, number],
  )
}

const TestDialog = ({ onClose }: { onClose: () => void }) => {
  const t = useWords(words)
  const [to, setTo] = useState('')
  const send = useWrite((to: string) => api.POST('/v1/mail/test', { body: { to } }), ['mails'], {
    quiet: true,
  })
  const submit = () =>
    send.mutate(to, {
      onSuccess: () => {
        tell({ text: t('tested', { to }) })
        onClose()
      },
    })
  return (
    <Dialog
      title={t('testTitle')}
      onClose={onClose}
      onSubmit={submit}
      foot={
        <DialogFoot
          does={t('testDo')}
          ready={to.includes('@')}
          busy={send.isPending}
          onClose={onClose}
        />
      }
    >
      <TextField
        label={t('testTo')}
        type="email"
        value={to}
        onChange={setTo}
        help={t('testHelp')}
        maxLength={254}
        required
        autoFocus
      />
      {send.error && <Refusal problem={send.error} />}
    </Dialog>
  )
}

type Asked = { state?: State; template?: Template }

const Tools = ({ asked, onAsk }: { asked: Asked; onAsk: ReturnType<typeof useAddress>[1] }) => {
  const t = useWords(words)
  return (
    <div className="tool">
      <select
        className="input auto"
        aria-label={t('state')}
        value={asked.state ?? ''}
        onChange={event => onAsk({ state: event.target.value || undefined })}
      >
        <option value="">{t('anyState')}</option>
        {states.map(state => (
          <option key={state} value={state}>
            {t(`state_${state}`)}
          </option>
        ))}
      </select>
      <select
        className="input auto"
        aria-label={t('about')}
        value={asked.template ?? ''}
        onChange={event => onAsk({ template: event.target.value || undefined })}
      >
        <option value="">{t('anyTemplate')}</option>
        {templates.map(template => (
          <option key={template} value={template}>
            {t(`t_${template}`)}
          </option>
        ))}
      </select>
    </div>
  )
}

/** What was told to whom? */
const Mails = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [search, setSearch] = useAddress()
  const asked: Asked = {
    ...(search['state'] && { state: search['state'] as State }),
    ...(search['template'] && { template: search['template'] as Template }),
  }
  const list = useList<Mail>(['mails', asked], (cursor, signal) =>
    api.GET('/v1/mails', {
      params: { query: { ...asked, limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useMailColumns()
  const filtered = Object.keys(asked).length > 0
  const empty = filtered ? (
    <NoMatch title={t('noMatch')}>{t('noMatchHelp')}</NoMatch>
  ) : (
    <Empty
      icon="mail"
      title={t('emptyTitle')}
      action={
        <Link className="btn primary" to="/mails/preview">
          {t('emptyDo')}
        </Link>
      }
    >
      {t('empty')}
    </Empty>
  )
  return (
    <Page
      title={t('title')}
      under={t('under')}
      fills
      actions={
        <>
          <Link className="btn" to="/mails/preview">
            {t('preview')}
          </Link>
          <button type="button" className="btn" onClick={() => setSearch({ test: '1' })}>
            {t('test')}
          </button>
        </>
      }
    >
      <section className="panel">
        <Tools asked={asked} onAsk={setSearch} />
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ mail_id }) => String(mail_id)}
          onOpen={({ mail_id }) => navigate({ to: `/mails/${mail_id}` })}
          empty={empty}
        />
      </section>
      {search['test'] && <TestDialog onClose={() => setSearch({ test: undefined })} />}
    </Page>
  )
}

export { Mails as Page }
