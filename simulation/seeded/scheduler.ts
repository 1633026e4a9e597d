import { Blocker } from './blocker.ts'
import type { Query } from './boundary.ts'
import { perform } from './caller.ts'
import type { Client } from './client.ts'
import { type Action, actions } from './plan.ts'
import { Process } from './process.ts'
import type { Random } from './random.ts'
import type { Stage } from './simulate.ts'

const WAITING_MAX = 2
const HOUR_MS = 3_600_000

/** Chooses, by its seed, which of all things that may happen next does happen. */
export class Scheduler {
  killed = 0
  clock_shifts = 0
  sat_down = 0
  #born = 0
  readonly #stage: Stage
  readonly #random: Random
  readonly #does: Record<Action, () => void | Promise<void>> = {
    act: () => this.#act(),
    send: () => this.#send(),
    deliver: () => this.#deliver(),
    fire: () => this.#fire(),
    run_late: () => this.#runLate(),
    sit: () => this.#sit(),
    stand_up: () => this.#standUp(),
    shift_database_clock: () => this.#shiftDatabaseClock(),
    shift_process_clock: () => this.#shiftProcessClock(),
    kill_process: () => this.#killProcess(),
  }

  constructor(stage: Stage, random: Random) {
    this.#stage = stage
    this.#random = random
  }

  /** One decision; false when nothing can happen any more. */
  async next(): Promise<boolean> {
    const possible = this.#possible()
    const weights = actions.map(action =>
      possible[action] ? this.#stage.plan.action_weights[action] : 0,
    )
    const chosen = actions[this.#random.weighted(weights)]
    if (chosen === undefined) return false
    await this.#does[chosen]()
    return true
  }

  /** Starts another server process. */
  async bear(): Promise<void> {
    const { world, shops, processes } = this.#stage
    const process = await Process.open(world, ++this.#born, shops[0])
    for (const shop of shops) await process.voice(shop, 0)
    processes.push(process)
  }

  #possible(): Record<Action, boolean> {
    const { dispatcher, time, calm, plan } = this.#stage
    const mayMeddle = !calm && plan.fault_rate > 0
    return {
      act: this.#idle().length > 0,
      send: this.#asked().length > 0,
      deliver: this.#answered().length > 0,
      fire: time.untilNext() !== undefined || this.#slow().length > 0,
      run_late: dispatcher.late.length > 0,
      sit: !calm && dispatcher.blocker === undefined,
      stand_up: dispatcher.blocker !== undefined,
      shift_database_clock: !calm,
      shift_process_clock: mayMeddle,
      kill_process: mayMeddle,
    }
  }

  #queries(): Query[] {
    return this.#stage.processes.flatMap(({ boundary }) => boundary.queries)
  }

  #idle(): Client[] {
    const { clients, workload } = this.#stage
    return clients.filter(({ waiting, call }) => !waiting && (call || workload.left > 0))
  }

  #asked(): Query[] {
    const { waiting } = this.#stage.dispatcher
    return waiting.length >= WAITING_MAX
      ? []
      : this.#queries().filter(({ state }) => state === 'asked')
  }

  #answered(): Query[] {
    const { ms } = this.#stage.time
    return this.#queries().filter(
      ({ state, not_before_ms }) => state === 'answered' && not_before_ms <= ms,
    )
  }

  #slow(): Query[] {
    const { ms } = this.#stage.time
    return this.#queries().filter(
      ({ state, not_before_ms }) => state === 'answered' && not_before_ms > ms,
    )
  }

  /** Several clients call in one turn now and then, so that a flush has company in it. */
  async #act(): Promise<void> {
    const idle = this.#idle()
    const count = this.#random.chance(0.5) ? 1 : this.#random.between(1, idle.length)
    for (let i = 0; i < count; i++) {
      const [client] = idle.splice(this.#random.below(idle.length), 1)
      if (!client || (!client.call && this.#stage.workload.left === 0)) continue
      const { caller, processes, dispatcher } = this.#stage
      const process = this.#random.pick(processes)
      if (!caller.draw(client).own_transaction) caller.ask(client, process)
      else if (!dispatcher.blocker && dispatcher.waiting.length === 0) {
        await this.#actAlone(client, process)
      } else {
        caller.drop(client)
      }
    }
  }

  /** A verb inside a transaction of the caller's own, which stays open for a while. */
  async #actAlone(client: Client, process: Process): Promise<void> {
    const { caller, dispatcher, world, tell, violated } = this.#stage
    const call = caller.begin(client)
    await dispatcher.applyClock()
    const blocker = await Blocker.begin(world.server, { call, client })
    dispatcher.blocker = blocker
    this.sat_down++
    tell(`client ${client.number} decides call ${call.id} in its own transaction`)
    try {
      const holdfast = await process.voice(call.shop, call.id)
      call.answer = await perform(holdfast, call, { transaction: blocker.connection })
    } catch (error) {
      violated(`call ${call.id} failed in its own transaction: ${(error as Error).message}`)
    }
  }

  async #send(): Promise<void> {
    const query = this.#random.pick(this.#asked())
    const { dispatcher, calm, tell } = this.#stage
    await dispatcher.send(query, calm)
    const fault = query.fault ? ` (${query.fault})` : ''
    tell(`send #${query.number} of process ${query.process}: ${query.name}${fault} ${query.state}`)
  }

  #deliver(): void {
    const query = this.#random.pick(this.#answered())
    const process = this.#stage.processes.find(({ number }) => number === query.process)
    this.#stage.tell(`deliver #${query.number}`)
    process?.boundary.deliver(query)
  }

  #fire(): void {
    const { time, tell } = this.#stage
    const slow = Math.min(...this.#slow().map(({ not_before_ms }) => not_before_ms - time.ms))
    const next = time.untilNext() ?? Number.POSITIVE_INFINITY
    tell(`pass ${Math.min(slow, next)} ms`)
    if (slow < next) time.pass(slow)
    else time.fire()
  }

  async #runLate(): Promise<void> {
    this.#stage.tell(`late: ${await this.#stage.dispatcher.runLate()}`)
  }

  async #sit(): Promise<void> {
    const { dispatcher, world, shops, tell } = this.#stage
    if (dispatcher.waiting.length > 0) return
    const [shop] = shops
    const nth = this.#random.below(shop.skus.length * shop.locations.length)
    dispatcher.blocker = await Blocker.onLevel(world.server, shop, nth)
    this.sat_down++
    tell(`somebody sits on level ${nth}`)
  }

  async #standUp(): Promise<void> {
    const { dispatcher, caller, tell } = this.#stage
    const how = this.#random.chance(0.7) ? 'commit' : 'rollback'
    // A wait for a lock often outlasts a hold: whoever gets it has to look at the clock again.
    if (dispatcher.waiting.length > 0 && this.#random.chance(0.5)) await this.#toAnEnd()
    const of = dispatcher.blocker?.of
    tell(`stand up: ${how}`)
    await dispatcher.standUp(how)
    if (!of?.call.answer) return
    caller.answered(of.client, of.call, of.call.answer)
    if (how === 'rollback') of.call.outcome = 'undone'
  }

  /** To the very instant at which a hold ends, a millisecond beside it, or far away. */
  async #shiftDatabaseClock(): Promise<void> {
    const { time } = this.#stage
    const random = this.#random
    const kind = random.weighted([this.#ends().length > 0 ? 70 : 0, 20, 6, 4])
    if (kind === 0) return this.#toAnEnd()
    if (kind === 1) time.database_ms += random.between(1, 5_000)
    else time.database_ms += kind === 2 ? HOUR_MS : -HOUR_MS
    await this.#applyClock()
  }

  /** The instants at which a hold ends, within the next hour. */
  #ends(): number[] {
    const { time, shops } = this.#stage
    return shops
      .flatMap(shop => shop.expiries())
      .filter(ms => ms > time.database_ms && ms < time.database_ms + HOUR_MS)
  }

  async #toAnEnd(): Promise<void> {
    const ends = this.#ends()
    if (ends.length === 0) return
    this.#stage.time.database_ms = this.#random.pick(ends) + this.#random.between(-1, 1)
    await this.#applyClock()
  }

  async #applyClock(): Promise<void> {
    const { time, dispatcher, tell } = this.#stage
    await dispatcher.applyClock()
    this.clock_shifts++
    tell(`the database's clock says ${new Date(time.database_ms).toISOString()}`)
  }

  #shiftProcessClock(): void {
    const process = this.#random.pick(this.#stage.processes)
    process.skew_ms = this.#random.pick([-HOUR_MS, 0, HOUR_MS])
    this.#stage.tell(`the clock of process ${process.number} is off by ${process.skew_ms} ms`)
  }

  async #killProcess(): Promise<void> {
    const { processes, caller, time, tell } = this.#stage
    const [process] = processes.splice(this.#random.below(processes.length), 1)
    if (!process) return
    tell(`process ${process.number} dies`)
    const asked = process.boundary.queries.filter(({ state }) => state === 'asked')
    for (const query of asked) tell(`#${query.number} was never sent`)
    caller.lose(process)
    process.die(time)
    this.killed++
    await this.bear()
  }
}
