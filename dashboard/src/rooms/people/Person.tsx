import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../../api/client.ts'
import { useRead, useWrite } from '../../api/use.ts'
import { useParam } from '../../frame/address.ts'
import { tell } from '../../frame/toasts.ts'
import { useWords } from '../../frame/words.ts'
import { Answer, Refusal } from '../../parts/Answers.tsx'
import { Confirm } from '../../parts/Confirm.tsx'
import { useFormat } from '../../parts/format.ts'
import { Page, Panel } from '../../parts/Page.tsx'
import { ActionText } from '../audit-log/ActionText.tsx'
import { LinkDialog } from './Invite.tsx'
import { PersonState } from './People.tsx'
import { askedOf, PersonFields, type TypedPerson, typedOf } from './PersonFields.tsx'
import type { Person as Shown } from './people.ts'
import { SessionRows } from './SessionRows.tsx'
import { words } from './words.ts'

const DID_MAX = 10

const Change = ({ person }: { person: Shown }) => {
  const t = useWords(words)
  const [typed, setTyped] = useState(typedOf(person))
  const { person_id } = person
  const changes = ['people', 'audit_log', 'me']
  const save = useWrite(
    (typed: TypedPerson) =>
      api.PATCH('/v1/people/{person_id}', {
        params: { path: { person_id } },
        body: askedOf(typed),
      }),
    changes,
    { quiet: true },
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const before = typedOf(person)
    save.mutate(typed, {
      onSuccess: ({ name }) =>
        tell({ text: t('saved', { name }), undo: () => save.mutate(before) }),
    })
  }
  const same = JSON.stringify(typed) === JSON.stringify(typedOf(person))
  return (
    <Panel title={t('aboutThem')}>
      <form className="body stack" onSubmit={submit}>
        <PersonFields typed={typed} onChange={setTyped} />
        {save.error && <Refusal problem={save.error} />}
        <div>
          <button type="submit" className="btn primary" disabled={same || save.isPending}>
            {t('save')}
          </button>
        </div>
      </form>
    </Panel>
  )
}

const SessionsOf = ({ person }: { person: Shown }) => {
  const t = useWords(words)
  const { person_id } = person
  const sessions = useRead(['sessions', person_id], signal =>
    api.GET('/v1/sessions', { params: { query: { person_id, sort: '-seen_at' } }, signal }),
  )
  return (
    <Panel title={t('sessions')}>
      <Answer of={sessions} rows={2}>
        {({ data }) => <SessionRows sessions={data} />}
      </Answer>
    </Panel>
  )
}

const Did = ({ person }: { person: Shown }) => {
  const t = useWords(words)
  const { dateTime } = useFormat()
  const { person_id: actor_id } = person
  const did = useRead(['audit_log', actor_id], signal =>
    api.GET('/v1/audit-log', { params: { query: { actor_id, limit: DID_MAX } }, signal }),
  )
  return (
    <Panel
      title={t('did')}
      end={
        <Link className="t12" to="/audit-log" search={{ actor: String(actor_id) } as never}>
          {t('didAll')}
        </Link>
      }
    >
      <Answer of={did} rows={3}>
        {({ data }) =>
          data.length === 0 ? (
            <p className="body mut">{t('didNothing')}</p>
          ) : (
            <ul className="lines">
              {data.map(entry => (
                <li key={entry.entry_id} className="row">
                  <span className="grow el1">
                    <ActionText action={entry.action} />
                  </span>
                  <time className="mut nowrap t12">{dateTime(entry.happened_at)}</time>
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
    </Panel>
  )
}

const Actions = ({ person }: { person: Shown }) => {
  const t = useWords(words)
  const navigate = useNavigate()
  const [removing, setRemoving] = useState(false)
  const { person_id, name, email } = person
  const params = { path: { person_id } }
  const link = useWrite(() => api.POST('/v1/people/{person_id}/link', { params }), ['audit_log'])
  const remove = useWrite(
    () => api.POST('/v1/people/{person_id}/remove', { params }),
    ['people', 'sessions', 'audit_log'],
    { quiet: true },
  )
  const run = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        tell({ text: t('removedIt', { name }) })
        navigate({ to: '/people' })
      },
    })
  return (
    <>
      <button
        type="button"
        className="btn"
        title={t('newLinkHelp')}
        disabled={link.isPending}
        onClick={() => link.mutate(undefined)}
      >
        {t('newLink')}
      </button>
      <button type="button" className="btn danger" onClick={() => setRemoving(true)}>
        {t('remove')}
      </button>
      {link.data && (
        <LinkDialog
          name={name}
          email={email}
          link={link.data.link}
          until={link.data.expires_at}
          onClose={link.reset}
        />
      )}
      {removing && (
        <Confirm
          title={t('removeTitle', { name })}
          does={t('remove')}
          busy={remove.isPending}
          problem={remove.error}
          onDo={run}
          onClose={() => setRemoving(false)}
        >
          {t('removeHelp')}
        </Confirm>
      )}
    </>
  )
}

/** Who is this, what may they do, and what did they do? */
const Person = () => {
  const person_id = Number(useParam('person'))
  const t = useWords(words)
  const person = useRead(['people', person_id], signal =>
    api.GET('/v1/people/{person_id}', { params: { path: { person_id } }, signal }),
  )
  const { data } = person
  const here = data !== undefined && data.removed_at === null
  return (
    <Page
      title={data?.name ?? ''}
      under={data && <PersonState person={data} />}
      above={[{ title: t('title'), to: '/people' }]}
      actions={here ? <Actions person={data} /> : undefined}
    >
      <Answer of={person}>
        {found => (
          <div className="cols">
            <div className="c5">
              {found.removed_at === null ? (
                <Change key={JSON.stringify(typedOf(found))} person={found} />
              ) : (
                <Panel title={t('aboutThem')}>
                  <p className="body">{found.email}</p>
                </Panel>
              )}
            </div>
            <div className="stack c7">
              <SessionsOf person={found} />
              <Did person={found} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  )
}

export { Person as Page }
