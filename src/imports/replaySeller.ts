import { clock } from '../clock.ts'
import type { ReservationAnswer } from '../reservations/grant.ts'
import type { Earlier, EarlierOrders, Placed } from './earlierOrders.ts'
import type { Latency } from './latency.ts'
import type { Order, OrderLine } from './orders.ts'
import type { ReplayReport, ReplayTarget } from './replay.ts'
import type { Parcel, Shipping } from './shipping.ts'

/** A reservation has at most this many lines; a longer order becomes several. */
const RESERVATION_LINES_MAX = 500

type Parts = {
  target: ReplayTarget
  report: ReplayReport
  latency: Latency
  earlier: EarlierOrders
  shipping: Shipping
  location: string | undefined
}

/** Runs orders through the verbs: many at once, those of one customer one after the other. */
export class Seller {
  readonly #parts: Parts
  readonly #chains = new Map<string, Promise<void>>()
  #underWay = 0
  #failure: unknown
  #wake: (() => void) | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** Begins an order; its end is seen by room and drain. */
  sell(order: Order): void {
    const { shipping } = this.#parts
    const chain = order.customer ?? `order:${order.order}`
    const due = shipping.dueOf(order.time)
    const parcel: Parcel = { chain, placed: [], document: order.order, due }
    this.#begin(chain, () => this.#sell(order, parcel.placed))
    if (order.sales.length === 0) return
    if (due === Number.NEGATIVE_INFINITY) this.ship([parcel])
    else shipping.add(parcel)
  }

  /** Ships what is due, each after what its customer has under way. */
  ship(parcels: Parcel[]): void {
    for (const parcel of parcels) this.#begin(parcel.chain, () => this.#ship(parcel))
  }

  /** Waits until fewer than this many are under way. */
  async room(most: number): Promise<void> {
    while (this.#underWay >= most && !this.failed) {
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  /** Waits for all that is under way; throws what failed. */
  async drain(): Promise<void> {
    await Promise.all(this.#chains.values())
    if (this.#failure !== undefined) throw this.#failure
  }

  #begin(chain: string, work: () => Promise<void>): void {
    this.#underWay++
    const before = this.#chains.get(chain) ?? Promise.resolve()
    const after = before.then(async () => {
      try {
        if (!this.failed) await work()
      } catch (error) {
        this.#failure ??= error
      }
      this.#underWay--
      if (this.#chains.get(chain) === after) this.#chains.delete(chain)
      this.#wake?.()
    })
    this.#chains.set(chain, after)
  }

  async #timed(call: Promise<ReservationAnswer>): Promise<ReservationAnswer> {
    const startedMs = clock.monotonicMs()
    const answer = await call
    this.#parts.latency.add(clock.monotonicMs() - startedMs)
    if (!answer.ok) {
      const { refusals } = this.#parts.report
      refusals[answer.refusal.code] = (refusals[answer.refusal.code] ?? 0) + 1
    }
    return answer
  }

  async #sell(order: Order, placed: Placed[]): Promise<void> {
    const { report } = this.#parts
    report.lines += order.sales.length + order.backs.length
    if (order.sales.length > 0) report.orders++
    let refused = false
    for (let at = 0; at < order.sales.length; at += RESERVATION_LINES_MAX) {
      const sales = order.sales.slice(at, at + RESERVATION_LINES_MAX)
      const state = await this.#place(order, sales)
      if (state) placed.push(state)
      else {
        refused = true
        report.refused_lines += sales.length
      }
    }
    if (refused) report.refused++
    for (const line of order.backs) await this.#giveBack(order, line)
  }

  /** Reserves and commits lines of an order; undefined when they are refused. */
  async #place(order: Order, sales: OrderLine[]): Promise<Placed | undefined> {
    const { target, earlier, location } = this.#parts
    const lines = sales.map(({ sku, quantity }) => ({
      sku,
      quantity,
      ...(location === undefined ? {} : { location }),
    }))
    const buyer = order.customer === null ? {} : { buyer: order.customer }
    const held = await this.#timed(target.reserve({ lines, ...buyer }))
    if (!held.ok) return undefined
    const { reservation_id } = held
    const order_reference = order.order
    const committed = await this.#timed(target.commit({ reservation_id, order_reference }))
    if (!committed.ok) return undefined
    const open = sales.reduce((sum, line) => sum + line.quantity, 0)
    const placed: Placed = { reservation_id, open, shipped: false }
    if (order.customer !== null) {
      for (const { sku, quantity } of sales) {
        earlier.add(order.customer, sku, { reservation_id, quantity, placed })
      }
    }
    return placed
  }

  async #ship(parcel: Parcel): Promise<void> {
    const { target, report } = this.#parts
    for (const placed of parcel.placed) {
      if (placed.open === 0) continue
      const { reservation_id } = placed
      const document = parcel.document
      const answer = await this.#timed(target.fulfill({ reservation_id, document }))
      if (!answer.ok) continue // what was forgotten here may have been given back by the books
      placed.shipped = true
      report.fulfilled++
    }
  }

  /** Gives back the newest orders first, over as many of them as it takes. */
  async #giveBack(order: Order, line: OrderLine): Promise<void> {
    const { report, earlier } = this.#parts
    const { customer } = order
    let left = line.quantity
    if (customer !== null) {
      while (left > 0) {
        const one = earlier.takeNewest(customer, line.sku)
        if (!one) break
        const take = Math.min(left, one.quantity)
        if (!(await this.#giveBackTo(one, line.sku, take))) continue
        left -= take
        if (one.quantity > take)
          earlier.add(customer, line.sku, { ...one, quantity: one.quantity - take })
      }
      if (left > 0) left -= await this.#giveBackByBooks(customer, line.sku, left)
    }
    report.unmatched_units += left
    if (left === line.quantity) report.unmatched++
    else if (left > 0) report.partly_matched++
  }

  async #giveBackTo(one: Earlier, sku: string, quantity: number): Promise<boolean> {
    const { placed } = one
    const done = await this.#undo(one.reservation_id, sku, quantity, placed?.shipped ?? false)
    if (done && placed && !placed.shipped) placed.open -= quantity
    return done
  }

  /** What was forgotten here, or was replayed in an earlier run, is asked of the books. */
  async #giveBackByBooks(customer: string, sku: string, wanted: number): Promise<number> {
    let left = wanted
    for (const found of await this.#parts.earlier.ask(customer, sku)) {
      for (const [units, shipped] of [
        [found.open, false],
        [found.out, true],
      ] as const) {
        const take = Math.min(left, units)
        if (take === 0) continue
        if (await this.#undo(found.reservation_id, sku, take, shipped)) left -= take
      }
      if (left === 0) break
    }
    return wanted - left
  }

  async #undo(
    reservation_id: string,
    sku: string,
    quantity: number,
    shipped: boolean,
  ): Promise<boolean> {
    const { target, report } = this.#parts
    const request = { reservation_id, lines: [{ sku, quantity }], reason: 'cancelled' }
    const call = shipped ? target.return(request) : target.release(request)
    const answer = await this.#timed(call)
    if (!answer.ok) return false
    if (shipped) report.returned++
    else report.released++
    return true
  }
}
