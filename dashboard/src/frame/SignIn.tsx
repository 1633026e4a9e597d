import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { type Problem, problemOf } from '../api/problem.ts'
import { ErrorPanel, Refusal, Skeleton } from '../parts/Answers.tsx'
import { Segments, TextField } from '../parts/Field.tsx'
import { Icon } from '../parts/Icon.tsx'
import { frameWords } from './catalogue.ts'
import { join, type LinkLook, lookAtLink, signIn } from './session.ts'
import { languageNow, speak, useWords } from './words.ts'

/** Lets somebody in, and goes where they wanted to go. */
const useEntry = (enter: () => Promise<unknown>, to?: string) => {
  const client = useQueryClient()
  const router = useRouter()
  const [problem, setProblem] = useState<Problem>()
  const [busy, setBusy] = useState(false)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    try {
      await enter()
      if (to !== undefined) await router.navigate({ to, replace: true })
      await client.invalidateQueries({ queryKey: ['me'] })
    } catch (thrown) {
      setProblem(problemOf(thrown))
    } finally {
      setBusy(false)
    }
  }
  return { problem, busy, submit }
}

type Framed = {
  title: string
  help: string
  button: string
  entry: ReturnType<typeof useEntry>
  children: ReactNode
}

const Door = ({ title, help, button, entry, children }: Framed) => {
  const t = useWords(frameWords)
  const { problem, busy, submit } = entry
  return (
    <main className="sign-in" id="main">
      <form className="panel" onSubmit={submit}>
        <span className="shop">
          <span className="logo">
            <Icon name="holdfast" />
          </span>
        </span>
        <h1>{title}</h1>
        <p className="mut">{help}</p>
        {children}
        {problem && <Refusal problem={problem} />}
        <button type="submit" className="btn primary lg" disabled={busy} aria-busy={busy}>
          {button}
        </button>
        <Segments
          label={t('language')}
          value={languageNow()}
          onChange={speak}
          options={[
            { value: 'en', title: 'English' },
            { value: 'zh', title: '简体中文' },
          ]}
        />
      </form>
    </main>
  )
}

/** Who are you? */
export const SignIn = () => {
  const t = useWords(frameWords)
  const [form, setForm] = useState({ email: '', password: '' })
  const entry = useEntry(() => signIn(form))
  return (
    <Door title={t('signInTo')} help={t('noAccount')} button={t('signIn')} entry={entry}>
      <TextField
        label={t('email')}
        type="email"
        value={form.email}
        onChange={email => setForm({ ...form, email })}
        autoComplete="username"
        maxLength={254}
        required
      />
      <TextField
        label={t('password')}
        type="password"
        value={form.password}
        onChange={password => setForm({ ...form, password })}
        autoComplete="current-password"
        required
      />
    </Door>
  )
}

const Joining = ({ link, look }: { link: string; look: LinkLook }) => {
  const t = useWords(frameWords)
  const first = look.email === null
  const [form, setForm] = useState({ name: '', email: '', password: '' })
  const { name, email, password } = form
  const entry = useEntry(
    () => join(first ? { link, password, email, name } : { link, password }),
    '/',
  )
  return (
    <Door
      title={first ? t('makeOwner') : t('joinTitle', { name: look.name })}
      help={first ? t('makeOwnerHelp') : t('joinHelp', { person: look.person ?? look.email ?? '' })}
      button={first ? t('makeOwnerDo') : t('joinDo')}
      entry={entry}
    >
      {first && (
        <TextField
          label={t('yourName')}
          value={name}
          onChange={next => setForm({ ...form, name: next })}
          autoComplete="name"
          maxLength={255}
          required
        />
      )}
      {first ? (
        <TextField
          label={t('email')}
          type="email"
          value={email}
          onChange={next => setForm({ ...form, email: next })}
          autoComplete="username"
          maxLength={254}
          required
        />
      ) : (
        <input type="hidden" autoComplete="username" value={look.email ?? ''} readOnly />
      )}
      <TextField
        label={t('newPassword')}
        type="password"
        value={password}
        onChange={next => setForm({ ...form, password: next })}
        help={t('passwordHelp')}
        autoComplete="new-password"
        required
      />
    </Door>
  )
}

/** By a one-time link: the first owner's, or that of somebody who was asked in. */
export const JoinPage = ({ link }: { link: string }) => {
  const look = useQuery({
    queryKey: ['links', link],
    queryFn: () => lookAtLink(link),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (look.data) return <Joining link={link} look={look.data} />
  if (look.error) {
    return (
      <main className="sign-in" id="main">
        <div className="panel">
          <ErrorPanel problem={problemOf(look.error)} />
        </div>
      </main>
    )
  }
  return <Skeleton rows={3} />
}
