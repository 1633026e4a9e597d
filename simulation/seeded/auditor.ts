import { type Books, freeOf, kinds, type Movement, partOf, readBooks } from './books.ts'
import { type Call, rootOf } from './call.ts'
import { bufferFaults } from './channels.ts'
import { holdFaults } from './holds.ts'
import { pegFaults, queueFaults, readVips } from './queues.ts'
import { type Answered, playOf } from './rooms.ts'
import type { Shop } from './shop.ts'
import type { Site } from './site.ts'
import { refusalFault } from './truth.ts'

const withoutReplay = ({ replayed, ...answer }: Answered): string => JSON.stringify(answer)

/** Compares what the clients were told with what the books say, when all is over. */
export class Auditor {
  readonly #calls: Call[]
  readonly #violated: (complaint: string) => void

  constructor(calls: Call[], violated: (complaint: string) => void) {
    this.#calls = calls
    this.#violated = violated
  }

  async audit(site: Site, shop: Shop): Promise<void> {
    const tenant = await site.holdfast.forTenant(shop.code)
    const serves = shop.queues || shop.channels.length > 0
    if (serves) while ((await tenant.expire()).more); // the sweeper serves what is left
    const books = await readBooks(site.owner, shop)
    const calls = this.#calls.filter(call => call.shop === shop)
    for (const call of calls) this.#one(call, books, calls)
    this.#groups(calls, books)
    this.#order(calls, books)
    this.#keptBack(books)
    for (const complaint of holdFaults(calls, books)) this.#violated(complaint)
    const known = new Set(calls.map(call => call.id))
    for (const { actor_id } of books.movements) {
      if (actor_id !== null && !known.has(actor_id)) {
        this.#violated(`call ${actor_id} of another tenant moved stock of ${shop.code}`)
      }
    }
    if (shop.queues) {
      const vips = await readVips(site.owner, shop)
      for (const complaint of queueFaults(books, vips, shop.queues)) this.#violated(complaint)
      for (const complaint of await pegFaults(site.owner, shop)) this.#violated(complaint)
    }
    for (const complaint of bufferFaults(books, books.buffers)) this.#violated(complaint)
    const { findings } = await tenant.verify()
    for (const { code, what, sku, reservation_id, expected, found } of findings) {
      const where = `${sku ?? ''} ${reservation_id ?? ''}`
      this.#violated(`verify: ${code} ${where} ${what}: expected ${expected}, found ${found}`)
    }
  }

  #one(call: Call, books: Books, calls: Call[]): void {
    const { answer, outcome, id, verb } = call
    if (!answer || outcome === 'undone') return
    const moved = this.#movedBy(call, books)
    const complaint = answer.ok
      ? (playOf(verb).wrong(call, answer, moved, books) ?? this.#strayPart(answer, moved, books))
      : refusalFault(call, answer, books, calls)
    if (complaint) this.#violated(`call ${id} ${verb}: ${complaint}`)
    if (call.reuses && answer.ok) this.#violated(`call ${id}: a used key had another effect`)
  }

  /** Movements of a call and of those that share its key: whichever of them came first. */
  #movedBy(call: Call, books: Books): Movement[] {
    const root = rootOf(call)
    return this.#calls
      .filter(each => rootOf(each) === root)
      .flatMap(each => books.byActor.get(each.id) ?? [])
  }

  /** The answer shows each part that was moved as the ledger has it after the last movement. */
  #strayPart(answer: Answered, moved: Movement[], books: Books): string | undefined {
    const last = new Map(moved.filter(m => m.level && m.reservation_id).map(m => [partOf(m), m]))
    for (const [part, movement] of last) {
      const line = answer.lines?.find(
        ({ line, part: no }) => line === movement.line_no && no === movement.part_no,
      )
      if (!line) return `a movement of ${part} that the answer does not show`
      const history = books.byPart.get(part) ?? []
      const until = history.slice(0, history.indexOf(movement) + 1)
      for (const counter of ['held', 'committed'] as const) {
        const units = until.reduce((sum, { changes }) => sum + changes[counter], 0)
        if (line[counter] !== units) return `${part}: ${counter} ${line[counter]} was ${units}`
      }
      for (const counter of ['backordered', 'held_backordered'] as const) {
        const units = until.reduce((sum, { waits }) => sum + waits[counter], 0)
        if ((line[counter] ?? 0) !== units) return `${part}: ${counter} was ${units}`
      }
    }
    return undefined
  }

  /** One effect per key: all or none of the calls that share it were told so. */
  #groups(calls: Call[], books: Books): void {
    for (const root of calls.filter(call => call.again_of === undefined)) {
      const group = calls.filter(call => rootOf(call) === root)
      const movers = group.filter(call => books.byActor.has(call.id))
      if (movers.length > 1) {
        this.#violated(`key ${root.key} had an effect for calls ${movers.map(({ id }) => id)}`)
      }
      const granted = group.filter(({ outcome }) => outcome === 'granted')
      const answers = new Set(granted.map(({ answer }) => withoutReplay(answer as Answered)))
      if (root.key !== undefined && answers.size > 1) {
        this.#violated(`key ${root.key} had several answers`)
      }
      const maybe = group.some(
        ({ outcome, effect_may_follow }) => outcome === 'unknown' || effect_may_follow,
      )
      if (movers.length > 0 && granted.length === 0 && !maybe) {
        this.#violated(`call ${root.id} ${root.verb} was ${root.outcome}, but moved stock`)
      }
    }
  }

  /** No sale takes what policy keeps back, or what is not there. */
  #keptBack(books: Books): void {
    const takes: number[] = [kinds.reserve, kinds.amend, kinds.commit]
    for (const [level, movements] of books.byLevel) {
      const safety = books.safety.get(level) ?? 0
      for (const { kind, changes, balances, version } of movements) {
        if (!takes.includes(kind) || changes.held + changes.committed <= 0) continue
        const free = freeOf(balances)
        if (free < safety) this.#violated(`${level} version ${version}: only ${free} are left`)
      }
    }
  }

  /**
   * Versions are an order of commits: who was answered before another asked comes before it, unless
   * a statement of it was still on its way then.
   */
  #order(calls: Call[], books: Books): void {
    const byId = new Map(calls.map(call => [call.id, call]))
    for (const [level, movements] of books.byLevel) {
      let latest = 0
      for (const { actor_id, version } of movements) {
        const call = actor_id === null ? undefined : byId.get(actor_id)
        if (!call) continue
        if (call.answered_at < latest && !call.effect_may_follow) {
          this.#violated(`${level} version ${version}: call ${call.id} was answered before others`)
        }
        latest = Math.max(latest, call.invoked_at)
      }
    }
  }
}
