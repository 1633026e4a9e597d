import type { Mutant } from './mutant.ts'
import type { Result } from './suites.ts'

export type Caught = { mutant: Mutant; results: (Result & { suite: string })[] }

/** What a run leaves out of a complaint: ids and long lists say nothing to a reader. */
const short = (how: string): string =>
  how
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'a reservation')
    .replaceAll('|', '/')
    .slice(0, 110)

const head = `# Planted faults

Each line is a small change to the SQL or the engine, made in a copy of the tree by
\`npm run mutants\`. A suite has to notice it: one that nobody notices is a hole in the suites, and
is mended there. \`npm run mutants -- --list\` names them; \`--only NAME\` plants one. This page is
written by \`npm run mutants -- --write docs/reference/mutants.md\`.

| fault | what breaks | caught by | how |
|---|---|---|---|
`

/** The page docs/reference/mutants.md. */
export const tableOf = (caught: Caught[]): string => {
  const rows = caught.map(({ mutant, results }) => {
    const found = results.filter(result => result.caught)
    const by = found.map(({ suite }) => suite).join(', ') || '**nobody**'
    const how = found.map(result => short(result.how)).join('; ')
    return `| \`${mutant.name}\` | ${mutant.breaks} | ${by} | ${how} |`
  })
  return `${head}${rows.join('\n')}\n`
}
