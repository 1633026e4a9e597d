import { useSyncExternalStore } from 'react'

export type Shown = { title: string; to: string | undefined }

let shown: Shown[] = []
const listeners = new Set<() => void>()

/** A page tells the frame where it stands. */
export const setCrumbs = (crumbs: Shown[]): void => {
  shown = crumbs
  for (const listener of listeners) listener()
}

export const useCrumbs = (): Shown[] =>
  useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => shown,
  )
