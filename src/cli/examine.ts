import { existsSync, readlinkSync, statfsSync } from 'node:fs'
import { clock } from '../clock.ts'
import { type Checkup, checkupOf, looseSettings } from '../database/checkup.ts'
import { connect } from '../database/connect.ts'
import { requireMigrated } from '../database/migrate.ts'
import { engineSchema, orderedMigrations } from '../database/statements.ts'
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

export type Finding = { state: 'ok' | 'warn' | 'fail'; check: string; found: string; fix?: string }

const NODE_MIN = [20, 19]
const SKEW_MS_MAX = 2_000
const DISK_FREE_MIN = 1024 ** 3
const OPEN_SECONDS_MAX = 60

const ok = (check: string, found: string): Finding => ({ state: 'ok', check, found })
const warn = (check: string, found: string, fix: string): Finding => ({
  ...{ state: 'warn', check, found, fix },
})
const bad = (check: string, found: string, fix: string): Finding => ({
  ...{ state: 'fail', check, found, fix },
})

const node = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [majorMin = 0, minorMin = 0] = NODE_MIN
  const enough = major > majorMin || (major === majorMin && minor >= minorMin)
  return enough
    ? ok('node', process.version)
    : bad('node', process.version, 'Install Node 20.19 or newer.')
}

const version = ({ version: told, version_num }: Checkup): Finding =>
  version_num < 150_000 || version_num >= 190_000
    ? bad('database', `PostgreSQL ${told}`, 'Use PostgreSQL 15 to 18.')
    : ok('database', `PostgreSQL ${told}`)

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

const role = ({ role: name, login, superuser, is_app, ledger_writable }: Checkup): Finding[] => [
  superuser
    ? warn(
        'role',
        `logs in as the superuser ${login}`,
        'create role shop login in role holdfast_app, and name it in DATABASE_URL.',
      )
    : ok('role', name),
  is_app
    ? ok('rights', 'may call the verbs')
    : bad('rights', `${name} is not in holdfast_app`, `grant holdfast_app to ${name}`),
  ledger_writable
    ? warn('ledger', 'this role may change the ledger', `revoke update on the ledger from ${name}`)
    : ok('ledger', 'append-only'),
]

const schema = (checkup: Checkup): Finding =>
  checkup.migrations === orderedMigrations.length && checkup.engines.includes(engineSchema)
    ? ok('schema', `${checkup.migrations} migrations, ${engineSchema}`)
    : bad('schema', `${checkup.migrations} of ${orderedMigrations.length}`, 'npx holdfast migrate')

const time = (checkup: Checkup, askedAt: Date): Finding => {
  const skewMs = Math.abs(Date.parse(checkup.now) - askedAt.getTime())
  return skewMs <= SKEW_MS_MAX
    ? ok('clock', `within ${SKEW_MS_MAX / 1000} s of the database`)
    : warn('clock', `${Math.round(skewMs / 1000)} s off the database`, 'Run an NTP client on both.')
}

const durability = (checkup: Checkup): Finding[] => {
  const loose = looseSettings(checkup)
  return [
    loose.length === 0
      ? ok('durability', 'fsync, synchronous_commit and full_page_writes are on')
      : bad('durability', loose.join(', '), 'Turn them on, or a crash loses acknowledged holds.'),
    checkup.in_recovery
      ? bad('primary', 'this is a replica', 'Name the primary in DATABASE_URL.')
      : ok('primary', 'yes'),
    checkup.settings['synchronous_standby_names']
      ? ok('replica', checkup.settings['synchronous_standby_names'])
      : warn(
          'replica',
          'no synchronous replica',
          'A lost machine loses its disk: set synchronous_standby_names.',
        ),
  ]
}

const waiting = ({ blocked }: Checkup): Finding =>
  blocked.length === 0
    ? ok('waiting', 'nobody waits for a lock')
    : warn(
        'waiting',
        blocked
          .map(({ pid, by, seconds }) => `${pid} for ${by.join(', ')} (${seconds} s)`)
          .join('; '),
        `End the blocker if it is stuck: select pg_terminate_backend(${blocked[0]?.by[0]})`,
      )

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
    const { months_missing, oldest_xid: oldest } = await readinessOf(holdfast)
    return [
      months_missing.length === 0
        ? ok('months', 'the ledger has its partitions for three months')
        : warn('months', `missing ${months_missing.join(', ')}`, 'npx holdfast migrate'),
      oldest && oldest.seconds > OPEN_SECONDS_MAX
        ? warn(
            'oldest xid',
            `session ${oldest.pid} (${oldest.application}) for ${oldest.seconds} s`,
            `It slows hot levels down: select pg_terminate_backend(${oldest.pid})`,
          )
        : ok('oldest xid', 'no long transaction'),
    ]
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
      version(checkup),
      ...binaries(opened),
      ...role(checkup),
      schema(checkup),
      time(checkup, askedAt),
      ...durability(checkup),
      disk(opened),
      waiting(checkup),
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
