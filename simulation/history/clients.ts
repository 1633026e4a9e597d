import { clock } from '../../src/clock.ts'
import type { Answered, Asked, Calls } from '../calls.ts'
import { oneOf, type Random, randomFrom, upTo } from './generate.ts'
import type { Server } from './servers.ts'

const RETRY_DELAY_MS = 50
const LONG_SECONDS = 86_400

export type Market = {
  servers: Server[]
  skus: string[]
  /** Those that are sold beyond stock, each in carts of its own. */
  backordered: string[]
  calls: Calls
  operations: number
}

const BACKORDER_RATE = 0.12

/** A shopper and clerk in one: reserves, commits, ships, gives back; receives and writes off. */
class Client {
  readonly #name: string
  readonly #market: Market
  readonly #random: Random
  readonly #open: { id: string; state: 'held' | 'committed' }[] = []
  #keys = 0

  constructor(name: string, market: Market, random: Random) {
    this.#name = name
    this.#market = market
    this.#random = random
  }

  async work(): Promise<void> {
    while (this.#market.operations-- > 0) {
      const dice = this.#random()
      if (dice < 0.55 || this.#open.length === 0) await this.#reserve(dice < 0.3)
      else if (dice < 0.62) await this.#stock()
      else await this.#goOn(dice)
    }
  }

  /** Without a key it may go the fast way, and is not asked again when its server dies. */
  async #reserve(keyed: boolean): Promise<void> {
    const { skus, backordered } = this.#market
    const waits = this.#random() < BACKORDER_RATE
    const first = upTo(this.#random, skus.length)
    const count = waits || this.#random() < 0.7 ? 1 : 3
    const own = waits ? { sku: oneOf(this.#random, backordered) } : {}
    const lines = Array.from({ length: count }, (_, n) => ({
      sku: skus[(first + n * 7) % skus.length] as string,
      location: 'berlin',
      quantity: 1 + upTo(this.#random, 3),
      ...own,
    }))
    const answer = await this.#ask('reserve', { lines, hold_seconds: LONG_SECONDS }, keyed)
    if (answer?.ok && answer.reservation_id) {
      this.#open.push({ id: answer.reservation_id, state: 'held' })
    }
  }

  async #stock(): Promise<void> {
    const { skus, backordered } = this.#market
    const sku = oneOf(this.#random, this.#random() < BACKORDER_RATE ? backordered : skus)
    const more = 1 + upTo(this.#random, 9)
    const verb = this.#random() < 0.8 ? 'receive' : 'adjust'
    const quantity = verb === 'receive' ? more : -1
    await this.#ask(verb, { lines: [{ sku, location: 'berlin', quantity }] }, true)
  }

  async #goOn(dice: number): Promise<void> {
    const at = upTo(this.#random, this.#open.length)
    const one = this.#open[at]
    if (!one) return
    const request = { reservation_id: one.id }
    if (one.state === 'held' && dice < 0.85) {
      await this.#ask('commit', { ...request, order_reference: `o-${one.id}` }, true)
      one.state = 'committed'
      return
    }
    const verb = one.state === 'committed' && dice < 0.85 ? 'fulfill' : 'release'
    const answer = await this.#ask(verb, request, true)
    if (answer?.ok) this.#open.splice(at, 1)
  }

  /** With a key, the same is asked again until it is answered, by whichever server is there. */
  async #ask(verb: string, request: Asked, keyed: boolean): Promise<Answered | undefined> {
    const key = keyed ? `${this.#name}/${++this.#keys}` : undefined
    const { servers, calls } = this.#market
    for (;;) {
      const server = oneOf(this.#random, servers)
      const callee = { [verb]: (asked: Asked) => server.ask(verb, asked, key) }
      const call = { client: this.#name, verb, request, ...(key === undefined ? {} : { key }) }
      const answer = await calls.make(callee, call)
      if (answer || key === undefined) return answer
      await clock.sleep(RETRY_DELAY_MS)
    }
  }
}

/** Lets so many clients work until all operations are done. */
export const workTogether = async (
  market: Market,
  seed: number,
  clients: number,
): Promise<void> => {
  const working = Array.from({ length: clients }, (_, n) =>
    new Client(`c${n}`, market, randomFrom(seed + n)).work(),
  )
  await Promise.all(working)
}
