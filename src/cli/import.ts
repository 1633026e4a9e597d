import { type Command, Option } from 'commander'
import { type FileFormat, fileFormats, formatTitles } from '../imports/header.ts'
import { importFile } from '../imports/importFile.ts'
import type { ImportReport } from '../imports/report.ts'
import { interruptSignal, inWords } from './interrupt.ts'
import { EXIT, type Outcome, refusalOutcome, type Shell } from './shell.ts'

type Options = {
  location?: string
  track: 'all' | 'as-in-file'
  format?: string
  quantities: boolean
  dryRun?: boolean
  again?: boolean
  rejects?: string
}

const LISTED_MAX = 10

const help = `
Formats, recognised by the header: Shopify's product export, Shopify's inventory export, and our own
(sku,location,on_hand,…). See docs/reference/file-formats.md.

Examples:
  $ holdfast import products_export.csv --dry-run
  $ holdfast import products_export.csv --location berlin
  $ holdfast import products_export.csv --no-quantities && holdfast import inventory_export.csv

Exit codes: 0 all rows taken; 1 the file was refused, rows were rejected, or it was stopped.`

export const formatOf = (name: string | undefined): FileFormat | undefined =>
  name === undefined ? undefined : (name.replace('-', '_') as FileFormat)

export const formatNames = fileFormats.map(format => format.replace('_', '-'))

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

const listed = <Item>(items: Item[], count: number, show: (item: Item) => string): string[] => [
  ...items.slice(0, LISTED_MAX).map(item => `  ${show(item)}`),
  ...(count > LISTED_MAX ? [`  … and ${count - LISTED_MAX} more (see --json)`] : []),
]

const summary = (report: ImportReport): string[] => {
  const { already_imported, dry_run, interrupted } = report
  const done = already_imported
    ? 'This file was imported before; nothing was changed now (--again imports it anew).'
    : dry_run
      ? 'Dry run: nothing was written.'
      : interrupted
        ? `Stopped after ${plural(report.rows, 'row')}; the same command goes on from there.`
        : 'Imported.'
  const where = report.location ? `, quantities at ${report.location}` : ''
  return [
    `${report.file_name}: ${formatTitles[report.format]}${where}. ${done}`,
    `  rows         ${report.rows} = ${report.imported} imported + ${report.image_only} image + ` +
      `${report.not_stocked} not stocked + ${report.rejected} rejected`,
    `  products     ${report.products}`,
    `  SKUs         ${report.skus} (${report.generated_skus} without a code were given one)`,
    `  unprotected  ${report.unprotected}`,
    `  levels       ${report.levels} (${report.levels_changed} changed)`,
    `  committed    ${plural(report.committed, 'unit')}`,
    `  incoming     ${plural(report.incoming_units, 'unit')} (listed only, not written)`,
    ...madeLocations(report),
  ]
}

const madeLocations = ({ made_locations = [], dry_run }: ImportReport): string[] =>
  made_locations.length === 0
    ? []
    : [
        `  ${dry_run ? 'would make' : 'made'} ${plural(made_locations.length, 'location')}: ` +
          `${made_locations.slice(0, LISTED_MAX).join(', ')}` +
          `${made_locations.length > LISTED_MAX ? ' … (see --json)' : ''}`,
      ]

const details = (report: ImportReport): string[] => [
  ...(report.negative_rows > 0
    ? [
        `Below zero: ${plural(report.negative_rows, 'row')}, ` +
          `${plural(report.missing_units, 'missing unit')}.`,
        ...listed(
          report.negative,
          report.negative_rows,
          one => `line ${one.line}: ${one.sku} ${one.quantity}, ${one.missing} missing`,
        ),
      ]
    : []),
  ...(report.shortages.length > 0
    ? [
        `Promised, but not there: ${plural(report.shortage_units, 'unit')}.`,
        ...listed(
          report.shortages,
          report.shortages.length,
          one => `${one.sku} at ${one.location}: short of ${one.shortage}`,
        ),
      ]
    : []),
  ...(report.incoming.length > 0
    ? [
        'Incoming:',
        ...listed(
          report.incoming,
          report.incoming.length,
          one => `${one.sku} at ${one.location}: ${one.quantity}`,
        ),
      ]
    : []),
  ...(report.rejected > 0
    ? [
        `Rejected${report.rejects_file ? `, in full in ${report.rejects_file}` : ''}:`,
        ...listed(report.rejects, report.rejected, one => `line ${one.line}: ${one.reason}`),
      ]
    : []),
  ...report.notes.map(note => `Note: ${note}`),
]

const outcome = (report: ImportReport & { ok: true }): Outcome => ({
  json: report,
  lines: [...summary(report), ...details(report)],
  exit: report.rejected > 0 || report.interrupted ? EXIT.refused : EXIT.ok,
})

/** Imports a file: `holdfast import FILE`. */
export const register = (program: Command, shell: Shell): void => {
  const command = program
    .command('import <file>')
    .summary('import products or stock from a file')
    .description('Imports products or stock from a CSV file; - reads standard input.')
    .option('--location <code>', "where a product export's quantities are (default: the first)")
    .addOption(
      new Option('--track <which>', 'SKUs without an inventory tracker: track physical goods?')
        .choices(['all', 'as-in-file'])
        .default('all'),
    )
    .addOption(new Option('--format <format>', 'instead of the header').choices(formatNames))
    .option('--no-quantities', "leave out a product export's quantities")
    .option('--dry-run', 'report in full, write nothing')
    .option('--again', 'import a file anew that was imported before')
    .option('--rejects <file>', 'where rejected rows go (default: FILE.rejects.csv)')
    .addHelpText('after', help)
  command.action(async (file: string) => {
    const options = command.opts<Options>()
    const interrupt = interruptSignal(() => shell.notice('Stopping after this chunk …'))
    await shell.withHoldfast(command, async holdfast => {
      const answer = await importFile(holdfast.context, {
        ...(file === '-' ? { stream: process.stdin } : { path: file }),
        track: options.track,
        quantities: options.quantities,
        signal: interrupt.signal,
        onProgress: ({ rows, rows_total, rows_per_second, seconds_left }) =>
          shell.progress(
            seconds_left === null
              ? `${rows} of ${rows_total} rows, written before`
              : `${rows} of ${rows_total} rows, ${rows_per_second} rows/s, ` +
                  `${inWords(seconds_left)} left`,
          ),
        ...(options.location !== undefined && { location: options.location }),
        ...(options.format !== undefined && { format: formatOf(options.format) as FileFormat }),
        ...(options.dryRun && { dry_run: true }),
        ...(options.again && { again: true }),
        ...(options.rejects !== undefined && { rejects_path: options.rejects }),
      })
      return answer.ok ? outcome(answer) : refusalOutcome(answer.refusal)
    })
    interrupt.done()
  })
}
