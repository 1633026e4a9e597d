import { isDeepStrictEqual } from 'node:util'
import { clock } from '../../src/clock.ts'
import { type Answered, type Asked, type Call, Calls } from '../calls.ts'
import { bufferedAt, freeForQueue, NOTHING_OVERDUE } from './buffers.ts'
import { requestOf } from './draft.ts'
import { expectedOf, explain, type Told } from './explain.ts'
import { toldFault } from './notices.ts'
import { endOverdue } from './queue.ts'
import { type Sellable, sellableDifference } from './sellable.ts'
import type { Counted, Shop } from './shop.ts'
import type { Command, Step, Tick } from './steps.ts'
import { pegFault, type Waiting, waitingDifference } from './waiting.ts'
import { countersOf, makeLevel, passTo, queueAt, sum, type World } from './world.ts'

const FIRST_STOCK = [8, 4]
/** Where units may wait for supply there is less of them, so that they do. */
const FIRST_STOCK_OF_QUEUES = [3, 1]
const FIRST_RULES = [
  { sku: 'A', fields: { backorder_mode: 'allow', backorder_cap: 4, date_tolerance_days: 2 } },
  { sku: 'B', fields: { backorder_mode: 'allow', backorder_cap: 2 } },
  { sku: 'X', fields: { backorder_mode: 'allow', backorder_cap: 2 } },
  { sku: 'B', fields: { release_delay_seconds: 600, lead_days_min: 2, lead_days_max: 5 } },
]
const VIP_PRIORITY = 5

/** What the database has, as it is compared with the model. */
type Found = { counted: Counted[]; sellable: Sellable[]; waiting: Waiting[] }

/** One run: the same commands to the engine and to the model, compared after each step. */
export class Run {
  readonly #shop: Shop
  readonly #name: string
  readonly #ids = [clock.uuid(), clock.uuid(), clock.uuid()]
  readonly #reservations: string[] = []
  readonly #keyed: Told[] = []
  readonly #calls = new Calls()
  #worlds: World[] = []
  #keys = 0

  constructor(shop: Shop, name: string) {
    this.#shop = shop
    this.#name = name
  }

  get calls(): Call[] {
    return this.#calls.made
  }

  /** Throws a text that says what differs. */
  async play(steps: Step[]): Promise<void> {
    this.#worlds = await this.#shop.begin(this.#name, clock.now().getTime())
    await this.#stock()
    for (const step of steps) {
      if (step === 'nothing') continue
      if (step === 'sweep') await this.#sweep()
      else if ('tick' in step) await this.#pass(step.tick)
      else await this.#call(step.calls)
      await this.#compare()
    }
    if (this.#shop.rooms.length > 0) {
      await this.#sweep()
      await this.#compare()
    }
    if (this.#shop.has('queue')) {
      const fault = toldFault(await this.#shop.told(this.#name), toleranceOf)
      if (fault) throw new Error(`a buyer was told too much or too little: ${fault}`)
    }
    const faults = await this.#shop.levelFaults(this.#name)
    if (faults.length > 0) throw new Error(`the books are wrong: ${show(faults)}`)
  }

  /** All that has ended is freed, and whoever waits has got what is free. */
  async #sweep(): Promise<void> {
    await this.#shop.sweep()
    for (const world of this.#worlds) {
      for (const level of Object.values(world.levels)) endOverdue(world, level)
    }
  }

