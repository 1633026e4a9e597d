import type { Counts, Verdict } from './verdict.ts'

const add = (sums: Record<string, number>, more: Record<string, number>): void => {
  for (const [name, n] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + n
}

/** The counts of many runs together. */
export const countsOf = (verdicts: Verdict[]) => {
  const counts: Record<string, number> = {}
  const faults: Record<string, number> = {}
  const refusals: Record<string, number> = {}
  for (const verdict of verdicts) {
    add(counts, verdict.counts)
    add(faults, verdict.faults)
    add(refusals, verdict.refusals)
  }
  const failed = verdicts.filter(({ ok }) => !ok).map(({ seed }) => seed)
  return { seeds: verdicts.length, failed, counts: counts as Counts, faults, refusals }
}

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ')

/** The same for people. */
export const total = (verdicts: Verdict[]): string => {
  const { seeds, failed, counts, faults, refusals } = countsOf(verdicts)
  return [
    `${seeds} seeds, ${failed.length} failed${failed.length > 0 ? `: ${failed.join(', ')}` : ''}`,
    list(counts),
    `faults: ${list(faults)}`,
    `refusals: ${list(refusals)}`,
  ].join('\n')
}
