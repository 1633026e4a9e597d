import type { Summary } from './summary.ts'

/** What is drawn: our figure beside these, in this order, where they were run. */
const BARS: [name: string, label: string][] = [
  ['holdfast', 'Holdfast'],
  ['redis_gathered', 'Redis, 64 holds a call'],
  ['redis_always', 'Redis, one hold a call'],
  ['conditional_update', 'conditional UPDATE'],
]
const SCENARIOS = ['hot', 'hot_64', 'spread', 'carts', 'sellout']

const WIDTH = 760
const LABELS = 200
const BAR = 16
const GAP = 26
const VALUES = 90

const escaped = (text: string): string => text.replace(/[&<>]/g, each => `&#${each.charCodeAt(0)};`)

type Bar = { name: string; label: string; per_second: number; correct: boolean }

const barsOf = (summary: Summary): Bar[] =>
  BARS.flatMap(([name, label]) => {
    const found =
      name === 'holdfast' ? summary : summary.comparators.find(each => each.name === name)
    return found ? [{ name, label, per_second: found.per_second, correct: found.correct }] : []
  })

const barLines = (bar: Bar, top: number, most: number): string[] => {
  const length = Math.max(1, Math.round(((WIDTH - LABELS - VALUES) * bar.per_second) / most))
  const middle = top + BAR - 4
  const figure = Math.round(bar.per_second).toLocaleString('en-US')
  const value = bar.correct ? figure : `${figure} (wrong)`
  return [
    `<text x="${LABELS - 8}" y="${middle}" text-anchor="end">${escaped(bar.label)}</text>`,
    `<rect class="${bar.name}" x="${LABELS}" y="${top}" width="${length}" height="${BAR - 3}"/>`,
    `<text x="${LABELS + length + 6}" y="${middle}">${value}</text>`,
  ]
}

/** Calls a second as bars, one group a scenario, each on its own scale. */
export const chartOf = (summaries: Summary[]): string => {
  const lines: string[] = []
  let top = 10
  for (const name of SCENARIOS) {
    const summary = summaries.find(each => each.name === name)
    if (!summary) continue
    const bars = barsOf(summary)
    const most = Math.max(...bars.map(({ per_second }) => per_second))
    const callers = summary.callers.toLocaleString('en-US')
    const title = `${summary.title}, ${callers} callers: ${summary.unit} a second`
    lines.push(`<text class="title" x="8" y="${top + 12}">${escaped(title)}</text>`)
    top += 20
    for (const bar of bars) {
      lines.push(...barLines(bar, top, most))
      top += BAR
    }
    top += GAP
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" role="img">`,
    '<title>Holds a second beside Redis and SQL</title>',
    '<style>',
    'text { font: 12px system-ui, sans-serif; fill: #444 } .title { font-weight: 600 }',
    'rect { fill: #a8b3bd } .holdfast { fill: #1f7a4d }',
    '@media (prefers-color-scheme: dark) { text { fill: #ccc } rect { fill: #6b7680 }',
    '.holdfast { fill: #4bbf85 } }',
    '</style>',
    ...lines,
    '</svg>',
    '',
  ].join('\n')
}
