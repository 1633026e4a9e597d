import { useSyncExternalStore } from 'react'
import type { Problem } from '../api/problem.ts'

export const UNDO_SECONDS = 10
const TOASTS_MAX = 4

export type Toast = {
  id: number
  text: string
  detail?: string
  bad?: boolean
  /** What takes it back, for ten seconds. */
  undo?: () => unknown
  problem?: Problem
}

let toasts: Toast[] = []
let last = 0
const listeners = new Set<() => void>()
const timers = new Map<number, number>()

const change = (next: Toast[]) => {
  toasts = next
  for (const listener of listeners) listener()
}

export const dismiss = (id: number): void => {
  window.clearTimeout(timers.get(id))
  timers.delete(id)
  change(toasts.filter(toast => toast.id !== id))
}

/**
 * Says what happened, with what takes it back.
 *
 * @example
 * tell({ text: t('adjusted', { count: 3 }), undo: () => adjust.mutate(opposite) })
 */
export const tell = (toast: Omit<Toast, 'id'>): number => {
  last += 1
  const id = last
  change([...toasts, { ...toast, id }].slice(-TOASTS_MAX))
  const seconds = toast.bad ? UNDO_SECONDS * 2 : UNDO_SECONDS
  timers.set(
    id,
    window.setTimeout(() => dismiss(id), seconds * 1_000),
  )
  return id
}

/** Says that a call was refused or failed: with its code, and what to do. */
export const failed = (problem: Problem): number =>
  tell({ text: problem.message, bad: true, problem })

/** Takes back the last thing that can still be taken back. */
export const undoLast = (): boolean => {
  const toast = toasts.findLast(({ undo }) => undo !== undefined)
  if (toast === undefined) return false
  dismiss(toast.id)
  toast.undo?.()
  return true
}

export const useToasts = (): Toast[] =>
  useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
