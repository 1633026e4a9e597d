import { clock } from '../clock.ts'
import { type Arena, untilBack } from './arena.ts'
import type { Random } from './proxy.ts'

/** What is killed: a server, the sessions of all, a process of PostgreSQL, all of PostgreSQL. */
export const killKinds = ['server', 'sessions', 'backend', 'database'] as const
export type KillKind = (typeof killKinds)[number]
export type Kills = Record<KillKind, number>

/** How to kill a PostgreSQL of our own, and to have it back; nobody else's is touched. */
export type OwnDatabase = {
  killBackend(pids: number[]): Promise<void>
  killAll(): Promise<void>
}

export type Killed = { kind: KillKind; recovery_ms: number | null }
type Point = { kind: KillKind; at: number }
type Open = { killed: Killed; atMs: number; server: number | null }

const FIRST_PERCENT = 5
const LAST_PERCENT = 90

/** Draws after how many decisions of a sale what is killed. */
export const drawKills = (random: Random, kills: Kills, calls: number): Point[] =>
  killKinds
    .flatMap(kind => Array.from({ length: kills[kind] }, () => kind))
    .map(kind => {
      const percent = FIRST_PERCENT + random(LAST_PERCENT - FIRST_PERCENT)
      return { kind, at: Math.floor((calls * percent) / 100) }
    })
    .sort((a, b) => a.at - b.at)

/**
 * Kills in the middle of a sale, one after the other, and takes the time until somebody is served
 * again. The sale waits when the next kill is due and the last one is not mended yet: each of them
 * must meet buyers.
 */
export class Killer {
  readonly #arena: Arena
  readonly #points: Point[]
  readonly #random: Random
  readonly #database: OwnDatabase | undefined
  readonly #open: Open[] = []
  readonly killed: Killed[] = []
  #work: Promise<void> = Promise.resolve()
  #busy = false

  constructor(options: {
    arena: Arena
    points: Point[]
    random: Random
    database?: OwnDatabase | undefined
  }) {
    this.#arena = options.arena
    this.#points = [...options.points]
    this.#random = options.random
    this.#database = options.database
  }

  /** So many calls were decided: kills what is due. */
  async progress(decided: number): Promise<void> {
    while (this.#points[0] && this.#points[0].at <= decided) {
      if (this.#busy) await this.#work
      else this.#start(this.#points.shift() as Point)
    }
  }

  #start(point: Point): void {
    this.#busy = true
    this.#work = this.#kill(point.kind).finally(() => {
      this.#busy = false
    })
  }

  /** A server has decided a call that was begun then: whoever was killed before is back. */
  decided(server: number, beganMs: number): void {
    for (const open of this.#open.splice(0)) {
      const theirs = open.server === null || open.server === server
      if (theirs && beganMs > open.atMs) {
        open.killed.recovery_ms = Math.round(clock.monotonicMs() - open.atMs)
      } else this.#open.push(open)
    }
  }

  /** Waits until all that was killed is back; who asks again then tells how long it took. */
  async end(): Promise<void> {
    await this.#work
  }

  async #kill(kind: KillKind): Promise<void> {
    const { slots } = this.#arena
    const server = kind === 'server' ? this.#random(slots.length) : null
    const killed: Killed = { kind, recovery_ms: null }
    this.killed.push(killed)
    this.#open.push({ killed, atMs: clock.monotonicMs(), server })
    if (server !== null) {
      await slots[server]?.kill()
      await slots[server]?.start()
    } else if (kind === 'sessions') await untilBack(this.#arena.endSessions)
    else if (kind === 'backend')
      await this.#database?.killBackend(await untilBack(this.#arena.sessions))
    else await this.#database?.killAll()
  }
}
