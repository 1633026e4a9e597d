import type { Command } from 'commander'
import { runProgram } from './program.ts'
import { Shell } from './shell.ts'

export type Run = {
  exit: number
  out: string
  err: string
  /** The last line as an object; undefined when it is none, or was not asked for. */
  json: Record<string, unknown> | undefined
}

/** Runs one command line in this process and keeps what it says. */
export const runLine = async (argv: string[]): Promise<Run> => {
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
  const exit = await runProgram(argv, new Shell(output))
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
