import { oneOf, type Random } from './generate.ts'
import type { History, Op } from './history.ts'

/** A change that makes a right history wrong; false where this history has no place for it. */
type Mutation = (history: History, random: Random) => boolean

const granted = ({ ops }: History): Op[] => ops.filter(({ steps }) => steps.length > 0)
const reserves = (history: History): Op[] =>
  granted(history).filter(({ verb }) => verb === 'reserve')

/** Two calls at one level, the one ended before the other began. */
const apart = (history: History, random: Random): [Op, Op, string] | undefined => {
  for (let tries = 0; tries < 500; tries++) {
    const a = oneOf(random, granted(history))
    const b = oneOf(random, granted(history))
    const shared = a.steps.find(({ level }) => b.steps.some(step => step.level === level))
    if (shared && a.ended < b.began) return [a, b, shared.level]
  }
  return undefined
}

const stepAt = (op: Op, level: string) => {
  const step = op.steps.find(each => each.level === level)
  if (!step) throw new Error(`no step at ${level}`)
  return step
}

export const mutations: Record<string, Mutation> = {
  'a grant is dropped': (history, random) => {
    const op = oneOf(random, granted(history))
    history.ops.splice(history.ops.indexOf(op), 1)
    return true
  },
  'a grant is there twice': (history, random) => {
    const op = oneOf(random, granted(history))
    history.ops.push(structuredClone(op))
    return true
  },
  'a line of a grant is dropped': (history, random) => {
    const op = granted(history).find(({ steps }) => steps.length > 1 && random() < 0.5)
    op?.steps.pop()
    return op !== undefined
  },
  'two grants are reordered': (history, random) => {
    const found = apart(history, random)
    if (!found) return false
    const [a, b, level] = found
    const [first, second] = [stepAt(a, level), stepAt(b, level)]
    ;[first.version, second.version] = [second.version, first.version]
    return true
  },
  'a quantity is changed': (history, random) => {
    const step = oneOf(random, oneOf(random, granted(history)).steps)
    const counter = oneOf(random, ['on_hand', 'held', 'committed'] as const)
    step[counter] += random() < 0.5 ? 1 : -1
    return true
  },
  'a version is shifted': (history, random) => {
    const step = oneOf(random, oneOf(random, granted(history)).steps)
    step.version += random() < 0.5 ? 1 : -1
    return true
  },
  'a refusal is false': (history, random) => {
    const op = oneOf(random, reserves(history))
    const { level, version, held } = oneOf(random, op.steps)
    // It could have been served: it was, and is refused at the version just before.
    const refused = { level, version: version - 1, asked: held, available: held - 1 }
    history.ops.push({ ...op, client: 'x', reservation: null, steps: [], refused: [refused] })
    return true
  },
  'a unit is granted twice': (history, random) => {
    const op = structuredClone(oneOf(random, reserves(history)))
    op.client = 'x'
    op.reservation = 'again'
    for (const step of op.steps) {
      // Everything later moves up, as if the server had counted it.
      for (const other of history.ops.flatMap(({ steps }) => steps)) {
        if (other.level === step.level && other.version >= step.version) other.version++
      }
    }
    history.ops.push(op)
    return true
  },
  'a refusal is stale': (history, random) => {
    const at = history.ops.filter(({ refused }) => refused.length > 0)
    for (let tries = 0; tries < 500 && at.length > 0; tries++) {
      const op = oneOf(random, at)
      const refused = oneOf(random, op.refused)
      const later = granted(history).find(
        ({ ended, steps }) =>
          ended < op.began &&
          steps.some(({ level, version }) => level === refused.level && version <= refused.version),
      )
      if (!later) continue
      refused.version = stepAt(later, refused.level).version - 1
      return true
    }
    return false
  },
  'an answer tells another balance': (history, random) => {
    const step = granted(history)
      .flatMap(({ steps }) => steps)
      .find(({ after }) => after && random() < 0.3)
    if (!step?.after) return false
    step.after.held += 1
    return true
  },
}
