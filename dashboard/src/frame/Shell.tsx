import { useQueryClient } from '@tanstack/react-query'
import { Link, Outlet, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { readAgain } from '../api/fresh.ts'
import { useFormat } from '../parts/format.ts'
import { Icon } from '../parts/Icon.tsx'
import { Menu } from '../parts/Menu.tsx'
import { Status } from '../parts/Status.tsx'
import { frameWords } from './catalogue.ts'
import { tellClipped } from './clipped.ts'
import { useCrumbs } from './crumbs.ts'
import { KeySheet } from './KeySheet.tsx'
import { listenToKeys, type Shortcut, useKeys } from './keys.ts'
import { listen, useConnection } from './live.ts'
import { Palette } from './Palette.tsx'
import { type Scope, useMay, usePerson } from './person.ts'
import type { Room } from './room.ts'
import { groups, rooms } from './rooms.ts'
import { signOut } from './session.ts'
import { Toasts } from './Toasts.tsx'
import { themes, useTheme, wear } from './theme.ts'
import { undoLast } from './toasts.ts'
import { languageNow, speak, useWords } from './words.ts'

const useAllowed = (): Room[] => {
  const may: Record<Scope, boolean> = {
    read: true,
    sell: useMay('sell'),
    stock: useMay('stock'),
    admin: useMay('admin'),
  }
  return rooms.filter(room => room.group !== undefined && may[room.scope ?? 'read'])
}

const pathOf = (room: Room): string => room.to ?? room.pages[0]?.path ?? '/'

const useIsHere = () => {
  const path = useRouterState({ select: state => state.location.pathname })
  return (room: Room) => {
    const to = pathOf(room)
    return to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`)
  }
}

const nothing = () => null

const NavLink = ({ room, here }: { room: Room; here: boolean }) => {
  const { number } = useFormat()
  const useBadge = room.useBadge ?? nothing
  const badge = useBadge()
  const title = room.title[languageNow()]
  const link = useRef<HTMLAnchorElement>(null)
  useEffect(() => {
    if (here) link.current?.scrollIntoView({ block: 'nearest' })
  }, [here])
  return (
    <Link ref={link} to={pathOf(room)} aria-current={here ? 'page' : undefined} title={title}>
      <Icon name={room.icon} />
      <span className="label">{title}</span>
      {badge !== null && <span className={badge.hot ? 'n hot' : 'n'}>{number(badge.count)}</span>}
    </Link>
  )
}

/** Whether what is shown is true now; spoken only when it is lost. */
const Connected = () => {
  const t = useWords(frameWords)
  const { time } = useFormat()
  const { state, since } = useConnection()
  if (state === 'live') {
    return (
      <Status shape="tick" tone="ok">
        {t('live')}
      </Status>
    )
  }
  if (state === 'offline') {
    return (
      <Status shape="octagon" tone="danger">
        {t('offlineSince', { time: time(since) })}
      </Status>
    )
  }
  return (
    <span title={t('pollingHelp')}>
      <Status shape={state === 'polling' ? 'half' : 'dashed'} tone="quiet">
        {t(`live_${state}`)}
      </Status>
    </span>
  )
}

const Side = () => {
  const t = useWords(frameWords)
  const { data: person } = usePerson()
  const allowed = useAllowed()
  const isHere = useIsHere()
  return (
    <aside className="side">
      <Link className="shop" to="/">
        <span className="logo">
          <Icon name="holdfast" />
        </span>
        <span className="grow el1">{person?.tenant ?? 'Holdfast'}</span>
      </Link>
      <nav className="nav" aria-label={t('main')}>
        {groups.map(group => {
          const within = allowed.filter(room => room.group === group)
          if (within.length === 0) return null
          return (
            <div key={group}>
              {group !== 'now' && <p className="nav-h">{t(`group_${group}`)}</p>}
              {within.map(room => (
                <NavLink key={room.id} room={room} here={isHere(room)} />
              ))}
            </div>
          )
        })}
      </nav>
      <div className="side-foot">
        <Connected />
      </div>
    </aside>
  )
}

const AccountMenu = ({ onKeys }: { onKeys: () => void }) => {
  const t = useWords(frameWords)
  const { labelled } = useFormat()
  const client = useQueryClient()
  const { data: person } = usePerson()
  const theme = useTheme()
  const language = languageNow()
  return (
    <Menu
      button={
        <button type="button" className="btn ghost icon" aria-label={t('account')}>
          <Icon name="people" />
        </button>
      }
      entries={[
        ...(person && person.name !== ''
          ? [{ title: person.name, icon: 'people' as const, run: () => undefined }, 'line' as const]
          : []),
        ...themes.map(each => ({
          title: labelled(t('theme'), t(`theme_${each}`)),
          checked: each === theme,
          run: () => wear(each),
        })),
        'line',
        { title: 'English', checked: language === 'en', run: () => speak('en') },
        { title: '简体中文', checked: language === 'zh', run: () => speak('zh') },
        'line',
        { title: t('keys'), icon: 'keyboard', run: onKeys },
        { title: t('signOut'), icon: 'exit', run: () => signOut(client) },
      ]}
    />
  )
}

const Top = ({ onPalette, onKeys }: { onPalette: () => void; onKeys: () => void }) => {
  const t = useWords(frameWords)
  const crumbs = useCrumbs()
  return (
    <header className="top">
      <div className="crumb">
        {crumbs.map(({ title, to }, at) =>
          to === undefined ? (
            <b key={at}>{title}</b>
          ) : (
            <span key={at} className="crumb-above">
              <Link to={to}>{title}</Link>
              <span aria-hidden="true"> / </span>
            </span>
          ),
        )}
      </div>
      <div className="grow" />
      <span className="narrow">
        <Connected />
      </span>
      <button type="button" className="input search wide" onClick={onPalette}>
        <Icon name="search" size={14} />
        <span className="grow">{t('find')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <button
        type="button"
        className="btn ghost icon narrow flex"
        onClick={onPalette}
        aria-label={t('search')}
      >
        <Icon name="search" />
      </button>
      <AccountMenu onKeys={onKeys} />
    </header>
  )
}

/** The five places of a phone; the last opens all others. */
const PhoneBar = () => {
  const t = useWords(frameWords)
  const navigate = useNavigate()
  const allowed = useAllowed()
  const isHere = useIsHere()
  const placed = allowed
    .filter(room => room.phone !== undefined)
    .sort((a, b) => (a.phone ?? 0) - (b.phone ?? 0))
    .slice(0, 4)
  return (
    <nav className="tabs-bottom" aria-label={t('main')}>
      {placed.map(room => (
        <Link key={room.id} to={pathOf(room)} aria-current={isHere(room) ? 'page' : undefined}>
          <Icon name={room.icon} size={20} />
          {room.title[languageNow()]}
        </Link>
      ))}
      <Menu
        button={
          <button type="button" className="tab-more">
            <Icon name="more" size={20} />
            {t('more')}
          </button>
        }
        entries={allowed
          .filter(room => !placed.includes(room))
          .map(room => ({
            title: room.title[languageNow()],
            icon: room.icon,
            run: () => navigate({ to: pathOf(room) }),
          }))}
      />
    </nav>
  )
}

/** Values of before stay, with their age, while the server does not answer. */
const Stale = () => {
  const t = useWords(frameWords)
  const { exact } = useFormat()
  const { state, since } = useConnection()
  if (state !== 'offline') return null
  return (
    <div className="stale" role="status">
      <div className="note warn">
        <Icon name="warning" size={15} />
        <div className="grow">
          <b>{t('offlineSince', { time: exact(since) })}</b>
          <p className="t12">{t('offlineHelp')}</p>
        </div>
      </div>
    </div>
  )
}

const searchHere = () => {
  const field = document.querySelector<HTMLInputElement>('input[type="search"]')
  field?.focus()
  field?.select()
}

const useFrameKeys = (open: (what: 'palette' | 'keys') => void) => {
  const t = useWords(frameWords)
  const navigate = useNavigate()
  const goes: Shortcut[] = rooms.flatMap(room => {
    if (room.key === undefined) return []
    const title = t('keyGo', { page: room.title[languageNow()] })
    return [{ keys: `g ${room.key}`, title, run: () => navigate({ to: pathOf(room) }) }]
  })
  useKeys(t('keysEverywhere'), [
    { keys: 'mod+k', title: t('keyPalette'), run: () => open('palette') },
    { keys: '/', title: t('keySearch'), run: searchHere },
    { keys: '?', title: t('keyHelp'), run: () => open('keys') },
    { keys: 'mod+z', title: t('keyUndo'), run: () => void undoLast() },
    ...goes,
  ])
}

/** The frame around every page. */
export const Shell = () => {
  const t = useWords(frameWords)
  const client = useQueryClient()
  const [opened, setOpened] = useState<'palette' | 'keys' | null>(null)
  useEffect(listenToKeys, [])
  useEffect(tellClipped, [])
  useEffect(() => listen(resources => readAgain(client, resources)), [client])
  useFrameKeys(setOpened)
  return (
    <div className="app">
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <Side />
      <div className="app-page">
        <Top onPalette={() => setOpened('palette')} onKeys={() => setOpened('keys')} />
        <Stale />
        <Outlet />
      </div>
      <PhoneBar />
      <Toasts />
      {opened === 'palette' && <Palette onClose={() => setOpened(null)} />}
      {opened === 'keys' && <KeySheet onClose={() => setOpened(null)} />}
    </div>
  )
}
