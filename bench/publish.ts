import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chartOf } from './chart.ts'
import type { Figures, Summary } from './summary.ts'
import { cellsOf } from './table.ts'

const fileOf = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url))

const count = (value: number): string => Math.round(value).toLocaleString('en-US')

const table = (heads: string[], rows: string[][]): string =>
  [heads, heads.map((_, at) => (at === 0 ? '---' : '---:')), ...rows]
    .map(cells => `| ${cells.join(' | ')} |`)
    .join('\n')

/** Replaces what stands between the two marks of this name. */
export const between = (text: string, name: string, inside: string): string => {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`]
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The marks of ${name} are missing.`)
  return `${text.slice(0, from + begin.length)}\n\n${inside}\n\n${text.slice(to)}`
}

const against = (of: string, { comparators }: Summary): string =>
  comparators.find(({ name }) => name === of)?.title ?? of.replaceAll('_', ' ')

const verdict = (met: boolean | null): string =>
  met === null ? 'not run' : met ? 'met' : '**not met**'

const goalRows = (summaries: Summary[]): string[][] =>
  summaries.flatMap(summary =>
    summary.goals.map(({ of, goal, found, met }) => [
      `${summary.title}, ${count(summary.callers)} callers: against ${against(of, summary)}`,
      goal,
      found === null ? '–' : `${found}`,
      verdict(met),
    ]),
  )

const figureRow = (title: string, figures: Figures, ratio: string): string[] => [
  title,
  ...cellsOf(figures, ratio),
]

const HEADS = ['', 'per second', 'p50 ms', 'p99 ms', 'Node µs', 'PostgreSQL µs', 'WAL B', 'spread']

const roundsOf = ({ rounds, seconds }: Figures): string =>
  `${rounds === 1 ? '1 round' : `${rounds} rounds`} of ${Math.round(seconds)} s`

/** A scenario with all that ran in it, and what is wrong with whom. */
const chapter = (summary: Summary): string => {
  const { title, callers, unit, ratios, comparators, facts, not_run } = summary
  const theirs = comparators.map(them => {
    const ratio = ratios[them.name]
    return figureRow(them.title, them, ratio ? `${ratio} ×` : 'does not count')
  })
  const wrong = [summary, ...comparators].flatMap(({ title, faults }) =>
    faults.length === 0 ? [] : [`- Does not count: ${title}. Found ${faults.join('; ')}.`],
  )
  const measured = Object.entries(facts).map(
    ([name, value]) => `${name.replaceAll('_', ' ')} ${value.toLocaleString('en-US')}`,
  )
  const how = [summary, ...comparators].map(({ title, stated }) => `- ${title}: ${stated}.`)
  return [
    `### ${title[0]?.toUpperCase()}${title.slice(1)}`,
    `${count(callers)} callers; ${unit} per second; of us, ${roundsOf(summary)}.`,
    table([...HEADS, 'ours ÷ this'], [figureRow('**Holdfast**', summary, ''), ...theirs]),
    [
      ...wrong,
      ...not_run.map(each => `- Not run: ${each.title} (\`${each.install}\`).`),
      ...(measured.length > 0 ? [`- Measured besides: ${measured.join(', ')}.`] : []),
      ...how,
    ].join('\n'),
  ].join('\n\n')
}

const SHORT = ['hot', 'hot_64', 'spread', 'carts', 'sellout']

const shortRow = (summary: Summary): string[] => {
  const ratio = (name: string) => (summary.ratios[name] ? `${summary.ratios[name]} ×` : '–')
  return [
    `${summary.title}, ${count(summary.callers)} callers`,
    count(summary.per_second),
    `${summary.p99_ms}`,
    ratio('redis_always'),
    ratio('redis_gathered'),
    ratio('conditional_update'),
  ]
}

const SHORT_HEADS = [
  ...['', 'per second', 'p99 ms'],
  ...['÷ Redis, one hold a call', '÷ Redis, 64 a call', '÷ conditional UPDATE'],
]

/** Writes the tables and the chart of docs/reference/performance.md, and the README's. */
export const publish = (summaries: Summary[], machines: string[]): void => {
  writeFileSync(fileOf('docs/images/performance.svg'), chartOf(summaries))
  const page = fileOf('docs/reference/performance.md')
  const figures = [
    '![Holds a second beside Redis and SQL](../images/performance.svg)',
    `Measured on ${machines.join('; and on ')}.`,
    table(['goal', '', 'found', ''], goalRows(summaries)),
    ...summaries.map(chapter),
  ].join('\n\n')
  writeFileSync(page, between(readFileSync(page, 'utf8'), 'figures', figures))
  const readme = fileOf('README.md')
  const short = summaries.filter(({ name }) => SHORT.includes(name)).map(shortRow)
  const text = between(readFileSync(readme, 'utf8'), 'speed', table(SHORT_HEADS, short))
  writeFileSync(readme, text)
}
