import type { Command } from 'commander'
import type { Holdfast } from '../holdfast.ts'
import { runProgram } from './program.ts'
import { type Outcome, type Output, Shell } from './shell.ts'

export type Run = {
  exit: number
  out: string
  err: string
  /** The last line as an object; undefined when it is none, or was not asked for. */
  json: Record<string, unknown> | undefined
}

/** A shell whose library is open already: for many lines that are not about opening it. */
class OpenShell extends Shell {
  readonly #holdfast: Holdfast

  constructor(output: Output, holdfast: Holdfast) {
    super(output)
    this.#holdfast = holdfast
  }

  override withHoldfast(command: Command, work: (holdfast: Holdfast) => Promise<Outcome>) {
    return this.run(this.optionsOf(command), () => work(this.#holdfast))
  }
}

/** Runs one command line in this process, on a library that is open or on its own; keeps its words. */
export const runLine = async (argv: string[], holdfast?: Holdfast): Promise<Run> => {
  const said = { out: '', err: '' }
  const output = {
    out: (text: string) => {
      said.out += text
    },
    err: (text: string) => {
      said.err += text
    },
    live: false,
  }
  const shell = holdfast ? new OpenShell(output, holdfast) : new Shell(output)
  const exit = await runProgram(argv, shell)
  const last = said.out.trimEnd().split('\n').at(-1) ?? ''
  const json = argv.includes('--json') && last.startsWith('{') ? JSON.parse(last) : undefined
  return { exit, ...said, json }
}

/** Every command below a program, with the words that lead to it. */
export const commandsOf = (
  program: Command,
  before: string[] = [],
): { path: string; command: Command }[] =>
  program.commands.flatMap(command => {
    const words = [...before, command.name()]
    return [{ path: words.join(' '), command }, ...commandsOf(command as Command, words)]
  })
