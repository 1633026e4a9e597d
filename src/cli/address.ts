import { createServer } from 'node:net'
import { CommandError, usage } from './commandError.ts'
import { runningServers } from './runningServer.ts'

export type Address = { host: string; port: number }

/** Where a server listens unless it is told otherwise. */
export const PORT = 4646
export const PORT_MAX = 65_535
const PORTS_TRIED_MAX = 100

/** What the system says to listening there; undefined when it may be done. */
const refusalOf = (address: Address): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise(resolve => {
    const server = createServer()
    server.once('error', resolve)
    server.listen(address, () => server.close(() => resolve(undefined)))
  })

/** True when a server could listen there now. */
export const isFree = async (address: Address): Promise<boolean> =>
  (await refusalOf(address)) === undefined

/** The first free port after this one; undefined when there is none nearby. */
export const nextFreePort = async ({ host, port }: Address): Promise<number | undefined> => {
  const last = Math.min(port + PORTS_TRIED_MAX, PORT_MAX)
  for (let next = port + 1; next <= last; next++) {
    if (await isFree({ host, port: next })) return next
  }
  return undefined
}

/** Why a server cannot listen: another has the port, or the address is not of this machine. */
export const listenError = async (
  address: Address,
  folder: string,
  error: NodeJS.ErrnoException,
): Promise<CommandError> => {
  const { host, port } = address
  if (error.code !== 'EADDRINUSE') {
    return new CommandError('cannot_listen', `Nobody can listen there: ${error.message}`, {
      hint: 'Name an address of this machine by --host, and a port above 1023 by --port.',
    })
  }
  const own = (await runningServers(folder)).find(({ url }) => url.endsWith(`:${port}`))
  if (own) {
    const hint = 'To end it: npx holdfast stop'
    return new CommandError('port_in_use', `Holdfast runs already: ${own.url}`, { hint })
  }
  const next = await nextFreePort({ host, port })
  return new CommandError('port_in_use', `Port ${port} is in use.`, {
    hint: next === undefined ? 'Name another by --port.' : `This one is free: --port ${next}`,
  })
}

/** Looks before the database is started, so that a mistake costs nobody a wait. */
export const requireAddress = async (address: Address, folder: string): Promise<void> => {
  const { port } = address
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) {
    throw usage(`${port} is no port.`, `A port is a whole number from 0 to ${PORT_MAX}.`)
  }
  const error = await refusalOf(address)
  if (error) throw await listenError(address, folder, error)
}
