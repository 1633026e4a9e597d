import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { api } from '../../api/client.ts'
import { useList } from '../../api/use.ts'
import { useAddress } from '../../frame/address.ts'
import { frameWords } from '../../frame/catalogue.ts'
import { useWords } from '../../frame/words.ts'
import { Empty } from '../../parts/Answers.tsx'
import type { Column } from '../../parts/DataTable.tsx'
import { Dialog } from '../../parts/Dialog.tsx'
import { DayFilter } from '../../parts/FilterField.tsx'
import { useFormat } from '../../parts/format.ts'
import { Icon } from '../../parts/Icon.tsx'
import { ListTable } from '../../parts/ListTable.tsx'
import { NoMatch } from '../../parts/NoMatch.tsx'
import { Page } from '../../parts/Page.tsx'
import { Status } from '../../parts/Status.tsx'
import { ActionText, actions, useActionText } from './ActionText.tsx'
import { words } from './words.ts'

type Entry = {
  entry_id: number
  happened_at: string
  action: string
  actor_id: number | null
  actor: string | null
  facts: Record<string, unknown>
  address: string | null
}

/** What it was done to, in one line: the codes and names of the request. */
const WHICH = ['name', 'email', 'code', 'to', 'sku', 'url', 'role', 'key_id', 'person_id']

const whichOf = ({ facts }: Entry): string[] =>
  WHICH.flatMap(name => {
    const value = facts[name]
    return typeof value === 'string' || typeof value === 'number' ? [String(value)] : []
  }).slice(0, 2)

const useActor = () => {
  const t = useWords(words)
  return ({ actor, actor_id }: Entry): string => {
    if (actor !== null) return actor
    return actor_id === null ? t('commandLine') : t('actor', { id: actor_id })
  }
}

const useEntryColumns = (): Column<Entry>[] => {
  const t = useWords(words)
  const { dateTime, whole, joined } = useFormat()
  const actorOf = useActor()
  return useMemo(
    () => [
      {
        id: 'when',
        title: t('when'),
        width: '150px',
        cell: ({ happened_at: at }) => <time title={whole(at)}>{dateTime(at)}</time>,
      },
      {
        id: 'who',
        title: t('who'),
        width: 'minmax(110px, 1fr)',
        cell: entry => (
          <div className={entry.actor === null ? 'clip mut' : 'clip'}>{actorOf(entry)}</div>
        ),
      },
      {
        id: 'what',
        title: t('what'),
        width: 'minmax(130px, 1.4fr)',
        cell: ({ action }) =>
          action === 'sign_in_failed' ? (
            <Status shape="triangle" tone="warn">
              <ActionText action={action} />
            </Status>
          ) : (
            <div className="clip">
              <ActionText action={action} />
            </div>
          ),
      },
      {
        id: 'which',
        title: t('which'),
        width: 'minmax(140px, 1.6fr)',
        wide: true,
        cell: entry => <div className="clip">{joined(whichOf(entry))}</div>,
      },
      {
        id: 'from',
        title: t('from'),
        width: '130px',
        wide: true,
        cell: ({ address }) => <code>{address ?? '–'}</code>,
      },
    ],
    [t, dateTime, whole, joined, actorOf],
  )
}

/** One entry, with all that is known of it. */
const EntryDialog = ({ entry, onClose }: { entry: Entry; onClose: () => void }) => {
  const t = useWords(words)
  const f = useWords(frameWords)
  const { whole } = useFormat()
  const actionText = useActionText()
  const actorOf = useActor()
  const empty = Object.keys(entry.facts).length === 0
  return (
    <Dialog
      title={actionText(entry.action)}
      onClose={onClose}
      onSubmit={onClose}
      size={560}
      foot={
        <button type="submit" className="btn">
          {f('close')}
        </button>
      }
    >
      <dl className="kv">
        <dt>{t('who')}</dt>
        <dd>{actorOf(entry)}</dd>
        <dt>{t('when')}</dt>
        <dd>{whole(entry.happened_at)}</dd>
        <dt>{t('from')}</dt>
        <dd>{entry.address ?? '–'}</dd>
        <dt>{t('what')}</dt>
        <dd>
          <code>{entry.action}</code>
        </dd>
      </dl>
      <div>
        <p className="label">{t('facts')}</p>
        {empty ? (
          <p className="mut">{t('noFacts')}</p>
        ) : (
          <pre className="code">{JSON.stringify(entry.facts, null, 2)}</pre>
        )}
      </div>
      <p className="t12 mut">{t('number', { id: entry.entry_id })}</p>
    </Dialog>
  )
}

