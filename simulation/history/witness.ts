import type { Anomaly, Counters, History, Op, Refused, Step } from './history.ts'

/**
 * Checks a history exactly, in linear time: the versions of a level are the order of its commits,
 * so they are a witness that only has to be checked. Every grant and every refusal is decided again
 * at its version; versions must follow real time; carts must be of one order at all levels.
 */
export const witnessAnomalies = (history: History): Anomaly[] => {
  const found: Anomaly[] = []
  const levels = new Map<string, Level>()
  const levelOf = (name: string): Level => {
    const level = levels.get(name) ?? { grants: [], refusals: [] }
    levels.set(name, level)
    return level
  }
  for (const name of history.after.keys()) levelOf(name)
  for (const op of history.ops) {
    if (op.steps.length > 0 && op.steps.length !== op.lines) {
      found.push({ rule: 'cart whole', what: `${op.verb} of ${op.client}: ${op.steps.length}` })
    }
    for (const step of op.steps) {
      const { grants } = levelOf(step.level)
      if (grants[step.version]) found.push({ rule: 'one version each', what: at(step) })
      grants[step.version] = { op, step }
    }
    for (const refused of op.refused) levelOf(refused.level).refusals.push({ op, refused })
  }
  for (const [name, level] of levels) found.push(...levelAnomalies(name, level, history))
  found.push(...reservationAnomalies(history.ops), ...orderAnomalies(history.ops, levels))
  return found
}

type Grant = { op: Op; step: Step }
type Level = { grants: (Grant | undefined)[]; refusals: { op: Op; refused: Refused }[] }

const at = ({ level, version }: { level: string; version: number }): string =>
  `${level}, version ${version}`

const NOTHING = { on_hand: 0, held: 0, committed: 0 }

const free = ({ on_hand, held, committed }: Counters): number => on_hand - held - committed

/** Decides all of a level again, in the order of its versions. */
const levelAnomalies = (name: string, { grants, refusals }: Level, history: History): Anomaly[] => {
  const found: Anomaly[] = []
  const last = history.after.get(name) ?? { ...NOTHING, version: 0 }
  const count = Math.max(last.version, grants.length - 1)
  const counters = { ...(history.before.get(name) ?? NOTHING) }
  const frees = [free(counters)]
  for (let version = 1; version <= count; version++) {
    const grant = grants[version]
    if (!grant) found.push({ rule: 'no gap', what: `${name}, version ${version}` })
    else found.push(...stepAnomalies(grant, counters))
    frees.push(free(counters))
  }
  const same = (['on_hand', 'held', 'committed'] as const).every(of => counters[of] === last[of])
  if (!same || count !== last.version) {
    found.push({ rule: 'sums', what: `${name}: ${JSON.stringify({ counters, last })}` })
  }
  for (const { refused } of refusals) {
    const { version, asked, available } = refused
    const was = frees[version]
    if (was === undefined || was >= asked || Math.max(0, was) !== available) {
      const what = `${at(refused)}: ${asked} asked, ${available} told, ${was} free`
      found.push({ rule: 'refusals are true', what })
    }
  }
  found.push(...realTimeAnomalies(name, grants, refusals, count))
  return found
}

/** Applies a step to the counters, and tells what it may not do. */
const stepAnomalies = ({ op, step }: Grant, counters: Counters): Anomaly[] => {
  const found: Anomaly[] = []
  if (op.verb === 'reserve' && (step.held <= 0 || free(counters) < step.held)) {
    found.push({ rule: 'no oversell', what: `${at(step)}: ${step.held} of ${free(counters)}` })
  }
  counters.on_hand += step.on_hand
  counters.held += step.held
  counters.committed += step.committed
  const { on_hand, held, committed } = counters
  if (Math.min(on_hand, held, committed) < 0) {
    found.push({ rule: 'not below zero', what: `${at(step)}: ${JSON.stringify(counters)}` })
  }
  const { after } = step
  const differs =
    after && (after.on_hand !== on_hand || after.held !== held || after.committed !== committed)
  if (differs) found.push({ rule: 'balances', what: `${at(step)}: ${JSON.stringify(after)}` })
  return found
}

/** Who ended before another began comes before it: by version, refusals after their version. */
const realTimeAnomalies = (
  name: string,
  grants: Level['grants'],
  refusals: Level['refusals'],
  count: number,
): Anomaly[] => {
  const found: Anomaly[] = []
  const refusedAt = new Map<number, Op[]>()
  for (const { op, refused } of refusals) {
    const ops = refusedAt.get(refused.version)
    if (ops) ops.push(op)
    else refusedAt.set(refused.version, [op])
  }
  let latest = Number.NEGATIVE_INFINITY // when the last of those with a smaller version began
  const place = (op: Op, version: number) => {
    if (op.ended < latest) {
      found.push({ rule: 'real time', what: `${name}, version ${version}: ${op.verb}` })
    }
  }
  for (let version = 0; version <= count; version++) {
    const grant = grants[version]
    if (grant) {
      place(grant.op, version)
      latest = Math.max(latest, grant.op.began)
    }
    const refused = refusedAt.get(version) ?? []
    for (const op of refused) place(op, version)
    for (const op of refused) latest = Math.max(latest, op.began)
  }
  return found
}

/** No reservation gives back, commits or ships what it does not have. */
const reservationAnomalies = (ops: Op[]): Anomaly[] => {
  const found: Anomaly[] = []
  const sums = new Map<string, { held: number; committed: number; opened: number }>()
  for (const { reservation, steps, verb } of ops) {
    if (reservation === null) continue
    for (const [index, { level, held, committed }] of steps.entries()) {
      const name = `${reservation} ${level}`
      const sum = sums.get(name) ?? { held: 0, committed: 0, opened: 0 }
      sum.held += held
      sum.committed += committed
      if (verb === 'reserve' && ++sum.opened > 1) {
        found.push({ rule: 'one grant', what: `${name}, line ${index + 1}` })
      }
      sums.set(name, sum)
    }
  }
  for (const [name, { held, committed }] of sums) {
    if (held < 0 || committed < 0) found.push({ rule: 'one end', what: name })
  }
  return found
}

/** The orders of all levels are of one order of calls: sorted by them, no call is left over. */
const orderAnomalies = (ops: Op[], levels: Map<string, Level>): Anomaly[] => {
  const next = new Map<Op, Op[]>()
  const waits = new Map<Op, number>()
  for (const { grants } of levels.values()) {
    let before: Op | undefined
    for (const grant of grants) {
      if (!grant) continue
      if (before && before !== grant.op) {
        next.set(before, [...(next.get(before) ?? []), grant.op])
        waits.set(grant.op, (waits.get(grant.op) ?? 0) + 1)
      }
      before = grant.op
    }
  }
  const ready = ops.filter(op => !waits.has(op))
  let done = 0
  for (let op = ready.pop(); op; op = ready.pop()) {
    done++
    for (const after of next.get(op) ?? []) {
      const left = (waits.get(after) ?? 0) - 1
      waits.set(after, left)
      if (left === 0) ready.push(after)
    }
  }
  const what = `${ops.length - done} calls are before each other`
  return done === ops.length ? [] : [{ rule: 'one order', what }]
}
