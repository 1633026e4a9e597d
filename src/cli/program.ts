import { Command } from 'commander'
import { unfitText } from '../engine/unfitText.ts'
import { version } from '../server/version.ts'
import { register as registerBackorders } from './backorders.ts'
import { register as registerBooks } from './books.ts'
import { register as registerCalendars } from './calendars.ts'
import { register as registerChannels } from './channels.ts'
import { register as registerContacts } from './contacts.ts'
import { register as registerDoctor } from './doctor.ts'
import { register as registerEvents } from './events.ts'
import { register as registerExport } from './export.ts'
import { register as registerImport } from './import.ts'
import { register as registerKeys } from './keys.ts'
import { register as registerKits } from './kits.ts'
import { register as registerLedger } from './ledger.ts'
import { register as registerMail } from './mail.ts'
import { register as registerMigrate } from './migrate.ts'
import { register as registerNotices } from './notices.ts'
import { register as registerPeople } from './people.ts'
import { register as registerPlaces } from './places.ts'
import { register as registerPolicies } from './policies.ts'
import { register as registerPromises } from './promises.ts'
import { register as registerProve } from './prove.ts'
import { register as registerReplay } from './replay.ts'
import { register as registerReads } from './reservationReads.ts'
import { register as registerReservations } from './reservations.ts'
import { EXIT, Shell } from './shell.ts'
import { register as registerSkus } from './skus.ts'
import { register as registerStart } from './start.ts'
import { register as registerStock } from './stock.ts'
import { register as registerSupply } from './supply.ts'
import { register as registerTorture } from './torture.ts'
import { register as registerWebhooks } from './webhooks.ts'

const EPILOGUE = `
Example:
  $ holdfast start --demo

Exit codes:
  0 done · 1 refused, or something was found · 2 wrong usage
  3 database or server not reachable · 4 a bug of ours`

const registrations = [
  registerStart,
  registerMigrate,
  registerImport,
  registerExport,
  registerStock,
  registerReservations,
  registerReads,
  registerLedger,
  registerSkus,
  registerPlaces,
  registerCalendars,
  registerChannels,
  registerKits,
  registerPolicies,
  registerEvents,
  registerSupply,
  registerBackorders,
  registerPromises,
  registerWebhooks,
  registerMail,
  registerContacts,
  registerNotices,
  registerKeys,
  registerPeople,
  registerReplay,
  registerProve,
  registerTorture,
  registerBooks,
  registerDoctor,
]

/** The whole command line. */
export const buildProgram = (shell = new Shell()): Command => {
  const program = new Command('holdfast')
    .description('Real-time inventory: holds, commits, fulfillment, and a ledger that proves it.')
    .option('--data-dir <folder>', 'of the embedded PostgreSQL (HOLDFAST_DATA_DIR; .holdfast)')
    .option('--database-url <url>', 'a PostgreSQL of your own (DATABASE_URL)')
    .option('--tenant <code>', 'the merchant whose data it is', 'default')
    .option('--json', 'one JSON object on the last line')
    .option('--debug', 'show where an error comes from')
    .version(version, '-V, --version', 'the version of Holdfast')
    .showSuggestionAfterError()
    .showHelpAfterError('(holdfast --help shows all commands)')
    .addHelpText('after', EPILOGUE)
    .configureOutput({ writeOut: shell.output.out, writeErr: shell.output.err })
  for (const register of registrations) register(program, shell)
  program
    .command('version')
    .summary('the version of Holdfast')
    .addHelpText('after', '\nExample:\n  $ holdfast version')
    .action((_options, command: Command) =>
      shell.run(shell.optionsOf(command), async () => ({
        json: { version, node: process.version },
        lines: [`holdfast ${version} (node ${process.version})`],
      })),
    )
  inherit(program, shell)
  return program
}

/** Every command speaks through the shell, exits by our codes, and takes the global options. */
const inherit = (command: Command, shell: Shell): void => {
  command.exitOverride().configureOutput({ writeOut: shell.output.out, writeErr: shell.output.err })
  command.configureHelp({ showGlobalOptions: true })
  for (const child of command.commands) inherit(child as Command, shell)
}

/** A command line that was not understood has been told so; programs get it as an object. */
const misunderstood = (argv: string[], message: string, shell: Shell): number => {
  const words = message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  shell.failed({ code: 'usage', message: words }, { json: argv.includes('--json') }, EXIT.usage)
  return EXIT.usage
}

/** Runs one command line and gives its exit code. */
export const runProgram = async (argv: string[], shell = new Shell()): Promise<number> => {
  const unfit = argv.find(word => unfitText(word) !== undefined)
  if (unfit !== undefined) {
    const message = `${JSON.stringify(unfit.slice(0, 40))} has a letter that no database can keep.`
    shell.notice(`error: ${message}`)
    return misunderstood(argv, message, shell)
  }
  try {
    await buildProgram(shell).parseAsync(argv, { from: 'user' })
    return shell.exitCode
  } catch (error) {
    const { code, exitCode, message } = error as Error & { code?: string; exitCode?: number }
    if (!code?.startsWith('commander.')) throw error
    return exitCode === 0 ? EXIT.ok : misunderstood(argv, message, shell)
  }
}
