import { existsSync, readlinkSync, statfsSync } from 'node:fs'
import { clock } from '../clock.ts'
import {
  bad,
  type Finding,
  ok,
  openChecks,
  rightsChecks,
  versionCheck,
  waitingCheck,
  warn,
} from '../database/checks.ts'
import { checkupOf } from '../database/checkup.ts'
import { connect } from '../database/connect.ts'
import { requireMigrated } from '../database/migrate.ts'
import { openHoldfast } from '../holdfast.ts'
import { readinessOf } from '../server/readiness.ts'
import { isFree, nextFreePort } from './address.ts'
import {
  dataFolder,
  hasEmbeddedData,
  namedDatabase,
  type Opened,
  openDatabase,
  type Place,
} from './open.ts'
import { runningServers } from './runningServer.ts'

export type { Finding } from '../database/checks.ts'

const NODE_MIN = [20, 19]
const DISK_FREE_MIN = 1024 ** 3

const node = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [majorMin = 0, minorMin = 0] = NODE_MIN
  const enough = major > majorMin || (major === majorMin && minor >= minorMin)
  return enough
    ? ok('node', process.version)
    : bad('node', process.version, 'Install Node 20.19 or newer.')
}

/** After an upgrade of the packages the running server's own file is gone until a restart. */
const binaries = ({ embedded }: Opened): Finding[] => {
  if (!embedded || !existsSync('/proc/self/exe')) return []
  try {
    const file = readlinkSync(`/proc/${embedded.pid}/exe`)
    return file.endsWith(' (deleted)')
      ? [warn('binaries', `the running server was replaced: ${file}`, 'npx holdfast stop, start')]
      : [ok('binaries', file)]
  } catch {
    return [] // another user's process: the system does not tell
  }
}

const disk = (opened: Opened): Finding => {
  if (!opened.embedded) return ok('disk', 'a database of your own: look there')
  const { bavail, bsize } = statfsSync(opened.embedded.dataDir)
  const free = bavail * bsize
  const words = `${(free / 1024 ** 3).toFixed(1)} GiB free`
  return free > DISK_FREE_MIN ? ok('disk', words) : bad('disk', words, 'Free at least 1 GiB.')
}

const readiness = async (connectionString: string): Promise<Finding[]> => {
  const holdfast = await openHoldfast({ connectionString })
  try {
    return openChecks(await readinessOf(holdfast))
  } finally {
    await holdfast.close()
  }
}

const listening = async (place: Place, port: number): Promise<Finding> => {
  const servers = await runningServers(dataFolder(place.dataDir))
  const own = servers.find(({ url }) => url.endsWith(`:${port}`))
  if (own) return ok('port', `${own.url} is this folder's server`)
  const address = { host: '127.0.0.1', port }
  if (await isFree(address)) return ok('port', `${port} is free`)
  const next = await nextFreePort(address)
  return warn('port', `${port} is in use`, `npx holdfast start --port ${next ?? 'another'}`)
}

/** An embedded server that was never started is not started for a look. */
const notYet = (place: Place): Finding[] | undefined => {
  if (namedDatabase(place.databaseUrl) !== undefined || hasEmbeddedData(place.dataDir)) return
  const folder = dataFolder(place.dataDir)
  return [warn('database', `none yet in ${folder}`, 'npx holdfast start makes one')]
}

const databaseFindings = async (opened: Opened): Promise<Finding[]> => {
  const { connectionString } = opened
  const database = await connect({ connectionString, poolSize: 1 })
  try {
    await requireMigrated(database.pool)
    const askedAt = clock.now()
    const checkup = await checkupOf(database) // in PL/pgSQL: a library that does not load, fails
    return [
      versionCheck(checkup),
      ...binaries(opened),
      ...rightsChecks(checkup, askedAt),
      disk(opened),
      waitingCheck(checkup),
      ...(await readiness(connectionString)),
    ]
  } finally {
    await database.pool.end()
  }
}

const CHECK_OF: Partial<Record<string, string>> = {
  migration_required: 'schema',
  migration_changed: 'schema',
  schema_too_new: 'schema',
  database_is_replica: 'primary',
  rights_missing: 'rights',
}

/** What stops the look is a finding too, not the end of the report. */
const explained = (error: unknown): Finding => {
  const { code = '', message, hint } = error as Error & { code?: string; hint?: string }
  if (/incompatible library|could not (load|access)|undefined symbol/.test(message)) {
    return bad('binaries', message, 'PostgreSQL was upgraded while it ran: restart it.')
  }
  return bad(CHECK_OF[code] ?? 'database', message, hint ?? 'npx holdfast doctor --debug')
}

/** Every check, in the order in which a person would look. */
export const examine = async (place: Place, port: number): Promise<Finding[]> => {
  const findings = [node(), await listening(place, port)]
  const early = notYet(place)
  if (early) return [...findings, ...early]
  try {
    const opened = await openDatabase(place)
    try {
      findings.push(...(await databaseFindings(opened)))
    } finally {
      await opened.close()
    }
  } catch (error) {
    findings.push(explained(error))
  }
  return findings
}
