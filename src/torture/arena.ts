import { clock } from '../clock.ts'
import { connect } from '../database/connect.ts'
import { endSessions, removeThrowAwayTenant, sessionsOf } from '../database/sessions.ts'
import { HoldfastError } from '../errors.ts'
import type { Holdfast } from '../holdfast.ts'
import { ensureTenant } from '../tenants/tenants.ts'
import { type Fate, type Random, startProxy, type TcpProxy } from './proxy.ts'
import { openSlot, type Serve, type Slot } from './slot.ts'
import { isPlain, named, targetOf, through } from './through.ts'

const LOCATION = 'arena'
const AGAIN_MS_MAX = 60_000
const PAUSE_MS = 200

export type ArenaOptions = {
  /** As the servers connect. */
  connectionString: string
  /** The library for the tenant that is made. */
  open: (tenant: string) => Promise<Holdfast>
  /** A role that may remove the tenant afterwards; left out: as the servers. */
  ownerConnectionString?: string
  seed: number
  servers: number
  random: Random
  serve?: Serve
  /** What becomes of the connections of clients, and of those to the database. */
  fates?: { clients: () => Fate; database: () => Fate }
}

/** A throw-away tenant, servers of our own that serve it, and the roads between all of them. */
export type Arena = {
  /** Straight on the database, for the books. */
  holdfast: Holdfast
  key: string
  location: string
  tenant: string
  slots: Slot[]
  databaseRoad: TcpProxy
  /** Sessions of our servers at the database. */
  sessions(): Promise<number[]>
  endSessions(): Promise<number>
  /** Ends the servers and removes the tenant; false where its role may not. */
  close(): Promise<boolean>
}

/** Does it again while the database is away: what we have killed comes back. */
export const untilBack = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  const beganMs = clock.monotonicMs()
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (clock.monotonicMs() - beganMs > AGAIN_MS_MAX) throw error
      await clock.sleep(PAUSE_MS)
    }
  }
}

const makeTenant = async (connectionString: string, code: string): Promise<void> => {
  const database = await connect({ connectionString, poolSize: 1 })
  try {
    await ensureTenant(database, code, 'Made by holdfast torture, to be removed')
  } finally {
    await database.pool.end()
  }
}

const makeKey = async (holdfast: Holdfast): Promise<string> => {
  const scopes = ['read', 'sell', 'stock'] as const
  const made = await holdfast.keys.create({ name: 'torture', scopes: [...scopes], mode: 'live' })
  if (made.ok && made.key) return made.key
  throw new HoldfastError('forbidden', { message: 'No key could be made.' })
}

export const openArena = async (options: ArenaOptions): Promise<Arena> => {
  const { connectionString, seed, servers, random, fates } = options
  const owner = options.ownerConnectionString ?? connectionString
  const tenant = `torture-${seed}-${clock.uuid().slice(-6)}`
  await makeTenant(connectionString, tenant)
  const holdfast = await options.open(tenant)
  const faulty = isPlain(connectionString) ? fates?.database : undefined
  const databaseRoad = await startProxy(targetOf(connectionString), random, faulty)
  const road = isPlain(connectionString)
    ? through(connectionString, databaseRoad.port)
    : connectionString
  const slots: Slot[] = []
  const close = async (): Promise<boolean> => {
    await Promise.all(slots.map(slot => slot.close()))
    await databaseRoad.close()
    await holdfast.close()
    return untilBack(() => removeThrowAwayTenant(owner, tenant))
  }
  try {
    const key = await makeKey(holdfast)
    await holdfast.locations.create({ code: LOCATION })
    const opening = Array.from({ length: servers }, () =>
      openSlot(named(road, tenant), random, { fate: fates?.clients, serve: options.serve }),
    )
    for (const each of await Promise.allSettled(opening)) {
      if (each.status === 'rejected') throw each.reason
      slots.push(each.value)
    }
    return {
      ...{ holdfast, key, tenant, slots, databaseRoad, close },
      location: LOCATION,
      sessions: () => sessionsOf(connectionString, tenant),
      endSessions: () => endSessions(connectionString, tenant),
    }
  } catch (error) {
    await close()
    throw error
  }
}
