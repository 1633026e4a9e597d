import type { ServerResponse } from 'node:http'
import { clock } from '../clock.ts'
import { HoldfastError } from '../errors.ts'
import type { Tail, TailedEvent } from '../events/events.ts'
import type { Holdfast } from '../holdfast.ts'
import { Pauses } from './pauses.ts'
import { Listener, type Listening } from './streamListener.ts'

const POLL_MS = 100
const PAGE = 1_000
/** Listeners who read what they have missed at the same time; the others wait for their turn. */
const CATCH_UPS_MAX = 4
const SNAPSHOT_LEVELS_MAX = 1_000
/** Without listeners the feed is still read for so long. */
const IDLE_MS_MAX = 15_000
const NEWEST = Number.MAX_SAFE_INTEGER

/** Work of which only so much runs at once. */
class Turnstile {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  async through<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}

/** The listeners of one tenant: the feed is read once for all of them. */
class TenantStreams {
  readonly #holdfast: Holdfast
  readonly #catchUps: Turnstile
  readonly #bounds: Required<StreamBounds>
  readonly #pauses = new Pauses()
  readonly listeners = new Set<Listener>()
  #kept: TailedEvent[] = []
  #position = 0
  #coming = 0
  #started: Promise<void> | undefined
  #woken = false

  constructor(holdfast: Holdfast, catchUps: Turnstile, bounds: Required<StreamBounds>) {
    this.#holdfast = holdfast
    this.#catchUps = catchUps
    this.#bounds = bounds
  }

  async add(listening: Listening): Promise<Listener> {
    this.#coming++
    try {
      this.#started ??= this.#start()
      await this.#started
    } finally {
      this.#coming--
    }
    const after = Math.min(listening.after ?? this.#position, this.#position)
    const listener: Listener = new Listener(listening, after, gone => {
      if (!gone) return this.#serve(listener)
      this.listeners.delete(listener)
      if (this.listeners.size === 0) this.#pauses.wake()
    })
    this.listeners.add(listener)
    listener.write(`retry: 2000\nid: ${after}\n\n`)
    this.#serve(listener)
    return listener
  }

  wake(): void {
    this.#woken = true
    this.#pauses.wake()
  }

  end(): void {
    this.#pauses.end()
    for (const listener of this.listeners) listener.end()
  }

  async #start(): Promise<void> {
    const { position } = await this.#holdfast.events.tail({ after: NEWEST })
    this.#position = position
    void this.#follow()
  }

