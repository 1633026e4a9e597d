import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { HoldfastError } from '../errors.ts'

export type Server = { url: string; pid: number; stop(): Promise<void> }

/** How this command line is started once more: the built one, or the source in a clone. */
const commandLine = (): string[] => {
  const built = ['./cli.mjs', '../cli.mjs', '../../dist/cli.mjs']
    .map(path => fileURLToPath(new URL(path, import.meta.url)))
    .find(existsSync)
  const source = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
  if (existsSync(source)) return ['--conditions=source', '--import', 'tsx', source]
  if (built) return [built]
  throw new HoldfastError('broken_invariant', { message: 'The command line was not found.' })
}

/** Starts a real server process on a free port, on the database that is named. */
export const startServer = async (databaseUrl: string): Promise<Server> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-server-'))
  const args = ['start', '--port', '0', '--no-sweeper', '--json', '--data-dir', folder]
  const child = spawn(process.execPath, [...commandLine(), ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const url = await firstLine(child)
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  return {
    url,
    pid: child.pid as number,
    stop: async () => {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const firstLine = (child: ChildProcess): Promise<string> =>
  new Promise((resolve, reject) => {
    let complaint = ''
    child.stderr?.on('data', chunk => {
      complaint = (complaint + chunk).slice(-2_000)
    })
    child.once('exit', code =>
      reject(
        new HoldfastError('database_unavailable', {
          message: `A server process ended with ${code}: ${complaint.trim()}`,
        }),
      ),
    )
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).once('line', line => {
      try {
        resolve((JSON.parse(line) as { url: string }).url)
      } catch {
        reject(new HoldfastError('broken_invariant', { message: `A server said: ${line}` }))
      }
    })
  })
