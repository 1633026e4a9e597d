import type { Command } from 'commander'
import { connect, isConnectionFailure } from '../database/connect.ts'
import { HoldfastError } from '../errors.ts'
import { type Holdfast, openHoldfast } from '../holdfast.ts'
import type { Refusal } from '../refusals.ts'
import { ensureTenant } from '../tenants/tenants.ts'
import { CommandError, EXIT } from './commandError.ts'
import { openDatabase } from './open.ts'

export { EXIT } from './commandError.ts'

export type GlobalOptions = {
  dataDir?: string
  databaseUrl?: string
  tenant?: string
  json?: boolean
  debug?: boolean
}

/** What a command came to: an object for --json, lines for a person, and the exit code. */
export type Outcome = { json: object; lines?: string[]; exit?: number }

export type Output = {
  out(text: string): void
  err(text: string): void
  /** A terminal that a person watches. */
  live: boolean
}

const terminal: Output = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  live: process.stderr.isTTY === true,
}

const UNREACHABLE = new Set(['database_unavailable', 'database_is_replica', 'overloaded'])
const EMBEDDED = 'EmbeddedError'
const DEFAULT = 'default'

/** What every command needs: the options, the library, and a way to speak. */
export class Shell {
  readonly output: Output
  exitCode = 0
  #inProgress = false

  constructor(output: Output = terminal) {
    this.output = output
  }

  /** The options of a command with those of `holdfast` itself. */
  optionsOf(command: Command): GlobalOptions {
    return command.optsWithGlobals()
  }

  /** A line on stderr that the next one replaces; nothing when nobody watches. */
  progress(text: string): void {
    if (!this.output.live) return
    this.#endProgress()
    this.output.err(text)
    this.#inProgress = true
  }

  /** Takes the line of progress away; without one not a byte is written. */
  #endProgress(): void {
    if (this.#inProgress) this.output.err('\r\u001b[K')
    this.#inProgress = false
  }

  notice(line: string): void {
    this.#endProgress()
    this.output.err(`${line}\n`)
  }

  /** Opens the library, does the work, and says what it came to. */
  async withHoldfast(
    command: Command,
    work: (holdfast: Holdfast) => Promise<Outcome>,
  ): Promise<void> {
    const options = this.optionsOf(command)
    await this.run(options, async () => {
      const opened = await openDatabase({ ...options, onNotice: line => this.notice(line) })
      try {
        return await this.onDatabase(opened.connectionString, options, work)
      } finally {
        await opened.close()
      }
    })
  }

  /** Does work with the library on a database that is open already. */
  async onDatabase<Result>(
    connectionString: string,
    options: GlobalOptions,
    work: (holdfast: Holdfast) => Promise<Result>,
  ): Promise<Result> {
    const holdfast = await openForTenant(connectionString, options.tenant ?? DEFAULT)
    try {
      return await work(holdfast)
    } finally {
      await holdfast.close()
    }
  }

  /** Runs a piece of work and turns what it throws into words and an exit code. */
  async run(options: GlobalOptions, work: () => Promise<Outcome | undefined>): Promise<void> {
    try {
      const outcome = await work()
      this.#endProgress()
      if (!outcome) return
      for (const line of outcome.lines ?? []) if (!options.json) this.output.out(`${line}\n`)
      if (options.json) this.output.out(`${JSON.stringify(outcome.json)}\n`)
      this.exitCode = outcome.exit ?? EXIT.ok
    } catch (error) {
      this.#explain(error as Error, options)
    }
  }

  /** One line for a person, one object for a program; the stack only where it was asked for. */
  #explain(error: Error, options: GlobalOptions): void {
    const { code, message, hint, exit } = explanationOf(error)
    this.notice(`holdfast: ${message}${hint ? ` — ${hint}` : ''}`)
    if (options.debug) this.output.err(`${error.stack}\n`)
    this.failed({ code, message, hint: hint ?? null }, options, exit)
  }

  /** Ends the command with an error that was said already. */
  failed(error: object, options: GlobalOptions, exit: number): void {
    if (options.json) this.output.out(`${JSON.stringify({ ok: false, error })}\n`)
    this.exitCode = exit
  }
}

