import { type Server, startServer } from '../prove/servers.ts'
import { type Fate, type Random, startProxy, type TcpProxy } from './proxy.ts'

const STARTS_MAX = 20

/** A server's place: an address that stays, and whichever process serves there now. */
export type Slot = {
  url: string
  road: TcpProxy
  /** The process; null while none serves. */
  pid(): number | null
  /** Kills the process and breaks its connections, as a machine that fails does. */
  kill(): Promise<void>
  start(): Promise<void>
  close(): Promise<void>
}

/** Starts a server on a database: a process of its own, unless a test says otherwise. */
export type Serve = (databaseUrl: string) => Promise<Server>

/** On a road with faults a server may fail to start; whoever runs it starts it again. */
const started = async (databaseUrl: string, serve: Serve): Promise<Server> => {
  for (let starts = 1; ; starts++) {
    try {
      return await serve(databaseUrl)
    } catch (error) {
      if (starts === STARTS_MAX) throw error
    }
  }
}

/** Opens a place, and starts a server of our own there. */
export const openSlot = async (
  databaseUrl: string,
  random: Random,
  { fate, serve = startServer }: { fate?: (() => Fate) | undefined; serve?: Serve | undefined },
): Promise<Slot> => {
  const road = await startProxy(undefined, random, fate)
  let server: Server | undefined
  const slot: Slot = {
    url: `http://127.0.0.1:${road.port}`,
    road,
    pid: () => server?.pid ?? null,
    kill: async () => {
      const killed = server
      server = undefined
      road.target = undefined
      await killed?.kill()
      road.cut()
    },
    start: async () => {
      server = await started(databaseUrl, serve)
      road.target = { host: '127.0.0.1', port: Number(new URL(server.url).port) }
    },
    close: async () => {
      await road.close()
      await server?.stop()
    },
  }
  await slot.start()
  return slot
}
