/** Exit codes; `holdfast --help` lists them. */
export const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3, bug: 4 } as const

/** What the command line itself has to say no to, with its exit code and what helps. */
export class CommandError extends Error {
  readonly code: string
  readonly exit: number
  readonly hint: string | undefined

  constructor(code: string, message: string, details: { hint?: string; exit?: number } = {}) {
    super(message)
    this.name = 'CommandError'
    this.code = code
    this.exit = details.exit ?? EXIT.refused
    this.hint = details.hint
  }
}

/** The command line was not understood: exit code 2. */
export const usage = (message: string, hint?: string): CommandError =>
  new CommandError('usage', message, { exit: EXIT.usage, ...(hint ? { hint } : {}) })
