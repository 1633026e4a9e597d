import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  useLocation,
} from '@tanstack/react-router'
import { problemOf } from '../api/problem.ts'
import { Empty, ErrorPanel, Skeleton } from '../parts/Answers.tsx'
import { Page } from '../parts/Page.tsx'
import { frameWords } from './catalogue.ts'
import { type Scope, useMay, usePerson } from './person.ts'
import type { RoomPage } from './room.ts'
import { rooms } from './rooms.ts'
import { Shell } from './Shell.tsx'
import { JoinPage, SignIn } from './SignIn.tsx'
import { useWords } from './words.ts'

/** Who comes by a link chooses a password; else the session decides what is shown. */
const Root = () => {
  const person = usePerson()
  const { pathname, hash } = useLocation()
  if (pathname === '/join' && hash !== '') return <JoinPage link={hash.replace(/^#/, '')} />
  if (person.data) return <Shell />
  if (person.error) return <ErrorPanel problem={problemOf(person.error)} again={person.refetch} />
  return person.isPending ? <Skeleton /> : <SignIn />
}

const NotFound = () => {
  const t = useWords(frameWords)
  return (
    <Page title={t('notFound')}>
      <Empty
        icon="search"
        title={t('notFound')}
        action={
          <Link className="btn primary" to="/">
            {t('goHome')}
          </Link>
        }
      >
        {t('notFoundHelp')}
      </Empty>
    </Page>
  )
}

const NotAllowed = () => {
  const t = useWords(frameWords)
  return (
    <Page title={t('notAllowed')}>
      <Empty
        icon="key"
        title={t('notAllowed')}
        action={
          <Link className="btn primary" to="/">
            {t('goHome')}
          </Link>
        }
      >
        {t('notAllowedHelp')}
      </Empty>
    </Page>
  )
}

/** The page for who may open it; the server would refuse the others anyway. */
const pageFor = (scope: Scope, load: RoomPage['load']) => {
  const Loaded = lazyRouteComponent(load, 'Page')
  if (scope === 'read') return Loaded
  const Guarded = () => (useMay(scope) ? <Loaded /> : <NotAllowed />)
  return Object.assign(Guarded, { preload: Loaded.preload })
}

const Broken = ({ error, reset }: { error: unknown; reset: () => void }) => {
  const t = useWords(frameWords)
  const { facts } = problemOf(error)
  const problem = problemOf(error)
  if (facts.code !== 'broken_page') return <ErrorPanel problem={problem} again={reset} />
  return (
    <Page title={t('broken')}>
      <Empty
        icon="warning"
        title={t('broken')}
        action={
          <button type="button" className="btn primary" onClick={reset}>
            {t('tryAgain')}
          </button>
        }
      >
        {t('brokenHelp')} <code>{facts.detail.slice(0, 200)}</code>
      </Empty>
    </Page>
  )
}

const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: Broken,
})

const pages = rooms.flatMap(room =>
  room.pages.map(({ path, load, scope = room.scope ?? 'read' }) =>
    createRoute({
      getParentRoute: () => root,
      path,
      component: pageFor(scope, load),
      errorComponent: Broken,
    }),
  ),
)

/** The address is read as texts: a SKU that looks like a number stays a SKU. */
const parseSearch = (text: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(text))

const stringifySearch = (search: Record<string, unknown>): string => {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return text === '' ? '' : `?${text}`
}

export const router = createRouter({
  routeTree: root.addChildren(pages),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultPendingComponent: Skeleton,
  scrollRestoration: true,
})
