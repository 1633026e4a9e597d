import { useSyncExternalStore } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const THEME = 'holdfast.theme'
const listeners = new Set<() => void>()

const themeNow = (): Theme => {
  const set = document.documentElement.dataset['theme']
  return set === 'light' || set === 'dark' ? set : 'system'
}

/** Sets the theme for this browser; `system` follows it. */
export const wear = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme
  try {
    if (theme === 'system') localStorage.removeItem(THEME)
    else localStorage.setItem(THEME, theme)
  } catch {
    // kept until the page is left
  }
  for (const listener of listeners) listener()
}

const dark = globalThis.matchMedia?.('(prefers-color-scheme: dark)')
dark?.addEventListener('change', () => {
  for (const listener of listeners) listener()
})

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, themeNow)

/** What is seen now: charts draw themselves again when it changes. */
export const useIsDark = (): boolean =>
  useSyncExternalStore(subscribe, () => {
    const theme = themeNow()
    return theme === 'system' ? dark.matches : theme === 'dark'
  })
