import type { BenchDatabase } from '../cluster.ts'
import { openOurs } from '../ours.ts'
import type { Place } from '../place.ts'
import type { Round } from '../scenario.ts'
import type { Stock } from '../shop.ts'
import { type KeepAlive, keepAlive } from './keepAlive.ts'
import { startServers } from './servers.ts'

export type HttpShop = {
  database: BenchDatabase
  key: string
  pids: number[]
  /** One for each caller, spread over the server processes. */
  connections: KeepAlive[]
}

/** Server processes on a database with this stock, and callers who are connected to them. */
export const withHttpShop = async (
  place: Place,
  options: { stock: Stock; processes: number; callers: number },
  work: (shop: HttpShop) => Promise<Round>,
): Promise<Round> => {
  const { holdfast, database, close } = await openOurs(place, options.stock)
  const scopes = ['read', 'sell'] as const
  const made = await holdfast.keys.create({ name: 'bench', scopes: [...scopes], mode: 'live' })
  if (!made.ok || !made.key) throw new Error('The key could not be made.')
  const servers = await startServers(place, database.app, options.processes)
  const connections = await Promise.all(
    Array.from({ length: options.callers }, (_, caller) =>
      keepAlive(servers[caller % servers.length]?.port as number),
    ),
  )
  try {
    await (await place.cluster()).admin.query('checkpoint')
    const pids = servers.map(({ pid }) => pid)
    return await work({ database, key: made.key, pids, connections })
  } finally {
    for (const connection of connections) connection.close()
    for (const server of servers) await server.stop()
    await close()
  }
}
