import { useSyncExternalStore } from 'react'

/**
 * How fresh the page is. live: the stream is there; polling: it is not, and the page asks again
 * every few seconds; offline: the server does not answer.
 */
export type Connection = { state: 'connecting' | 'live' | 'polling' | 'offline'; since: number }

export type News = { type: string; data: unknown }

const POLL_MS = 10_000
const STREAM_AGAIN_MS = 60_000
/** News are gathered for so long before what they touch is read again. */
const GATHER_MS = 250

let connection: Connection = { state: 'connecting', since: Date.now() }
const listeners = new Set<() => void>()

const become = (state: Connection['state']) => {
  if (connection.state === state) return
  connection = { state, since: Date.now() }
  for (const listener of listeners) listener()
}

export const useConnection = (): Connection =>
  useSyncExternalStore(
    listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => connection,
  )

/** How often to ask again when no stream says what is new; false: not at all. */
export const fallbackMs = ({ state }: Connection): number | false =>
  state === 'live' ? false : POLL_MS

/** Hears of every answer: a server that answers is there, whatever became of the stream. */
export const heardFromServer = (reached: boolean): void => {
  if (!reached) become('offline')
  else if (connection.state === 'offline') become('polling')
}

/** Which resources a kind of event touches, by its first word. */
const touched: Record<string, string[]> = {
  level: ['levels', 'inventory', 'skus', 'transactions', 'overview'],
  reservation: ['reservations', 'levels', 'inventory', 'transactions', 'overview'],
  stream: ['levels', 'inventory', 'skus', 'transactions', 'reservations'],
  backorder: ['backorders', 'promises', 'reservations', 'overview'],
  promise: ['promises', 'reservations', 'overview'],
  supply: ['supply', 'promises'],
  policy: ['policies'],
  audit: ['system', 'overview'],
}

const resourcesOf = (type: string): string[] => {
  const word = type.split(/[._]/)[0] ?? ''
  return touched[word] ?? [word]
}

type Reader = (resources: Set<string>) => void

const newsListeners = new Set<(news: News) => void>()

/** Calls back with every event of the stream, until the answer is called. */
export const onNews = (listener: (news: News) => void): (() => void) => {
  newsListeners.add(listener)
  return () => newsListeners.delete(listener)
}

/** Opens the stream and tells which resources are to be read again; the answer closes it. */
export const listen = (read: Reader): (() => void) => {
  let source: EventSource | undefined
  let again: number | undefined
  let gathering: number | undefined
  const gathered = new Set<string>()
  const hear = (event: MessageEvent<string>) => {
    become('live')
    const type = event.type === 'message' ? typeOf(event.data) : event.type
    for (const listener of newsListeners) listener({ type, data: parsed(event.data) })
    for (const resource of resourcesOf(type)) gathered.add(resource)
    gathering ??= window.setTimeout(() => {
      gathering = undefined
      read(new Set(gathered))
      gathered.clear()
    }, GATHER_MS)
  }
  /** Asks the server who we are: an answer, or none, says whether it is there. */
  const look = () => read(new Set(['me']))
  const open = () => {
    source?.close()
    window.clearTimeout(again)
    source = new EventSource('/v1/events')
    source.onopen = () => become('live')
    source.onmessage = hear
    source.onerror = () => {
      if (connection.state !== 'offline') become('polling')
      look()
      if (source?.readyState !== EventSource.CLOSED) return // the browser tries again by itself
      again = window.setTimeout(open, STREAM_AGAIN_MS)
    }
  }
  open()
  window.addEventListener('offline', look)
  window.addEventListener('online', open)
  return () => {
    window.removeEventListener('offline', look)
    window.removeEventListener('online', open)
    source?.close()
    window.clearTimeout(again)
    window.clearTimeout(gathering)
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const typeOf = (text: string): string => {
  const { type } = (parsed(text) ?? {}) as { type?: unknown }
  return typeof type === 'string' ? type : 'message'
}
