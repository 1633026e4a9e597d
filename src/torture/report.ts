import { type KillKind, killKinds } from './kills.ts'
import { type FateKind, fateKinds } from './proxy.ts'
import { survived, type Verdict } from './torture.ts'

const LISTED_MAX = 30

const KILLED: Record<KillKind, string> = {
  server: 'server processes',
  sessions: 'all sessions of the servers',
  backend: 'a process of PostgreSQL',
  database: 'all of PostgreSQL',
}

const FAULT: Record<Exclude<FateKind, 'pass'>, string> = {
  latency: 'slow',
  jitter: 'unsteady',
  reset: 'reset',
  half_open: 'silent',
  lost_sync: 'silent at the last bytes',
  truncate: 'cut short',
  trickle: 'byte by byte',
}

/** How often each was killed, and the longest until somebody was served again. */
export const recoveries = ({ kills }: Verdict) =>
  killKinds.flatMap(kind => {
    const those = kills.filter(kill => kill.kind === kind)
    if (those.length === 0) return []
    const times = those.flatMap(({ recovery_ms }) => (recovery_ms === null ? [] : [recovery_ms]))
    const worst_ms = times.length > 0 ? Math.max(...times) : null
    return [{ kind, what: KILLED[kind], count: those.length, worst_ms }]
  })

const inSeconds = (ms: number | null): string => (ms === null ? '–' : `${(ms / 1000).toFixed(1)} s`)

const faultsOf = (counts: Record<FateKind, number>): string => {
  const kinds = fateKinds.filter(kind => kind !== 'pass' && counts[kind] > 0)
  const told = kinds.map(kind => `${counts[kind]} ${FAULT[kind as keyof typeof FAULT]}`)
  return told.length > 0 ? told.join(', ') : 'none'
}

const rowsOf = (verdict: Verdict): [name: string, value: string][] => {
  const { undecided, faults } = verdict
  const without = Object.values(undecided).reduce((sum, count) => sum + count, 0)
  return [
    ['sales', `${verdict.rounds}, ${verdict.units} units for ${verdict.buyers} buyers`],
    ['calls', `${verdict.calls} decided in ${verdict.attempts} attempts`],
    ['granted, refused', `${verdict.granted}, ${verdict.refused}`],
    ['ordered, released', `${verdict.committed}, ${verdict.released}`],
    ['asked again with the same key', `${verdict.asked_again}`],
    ['attempts without a decision', `${without}`],
    ...recoveries(verdict).map(({ what, count, worst_ms }): [string, string] => [
      `killed: ${what}`,
      `${count}; served again after ${inSeconds(worst_ms)} at the most`,
    ]),
    ['faults between clients and servers', faultsOf(faults.clients)],
    ['faults between servers and database', faultsOf(faults.database)],
    ['findings', `${verdict.findings.length}`],
  ]
}

const shown = (findings: string[]): string[] => [
  ...findings.slice(0, LISTED_MAX),
  ...(findings.length > LISTED_MAX ? [`… and ${findings.length - LISTED_MAX} more`] : []),
]

const sentence = (verdict: Verdict): string =>
  survived(verdict)
    ? 'Survived: nothing lost, nothing doubled, nothing oversold, the books are clean.'
    : 'NOT survived.'

/** The verdict in lines for a terminal. */
export const linesOf = (verdict: Verdict): string[] => [
  ...rowsOf(verdict).map(([name, value]) => `${name.padEnd(38)}  ${value}`),
  ...shown(verdict.findings).map(found => `  ${found}`),
  ...(verdict.tenant_removed
    ? []
    : [`The tenant ${verdict.tenant} stays: only a superuser can take rows off the ledger.`]),
  sentence(verdict),
]

/** The verdict on one page, as Markdown. */
export const reportOf = (verdict: Verdict, command: string, at: Date): string =>
  [
    `# Tortured for ${verdict.seconds} s: ${survived(verdict) ? 'survived' : 'not survived'}`,
    '',
    `${at.toISOString()}, ${verdict.servers} server processes, one database, seed ${verdict.seed}.`,
    '',
    '| | |',
    '|---|---|',
    ...rowsOf(verdict).map(([name, value]) => `| ${name} | ${value} |`),
    '',
    ...shown(verdict.findings).map(found => `- ${found}`),
    ...(verdict.findings.length > 0 ? [''] : []),
    `**${sentence(verdict)}**`,
    '',
    'The same again:',
    '',
    '```sh',
    command,
    '```',
    '',
  ].join('\n')
