import type { Checkup } from './checkup.ts'
import { looseSettings } from './checkup.ts'
import { engineSchema, orderedMigrations } from './statements.ts'

/** What a look has found, and what to do where it is not well. */
export type Finding = { state: 'ok' | 'warn' | 'fail'; check: string; found: string; fix?: string }

const SKEW_MS_MAX = 2_000
const OPEN_SECONDS_MAX = 60

export const ok = (check: string, found: string): Finding => ({ state: 'ok', check, found })
export const warn = (check: string, found: string, fix: string): Finding => ({
  ...{ state: 'warn', check, found, fix },
})
export const bad = (check: string, found: string, fix: string): Finding => ({
  ...{ state: 'fail', check, found, fix },
})

export const versionCheck = ({ version: told, version_num }: Checkup): Finding =>
  version_num < 150_000 || version_num >= 190_000
    ? bad('database', `PostgreSQL ${told}`, 'Use PostgreSQL 15 to 18.')
    : ok('database', `PostgreSQL ${told}`)

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

/** Roles, rights, schema, time and durability of a database. */
export const rightsChecks = (checkup: Checkup, askedAt: Date): Finding[] => [
  ...role(checkup),
  schema(checkup),
  time(checkup, askedAt),
  ...durability(checkup),
]

export const waitingCheck = waiting

type Open = {
  months_missing: string[]
  oldest_xid: { pid: number; application: string; seconds: number } | null
}

/** The ledger's months ahead, and who keeps a transaction open. */
export const openChecks = ({ months_missing, oldest_xid: oldest }: Open): Finding[] => [
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
