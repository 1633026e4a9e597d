import type { Movement } from '../../api/client.ts'
import type { Step } from './expected.ts'

/** More movements than that are not read: the chart begins with the oldest of them. */
export const MOVEMENTS_MAX = 2_000
const MARGIN = 0.05
const DAY_MS = 86_400_000

type Units = number | null

/** Points of time in seconds and what stood there; `now` is the place of the present. */
export type Series = {
  at: number[]
  onHand: Units[]
  reserved: Units[]
  expected?: Units[]
  now: number
}

type Now = { on_hand: number; reserved: number }

/** The time that is shown, and the present within it. */
type Shown = { from: number; now: number; until: number }

/** Walks back from what is now: before each movement stood what it has not yet changed. */
export const seriesOf = (levels: Now[], movements: Movement[], shown: Shown): Series => {
  const { from, now, until } = shown
  const sum = (name: 'on_hand' | 'reserved') => levels.reduce((all, row) => all + row[name], 0)
  let onHand = sum('on_hand')
  let reserved = sum('reserved')
  const points = [{ at: now, onHand, reserved }]
  for (const { recorded_at, changes } of movements) {
    const at = new Date(recorded_at).getTime()
    points.push({ at, onHand, reserved })
    onHand -= changes.on_hand ?? 0
    reserved -= (changes.held ?? 0) + (changes.committed ?? 0)
  }
  const [first] = points.slice(-1)
  if (movements.length < MOVEMENTS_MAX && first && first.at > from) {
    // a ledger that begins within this time is shown from its beginning, not as an empty month
    const begun = onHand === 0 && reserved === 0
    const margin = (until - first.at) * MARGIN
    points.push({ at: begun ? Math.max(from, first.at - margin) : from, onHand, reserved })
  }
  points.reverse()
  return {
    at: points.map(point => point.at / 1_000),
    onHand: points.map(point => point.onHand),
    reserved: points.map(point => point.reserved),
    now: points.length - 1,
  }
}

/** The same, with the days to come; without a step it stays as it is. */
export const withExpected = (series: Series, steps: Step[]): Series => {
  const last = steps.at(-1)
  if (last === undefined) return series
  // the last step needs some room behind it to be seen as one
  const ahead = [...steps, { at: last.at + DAY_MS, units: last.units }]
  const nothing = ahead.map(() => null)
  const past: Units[] = series.at.map(() => null)
  past[series.now] = series.onHand[series.now] ?? 0
  return {
    at: [...series.at, ...ahead.map(({ at }) => at / 1_000)],
    onHand: [...series.onHand, ...nothing],
    reserved: [...series.reserved, ...nothing],
    expected: [...past, ...ahead.map(({ units }) => units)],
    now: series.now,
  }
}
