import { useEffect, useRef, useSyncExternalStore } from 'react'

/** `mod` is Ctrl, or Cmd on a Mac; two keys with a space between come one after the other. */
export type Shortcut = {
  keys: string
  title: string
  run: (event: KeyboardEvent) => void
  /** Left out of the sheet: another name of a key that stands there. */
  hidden?: boolean
}

type Registered = { section: string; shortcuts: Shortcut[] }

const SEQUENCE_MS = 1_000
const SINGLE = 'holdfast.singleKeys'

let registered: Registered[] = []
let before = ''
let beforeAt = 0
const listeners = new Set<() => void>()

const tellAll = () => {
  for (const listener of listeners) listener()
}

/** Letters alone can be switched off, for who speaks to the machine (WCAG 2.1.4). */
export const singleKeysOn = (): boolean => {
  try {
    return localStorage.getItem(SINGLE) !== 'off'
  } catch {
    return true
  }
}

export const switchSingleKeys = (on: boolean): void => {
  try {
    if (on) localStorage.removeItem(SINGLE)
    else localStorage.setItem(SINGLE, 'off')
  } catch {
    // stays as it is
  }
  tellAll()
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
  !(target instanceof HTMLInputElement && /^(checkbox|radio|button|range)$/.test(target.type))

const nameOf = (event: KeyboardEvent): string => {
  const parts = []
  if (event.ctrlKey || event.metaKey) parts.push('mod')
  if (event.altKey) parts.push('alt')
  const letter = event.key.length === 1
  if (event.shiftKey && (!letter || /[a-z]/i.test(event.key))) parts.push('shift')
  return [...parts, letter ? event.key.toLowerCase() : event.key].join('+')
}

const isOverlaid = (): boolean => document.querySelector('[aria-modal="true"]') !== null

const found = (name: string): Shortcut | undefined => {
  for (const { shortcuts } of registered.toReversed()) {
    const shortcut = shortcuts.find(each => each.keys === name)
    if (shortcut) return shortcut
  }
  return undefined
}

const hear = (event: KeyboardEvent): void => {
  if (event.defaultPrevented || event.isComposing) return
  const name = nameOf(event)
  const modified = name.includes('mod+') || name.includes('alt+')
  if (!modified && (isTyping(event.target) || isOverlaid())) return
  if (modified && isTyping(event.target) && name !== 'mod+k') return
  if (!modified && name.length === 1 && !singleKeysOn()) return
  const sequence = performance.now() - beforeAt < SEQUENCE_MS ? `${before} ${name}` : name
  before = name
  beforeAt = performance.now()
  const shortcut = found(sequence) ?? found(name)
  if (shortcut === undefined) return
  event.preventDefault()
  before = ''
  shortcut.run(event)
}

export const listenToKeys = (): (() => void) => {
  document.addEventListener('keydown', hear)
  return () => document.removeEventListener('keydown', hear)
}

/**
 * Keys that work while the component is shown; the newest wins, and the sheet (?) lists them all.
 *
 * @example
 * useKeys(t('inventory'), [{ keys: 'a', title: t('adjust'), run: () => setAdjusting(row) }])
 */
export const useKeys = (section: string, shortcuts: Shortcut[]): void => {
  const latest = useRef(shortcuts)
  latest.current = shortcuts
  const names = shortcuts.map(({ keys, title }) => `${keys}\n${title}`).join('\t')
  // biome-ignore lint/correctness/useExhaustiveDependencies: names tells when the list is another
  useEffect(() => {
    const entry: Registered = {
      section,
      shortcuts: latest.current.map((shortcut, at) => ({
        ...shortcut,
        run: event => latest.current[at]?.run(event),
      })),
    }
    registered = [...registered, entry]
    tellAll()
    return () => {
      registered = registered.filter(each => each !== entry)
      tellAll()
    }
  }, [section, names])
}

export const useRegisteredKeys = (): Registered[] =>
  useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => registered,
  )

const isMac = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? '')

/** The keys as they are printed on the keyboard. */
export const keyCaps = (keys: string): string[] =>
  keys.split(/[ +]/).map(key => {
    if (key === 'mod') return isMac ? '⌘' : 'Ctrl'
    if (key === 'alt') return isMac ? '⌥' : 'Alt'
    if (key === 'shift') return '⇧'
    if (key === 'ArrowUp') return '↑'
    if (key === 'ArrowDown') return '↓'
    if (key === 'Escape') return 'Esc'
    return key.length === 1 ? key.toUpperCase() : key
  })
