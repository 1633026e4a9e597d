import { clock } from '../clock.ts'
import type { Consumer, FeedHint } from '../events/events.ts'
import type { Holdfast } from '../holdfast.ts'
import { type CourierOptions, Couriers } from './couriers.ts'
import { Pauses } from './pauses.ts'

const POLL_MS = 100
/** After a wake-up: what comes within so long is one step, and one change of a level. */
const GATHER_MS = 20
/** Slices of all levels and facts are looked through this often. */
const SWEEP_MS = 250
/** Retries that are due are looked for this often; what is new is sent at once. */
const RETRY_LOOK_MS = 500
const TENANTS_MS = 5_000
const TRIM_MS = 3_600_000
const FAILED_MS = 1_000
const TENANTS_A_PAGE = 250

export type DispatcherOptions = {
  /** Between two looks at what other processes have written, at the least; 100 when left out. */
  poll_ms?: number | undefined
  consumers?: readonly Consumer[]
  /** How webhooks are sent. */
  webhooks?: CourierOptions
  /** Told once when it cannot go on, until it can again. */
  notice?: ((line: string) => void) | undefined
}

/** Who hears of the feed: streams, and the figures of this process. */
export type DispatcherHears = {
  /** A tenant's feed has come to this position. */
  fed(tenant: string, position: number): void
  /** A step has taken so many, the oldest of which was so old. */
  took(consumer: string, count: number, lagSeconds: number): void
}

type Room = {
  holdfast: Holdfast
  hint: FeedHint
  position: number
  sweptMs: number
  trimmedMs: number
  consumed: Map<string, number>
  /** Up to which position, and when, it was looked what is due for webhooks. */
  sent: { position: number; ms: number }
}

const newRoom = (holdfast: Holdfast): Room => ({
  ...{ holdfast, hint: {}, position: -1, consumed: new Map() },
  sweptMs: Number.NEGATIVE_INFINITY,
  trimmedMs: clock.monotonicMs(),
  sent: { position: -1, ms: Number.NEGATIVE_INFINITY },
})

/** The feed of all tenants: one process at a time feeds one of them, any of them may. */
class Dispatcher {
  readonly #main: Holdfast
  readonly #options: DispatcherOptions
  readonly #hears: DispatcherHears
  readonly #couriers: Couriers
  readonly #pauses = new Pauses()
  readonly #rooms = new Map<number, Room>()
  readonly #due = new Set<number>()
  readonly #ended: Promise<void>
  #listedMs = Number.NEGATIVE_INFINITY

  constructor(main: Holdfast, options: DispatcherOptions, hears: DispatcherHears) {
    this.#main = main
    this.#options = options
    this.#hears = hears
    this.#couriers = new Couriers(options.webhooks ?? {})
    this.#ended = this.#loop()
  }

