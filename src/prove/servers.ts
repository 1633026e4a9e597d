import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { HoldfastError } from '../errors.ts'

const STOP_MS_MAX = 10_000

export type Server = {
  url: string
  pid: number
  /** Lets it answer what is in flight, then ends it. */
  stop(): Promise<void>
  /** Ends it at once, as a machine that fails does. */
  kill(): Promise<void>
}

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
export const startServer = async (
  databaseUrl: string,
  command: string[] = commandLine(),
): Promise<Server> => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-server-'))
  const args = ['start', '--port', '0', '--no-sweeper', '--json', '--data-dir', folder]
  const child = spawn(process.execPath, [...command, ...args], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // a server ends when its channel to us breaks
  })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const url = await firstLine(child).catch((error: unknown) => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  return {
    url,
    pid: child.pid as number,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
    stop: async () => {
      child.kill('SIGTERM')
      const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
      await ended
      clearTimeout(impatient)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Starts several; if one does not come up, none is left. */
export const startServers = async (databaseUrl: string, count: number): Promise<Server[]> => {
  const starts = Array.from({ length: count }, () => startServer(databaseUrl))
  const settled = await Promise.allSettled(starts)
  const servers = settled.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
  const failed = settled.find(each => each.status === 'rejected')
  if (!failed) return servers
  for (const server of servers) await server.stop()
  throw failed.reason
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
      const url = urlIn(line)
      if (url) resolve(url)
      else reject(new HoldfastError('database_unavailable', { message: `A server said: ${line}` }))
    })
  })

/** The address that a server's line names; one that could not start says why instead. */
const urlIn = (line: string): string | undefined => {
  try {
    const { url } = JSON.parse(line) as { url?: string }
    return url
  } catch {
    return undefined
  }
}
