import type { Command } from 'commander'
import { PORT, PORT_MAX } from './address.ts'
import { usage } from './commandError.ts'
import { examine, type Finding } from './examine.ts'
import { readNumber } from './lines.ts'
import { examinePublic, requirePublicUrl } from './publicUrl.ts'
import { repairBooks } from './repair.ts'
import { EXIT, type Shell } from './shell.ts'

const worst = (findings: Finding[]): Finding['state'] =>
  findings.some(({ state }) => state === 'fail')
    ? 'fail'
    : findings.some(({ state }) => state === 'warn')
      ? 'warn'
      : 'ok'

/** Looks at the machine and the database: `holdfast doctor`. */
export const register = (program: Command, shell: Shell): void => {
  const doctor = program
    .command('doctor')
    .summary('check node, database, roles, schema, time and durability; a line each with the fix')
    .option('--port <number>', 'that a server is to listen on', readNumber, PORT)
    .option('--public-url <url>', 'look at the server as browsers find it, too')
    .option('--repair', 'correct the books of the tenant instead, after showing how')
    .option('--dry-run', 'with --repair: only show the corrections')
    .option('--yes', 'with --repair: do not ask')
    .option('--actor <number>', 'with --repair: who corrects, for the ledger', readNumber)
    .addHelpText(
      'after',
      '\nExamples:\n  $ holdfast doctor\n  $ holdfast doctor --repair --dry-run',
    )
  doctor.action(() => {
    const options = shell.optionsOf(doctor)
    const { repair, dryRun, yes, actor } = doctor.opts()
    if (repair) return shell.withHoldfast(doctor, holdfast => repairBooks(doctor, shell, holdfast))
    return shell.run(options, async () => {
      const { port, publicUrl } = doctor.opts()
      if (publicUrl !== undefined) requirePublicUrl(publicUrl)
      if (dryRun || yes || actor !== undefined) throw usage('Say --repair as well.')
      if (!Number.isInteger(port) || port < 1 || port > PORT_MAX) throw usage(`${port} is no port.`)
      const onNotice = (line: string) => shell.notice(line)
      const own = await examine({ ...options, onNotice }, port)
      const findings = publicUrl === undefined ? own : [...own, ...(await examinePublic(publicUrl))]
      const state = worst(findings)
      return {
        json: { state, checks: findings },
        lines: findings.map(
          ({ state: is, check, found, fix }) =>
            `${is.padEnd(4)}  ${check.padEnd(12)}  ${found}${fix ? ` — ${fix}` : ''}`,
        ),
        exit: state === 'fail' ? EXIT.refused : EXIT.ok,
      }
    })
  })
}
