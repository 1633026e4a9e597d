import type { ReactNode } from 'react'
import type { IconName } from '../parts/Icon.tsx'
import type { Scope } from './person.ts'
import type { Language } from './words.ts'

type Named = Record<Language, string>

/** A page of a room; its code is loaded when it is first opened. */
export type RoomPage = {
  /** As TanStack Router writes paths: `/orders/$reservation`. */
  path: string
  load: () => Promise<{ Page: () => ReactNode }>
  /** Who may open it, where that is not who may open the room. */
  scope?: Scope
}

/** Something that the palette found. */
export type Found = { title: string; detail?: string; icon: IconName; to: string }

export type Command = { title: Named; icon: IconName; to: string; keywords?: string }

/** One room: its place in the navigation, its pages, and what the palette finds in it. */
export type Room = {
  id: string
  title: Named
  icon: IconName
  /** Left out: not in the navigation. */
  group?: 'now' | 'stock' | 'selling' | 'proof' | 'settings'
  /** Smaller numbers stand higher in their group. */
  order?: number
  /** Where the navigation leads: the first page when left out. */
  to?: string
  /** G, then this letter, goes there. */
  key?: string
  /** One of the five places of the phone's bar. */
  phone?: number
  /** Who may not do this does not see it, and is told so at its address. */
  scope?: Scope
  pages: RoomPage[]
  commands?: Command[]
  search?: (text: string, signal: AbortSignal) => Promise<Found[]>
  /** A number beside the name in the navigation; null says nothing. */
  useBadge?: () => { count: number; hot?: boolean } | null
}

/** Gives the room its types. Each folder of `rooms/` has one, as the default of its `room.ts`. */
export const defineRoom = (room: Room): Room => room