  /** A flush of this process has ended: its tenant has something new, most likely. */
  wake(tenantId: number): void {
    if (this.#due.size === 0) this.#pauses.wake()
    this.#due.add(tenantId)
  }

  async stop(): Promise<void> {
    this.#pauses.end()
    await Promise.all([this.#ended, this.#couriers.stop()])
  }

  async #loop(): Promise<void> {
    let failing = false
    let polledMs = Number.NEGATIVE_INFINITY
    while (!this.#pauses.over) {
      const beganMs = clock.monotonicMs()
      const pollMs = this.#options.poll_ms ?? POLL_MS
      try {
        if (beganMs - this.#listedMs > TENANTS_MS) await this.#list()
        const all = beganMs - polledMs >= pollMs
        if (all) polledMs = beganMs
        await this.#round(all ? [...this.#rooms.keys()] : [...this.#due])
        failing = false
      } catch (error) {
        if (!failing && !this.#pauses.over) {
          this.#options.notice?.(`events: ${(error as Error).message}`)
        }
        failing = true // said once until it works again
        await this.#pauses.rest(FAILED_MS)
      }
      const nowMs = clock.monotonicMs()
      // As long as it took at the least: with many tenants that do nothing, half of one connection.
      const restMs = Math.max(nowMs - beganMs, polledMs + pollMs - nowMs)
      if (this.#due.size === 0) await this.#pauses.rest(Math.min(restMs, TENANTS_MS))
      if (this.#due.size > 0) await clock.sleep(GATHER_MS)
    }
  }

  async #list(): Promise<void> {
    this.#listedMs = clock.monotonicMs()
    const seen = new Set<number>()
    let cursor: string | null | undefined
    do {
      const request = { limit: TENANTS_A_PAGE, ...(cursor ? { cursor } : {}) }
      const page = await this.#main.tenants.list(request)
      for (const { code } of page.ok ? page.data : []) {
        const known = [...this.#rooms.values()].find(({ holdfast }) => holdfast.tenant === code)
        const room = known ?? newRoom(await this.#main.forTenant(code))
        seen.add(room.holdfast.tenant_id)
        this.#rooms.set(room.holdfast.tenant_id, room)
      }
      cursor = page.ok ? page.next_cursor : null
    } while (cursor && !this.#pauses.over)
    for (const id of this.#rooms.keys()) if (!seen.has(id)) this.#rooms.delete(id)
  }

  async #round(tenantIds: number[]): Promise<void> {
    for (const id of tenantIds) {
      if (this.#pauses.over) return
      this.#due.delete(id)
      const room = this.#rooms.get(id)
      if (!room) continue
      if (await this.#feed(room)) this.#due.add(id)
      for (const consumer of this.#options.consumers ?? []) await this.#consume(room, consumer)
      await this.#send(room)
      await this.#trim(room)
    }
  }

  /** One step of a tenant's feed; true when there is more. */
  async #feed(room: Room): Promise<boolean> {
    const { holdfast } = room
    if (room.position < 0) {
      // Consumers begin before the feed does, so that they miss nothing of it.
      for (const consumer of this.#options.consumers ?? []) await holdfast.events.consume(consumer)
    }
    const nowMs = clock.monotonicMs()
    const sweep = nowMs - room.sweptMs >= SWEEP_MS
    if (sweep) room.sweptMs = nowMs
    const done = await holdfast.events.feed({ hint: { ...room.hint, sweep } })
    room.hint = done.hint
    if (!done.busy) this.#hears.took('feed', done.fed, done.lag_seconds)
    if (done.position > room.position) {
      room.position = done.position
      this.#hears.fed(holdfast.tenant, done.position)
    }
    return done.more
  }

  async #consume(room: Room, consumer: Consumer): Promise<void> {
    let more = (room.consumed.get(consumer.name) ?? -1) < room.position
    while (more && !this.#pauses.over) {
      const done = await room.holdfast.events.consume(consumer)
      more = done.more
      if (done.busy) return // another process is at it
      this.#hears.took(consumer.name, done.consumed, done.lag_seconds)
      room.consumed.set(consumer.name, done.position)
    }
  }

  async #send(room: Room): Promise<void> {
    const nowMs = clock.monotonicMs()
    if (room.sent.position >= room.position && nowMs - room.sent.ms < RETRY_LOOK_MS) return
    room.sent = { position: room.position, ms: nowMs }
    await this.#couriers.look(room.holdfast, (count, lag) =>
      this.#hears.took('webhooks', count, lag),
    )
  }

  async #trim(room: Room): Promise<void> {
    if (clock.monotonicMs() - room.trimmedMs < TRIM_MS) return
    room.trimmedMs = clock.monotonicMs()
    const { events, webhooks } = room.holdfast
    while (!this.#pauses.over && (await events.trim()).more);
    while (!this.#pauses.over && (await webhooks.sending.trim()).more);
  }
}

export type { Dispatcher }

/** Feeds all tenants, and serves those who read the feeds, until it is stopped. */
export const startDispatcher = (
  holdfast: Holdfast,
  options: DispatcherOptions,
  hears: DispatcherHears,
): Dispatcher => new Dispatcher(holdfast, options, hears)
