import type { Command } from 'commander'
import {
  type ArchiveAnswer,
  archivableMonths,
  archiveLedger,
  lookAtArchive,
} from '../ledger/archive.ts'
import { agreed, destroying } from './agree.ts'
import { usage } from './commandError.ts'
import { openDatabase } from './open.ts'
import { EXIT, type Outcome, type Shell, table } from './shell.ts'

type Options = { before: string; to?: string; dryRun?: boolean }

const help = `
Examples:
  $ holdfast ledger archive --before 2026-01 --dry-run
  $ holdfast ledger archive --before 2026-01 --to ledger-2025.ndjson.gz --yes

Needs the role that migrates. A run that was cut off is finished by the next one.`

const bytesInWords = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`

const outcomeOf = (answer: ArchiveAnswer): Outcome => {
  if (!answer.ok) {
    const { month, tenant_id, level_id, version } = answer.wrong
    const place = `level ${level_id} of tenant ${tenant_id} at version ${version}`
    return {
      json: answer,
      lines: [`${month} was not archived: ${place} does not add up; run holdfast verify.`],
      exit: EXIT.refused,
    }
  }
  const { months, file, seconds } = answer
  const rows = months.map(each => [each.month, each.movements, bytesInWords(each.bytes)])
  return {
    json: { ...answer, ...(file ? {} : { dry_run: true }) },
    lines: [
      ...table(['month', 'movements', 'on disk'], rows),
      file
        ? `archived to ${file.path}: ${bytesInWords(file.bytes)}, sha256 ${file.sha256}, ` +
          `${seconds.toFixed(1)} s`
        : 'would archive and drop these; every level of them adds up',
    ],
  }
}

/** Takes old months out of the ledger: `holdfast ledger archive`. */
export const register = (ledger: Command, shell: Shell): void => {
  const archive = destroying(
    ledger
      .command('archive')
      .summary('write old months to a file and drop them; verify goes on from checkpoints')
      .requiredOption('--before <month>', 'months before this one, such as 2026-01')
      .option('--to <file>', 'a new file; packed where its name ends with .gz'),
  ).addHelpText('after', help)
  archive.action(async () => {
    const options = { ...shell.optionsOf(archive), ...archive.opts<Options>() }
    await shell.run(options, async () => {
      if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(options.before)) {
        throw usage('--before must be a month such as 2026-01.')
      }
      if (options.to === undefined && !options.dryRun) throw usage('--to names the file.')
      const opened = await openDatabase({ ...options, onNotice: line => shell.notice(line) })
      try {
        const { ownerConnectionString } = opened
        const request = { ownerConnectionString, before: options.before }
        if (options.dryRun) return outcomeOf(await lookAtArchive(request))
        const months = await archivableMonths(request)
        if (months.length === 0) {
          const lines = [`No month before ${options.before} is left that ended a day ago.`]
          return { json: { ok: true, months: [], file: null }, lines }
        }
        const names = months.map(({ month }) => month).join(', ')
        const what = `write ${names} of the ledger to ${options.to} and drop them`
        const stopped = await agreed(archive, shell, what, options.before)
        if (stopped) return stopped
        const onProgress = ({ month, movements }: { month: string; movements: number }) =>
          shell.progress(`${month}: ${movements} movements written`)
        return outcomeOf(
          await archiveLedger({ ...request, path: options.to as string, onProgress }),
        )
      } finally {
        await opened.close()
      }
    })
  })
}
