import type { Anomaly, History, Op } from './history.ts'

/**
 * Checks a history while trusting nothing that the server says of itself: no version, no balance.
 * From the times of calls alone it bounds what was promised and what was there at each moment; a
 * grant needs a moment of its call when it could fit, a refusal one when it could not.
 */
export const blackBoxAnomalies = (history: History): Anomaly[] => {
  const levels = new Map<string, Change[]>()
  const asked = new Map<string, Asked[]>()
  for (const op of history.ops) {
    for (const { level, on_hand, held, committed } of op.steps) {
      push(levels, level, { op, on_hand, promised: held + committed })
      if (op.verb === 'reserve') push(asked, level, { op, units: held, granted: true })
    }
    for (const { level, asked: units } of op.refused)
      push(asked, level, { op, units, granted: false })
  }
  const names = new Set([...levels.keys(), ...history.after.keys()])
  return [...names].flatMap(name => {
    const changes = levels.get(name) ?? []
    return [
      ...sumAnomalies(name, changes, history),
      ...momentAnomalies(name, changes, asked.get(name) ?? [], history),
    ]
  })
}

type Change = { op: Op; on_hand: number; promised: number }
type Asked = { op: Op; units: number; granted: boolean }

const push = <Item>(map: Map<string, Item[]>, name: string, item: Item): void => {
  const items = map.get(name)
  if (items) items.push(item)
  else map.set(name, [item])
}

/** What was there, and all that was done, is what is there. */
const sumAnomalies = (name: string, changes: Change[], { before, after }: History): Anomaly[] => {
  const first = before.get(name)
  const last = after.get(name)
  const onHand = changes.reduce((sum, { on_hand }) => sum + on_hand, first?.on_hand ?? 0)
  const promised = changes.reduce(
    (sum, change) => sum + change.promised,
    (first?.held ?? 0) + (first?.committed ?? 0),
  )
  return onHand === (last?.on_hand ?? 0) && promised === (last?.held ?? 0) + (last?.committed ?? 0)
    ? []
    : [{ rule: 'sums', what: `${name}: ${onHand} on hand, ${promised} promised` }]
}

type Edge = { at: number; most: number; least: number }

/**
 * The most and the least that could be free, as steps in time: a gain may have come as soon as its
 * call began and is sure when it ended; a loss likewise.
 */
const edgesOf = (changes: Change[]): Edge[] =>
  changes
    .flatMap(({ op, on_hand, promised }): Edge[] => {
      const gain = on_hand - promised
      if (gain === 0) return []
      return gain > 0
        ? [
            { at: op.began, most: gain, least: 0 },
            { at: op.ended, most: 0, least: gain },
          ]
        : [
            { at: op.began, most: 0, least: gain },
            { at: op.ended, most: gain, least: 0 },
          ]
    })
    .sort((a, b) => a.at - b.at)

const momentAnomalies = (
  name: string,
  changes: Change[],
  asked: Asked[],
  { before }: History,
): Anomaly[] => {
  const edges = edgesOf(changes)
  const first = before.get(name)
  const start = (first?.on_hand ?? 0) - (first?.held ?? 0) - (first?.committed ?? 0)
  const most = [start]
  const least = [start]
  for (const edge of edges) {
    most.push((most.at(-1) ?? 0) + edge.most)
    least.push((least.at(-1) ?? 0) + edge.least)
  }
  return asked.flatMap(({ op, units, granted }): Anomaly[] => {
    // A moment before the first edge within the call, and after each of them.
    let index = firstAt(edges, op.began)
    for (; ; index++) {
      const own = granted && op.ended <= (edges[index - 1]?.at ?? op.began) ? units : 0
      if (granted && (most[index] ?? 0) + own >= units) return []
      if (!granted && (least[index] ?? 0) < units) return []
      if (index >= edges.length || (edges[index]?.at ?? 0) > op.ended) break
    }
    const rule = granted ? 'no oversell' : 'refusals are true'
    return [{ rule, what: `${name}: ${op.verb} of ${op.client} at ${op.began}` }]
  })
}

/** The first edge that is not before a time. */
const firstAt = (edges: Edge[], time: number): number => {
  let low = 0
  let high = edges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((edges[middle]?.at ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}
