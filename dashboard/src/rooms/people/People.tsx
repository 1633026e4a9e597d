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
import { Status } from '../../parts/Status.tsx'
import { ChipSwitch, SearchField } from '../../parts/TableTools.tsx'
import { Invite } from './Invite.tsx'
import { type Person, type Role, roles } from './people.ts'
import { words } from './words.ts'

const ROW_HEIGHT = 48

/** Whether somebody can sign in. */
export const PersonState = ({ person }: { person: Person }) => {
  const t = useWords(words)
  if (person.removed_at !== null) return <Status shape="struck">{t('removed')}</Status>
  if (!person.joined) return <Status shape="dashed">{t('invited')}</Status>
  return (
    <Status shape="tick" tone="ok">
      {t('joined')}
    </Status>
  )
}

const usePersonColumns = (): Column<Person>[] => {
  const t = useWords(words)
  const { ago, whole, list } = useFormat()
  const nameOf = useLocationNames()
  return useMemo(
    () => [
      {
        id: 'name',
        title: t('name'),
        width: 'minmax(170px, 2fr)',
        cell: person => (
          <div className="two">
            <b>
              <Link to={`/people/${person.person_id}`}>{person.name}</Link>
            </b>
            <span>{person.email}</span>
          </div>
        ),
      },
      {
        id: 'role',
        title: t('role'),
        width: 'minmax(100px, 1fr)',
        cell: ({ role }) => t(`role_${role}`),
      },
      {
        id: 'where',
        title: t('locations'),
        width: 'minmax(120px, 1.2fr)',
        wide: true,
        cell: ({ locations }) =>
          locations === null ? (
            <span className="mut">{t('everywhere')}</span>
          ) : (
            <div className="clip">{list.format(locations.map(nameOf))}</div>
          ),
      },
      {
        id: 'seen',
        title: t('lastSeen'),
        width: '130px',
        wide: true,
        cell: ({ signed_in_at: at }) =>
          at === null ? (
            <span className="mut">{t('never')}</span>
          ) : (
            <time title={whole(at)}>{ago(at)}</time>
          ),
      },
      {
        id: 'state',
        title: t('state'),
        width: '100px',
        cell: person => <PersonState person={person} />,
      },
    ],
    [t, ago, whole, list, nameOf],
  )
}

type Asked = { q?: string; role?: Role; removed?: boolean }

const Tools = ({ asked, onAsk }: { asked: Asked; onAsk: ReturnType<typeof useAddress>[1] }) => {
  const t = useWords(words)
  return (
    <div className="tool">
      <SearchField placeholder={t('name')} value={asked.q ?? ''} onChange={q => onAsk({ q })} />
      <select
        className="input auto"
        aria-label={t('role')}
        value={asked.role ?? ''}
        onChange={event => onAsk({ role: event.target.value })}
      >
        <option value="">{t('role')}</option>
        {roles.map(role => (
          <option key={role} value={role}>
            {t(`role_${role}`)}
          </option>
        ))}
      </select>
      <ChipSwitch name="removed">{t('showRemoved')}</ChipSwitch>
    </div>
  )
}

/** Who may sign in, and what may they do? */
const People = () => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [search, setSearch] = useAddress()
  const asked: Asked = {
    ...(search['q'] && { q: search['q'] }),
    ...(search['role'] && { role: search['role'] as Role }),
    ...(search['removed'] && { removed: true }),
  }
  const list = useList<Person>(['people', asked], (cursor, signal) =>
    api.GET('/v1/people', {
      params: { query: { ...asked, sort: 'name', limit: 100, ...(cursor && { cursor }) } },
      signal,
    }),
  )
  const columns = usePersonColumns()
  const filtered = Object.keys(asked).length > 0
  const inviteButton = <NewButton>{t('invite')}</NewButton>
  return (
    <Page
      title={t('title')}
      under={t('under')}
      fills
      actions={
        <>
          <Link className="btn" to="/sessions">
            {t('sessionsTitle')}
          </Link>
          {inviteButton}
        </>
      }
    >
      <section className="panel">
        <Tools asked={asked} onAsk={setSearch} />
        <ListTable
          of={list}
          label={t('list')}
          columns={columns}
          keyOf={({ person_id }) => String(person_id)}
          rowHeight={ROW_HEIGHT}
          onOpen={({ person_id }) => navigate({ to: `/people/${person_id}` })}
          empty={
            <Empty
              icon="people"
              title={t(filtered ? 'emptyTitle' : 'onlyYou')}
              action={filtered ? undefined : inviteButton}
            >
              {t(filtered ? 'empty' : 'onlyYouHelp')}
            </Empty>
          }
        />
      </section>
      {search['new'] && <Invite onClose={() => setSearch({ new: undefined })} />}
    </Page>
  )
}

export { People as Page }
