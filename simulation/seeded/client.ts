import { isDeepStrictEqual } from 'node:util'
import type { Call } from './call.ts'
import type { Plan } from './plan.ts'
import type { Random } from './random.ts'
import { playAt, playOf } from './rooms.ts'
import type { Shop } from './shop.ts'

const ASKED_MAX = 6
const REMEMBERED_CALLS_MAX = 12

/** Whoever calls: one call at a time, the same again with the same key until it is answered. */
export type Client = {
  number: number
  shop: Shop
  /** Some clients try the reservations of the other tenant. */
  other: Shop
  call: Call | undefined
  waiting: boolean
}

export const newClients = (plan: Plan, shops: [Shop, Shop]): Client[] =>
  Array.from({ length: plan.clients }, (_, number) => {
    const [shop, other] = number % 5 === 4 ? [shops[1], shops[0]] : shops
    return { number, shop, other, call: undefined, waiting: false }
  })

export const mayAskAgain = (call: Call): boolean => call.key !== undefined && call.asked < ASKED_MAX

/** Draws what clients ask, and remembers what they have asked. */
export class Workload {
  #calls = 0
  readonly #plan: Plan
  readonly #random: Random
  readonly #earlier: Call[] = []

  constructor(plan: Plan, random: Random) {
    this.#plan = plan
    this.#random = random
  }

  get left(): number {
    return this.#plan.operations - this.#calls
  }

  next(client: Client): Call {
    const twin = this.#earlier.length > 0 && this.#random.chance(this.#plan.twin_rate)
    const call = (twin ? this.#twin(client) : undefined) ?? this.#fresh(client)
    if (call.key !== undefined && !call.again_of && !call.reuses) {
      this.#earlier.push(call)
      if (this.#earlier.length > REMEMBERED_CALLS_MAX) this.#earlier.shift()
    }
    return call
  }

  /** The same key and content once more, perhaps while the first is still under way. */
  #twin(client: Client): Call | undefined {
    const found = this.#random.pick(this.#earlier)
    if (found.shop !== client.shop) return undefined
    const { verb, request, key } = found
    return this.#call(client, { verb, request, key, again_of: found })
  }

  #fresh(client: Client): Call {
    const random = this.#random
    for (;;) {
      const play = playAt(random.weighted(this.#plan.verb_weights))
      const shop = random.chance(0.02) ? client.other : client.shop
      const request = play?.request(shop, random)
      if (!play || !request) continue
      const keyed = play.writes && !random.chance(this.#plan.unkeyed_rate)
      const own = play.writes && !keyed && random.chance(0.02)
      const granted = this.#earlier.filter(
        each => each.outcome === 'granted' && each.shop === client.shop,
      )
      const reused = keyed && granted.length > 0 && random.chance(this.#plan.reuse_rate)
      const first = reused ? random.pick(granted) : undefined
      const key = first ? first.key : `k-${this.#calls}`
      // By chance it may be the same content.
      const again = first?.verb === play.verb && isDeepStrictEqual(first.request, request)
      return this.#call(client, {
        verb: play.verb,
        ...(play.writes ? {} : { deadline_ms: undefined }),
        request: request as Record<string, unknown>,
        key: keyed ? key : undefined,
        again_of: again ? first : undefined,
        reuses: first !== undefined && !again,
        own_transaction: own,
      })
    }
  }

  #call(client: Client, what: Pick<Call, 'verb' | 'request' | 'key'> & Partial<Call>): Call {
    const random = this.#random
    this.#calls++
    const within = random.chance(this.#plan.deadline_rate) ? random.between(1, 3_000) : undefined
    return {
      id: this.#calls,
      client: client.number,
      shop: client.shop,
      deadline_ms: playOf(what.verb).patient ? undefined : within,
      again_of: undefined,
      reuses: false,
      own_transaction: false,
      outcome: 'open',
      answer: undefined,
      asked: 0,
      invoked_at: 0,
      answered_at: Number.POSITIVE_INFINITY,
      clock_least_ms: 0,
      clock_most_ms: 0,
      effect_may_follow: false,
      ...what,
    }
  }
}
