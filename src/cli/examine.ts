import { statfsSync } from 'node:fs'
import { clock } from '../clock.ts'
import { type Checkup, checkupOf, looseSettings } from '../database/checkup.ts'
import { connect } from '../database/connect.ts'
import { requireMigrated } from '../database/migrate.ts'
import { engineSchema, orderedMigrations } from '../database/statements.ts'
import { openHoldfast } from '../holdfast.ts'
import { readinessOf } from '../server/readiness.ts'
import { type Opened, openDatabase, type Place } from './open.ts'

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

/** After a minor upgrade the loaded binary and the one on disk differ until a restart. */
const version = ({ version: told, running, version_num }: Checkup): Finding => {
  if (version_num < 150_000 || version_num >= 190_000) {
    return bad('database', `PostgreSQL ${told}`, 'Use PostgreSQL 15 to 18.')
  }
  const loaded = /PostgreSQL ([\d.]+)/.exec(running)?.[1] ?? ''
  return told.startsWith(loaded)
    ? ok('database', `PostgreSQL ${told}`)
    : warn('database', `runs ${loaded}, installed is ${told}`, 'Restart PostgreSQL.')
}

const role = ({ role: name, login, superuser, is_app, ledger_writable }: Checkup): Finding[] => [
  superuser || login === 'postgres'
    ? warn(
        'role',
        `logs in as the superuser ${login}`,
        'create role shop login in role holdfast_app, and name it in DATABASE_URL.',
      )
    : ok('role', name),
  is_app
    ? ok('rights', 'may call the verbs')
    : bad('rights', `${name} is not in holdfast_app`, `grant holdfast_app to ${name}`),
  ledger_writable && !superuser
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

/** Every check, in the order in which a person would look. */
export const examine = async (place: Place): Promise<Finding[]> => {
  const opened = await openDatabase(place)
  try {
    const { connectionString } = opened
    const database = await connect({ connectionString, poolSize: 1 })
    try {
      await requireMigrated(database.pool)
      const askedAt = clock.now()
      const checkup = await checkupOf(database)
      return [
        node(),
        version(checkup),
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
  } finally {
    await opened.close()
  }
}
