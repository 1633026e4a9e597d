import { spawn } from 'node:child_process'
import { once } from 'node:events'

// A guide whose console blocks are run: `$ ` begins a command, `> ` goes on with it, and what
// follows is what it prints. All of them are one session of a shell.

export type Step = { command: string; shown: string }

const BLOCK = /^```console\n([\s\S]*?)^```$/gm

const stepsOf = (block: string): Step[] =>
  block
    .split(/^\$ /m)
    .slice(1)
    .map(text => {
      const lines = text.trimEnd().split('\n')
      const rest = lines.slice(1)
      const more = rest.findIndex(line => !line.startsWith('> '))
      const end = more === -1 ? rest.length : more
      const command = [lines[0], ...rest.slice(0, end).map(line => line.slice(2))].join('\n')
      return { command, shown: rest.slice(end).join('\n') }
    })

/** The commands of a guide, in their order. */
export const stepsIn = (guide: string): Step[] =>
  [...guide.matchAll(BLOCK)].flatMap(([, block = '']) => stepsOf(block))

/** The guide with what the commands have printed. */
export const withOutput = (guide: string, outputs: string[]): string => {
  let at = 0
  return guide.replace(BLOCK, (_, block: string) => {
    const lines = stepsOf(block).map(({ command }) => {
      const output = outputs[at++] ?? ''
      return `$ ${command.replaceAll('\n', '\n> ')}\n${output && `${output}\n`}`
    })
    return `\`\`\`console\n${lines.join('')}\`\`\``
  })
}

/** A text without blanks at the ends of its lines, nor empty lines at its own. */
const trimmed = (text: string): string =>
  text
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
    .trimEnd()

const MARK = '=== the next command ==='

/** Runs the commands in one shell; what each of them prints. */
export const runConsole = async (
  steps: Step[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<string[]> => {
  const script = steps.map(({ command }) => `${command}\necho '${MARK}'\n`).join('')
  const shell = spawn('bash', ['-c', `exec 2>&1\n${script}`], {
    ...options,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  shell.stdout.on('data', bytes => {
    said += bytes
  })
  await once(shell, 'close')
  return said.split(`${MARK}\n`).map(trimmed)
}

const OWN: [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UUID'],
  [/\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)/g, 'INSTANT'],
  [/ in [\d.]+ s$/gm, ' in N s'],
  [/ {2,}/g, '  '],
]

/** What is printed without what is another one each time: ids, instants, and the width of columns. */
export const comparable = (output: string): string =>
  OWN.reduce((text, [own, word]) => text.replace(own, word), trimmed(output))