  /** Reads the feed for as long as anybody listens. */
  async #follow(): Promise<void> {
    let idleMs = clock.monotonicMs()
    while (!this.#pauses.over) {
      const nowMs = clock.monotonicMs()
      if (this.listeners.size + this.#coming > 0) idleMs = nowMs
      else if (nowMs - idleMs > IDLE_MS_MAX) break
      this.#woken = false
      const read = await this.#holdfast.events
        .tail({ after: this.#position, limit: PAGE })
        .catch(() => undefined) // the database is away: its listeners wait for it
      if (read && read.events.length > 0) this.#take(read)
      if (!read || read.events.length < PAGE) {
        if (!this.#woken) await this.#pauses.rest(POLL_MS)
      }
    }
    this.#started = undefined
    this.#kept = []
  }

  #take({ events }: Tail): void {
    this.#kept.push(...events)
    const { kept_max } = this.#bounds
    if (this.#kept.length > kept_max) this.#kept = this.#kept.slice(-Math.ceil(kept_max / 2))
    this.#position = (events.at(-1) as TailedEvent)[0]
    for (const listener of this.listeners) this.#serve(listener)
  }

  /** Gives a listener what it has not had, unless its reader is not ready for it. */
  #serve(listener: Listener): void {
    if (listener.blocked || listener.catchingUp || listener.over) return
    if (listener.position >= this.#position) return
    const first = this.#kept[0]?.[0] ?? this.#position + 1
    const index = listener.position + 1 - first
    if (index < 0 || this.#kept[index]?.[0] !== listener.position + 1) {
      listener.catchingUp = true
      void this.#catchUps
        .through(() => this.#catchUp(listener))
        .catch(() => listener.end()) // it comes back, with its Last-Event-ID
        .then(() => {
          listener.catchingUp = false
          this.#serve(listener)
        })
      return
    }
    listener.send(this.#kept, index)
  }

  /** From the database, page by page, until the events in memory are reached. */
  async #catchUp(listener: Listener): Promise<void> {
    const { events } = this.#holdfast
    while (!listener.over && !this.#pauses.over) {
      await listener.drained()
      const missed = this.#position - listener.position
      const read = await events.tail({ after: listener.position, limit: PAGE })
      if (read.events.length === 0) listener.position = this.#position // all of it was forgotten
      const forgotten = read.events[0] !== undefined && read.events[0][0] !== listener.position + 1
      if (missed > this.#bounds.replay_max || forgotten) {
        const to = this.#position
        const request = { after: listener.position, to, limit: SNAPSHOT_LEVELS_MAX }
        listener.snapshot(to, missed, await events.missed(request))
        return
      }
      for (let at = 0; at < read.events.length && !listener.over; ) {
        listener.send(read.events, at)
        at = listener.position + 1 - (read.events[0] as TailedEvent)[0]
        await listener.drained()
      }
      const first = this.#kept[0]?.[0] ?? this.#position + 1
      if (read.events.length < PAGE || listener.position + 1 >= first) return
    }
  }
}

/** The bounds of a process's streams; each has a default. */
export type StreamBounds = {
  /** Events of a tenant that are kept in memory. */
  kept_max?: number
  /** Who has missed more than this gets a snapshot instead. */
  replay_max?: number
  listeners_max?: number
  tenant_listeners_max?: number
  heartbeat_ms?: number
}

const DEFAULTS: Required<StreamBounds> = {
  kept_max: 20_000,
  replay_max: 100_000,
  listeners_max: 5_000,
  tenant_listeners_max: 2_000,
  heartbeat_ms: 15_000,
}

/** Everybody who listens to this process. */
export class Streams {
  readonly #bounds: Required<StreamBounds>
  readonly #tenants = new Map<string, TenantStreams>()
  readonly #catchUps = new Turnstile(CATCH_UPS_MAX)
  readonly #pauses = new Pauses()
  #count = 0
  #beating = false

  constructor(bounds: StreamBounds = {}) {
    this.#bounds = { ...DEFAULTS, ...bounds }
  }

  get count(): number {
    return this.#count
  }

  /** Sends what happens until the reader leaves. Throws overloaded where there are too many. */
  async listen(holdfast: Holdfast, listening: Listening): Promise<void> {
    const known = this.#tenants.get(holdfast.tenant)
    const tenant = known ?? new TenantStreams(holdfast, this.#catchUps, this.#bounds)
    this.#tenants.set(holdfast.tenant, tenant)
    await tenant.add(listening)
  }

  /** Says no before anything was written. */
  requirePlace(tenant: string): void {
    const here = this.#tenants.get(tenant)?.listeners.size ?? 0
    if (this.#pauses.over) throw new HoldfastError('closed')
    const { listeners_max, tenant_listeners_max } = this.#bounds
    if (this.#count >= listeners_max || here >= tenant_listeners_max) {
      throw new HoldfastError('overloaded')
    }
  }

  /** Counts a listener until it leaves. */
  enter(response: ServerResponse): void {
    if (this.#count++ === 0) void this.#beat()
    response.once('close', () => {
      if (--this.#count === 0) this.#pauses.wake()
    })
  }

  /** A tenant's feed has something new. */
  wake(tenant: string): void {
    this.#tenants.get(tenant)?.wake()
  }

  /** Ends every stream: its reader comes back to another server. */
  end(): void {
    this.#pauses.end()
    for (const tenant of this.#tenants.values()) tenant.end()
    this.#tenants.clear()
  }

  async #beat(): Promise<void> {
    if (this.#beating) return
    this.#beating = true
    while (this.#count > 0 && !this.#pauses.over) {
      await this.#pauses.rest(this.#bounds.heartbeat_ms)
      for (const tenant of this.#tenants.values()) {
        for (const listener of tenant.listeners) {
          if (await listener.mayListen()) listener.beat()
          else listener.end()
        }
      }
    }
    this.#beating = false
  }
}
