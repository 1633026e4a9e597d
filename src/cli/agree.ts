import type { Command } from 'commander'
import { type Answer, type RefusalCode, refusals } from '../refusals.ts'
import { EXIT, type Outcome, refusalOutcome, type Shell } from './shell.ts'

/** The options of a command that destroys. */
export const destroying = (command: Command): Command =>
  command
    .option('--dry-run', 'look whether it could be done, and only say what would happen')
    .option('--yes', 'do not ask')

/** The refusal that a look can tell already. */
export const refused = (code: RefusalCode) => ({
  ok: false as const,
  refusal: { code, message: refusals[code] },
})

/** How many rows hang on something, by the first page of them: `2 buffers`, `250 or more`. */
export const counted = (
  page: Answer<{ data: unknown[]; next_cursor: string | null }>,
  one: string,
): string => {
  const count = page.ok ? page.data.length : 0
  return `${count}${page.ok && page.next_cursor ? ' or more' : ''} ${one}${count === 1 ? '' : 's'}`
}

/**
 * Asks about something that was looked up: what is not there is refused before anybody is asked.
 * Undefined: go on.
 */
export const agreedOn = async <Found extends object>(
  command: Command,
  shell: Shell,
  asked: { name: string; found: Answer<Found>; what: (found: Found) => string },
): Promise<Outcome | undefined> =>
  asked.found.ok
    ? agreed(command, shell, asked.what(asked.found), asked.name)
    : refusalOutcome(asked.found.refusal)

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