const names = ['action', 'actor', 'since', 'until'] as const
type Asked = Partial<Record<(typeof names)[number], string>>

const DAY_MS = 86_400_000

/** The days are whole ones, of the person's own time. */
const queryOf = ({ action, actor, since, until }: Asked) => ({
  ...(action && { action }),
  ...(actor && { actor_id: Number(actor) }),
  ...(since && { since: new Date(`${since}T00:00`).toISOString() }),
  ...(until && { until: new Date(Date.parse(`${until}T00:00`) + DAY_MS).toISOString() }),
})

type Tooled = {
  asked: Asked
  actorName: string | undefined
  onAsk: ReturnType<typeof useAddress>[1]
}

const Tools = ({ asked, actorName, onAsk }: Tooled) => {
  const t = useWords(words)
  const actionText = useActionText()
  const day = (name: 'since' | 'until') => (
    <DayFilter
      label={t(name)}
      value={asked[name] ?? ''}
      onChange={day => onAsk({ [name]: day || undefined })}
    />
  )
  return (
    <div className="tool">
      <select
        className="input auto"
        aria-label={t('action')}
        value={asked.action ?? ''}
        onChange={event => onAsk({ action: event.target.value || undefined })}
      >
        <option value="">{t('anyAction')}</option>
        {actions.map(action => (
          <option key={action} value={action}>
            {actionText(action)}
          </option>
        ))}
      </select>
      {day('since')}
      {day('until')}
      {asked.actor && (
        <button type="button" className="chip on" onClick={() => onAsk({ actor: undefined })}>
          {t('onlyOf', { name: actorName ?? t('actor', { id: asked.actor }) })}
          <Icon name="cross" size={11} />
        </button>
      )}
    </div>
  )
}

/** Who did what, that is not in the ledger? */
const AuditLog = () => {
  const t = useWords(words)
  const [search, setSearch] = useAddress()
  const [opened, setOpened] = useState<Entry | undefined>()
  const asked: Asked = Object.fromEntries(
    names.flatMap(name => (search[name] ? [[name, search[name]]] : [])),
  )
  const query = queryOf(asked)
  const list = useList<Entry>(['audit_log', query], (cursor, signal) =>
    api.GET('/v1/audit-log', {
      params: { query: { ...query, limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = useEntryColumns()
  const filtered = Object.keys(asked).length > 0
  const empty = filtered ? (
    <NoMatch title={t('noMatch')}>{t('noMatchHelp')}</NoMatch>
  ) : (
    <Empty
      icon="ledger"
      title={t('emptyTitle')}
      action={
        <Link className="btn" to="/ledger">
          {t('openLedger')}
        </Link>
      }
    >
      {t('empty')}
    </Empty>
  )
  return (
    <Page title={t('title')} under={t('under')} fills>
      <section className="panel">
        <Tools
          asked={asked}
          onAsk={setSearch}
          actorName={list.rows.find(({ actor }) => actor !== null)?.actor ?? undefined}
        />
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ entry_id }) => String(entry_id)}
          onOpen={setOpened}
          empty={empty}
        />
      </section>
      {opened && <EntryDialog entry={opened} onClose={() => setOpened(undefined)} />}
    </Page>
  )
}

export { AuditLog as Page }
