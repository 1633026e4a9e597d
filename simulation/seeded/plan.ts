import { type FaultName, faultNames } from './faults.ts'
import type { Random } from './random.ts'
import { channelPlays, type Play, plays, queuePlays } from './rooms.ts'
import type { Queues } from './shop.ts'

/** What may happen next, each kind with a weight of its own. */
export const actions = [
  'act',
  'send',
  'deliver',
  'fire',
  'run_late',
  'sit',
  'stand_up',
  'shift_database_clock',
  'shift_process_clock',
  'kill_process',
] as const
export type Action = (typeof actions)[number]

/** What one seed draws before it begins: no two runs are alike in what they stress. */
export type Plan = {
  operations: number
  clients: number
  processes: number
  skus: string[]
  locations: string[]
  stock_most: number
  safety_stock_most: number
  /** Left out: nothing is sold beyond stock. */
  queues: Queues | undefined
  /** None: nobody names a channel. */
  channels: string[]
  verb_weights: number[]
  action_weights: Record<Action, number>
  fault_rate: number
  faults: FaultName[]
  /** How often a call has no key, a deadline, is asked twice at once, or reuses a key. */
  unkeyed_rate: number
  deadline_rate: number
  twin_rate: number
  reuse_rate: number
}

const SKUS = ['A', 'B', 'C', 'D']
const LOCATIONS = ['east', 'west']

/** A subset of at least one, as a swarm draws it: a run without something finds other things. */
const some = <Item>(items: readonly Item[], random: Random, rate: number): Item[] => {
  const kept = items.filter(() => random.chance(rate))
  return kept.length > 0 ? kept : [random.pick(items)]
}

/** So many seeds of one whose shops sell beyond stock; the others are as they were before. */
const QUEUES_EVERY = 3

/** So many seeds of one whose shops sell by channels. */
const CHANNELS_EVERY = 5
const CHANNELS = ['web', 'pos']

const queuesOf = (random: Random): Queues => ({
  backorder_cap: random.pick([1, 3, 6, 20]),
  release_delay_seconds: random.pick([0, 0, 30]),
  backorder_priority: random.pick([0, 4]),
})

/** Verbs come one after another: what a later room draws moves nothing in the rooms before it. */
const weightsOf = (of: Play[], random: Random): number[] =>
  of.map(play => play.weight * random.pick([0, 1, 1, 1, 3]))

/** `seed`: decides what a later room adds, so that other seeds are as they were before. */
export const planOf = (random: Random, operations: number, seed: number): Plan => {
  const queues = seed % QUEUES_EVERY === 1 ? queuesOf(random.fork('queues')) : undefined
  const channels = seed % CHANNELS_EVERY === 2 ? CHANNELS : []
  const plan = drawnOf(random, operations)
  const waits = queues
    ? weightsOf(queuePlays, random.fork('verbs of queues'))
    : queuePlays.map(() => 0)
  const sells =
    channels.length > 0
      ? weightsOf(channelPlays, random.fork('verbs of channels'))
      : channelPlays.map(() => 0)
  return { ...plan, queues, channels, verb_weights: [...plan.verb_weights, ...waits, ...sells] }
}

const drawnOf = (random: Random, operations: number): Omit<Plan, 'queues' | 'channels'> => ({
  operations,
  clients: random.between(2, 12),
  processes: random.between(1, 3),
  skus: SKUS.slice(0, random.between(1, 4)),
  locations: LOCATIONS.slice(0, random.between(1, 2)),
  stock_most: random.pick([1, 3, 8, 20, 60]),
  safety_stock_most: random.pick([0, 0, 0, 2]),
  verb_weights: weightsOf(plays, random),
  action_weights: {
    act: random.pick([3, 10, 30]),
    send: random.pick([3, 10, 30]),
    deliver: random.pick([3, 10, 30]),
    fire: random.pick([1, 5, 10]),
    run_late: 5,
    sit: random.pick([0, 0, 0.3, 1]),
    stand_up: random.pick([2, 6]),
    shift_database_clock: random.pick([0.3, 1, 2]),
    shift_process_clock: 0.1,
    kill_process: random.pick([0, 0, 0.05, 0.2]),
  },
  fault_rate: random.pick([0, 0.02, 0.05, 0.1, 0.25]),
  faults: some(faultNames, random, 0.6),
  unkeyed_rate: random.pick([0.1, 0.5, 0.9]),
  deadline_rate: random.pick([0, 0.1, 0.3]),
  twin_rate: random.pick([0, 0.05, 0.2]),
  reuse_rate: random.pick([0, 0.01, 0.03]),
})
