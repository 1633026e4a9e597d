import { Auditor } from './auditor.ts'
import { Caller } from './caller.ts'
import { type Client, newClients, Workload } from './client.ts'
import { Dispatcher } from './dispatcher.ts'
import { History } from './history.ts'
import { type Plan, planOf } from './plan.ts'
import type { Process, World } from './process.ts'
import { type Random, randomOf } from './random.ts'
import { Scheduler } from './scheduler.ts'
import type { Shop } from './shop.ts'
import { openShops, type Site } from './site.ts'
import { Time } from './time.ts'
import { type Verdict, verdictOf } from './verdict.ts'

const STEPS_PER_OPERATION_MAX = 100
/** So many seeds of one run without the second wall between tenants. */
const BARE_EVERY = 4
const CALM_STEPS_MAX = 20_000

export type Run = { site: Site; seed: number; operations: number }

/** Lets everything happen that needs no decision of the scheduler's. */
const settle = async (): Promise<void> => {
  // An answer needs three turns at most: the flush ends, the queue is pumped, the next flush asks.
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve))
}

/** What a run is made of; `step` counts its decisions. */
export type Stage = {
  plan: Plan
  time: Time
  world: World
  shops: [Shop, Shop]
  dispatcher: Dispatcher
  caller: Caller
  workload: Workload
  clients: Client[]
  processes: Process[]
  history: History
  violations: string[]
  step: number
  /** Nothing goes wrong any more: what is under way must end. */
  calm: boolean
  tell(line: string): void
  violated(complaint: string): void
}

const underWay = (stage: Stage, id: number): boolean => {
  const actor = new RegExp(`"actor_id":${id}\\b`)
  const { late, waiting } = stage.dispatcher
  const queries = stage.processes.flatMap(({ boundary }) => boundary.queries)
  return [...late, ...waiting, ...queries.filter(({ state }) => state !== 'answered')].some(
    ({ values }) =>
      Array.isArray(values[18]) ? values[18].includes(id) : actor.test(String(values[2])),
  )
}

const openStage = async ({ site, seed, operations }: Run): Promise<[Stage, Random]> => {
  const random = randomOf(`seed ${seed}`)
  const plan = planOf(random.fork('plan'), operations, seed)
  const time = new Time()
  const { constants } = site
  const server = seed % BARE_EVERY === 0 ? site.bare : site.server
  const shops = await openShops(site, plan, random.fork('shops'))
  const history = new History()
  const violations: string[] = []
  const world = { server, constants, time, random: random.fork('world'), numbers: { next: 1 } }
  const tell = (line: string) => history.add(stage.step, line)
  const violated = (complaint: string): void => {
    violations.push(complaint)
    tell(`VIOLATED ${complaint}`)
  }
  const dispatcher = new Dispatcher({
    ...{ server, time, random: random.fork('faults'), plan, shops, violated },
    clockApplied: ms => caller.clockChanged(ms),
  })
  const workload = new Workload(plan, random.fork('workload'))
  const caller = new Caller(workload, {
    step: () => stage.step,
    now_ms: () => time.ms,
    clock_ms: () => dispatcher.applied_ms,
    tell,
    violated,
    isUnderWay: call => underWay(stage, call.id),
  })
  const clients = newClients(plan, shops)
  const stage: Stage = {
    ...{ plan, time, world, shops, dispatcher, caller, workload, clients, processes: [] },
    ...{ history, violations, step: 0, calm: false, tell, violated },
  }
  return [stage, random]
}

const isDone = ({ workload, clients, dispatcher, processes }: Stage): boolean =>
  workload.left === 0 &&
  clients.every(client => client.call === undefined) &&
  dispatcher.blocker === undefined &&
  dispatcher.late.length === 0 &&
  processes.every(({ boundary, holdfast }) => {
    const { waiting, in_flight, lanes } = holdfast.stats()
    return boundary.queries.length === 0 && waiting === 0 && in_flight === 0 && lanes === 0
  })

/** Decides step after step what happens next, until all calls have ended. */
const play = async (stage: Stage, scheduler: Scheduler): Promise<void> => {
  const most = stage.plan.operations * STEPS_PER_OPERATION_MAX
  let calmSteps = 0
  while (!isDone(stage)) {
    stage.step++
    stage.calm ||= stage.workload.left === 0 || stage.step > most
    if (stage.calm && ++calmSteps > CALM_STEPS_MAX) break
    if (!(await scheduler.next())) break
    await settle()
  }
  if (isDone(stage)) return
  const stats = stage.processes.map(({ holdfast }) => JSON.stringify(holdfast.stats()))
  const open = [...stage.caller.open].map(({ id }) => id)
  stage.violated(`it never ends: calls ${open.join(', ')} are open; ${stats.join(' ')}`)
}

/** Asks again, without any fault, what clients were never told; each must have an answer now. */
const askUnknown = async (stage: Stage, scheduler: Scheduler): Promise<void> => {
  const [client] = stage.clients
  for (const call of stage.caller.calls) {
    if (call.outcome !== 'unknown' || call.key === undefined || !client) continue
    call.asked = 0
    call.deadline_ms = undefined
    client.call = call
    stage.caller.reopen(call)
    for (let steps = 0; client.call && steps < CALM_STEPS_MAX; steps++) {
      stage.step++
      if (!(await scheduler.next())) break
      await settle()
    }
    if (client.call) stage.violated(`call ${call.id} has no answer although nothing fails`)
    client.call = undefined
  }
}

/** A seed in, a verdict out. The same seed makes the same decisions. */
export const simulate = async (run: Run): Promise<Verdict> => {
  const [stage, random] = await openStage(run)
  const scheduler = new Scheduler(stage, random.fork('schedule'))
  for (let i = 0; i < stage.plan.processes; i++) await scheduler.bear()
  await play(stage, scheduler)
  if (stage.violations.length === 0) await askUnknown(stage, scheduler)
  const auditor = new Auditor(stage.caller.calls, stage.violated)
  for (const shop of stage.shops) await auditor.audit(run.site, shop)
  return verdictOf(run, stage, scheduler)
}
