import { type Command, Option } from 'commander'
import { exportFile } from '../imports/exportFile.ts'
import type { FileFormat } from '../imports/header.ts'
import { formatNames, formatOf } from './import.ts'
import { EXIT, refusalOutcome, type Shell } from './shell.ts'

type Options = { format: string; location?: string }

const help = `
Examples:
  $ holdfast export stock.csv
  $ holdfast export --format shopify-inventory inventory.csv
  $ holdfast export --format shopify-products --location berlin - | head

With - the file goes to standard output, and the report to standard error.`

/** Writes a file that import reads: `holdfast export FILE`. */
export const register = (program: Command, shell: Shell): void => {
  const command = program
    .command('export <file>')
    .summary('write products or stock as a file')
    .description('Writes products or stock as a CSV file; - writes to standard output.')
    .addOption(
      new Option('--format <format>', 'which file').choices(formatNames).default('holdfast'),
    )
    .option('--location <code>', 'only what is at this location')
    .addHelpText('after', help)
  command.action(async (file: string) => {
    const { format, location } = command.opts<Options>()
    await shell.withHoldfast(command, async holdfast => {
      const answer = await exportFile(holdfast.context, {
        format: formatOf(format) as FileFormat,
        ...(file === '-' ? { stream: process.stdout } : { path: file }),
        ...(location !== undefined && { location }),
        onProgress: ({ rows, rows_per_second }) =>
          shell.progress(`${rows} rows, ${rows_per_second} rows/s`),
      }).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'EPIPE') return undefined // whoever reads has seen enough
        throw error
      })
      if (!answer) return { json: {}, lines: [] }
      if (!answer.ok) return refusalOutcome(answer.refusal)
      const line = `${answer.rows} rows written to ${file === '-' ? 'standard output' : file}`
      if (file !== '-') return { json: answer, lines: [line] }
      shell.notice(line)
      return { json: answer, lines: [], exit: EXIT.ok }
    })
  })
}
