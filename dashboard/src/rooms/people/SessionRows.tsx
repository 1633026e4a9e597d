import { api, type Schemas } from '../../api/client.ts'
import { useWrite } from '../../api/use.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import { useFormat } from '../../parts/format.ts'
import { type RowColumn, Rows } from '../../parts/Rows.tsx'
import { Badge } from '../../parts/Status.tsx'
import { browserOf, useMe } from './people.ts'
import { words } from './words.ts'

type Session = Schemas['Session']

const EndButton = ({ session }: { session: Session }) => {
  const t = useWords(words)
  const end = useWrite(
    () =>
      api.POST('/v1/sessions/{session_id}/end', {
        params: { path: { session_id: session.session_id } },
      }),
    ['sessions', 'audit_log'],
  )
  const run = () =>
    end.mutate(undefined, { onSuccess: ({ name }) => tell({ text: t('ended', { name }) }) })
  return (
    <button type="button" className="btn sm" onClick={run} disabled={end.isPending}>
      {t('endSession')}
    </button>
  )
}

/** Where somebody is signed in; each session can be ended, but not the one that looks. */
export const SessionRows = (props: { sessions: Session[]; named?: boolean; keyed?: boolean }) => {
  const { sessions, named = false, keyed = false } = props
  const t = useWords(words)
  const { ago, dateTime, whole, joined } = useFormat()
  const me = useMe()
  if (sessions.length === 0) {
    return (
      <Empty icon="key" title={t('noSessions')}>
        {t('noSessionsHelp')}
      </Empty>
    )
  }
  const name: RowColumn<Session> = { title: t('name'), cell: session => <b>{session.name}</b> }
  const columns: RowColumn<Session>[] = [
    ...(named ? [name] : []),
    {
      title: t('where'),
      cell: ({ agent }) => (
        <span title={agent ?? undefined}>{browserOf(agent, joined) ?? t('unknownBrowser')}</span>
      ),
    },
    { title: t('address'), cell: ({ address }) => <code>{address ?? '–'}</code>, wide: true },
    { title: t('since'), cell: ({ created_at }) => dateTime(created_at), wide: true },
    {
      title: t('seen'),
      cell: ({ seen_at }) => <time title={whole(seen_at)}>{ago(seen_at)}</time>,
    },
    {
      title: '',
      end: true,
      cell: session =>
        session.session_id === me.data?.session_id ? (
          <Badge shape="tick" tone="ok">
            {t('thisOne')}
          </Badge>
        ) : (
          <EndButton session={session} />
        ),
    },
  ]
  return (
    <Rows
      caption={t('sessionsList')}
      columns={columns}
      rows={sessions}
      keyOf={({ session_id }) => session_id}
      keyed={keyed}
    />
  )
}
