import { type Context, readFor } from '../database/context.ts'

/** An order that was replayed: open until it is shipped. */
export type Placed = { reservation_id: string; open: number; shipped: boolean }

/** Units of one SKU in an earlier order that can be given back. */
export type Earlier = { reservation_id: string; quantity: number; placed?: Placed }

/** Customer and SKU pairs that are remembered; older ones are asked of the books. */
export const EARLIER_MAX = 200_000

const keyOf = (customer: string, sku: string): string => `${customer}\n${sku}`

/** What customers have bought before, the newest last. */
export class EarlierOrders {
  readonly #context: Context
  readonly #remembered = new Map<string, Earlier[]>()
  readonly #max: number

  constructor(context: Context, max = EARLIER_MAX) {
    this.#context = context
    this.#max = max
  }

  /** Remembers a line of an order that was granted. */
  add(customer: string, sku: string, earlier: Earlier): void {
    const key = keyOf(customer, sku)
    const list = this.#remembered.get(key) ?? []
    this.#remembered.delete(key)
    this.#remembered.set(key, [...list, earlier])
    if (this.#remembered.size <= this.#max) return
    const oldest = this.#remembered.keys().next().value
    if (oldest !== undefined) this.#remembered.delete(oldest)
  }

  /** Takes the newest order of this SKU that still has units; undefined when none is remembered. */
  takeNewest(customer: string, sku: string): Earlier | undefined {
    const key = keyOf(customer, sku)
    const list = this.#remembered.get(key)
    const newest = list?.pop()
    if (list?.length === 0) this.#remembered.delete(key)
    return newest
  }

  /** Asks the books, for what was forgotten or replayed in an earlier run; the newest first. */
  async ask(
    customer: string,
    sku: string,
  ): Promise<{ reservation_id: string; open: number; out: number }[]> {
    const request = { buyer: customer, sku }
    const { orders } = await readFor<{
      orders: { reservation_id: string; open: number; out: number }[]
    }>(this.#context, 'replay_earlier', request)
    return orders
  }
}