  async #stock(): Promise<void> {
    const queues = this.#shop.has('queue')
    for (const [tenant, quantity] of (queues ? FIRST_STOCK_OF_QUEUES : FIRST_STOCK).entries()) {
      if (queues) await this.#allow(tenant as 0 | 1)
      const lines = ['A', 'B'].map(sku => ({ sku, location: 'berlin', quantity }))
      const draft = { fields: { lines: [...lines, { ...lines[0], location: 'paris' }] } }
      const command = { tenant, way: 'one', verb: 'receive', draft, key: undefined } as Command
      await this.#call([command])
    }
  }

  /** Units may wait, a vip's before the others. */
  async #allow(tenant: 0 | 1): Promise<void> {
    const vips = ['A', 'B'].map(sku => ({
      ...{ sku, tier: 'vip', fields: { backorder_priority: VIP_PRIORITY } },
    }))
    for (const rule of [...FIRST_RULES, ...vips]) {
      const draft = { fields: { rules: [rule] } }
      await this.#call([{ tenant, way: 'one', verb: 'policies.set', draft, key: undefined }])
    }
  }

  async #pass(tick: Tick): Promise<void> {
    const now = this.#worlds[0]?.now_ms ?? 0
    const to = tick.to === 'later' ? now + tick.seconds * 1000 : this.#nextExpiry() + tick.offset_ms
    if (to <= now || !Number.isFinite(to)) return
    await this.#shop.setClock(to)
    for (const world of this.#worlds) passTo(world, to)
  }

  #nextExpiry(): number {
    const ends = this.#worlds.flatMap(({ reservations, now_ms }) =>
      Object.values(reservations)
        .map(({ expires_ms }) => expires_ms)
        .filter((end): end is number => end !== null && end > now_ms),
    )
    return Math.min(...ends)
  }

  /** Makes calls at once; some order of them must explain all answers. */
  async #call(commands: Command[]): Promise<void> {
    const asked = commands.map(command => this.#asked(command))
    const told = await Promise.all(
      asked.map(async (each): Promise<Told & { tenant: 0 | 1 }> => {
        const answer = await this.#make(each)
        if (!answer) throw new Error(`no answer to ${show(each)}: ${this.calls.at(-1)?.error}`)
        return { ...each, answer }
      }),
    )
    const found = await this.#found()
    for (const tenant of [0, 1] as const) {
      const of = told.filter(call => call.tenant === tenant)
      const world = this.#worlds[tenant] as World
      this.#willBe(world, tenant, found)
      const after =
        explain(world, of, last => !this.#difference(last, tenant, found)) ??
        explain(world, of, () => true) // the answers are well, and the counters will be told
      if (!after) throw new Error(this.#unexplained(world, of))
      this.#worlds[tenant] = after
    }
    for (const call of told) {
      if (!call.answer.ok) continue
      if (call.key !== undefined) this.#keyed.push(call)
      const id = call.answer.reservation_id
      if (id !== undefined && !this.#reservations.includes(id)) this.#reservations.push(id)
    }
  }

  #asked({ tenant, way, verb, draft, key }: Command): Asking {
    const world = this.#worlds[tenant] as World
    const earlier = key && 'of' in key ? this.#keyed.at(-1 - key.of) : undefined
    if (key?.is === 'again' && earlier) return { ...(earlier as Told & { tenant: 0 | 1 }), way }
    const names = { name: this.#name, ids: this.#ids, reservations: this.#reservations }
    const request = requestOf(world, draft, names)
    if (!key) return { tenant, way, verb, request }
    return { tenant, way, verb, request, key: earlier?.key ?? `${this.#name}/${++this.#keys}` }
  }

  #make({ tenant, way, verb, request, key }: Asking): Promise<Answered | undefined> {
    const holdfast = (way === 'two' ? this.#shop.two : this.#shop.one)[tenant]
    const call = { client: way, verb, request, ...(key === undefined ? {} : { key }) }
    if (!holdfast) throw new Error('both tenants are open')
    if (way !== 'own') return this.#calls.make(holdfast, call)
    return this.#shop.inTransaction(transaction =>
      this.#calls.make(holdfast, call, { transaction }),
    )
  }

  #unexplained(world: World, calls: Told[]): string {
    const lines = calls.map(call => {
      const { answer, verb, request, key } = call
      const alone = show(expectedOf(world, call))
      const asked = `${verb} ${show({ request, key })}`
      return `${asked}\n    was answered ${show(answer)}\n    alone: ${alone}`
    })
    return `no order of these calls explains their answers:\n  ${lines.join('\n  ')}`
  }

  async #found(): Promise<Found> {
    const counted = await this.#shop.counted(this.#name)
    const waiting = this.#shop.has('queue') ? await this.#shop.waiting(this.#name) : []
    const sellable = this.#shop.has('channels') ? await this.#shop.sellable(this.#name) : []
    return { counted, sellable, waiting }
  }

  async #compare(): Promise<void> {
    const found = await this.#found()
    for (const [tenant, world] of this.#worlds.entries()) {
      const difference = this.#difference(world, tenant, found)
      if (difference) throw new Error(difference)
      const is = found.counted.filter(of => of.tenant_id === this.#shop.tenantIds[tenant])
      const unserved = servedLast(world, is)
      if (unserved) throw new Error(unserved)
    }
    for (const fault of found.waiting.map(pegFault)) if (fault) throw new Error(fault)
  }

  /** How much of what has ended is left in the books after the calls. */
  #willBe(world: World, tenant: number, { counted }: Found): void {
    for (const { tenant_id, level: name, overdue: held_after, waiting_after } of counted) {
      const level = world.levels[name]
      if (!level || tenant_id !== this.#shop.tenantIds[tenant]) continue
      level.overdue = { ...level.overdue, held_after, waiting_after }
    }
  }

  /** What a tenant's counters have otherwise than the model, which takes over levels left empty. */
  #difference(world: World, tenant: number, found: Found): string | undefined {
    const own = this.#shop.tenantIds[tenant]
    const is = found.counted.filter(({ tenant_id }) => tenant_id === own)
    const inexact = is.find(({ shortage_exact }) => !shortage_exact)
    if (inexact) return `the shortage is not exact: ${show(inexact)}`
    adoptEmpty(world, is)
    const has = Object.fromEntries(
      is.map(({ level, counters, buffers }) => [level, { ...counters, buffers }]),
    )
    const should = Object.fromEntries(
      Object.entries(world.levels).map(([name, level]) => {
        const { shortage: _, available: __, ...counters } = countersOf(world, level)
        const waits = queueAt(world, level).map(([, each]) => each)
        const backordered = sum(waits, each => each.backordered)
        const held_backordered = sum(waits, each => each.held_backordered)
        return [name, { ...counters, backordered, held_backordered, ...bufferedAt(level) }]
      }),
    )
    if (!isDeepStrictEqual(has, should)) {
      return `the counters are ${show(has)}\n  in the model ${show(should)}`
    }
    const differs = sellableDifference(
      world,
      found.sellable.filter(of => of.tenant_id === own),
    )
    if (differs) return differs
    const of = found.waiting.find(({ tenant_id }) => tenant_id === own)
    return of && waitingDifference(world, of)
  }
}

