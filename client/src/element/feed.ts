import { monotonicMs, random } from './clock.ts'
import { publishableKey, serverUrl } from './settings.ts'
import { read } from './wire.ts'

// One for the page: all elements share one request for what they show, and one stream that says
// what has changed. Where the stream is cut off, the same request is made again and again.

/** When goods will come that are not there: see docs/reference/element.md. */
export type Promised = {
  source: string
  ship_from: string | null
  ship_to: string | null
  /** Business days. */
  days_min?: number
  days_max?: number
  /** How many may be ordered ahead still. */
  left?: number
}

/** One line of an answer about availability, as far as a shopper is told. */
export type Found = {
  sku: string
  unknown?: true
  archived?: true
  tracked: boolean
  sellable: number | null
  promise?: Promised | null
  next_expires_at?: string | null
}

export type Watcher = {
  sku: string
  channel: string
  /** Something has changed, perhaps only that the server can or cannot be reached. */
  hear(): void
}

const GATHER_MS = 20
const SPREAD_MS = 400
const POLL_MS = 15_000
const CHECK_MS = 60_000
const RETRY_MS = 1_000
const RETRY_MS_MAX = 30_000
const CODES_MAX = 500
const STREAM_URL_MAX = 7_000
const MISSED_MS = 3_000

/** Refusals that will not go away by asking again: a channel that is not there. */
const NOT_OURS = /^(unknown_|invalid_|too_large)/
/** What can be a code at all; half of a surrogate pair or a NUL would spoil the others' request. */
const CODE = /^[^\0\p{Surrogate}]{1,255}$/u

const notSold = (sku: string): Found => ({ sku, unknown: true, tracked: true, sellable: 0 })

const watchers = new Map<string, Set<Watcher>>()
const known = new Map<string, Found>()
const dirty = new Set<string>()
let timer: ReturnType<typeof setTimeout> | undefined
let dueAt = Infinity
let asking = false
let failures = 0
let answeredAt = 0
let source: EventSource | undefined
let streamed = ''
let streamAt = 0

const nameOf = ({ sku, channel }: { sku: string; channel: string }) => `${channel}\n${sku}`
const isLive = (): boolean => source?.readyState === 1

/** What is known of a watcher's SKU. */
export const foundFor = (watcher: Watcher): Found | undefined => known.get(nameOf(watcher))

/** Milliseconds since the server could last be asked; 0 while it can. */
export const silentMs = (): number => (failures === 0 ? 0 : monotonicMs() - answeredAt)

const tell = (): void => {
  for (const set of watchers.values()) for (const watcher of set) watcher.hear()
}

/** Asks again after so many milliseconds, or sooner if that was planned already. */
const plan = (ms: number): void => {
  const at = monotonicMs() + ms
  if (at >= dueAt) return
  clearTimeout(timer)
  dueAt = at
  timer = setTimeout(ask, ms)
}

const dirtyAll = (): void => {
  for (const name of watchers.keys()) dirty.add(name)
}

/** Something may have changed everywhere: ask for all of it, not in step with other shoppers. */
export const refresh = (spread = SPREAD_MS): void => {
  dirtyAll()
  plan(GATHER_MS + random() * spread)
}

const askFor = async (channel: string, skus: string[]): Promise<void> => {
  const answer = await read('/v1/availability', channel ? { skus, channel } : { skus })
  if (!answer.ok && !NOT_OURS.test(answer.refusal.code)) throw new Error()
  const lines = answer.ok ? (answer['data'] as Found[]) : skus.map(notSold)
  lines.forEach((found, index) => {
    known.set(nameOf({ sku: skus[index] ?? found.sku, channel }), found)
  })
}

/** The SKUs of some names, by their channel. */
const byChannel = (names: string[]): Map<string, string[]> => {
  const found = new Map<string, string[]>()
  for (const name of names) {
    const [channel = '', sku = ''] = name.split('\n')
    found.set(channel, [...(found.get(channel) ?? []), sku])
  }
  return found
}

const ask = async (): Promise<void> => {
  dueAt = Infinity
  if (asking || document.hidden || watchers.size === 0) return
  if (dirty.size === 0) dirtyAll() // nothing was heard for long
  const names = [...dirty].slice(0, CODES_MAX)
  for (const name of names) dirty.delete(name)
  asking = true
  try {
    for (const [channel, skus] of byChannel(names)) await askFor(channel, skus)
    failures = 0
    answeredAt = monotonicMs()
    listen()
  } catch {
    failures++
    for (const name of names) dirty.add(name)
  }
  asking = false
  tell()
  const retry = Math.min(RETRY_MS_MAX, RETRY_MS * 2 ** failures) * (0.5 + random() / 2)
  plan(failures > 0 ? retry : dirty.size > 0 ? GATHER_MS : isLive() ? CHECK_MS : POLL_MS)
}

const hear = ({ data: text }: MessageEvent<string>): void => {
  const { type, data } = JSON.parse(text) as { type: string; data: { sku?: string } }
  for (const name of watchers.keys()) {
    // An alias is watched by its own code; a snapshot stands for all that was missed.
    if (type === 'stream.snapshot' || known.get(name)?.sku === data.sku) dirty.add(name)
  }
  if (dirty.size > 0) plan(GATHER_MS + random() * SPREAD_MS)
}

const close = (): void => {
  source?.close()
  source = undefined
}

/** Opens the stream for the SKUs of the page, anew where they have changed. */
const listen = (): void => {
  const skus = new Set([...watchers.keys()].map(name => name.split('\n')[1] ?? ''))
  const query = new URLSearchParams([
    ['key', publishableKey()],
    ['type', 'level.changed'],
    ...[...skus].sort().map(sku => ['sku', sku]),
  ])
  const url = `${serverUrl()}/v1/events?${query}`
  if (source && source.readyState < 2 && streamed === url) return
  if (streamed === url && monotonicMs() < streamAt) return
  close()
  streamed = url
  if (url.length > STREAM_URL_MAX) return
  source = new EventSource(url)
  source.onmessage = hear
  source.onopen = () => refresh(MISSED_MS) // what has changed before it was open
  source.onerror = () => {
    // The browser connects again by itself, unless the server has refused it.
    streamAt = monotonicMs() + CHECK_MS
    if (failures === 0) refresh()
  }
}

/** Hears what becomes of a SKU until the answered function is called. */
export const watch = (watcher: Watcher): (() => void) => {
  const name = nameOf(watcher)
  if (!CODE.test(watcher.sku)) {
    known.set(name, notSold(watcher.sku))
    return () => {}
  }
  const set = watchers.get(name) ?? new Set()
  watchers.set(name, set.add(watcher))
  if (!known.has(name)) {
    dirty.add(name)
    plan(GATHER_MS)
  }
  begin()
  return () => {
    set.delete(watcher)
    if (set.size > 0 || watchers.get(name) !== set) return
    watchers.delete(name)
    dirty.delete(name)
    if (watchers.size === 0) close()
  }
}

let begun = false

/** A page that nobody sees has no stream, since a browser has few connections to one server. */
const begin = (): void => {
  if (begun) return
  begun = true
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : refresh(0)))
  setInterval(() => {
    if (!document.hidden) tell()
  }, 1_000)
}
