import { isDeepStrictEqual } from 'node:util'
import { clock } from '../../src/clock.ts'
import { type Answered, type Asked, type Call, Calls } from '../calls.ts'
import { requestOf } from './draft.ts'
import { expectedOf, explain, type Told } from './explain.ts'
import type { Counted, Shop } from './shop.ts'
import type { Command, Step, Tick } from './steps.ts'
import { countersOf, makeLevel, passTo, type World } from './world.ts'

const FIRST_STOCK = [8, 4]

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
      if ('tick' in step) await this.#pass(step.tick)
      else await this.#call(step.calls)
      await this.#compareCounters()
    }
    const faults = await this.#shop.levelFaults(this.#name)
    if (faults.length > 0) throw new Error(`the books are wrong: ${show(faults)}`)
  }

  async #stock(): Promise<void> {
    for (const [tenant, quantity] of FIRST_STOCK.entries()) {
      const lines = ['A', 'B'].map(sku => ({ sku, location: 'berlin', quantity }))
      const draft = { fields: { lines: [...lines, { ...lines[0], location: 'paris' }] } }
      const command = { tenant, way: 'one', verb: 'receive', draft, key: undefined } as Command
      await this.#call([command])
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
    const counted = await this.#shop.counted(this.#name)
    for (const tenant of [0, 1] as const) {
      const of = told.filter(call => call.tenant === tenant)
      const world = this.#worlds[tenant] as World
      const after =
        explain(world, of, last => !this.#difference(last, tenant, counted)) ??
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

  async #compareCounters(): Promise<void> {
    const counted = await this.#shop.counted(this.#name)
    for (const [tenant, world] of this.#worlds.entries()) {
      const difference = this.#difference(world, tenant, counted)
      if (difference) throw new Error(difference)
    }
  }

  /** What a tenant's counters have otherwise than the model, which takes over levels left empty. */
  #difference(world: World, tenant: number, counted: Counted[]): string | undefined {
    const is = counted.filter(({ tenant_id }) => tenant_id === this.#shop.tenantIds[tenant])
    const inexact = is.find(({ shortage_exact }) => !shortage_exact)
    if (inexact) return `the shortage is not exact: ${show(inexact)}`
    adoptEmpty(world, is)
    const found = Object.fromEntries(is.map(({ level, counters }) => [level, counters]))
    const should = Object.fromEntries(
      Object.entries(world.levels).map(([name, level]) => {
        const { shortage: _, available: __, ...counters } = countersOf(world, level)
        return [name, counters]
      }),
    )
    if (isDeepStrictEqual(found, should)) return undefined
    return `the counters are ${show(found)}\n  in the model ${show(should)}`
  }
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
    const empty = available === 0 && Object.values(counters).every(units => units === 0)
    if (empty && !names.has(name)) delete world.levels[name]
  }
}

type Asking = { tenant: 0 | 1; way: Command['way']; verb: string; request: Asked; key?: string }

const show = (value: unknown): string => JSON.stringify(value)
