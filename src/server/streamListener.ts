import type { ServerResponse } from 'node:http'
import { clock } from '../clock.ts'
import type { MissedLevels, TailedEvent } from '../events/events.ts'
import { type EventView, publicFacts, shownAs } from './eventView.ts'

/** What is written to a socket in one go; then its reader must have taken it. */
const CHUNK_LETTERS = 64_000

export type StreamFilter = {
  type?: string[] | undefined
  sku?: string[] | undefined
  location?: string[] | undefined
  channel?: string | undefined
  reservation_id?: string | undefined
}

export type Listening = {
  response: ServerResponse
  filter: StreamFilter
  view: EventView
  /** The position after which it wants to hear; left out: from now on. */
  after?: number | undefined
  /** Asked again and again: false ends the stream. */
  mayListen: () => Promise<boolean>
}

type Wants = (event: TailedEvent) => boolean

const wantsOf = (filter: StreamFilter): Wants => {
  const types = filter.type && new Set(filter.type)
  const skus = filter.sku && new Set(filter.sku)
  const locations = filter.location && new Set(filter.location)
  const { channel, reservation_id } = filter
  return ([, type, sku, location, ofChannel, reservation]) =>
    (types?.has(type) ?? true) &&
    (skus?.has(sku ?? '') ?? true) &&
    (locations?.has(location ?? '') ?? true) &&
    (channel === undefined || channel === ofChannel) &&
    (reservation_id === undefined || reservation_id === reservation)
}

/** One who listens: what it wants, and how far it has heard. */
export class Listener {
  readonly #listening: Listening
  readonly #wants: Wants
  /** Of the last event that it was sent, or that was not for it. */
  position: number
  /** Waits for its reader to take what was written. */
  blocked = false
  catchingUp = false
  over = false
  #ready: (() => void)[] = []

  constructor(listening: Listening, position: number, ready: (gone: boolean) => void) {
    this.#listening = listening
    this.#wants = wantsOf(listening.filter)
    this.position = position
    const tell = (gone: boolean) => {
      this.blocked = false
      this.over ||= gone
      for (const resolve of this.#ready.splice(0)) resolve()
      ready(gone)
    }
    listening.response.on('drain', () => tell(false))
    listening.response.once('close', () => tell(true))
  }

  /** Writes a run of events, as far as the reader takes them. */
  send(events: TailedEvent[], from = 0): void {
    let chunk = ''
    let at = from
    for (; at < events.length && chunk.length < CHUNK_LETTERS; at++) {
      const event = events[at] as TailedEvent
      this.position = event[0]
      if (!this.#wants(event)) continue
      const text = shownAs(this.#listening.view, event)
      if (text !== undefined) chunk += `id: ${event[0]}\ndata: ${text}\n\n`
    }
    if (chunk !== '') this.write(chunk)
    if (!this.blocked && !this.over && at < events.length) this.send(events, at)
  }

  /** Tells how levels stand now instead of what has happened to them. */
  snapshot(to: number, missed: number, { levels, complete }: MissedLevels): void {
    const { view, filter } = this.#listening
    const wanted = levels.filter(
      ({ sku, location }) =>
        (filter.sku?.includes(sku as string) ?? true) &&
        (filter.location?.includes(location as string) ?? true),
    )
    const shown = view === 'public' ? wanted.map(publicFacts) : wanted
    const event = {
      ...{ id: `evt_${to}`, type: 'stream.snapshot', timestamp: clock.now().toISOString() },
      data: { missed, complete, levels: shown },
    }
    this.position = to
    this.write(`id: ${to}\ndata: ${JSON.stringify(event)}\n\n`)
  }

  /** An id without data: the reader's Last-Event-ID goes on although nothing was for it. */
  beat(): void {
    if (!this.blocked) this.write(`: heartbeat\nid: ${this.position}\n\n`)
  }

  write(text: string): void {
    const { response } = this.#listening
    if (this.over || response.destroyed) return
    this.blocked = !response.write(text)
  }

  async mayListen(): Promise<boolean> {
    return this.#listening.mayListen().catch(() => false)
  }

  end(): void {
    this.over = true
    const { response } = this.#listening
    if (this.blocked)
      response.destroy() // its reader takes nothing: it would be waited for
    else response.end()
  }

  /** Settles when the reader has taken what was written, or is gone. */
  async drained(): Promise<void> {
    if (this.blocked && !this.over) await new Promise<void>(resolve => this.#ready.push(resolve))
  }
}
