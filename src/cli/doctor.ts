import type { Command } from 'commander'
import { examine, type Finding } from './examine.ts'
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
    .addHelpText('after', '\nExample:\n  $ holdfast doctor')
  doctor.action(() => {
    const options = shell.optionsOf(doctor)
    return shell.run(options, async () => {
      const findings = await examine({ ...options, onNotice: line => shell.notice(line) })
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