const toleranceOf = (level: string): number => (level.startsWith('A-') ? 2 : 0)

/**
 * Nobody's units are free while somebody waits, but those of a hold that has ended and that nobody
 * has freed, and those that a call could not serve and has noted.
 */
const servedLast = (world: World, counted: Counted[]): string | undefined => {
  for (const { level: name, overdue, waiting_after, due } of counted) {
    const level = world.levels[name]
    if (!level) continue
    level.overdue = { ...NOTHING_OVERDUE, held: overdue, waiting: waiting_after }
    const free = freeForQueue(world, level)
    level.unserved = due ? Math.max(overdue, free, 0) : overdue
    if (queueAt(world, level).length > 0 && free > level.unserved) {
      return `${name} has ${free} units free while somebody waits, ${overdue} of them overdue`
    }
  }
  return undefined
}

/** An empty level that a refused call may have made is there, or not, as the database has it. */
const adoptEmpty = (world: World, counted: Counted[]): void => {
  for (const { level, counters } of counted) {
    const [sku = '', location = ''] = level.split(' at ')
    if (Object.values(counters).every(units => units === 0)) makeLevel(world, sku, location)
  }
  const names = new Set(counted.map(({ level }) => level))
  for (const [name, level] of Object.entries(world.levels)) {
    const { available, ...counters } = countersOf(world, level)
    const empty =
      available === 0 &&
      queueAt(world, level).length === 0 &&
      Object.values(counters).every(units => units === 0)
    if (empty && !names.has(name)) delete world.levels[name]
  }
}

type Asking = { tenant: 0 | 1; way: Command['way']; verb: string; request: Asked; key?: string }

const show = (value: unknown): string => JSON.stringify(value)
