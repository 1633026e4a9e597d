import type { Figures, Reached, Summary } from './summary.ts'

const count = (value: number): string => Math.round(value).toLocaleString('en-US')

const WIDTHS = [46, 10, 9, 9, 9, 9, 9, 8, 8]
const HEADS = ['', 'per s', 'p50 ms', 'p99 ms', 'node µs', 'pg µs', 'WAL B', 'spread', 'ratio']

const row = (cells: string[]): string =>
  cells
    .map((cell, at) =>
      at === 0 ? cell.padEnd(WIDTHS[0] as number) : cell.padStart(WIDTHS[at] ?? 0),
    )
    .join(' ')
    .trimEnd()

const titleOf = ({ title }: Figures): string => `  ${title}`.slice(0, WIDTHS[0])

/** A system's figures as a table has them, after its title. */
export const cellsOf = (figures: Figures, ratio: string): string[] => [
  count(figures.per_second),
  `${figures.p50_ms}`,
  `${figures.p99_ms}`,
  `${figures.cpu_us_node}`,
  figures.cpu_us_postgres === null ? '–' : `${figures.cpu_us_postgres}`,
  figures.wal_bytes === null ? '–' : count(figures.wal_bytes),
  `${Math.round(figures.spread * 100)} %`,
  ratio,
]

const faultsOf = ({ faults }: Figures): string[] =>
  faults.length === 0 ? [] : [`      does not count: ${faults.join('; ')}`]

const goalLine = ({ of, goal, found, met }: Reached): string => {
  const verdict = met === null ? '' : met ? ', met' : ', NOT met'
  return `  goal ${of} ${goal}: ${found ?? 'not run'}${verdict}`
}

/** A scenario as a table for people. */
export const tableOf = (summary: Summary): string => {
  const { title, callers, unit, ratios } = summary
  const head = [`${title}, ${count(callers)} callers, ${unit}`, ...HEADS.slice(1)]
  const us = { ...summary, title: 'Holdfast' }
  const theirs = summary.comparators.flatMap(them => {
    const ratio = ratios[them.name]
    return [row([titleOf(them), ...cellsOf(them, ratio ? `${ratio} ×` : '–')]), ...faultsOf(them)]
  })
  const facts = Object.entries(summary.facts).map(([name, value]) => `${name} ${count(value)}`)
  return [
    row(head),
    row([titleOf(us), ...cellsOf(us, '')]),
    ...faultsOf(summary),
    ...theirs,
    ...summary.not_run.map(({ title, install }) => `  not run: ${title} (${install})`),
    ...(facts.length > 0 ? [`  ${facts.join(', ')}`] : []),
    ...summary.goals.map(goalLine),
    '',
  ].join('\n')
}
