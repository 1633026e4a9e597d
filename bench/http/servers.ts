import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Place } from '../place.ts'

export type Server = { port: number; pid: number; stop(): Promise<void> }

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url))

/** Starts a server process on a free port of 127.0.0.1. */
const startServer = async (place: Place, connectionString: string): Promise<Server> => {
  const args = ['--conditions=source', '--import', 'tsx', SERVER, connectionString]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const stop = place.keep(async () => {
    child.kill('SIGTERM')
    await ended
  })
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', message => resolve((message as { port: number }).port))
    child.once('exit', code => reject(new Error(`A server process ended with ${code}.`)))
  })
  return { port, pid: child.pid as number, stop }
}

export const startServers = (
  place: Place,
  connectionString: string,
  count: number,
): Promise<Server[]> =>
  Promise.all(Array.from({ length: count }, () => startServer(place, connectionString)))