type Explanation = { code: string; message: string; hint?: string | undefined; exit: number }

const SYSTEM_CODE = /^E[A-Z]{3,}$/
const BUG_HINT = 'This is a bug of ours. Run it again with --debug, and report what it says.'

/** A connection that broke where nobody has put it into words; a missing file is something else. */
const isLostDatabase = (error: Error & { syscall?: string }): boolean =>
  isConnectionFailure(error) && (error.syscall === undefined || error.syscall === 'connect')

const explanationOf = (error: Error): Explanation => {
  const { code = 'bug', hint } = error as { code?: string; hint?: string }
  const { message } = error
  if (error instanceof CommandError) return { code, message, hint, exit: error.exit }
  if (error.name === EMBEDDED || UNREACHABLE.has(code) || isLostDatabase(error)) {
    return { code, message, hint, exit: EXIT.unreachable }
  }
  if (error instanceof HoldfastError && code !== 'broken_invariant') {
    return { code, message, hint, exit: EXIT.refused }
  }
  // The system's own no, such as a folder that may not be written to.
  if (SYSTEM_CODE.test(code)) return { code: 'system', message, hint, exit: EXIT.refused }
  return { code: 'bug', message, hint: hint ?? BUG_HINT, exit: EXIT.bug }
}

/** A database that nobody has used yet gets its first tenant; one that is used is not asked. */
const openForTenant = (connectionString: string, tenant: string): Promise<Holdfast> =>
  openHoldfast({ connectionString, tenant }).catch(async (error: HoldfastError) => {
    if (error.code !== 'unknown_tenant' || tenant !== DEFAULT) throw error
    await makeDefaultTenant(connectionString)
    return openHoldfast({ connectionString, tenant })
  })

const makeDefaultTenant = async (connectionString: string): Promise<void> => {
  const database = await connect({ connectionString, poolSize: 1 })
  try {
    await ensureTenant(database, DEFAULT, 'Default')
  } finally {
    await database.pool.end()
  }
}

/** The outcome of a refusal: its sentence, and its lines in words. */
export const refusalOutcome = (refusal: Refusal): Outcome => ({
  json: { ok: false, refusal },
  lines: [
    `refused: ${refusal.message} (${refusal.code})`,
    ...(refusal.lines ?? []).map(line => {
      const place = line.location ? ` at ${line.location}` : ''
      const facts = [
        line.asked === undefined ? '' : `asked ${line.asked}`,
        line.available === undefined ? '' : `available ${line.available}`,
        line.next_expires_at ? `a hold on it ends ${line.next_expires_at}` : '',
        ...(line.other_locations ?? []).map(other => `${other.location} has ${other.available}`),
        line.backorder ? `${line.backorder.left} more may be backordered` : '',
        line.supply ? `${line.supply.units} are expected by ${line.supply.expected_to}` : '',
      ].filter(fact => fact !== '')
      const told = facts.length > 0 ? `: ${facts.join(', ')}` : ''
      return `  line ${line.line}: ${line.sku}${place}${told}`
    }),
  ],
  exit: EXIT.refused,
})

/** The outcome of an answer: the refusal in words, or what `granted` makes of the grant. */
export const outcomeOf = <Grant extends object>(
  answer: ({ ok: true } & Grant) | { ok: false; refusal: Refusal },
  granted: (grant: Grant) => string[],
): Outcome =>
  answer.ok ? { json: answer, lines: granted(answer) } : refusalOutcome(answer.refusal)

/** Rows as columns of text, right-aligned where every cell is a number. */
export const table = (headings: string[], rows: (string | number | null)[][]): string[] => {
  const cells = [headings, ...rows.map(row => row.map(cell => (cell === null ? '–' : `${cell}`)))]
  const widths = headings.map((_, i) => Math.max(...cells.map(row => (row[i] ?? '').length)))
  const numeric = headings.map((_, i) => rows.every(row => typeof row[i] === 'number'))
  return cells.map(row =>
    row
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
}
