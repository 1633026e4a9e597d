import { type Holdfast, openHoldfast } from '../../src/index.ts'
import { Boundary, type Constants } from './boundary.ts'
import type { Random } from './random.ts'
import type { Server } from './server.ts'
import type { Shop } from './shop.ts'
import { clockOf, type Time } from './time.ts'

/** What the processes of one run share: nothing but the database, and the world around them. */
export type World = {
  server: Server
  constants: Constants
  time: Time
  random: Random
  /** Statements are numbered over all processes. */
  numbers: { next: number }
}

/** One server process: the real engine, with the world's time and the boundary as its pool. */
export class Process {
  readonly number: number
  readonly boundary: Boundary
  readonly holdfast: Holdfast
  skew_ms = 0
  alive = true

  private constructor(number: number, boundary: Boundary, holdfast: Holdfast) {
    this.number = number
    this.boundary = boundary
    this.holdfast = holdfast
  }

  static async open(world: World, number: number, shop: Shop): Promise<Process> {
    const { server, constants, numbers, time, random } = world
    const boundary = new Boundary({ server, constants, process: number, numbers })
    const skew: { of: Process | undefined } = { of: undefined }
    const clock = clockOf({
      time,
      random: random.fork(`process ${number}`),
      owner: boundary,
      skew: () => skew.of?.skew_ms ?? 0,
      mark: number,
    })
    const holdfast = await openHoldfast({ pool: boundary.pool, tenant: shop.code, clock })
    skew.of = new Process(number, boundary, holdfast)
    return skew.of
  }

  /** The library in the name of one call, which then stands in the ledger as the actor. */
  voice(shop: Shop, call: number): Promise<Holdfast> {
    return this.holdfast.forTenant(shop.code, { actor_id: call })
  }

  die(time: Time): void {
    this.alive = false
    this.boundary.die()
    time.drop(this.boundary)
  }
}
