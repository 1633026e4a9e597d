import type { Command } from 'commander'
import { EXIT, type Outcome, type Shell } from './shell.ts'

/** The options of a command that destroys. */
export const destroying = (command: Command): Command =>
  command
    .option('--dry-run', 'look whether it could be done, and only say what would happen')
    .option('--yes', 'do not ask')

/**
 * What destroys asks by name, or shows itself with --dry-run, or needs --yes where nobody answers.
 * Undefined: go on.
 */
export const agreed = async (
  command: Command,
  shell: Shell,
  what: string,
  name: string,
): Promise<Outcome | undefined> => {
  const { dryRun, yes } = command.opts()
  if (dryRun) return { json: { ok: true, dry_run: true, would: what }, lines: [`would ${what}`] }
  if (yes) return undefined
  const error = { code: 'not_agreed', message: `This would ${what}. Add --yes to do it.` }
  const unasked = { json: { ok: false, error }, exit: EXIT.usage }
  if (!process.stdin.isTTY) {
    shell.notice(`holdfast: ${error.message}`)
    return unasked
  }
  const { text } = await import('@clack/prompts')
  const typed = await text({ message: `This would ${what}. Type "${name}" to do it.` })
  if (typed === name) return undefined
  shell.notice('Nothing was changed.')
  return unasked
}
