import { Modal } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import { useFormat } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/Icon.tsx'
import { frameWords } from './catalogue.ts'
import { useMay } from './person.ts'
import type { Found, Room } from './room.ts'
import { rooms } from './rooms.ts'
import { themes, wear } from './theme.ts'
import { type Language, languageNow, speak, useWords } from './words.ts'

type Choice = {
  id: string
  section: string
  title: string
  detail?: string
  icon: IconName
  run: () => void
}

const SEARCH_FROM_LETTERS = 2
const FOUND_MAX = 6

const fits = (text: string, wanted: string): boolean =>
  wanted.split(/\s+/).every(word => text.toLowerCase().includes(word))

/** What all rooms together know of a text. */
const useFound = (text: string, allowed: Room[]) =>
  useQuery<Found[]>({
    queryKey: ['palette', text],
    enabled: text.length >= SEARCH_FROM_LETTERS,
    staleTime: 5_000,
    placeholderData: before => before,
    queryFn: async ({ signal }) => {
      const searches = allowed.flatMap(({ search }) => (search ? [search(text, signal)] : []))
      const answers = await Promise.allSettled(searches)
      return answers.flatMap(answer =>
        answer.status === 'fulfilled' ? answer.value.slice(0, FOUND_MAX) : [],
      )
    },
  })

const useChoices = (text: string, onClose: () => void): Choice[] => {
  const t = useWords(frameWords)
  const { labelled } = useFormat()
  const navigate = useNavigate()
  const language = languageNow()
  const admin = useMay('admin')
  const stock = useMay('stock')
  const sell = useMay('sell')
  const may = { read: true, sell, stock, admin }
  const allowed = rooms.filter(({ scope }) => may[scope ?? 'read'])
  const wanted = text.trim().toLowerCase()
  const { data: found = [] } = useFound(wanted, allowed)
  const go = (to: string) => () => {
    onClose()
    navigate({ to })
  }
  const named = (of: Record<Language, string>) => of[language]
  const both = (of: Record<Language, string>) => `${of.en} ${of.zh}`
  const places = allowed
    .filter(room => room.group !== undefined && fits(both(room.title), wanted))
    .map(room => ({
      id: `go ${room.id}`,
      section: t('paletteGo'),
      title: named(room.title),
      icon: room.icon,
      run: go(room.to ?? room.pages[0]?.path ?? '/'),
    }))
  const commands = allowed.flatMap(room =>
    (room.commands ?? [])
      .filter(({ title, keywords }) => fits(`${both(title)} ${keywords ?? ''}`, wanted))
      .map(({ title, icon, to }) => ({
        id: `do ${room.id} ${to}`,
        section: t('paletteDo'),
        title: named(title),
        icon,
        run: go(to),
      })),
  )
  const own: Choice[] = [
    ...themes.map(theme => ({
      id: `theme ${theme}`,
      section: t('paletteDo'),
      title: labelled(t('theme'), t(`theme_${theme}`)),
      icon: theme === 'dark' ? ('moon' as const) : ('sun' as const),
      run: () => {
        wear(theme)
        onClose()
      },
    })),
    ...(['en', 'zh'] as const).map(spoken => ({
      id: `language ${spoken}`,
      section: t('paletteDo'),
      title: spoken === 'en' ? 'English' : '简体中文',
      icon: 'globe' as const,
      run: () => {
        speak(spoken)
        onClose()
      },
    })),
  ].filter(({ title }) => fits(title, wanted))
  const seen = wanted.length >= SEARCH_FROM_LETTERS ? found : []
  return [
    ...seen.map((each: Found, at) => ({
      id: `found ${at} ${each.to}`,
      section: t('paletteFound'),
      title: each.title,
      ...(each.detail === undefined ? {} : { detail: each.detail }),
      icon: each.icon,
      run: go(each.to),
    })),
    ...places,
    ...commands,
    ...own,
  ]
}

const useChosen = (choices: Choice[], text: string) => {
  const [at, setAt] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text begins at its first choice
  useEffect(() => setAt(0), [text])
  const chosen = Math.min(at, Math.max(0, choices.length - 1))
  const hear = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((chosen + step + choices.length) % Math.max(1, choices.length))
    }
    if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      choices[chosen]?.run()
    }
  }
  return { chosen, setAt, hear }
}

const Choices = (props: { choices: Choice[]; chosen: number; onPoint: (at: number) => void }) => {
  const { choices, chosen, onPoint } = props
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector(`#palette-${chosen}`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen])
  return (
    <div ref={list} role="listbox" id="palette-list" className="palette-list" tabIndex={-1}>
      {choices.map((choice, at) => (
        <div
          key={choice.id}
          id={`palette-${at}`}
          role="option"
          aria-selected={at === chosen}
          tabIndex={-1}
          className={at === chosen ? 'cmd on' : 'cmd'}
          onMouseMove={() => onPoint(at)}
          onClick={choice.run}
        >
          <Icon name={choice.icon} />
          <span className="grow el1">
            {choice.title}
            {choice.detail !== undefined && <span className="mut"> {choice.detail}</span>}
          </span>
          {choice.section !== choices[at - 1]?.section && (
            <span className="t11 mut">{choice.section}</span>
          )}
        </div>
      ))}
    </div>
  )
}

/** Find anything, do anything: Ctrl-K. */
export const Palette = ({ onClose }: { onClose: () => void }) => {
  const t = useWords(frameWords)
  const [text, setText] = useState('')
  const choices = useChoices(text, onClose) // never of an older text: Enter comes fast
  const { chosen, setAt, hear } = useChosen(choices, text)
  const listed = useMemo(() => choices.length > 0, [choices.length])
  return (
    <Modal.Root
      opened
      onClose={onClose}
      lockScroll={false}
      size={600}
      yOffset="12dvh"
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay className="dialog-overlay" transitionProps={{ duration: 0 }} />
      <Modal.Content className="dialog palette" aria-label={t('keyPalette')}>
        <div className="palette-field">
          <Icon name="search" />
          <input
            value={text}
            onChange={event => setText(event.target.value)}
            onKeyDown={hear}
            placeholder={t('paletteHint')}
            aria-label={t('paletteHint')}
            role="combobox"
            aria-expanded={listed}
            aria-controls="palette-list"
            aria-activedescendant={listed ? `palette-${chosen}` : undefined}
            data-autofocus
          />
          <kbd>Esc</kbd>
        </div>
        {listed ? (
          <Choices choices={choices} chosen={chosen} onPoint={setAt} />
        ) : (
          <p className="palette-none">{t('paletteEmpty')}</p>
        )}
      </Modal.Content>
    </Modal.Root>
  )
}
