import type { Readable } from 'node:stream'
import { writeFitting } from '../catalog/fitting.ts'
import type { Context } from '../database/context.ts'
import { readCode, readTruth, readWhole } from '../imports/cells.ts'
import { csvFileOf, lookAtStart, type Row, rowsOf, sha256OfText } from '../imports/csvFile.ts'
import { UnreadableFile } from '../imports/unreadable.ts'
import type { Answer } from '../refusals.ts'
import type { ChangedRules, NamedRule, RuleFields, RuleWarning } from './policies.ts'
import { policyFields, RULE_LINES_MAX } from './shapes.ts'

const SCOPE = ['product', 'sku', 'location', 'channel', 'tier', 'starts_at', 'ends_at']
const FIELDS = Object.keys(policyFields)
/** In a cell: from now on the rule says nothing of this field. */
const NOTHING = 'default'
const TRUTH = /^(true|false|yes|no|y|n|0|1)$/i

export type PolicyImport = {
  rows: number
  /** Rules that say something else now. */
  changed: number
  unchanged: number
  rejected: number
  /** The first thousand of the rejected rows. */
  rejects: { line: number; reason: string }[]
  warnings: ({ line: number } & RuleWarning)[]
  dry_run: boolean
}

export type PolicyImportRequest = {
  /** A file on disk … */
  path?: string
  /** … or a stream. */
  stream?: Readable
  dry_run?: boolean
}

const LISTED_MAX = 1_000

type Line = NamedRule & { fields: RuleFields }
type Read = { row: Row; line: Line } | { row: Row; reason: string }

/** Where each known column stands; throws where the header is none of ours. */
const columnsOf = (header: string[]): Map<string, number> => {
  const names = header.map(cell => readCode(cell).toLowerCase())
  const unknown = names.filter(name => !SCOPE.includes(name) && !FIELDS.includes(name))
  const twice = names.filter((name, at) => names.indexOf(name) !== at)
  const problem =
    unknown.length > 0
      ? `There is no column "${unknown[0]?.slice(0, 100)}" in a file of policies`
      : twice.length > 0
        ? `The column "${twice[0]}" stands in the header twice`
        : names.some(name => FIELDS.includes(name))
          ? undefined
          : 'The header has no field of a policy'
  if (problem) {
    throw new UnreadableFile(`${problem}. Known: ${[...SCOPE, ...FIELDS].join(', ')}.`, {
      known_columns: [...SCOPE, ...FIELDS],
    })
  }
  return new Map(names.map((name, at) => [name, at]))
}

/** The value of a cell as its field takes it; what is none goes on as it stands, to be refused. */
const cellOf = (field: string, cell: string): unknown => {
  const { type } = policyFields[field as keyof typeof policyFields] as { type?: string }
  if (cell.toLowerCase() === NOTHING) return null
  if (type === 'integer') return readWhole(cell) ?? cell
  if (type === 'boolean') return TRUTH.test(cell) ? readTruth(cell) : cell
  return cell
}

/** An empty cell leaves the field as the rule has it. */
const readRow = (columns: Map<string, number>, row: Row): Read => {
  const cells = new Map(
    [...columns].map(([name, at]) => [name, readCode(row.cells[at] ?? '')] as const),
  )
  const filled = [...cells].filter(([, cell]) => cell !== '')
  const of = (names: string[]) => filled.filter(([name]) => names.includes(name))
  const fields = Object.fromEntries(of(FIELDS).map(([name, cell]) => [name, cellOf(name, cell)]))
  if (Object.keys(fields).length === 0) return { row, reason: 'The row says nothing.' }
  return { row, line: { ...Object.fromEntries(of(SCOPE)), fields } as Line }
}

const listUpTo = <Item>(list: Item[], item: Item): void => {
  if (list.length < LISTED_MAX) list.push(item)
}

const reject = (report: PolicyImport, line: number, reason: string): void => {
  report.rejected++
  listUpTo(report.rejects, { line, reason })
}

const write = async (context: Context, report: PolicyImport, reads: Read[]): Promise<void> => {
  const ready = reads.flatMap(read => ('line' in read ? [read] : []))
  for (const read of reads) if ('reason' in read) reject(report, read.row.line, read.reason)
  if (ready.length === 0) return
  const answer = await writeFitting<ChangedRules>(context, 'set_rules', {
    rules: ready.map(({ line }) => line),
    mode: 'each',
    dry_run: report.dry_run,
  })
  if (!answer.ok) throw new UnreadableFile(answer.refusal.message)
  for (const [index, done] of answer.rules.entries()) {
    const { line } = (ready[index] as { row: Row }).row
    if ('refusal' in done) {
      reject(report, line, done.refusal.message)
      continue
    }
    if (done.changed) report.changed++
    else report.unchanged++
    for (const warning of done.warnings) listUpTo(report.warnings, { line, ...warning })
  }
}

/**
 * Imports rules of policy: one row a rule, its scope in the columns product, sku, location,
 * channel, tier, starts_at and ends_at, a column for each field that is to be set. An empty cell
 * leaves the field as it is; `default` makes the rule say nothing of it. Each row is taken or
 * rejected alone.
 *
 * @example
 * const report = await importPolicies(context, { path: 'policies.csv', dry_run: true })
 */
export const importPolicies = async (
  context: Context,
  request: PolicyImportRequest,
): Promise<Answer<PolicyImport>> => {
  const report: PolicyImport = {
    ...{ rows: 0, changed: 0, unchanged: 0, rejected: 0, rejects: [], warnings: [] },
    dry_run: request.dry_run ?? false,
  }
  let file: Awaited<ReturnType<typeof csvFileOf>> | undefined
  try {
    file = await csvFileOf(request)
    const delimiter = await lookAtStart(file)
    await sha256OfText(file) // the whole file is UTF-8, or nothing of it is taken
    let columns: Map<string, number> | undefined
    let reads: Read[] = []
    for await (const row of rowsOf(file, delimiter)) {
      if (!columns) {
        columns = columnsOf(row.cells)
        continue
      }
      report.rows++
      reads.push(readRow(columns, row))
      if (reads.length < RULE_LINES_MAX) continue
      await write(context, report, reads)
      reads = []
    }
    if (report.rows === 0) throw new UnreadableFile('The file has a header, but no rows.')
    await write(context, report, reads)
    return { ok: true, ...report }
  } catch (error) {
    if (error instanceof UnreadableFile) return { ok: false, refusal: error.refusal() }
    throw error
  } finally {
    await file?.dispose()
  }
}
