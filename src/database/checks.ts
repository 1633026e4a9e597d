import type { Checkup } from './checkup.ts'
import { looseSettings } from './checkup.ts'
import { engineSchema, orderedMigrations } from './statements.ts'

/** The values inside of what was found and of what to do, for whoever words it anew. */
type Facts = Record<string, string | number>

/** What a look has found, and what to do where it is not well. */
export type Finding = {
  state: 'ok' | 'warn' | 'fail'
  check: string
  found: string
  fix?: string
  facts?: Facts
}

const SKEW_MS_MAX = 2_000
const OPEN_SECONDS_MAX = 60

export const ok = (check: string, found: string, facts?: Facts): Finding => ({
  ...{ state: 'ok', check, found },
  ...(facts && { facts }),
})
export const warn = (check: string, found: string, fix: string, facts?: Facts): Finding => ({
  ...{ state: 'warn', check, found, fix },
  ...(facts && { facts }),
})
export const bad = (check: string, found: string, fix: string, facts?: Facts): Finding => ({
  ...{ state: 'fail', check, found, fix },
  ...(facts && { facts }),
})

export const versionCheck = ({ version, version_num }: Checkup): Finding =>
  version_num < 150_000 || version_num >= 190_000
    ? bad('database', `PostgreSQL ${version}`, 'Use PostgreSQL 15 to 18.', { version })
    : ok('database', `PostgreSQL ${version}`, { version })

const role = ({ role: name, login, superuser, is_app, ledger_writable }: Checkup): Finding[] => [
  superuser
    ? warn(
        'role',
        `logs in as the superuser ${login}`,
        'create role shop login in role holdfast_app, and name it in DATABASE_URL.',
        { login },
      )
    : ok('role', name, { role: name }),
  is_app
    ? ok('rights', 'may call the verbs', {})
    : bad('rights', `${name} is not in holdfast_app`, `grant holdfast_app to ${name}`, {
        role: name,
      }),
  ledger_writable
    ? warn(
        'ledger',
        'this role may change the ledger',
        `revoke update on the ledger from ${name}`,
        { role: name },
      )
    : ok('ledger', 'append-only', {}),
]

const schema = ({ migrations, engines }: Checkup): Finding => {
  const known = orderedMigrations.length
  return migrations === known && engines.includes(engineSchema)
    ? ok('schema', `${migrations} migrations, ${engineSchema}`, {
        ...{ migrations, engine: engineSchema },
      })
    : bad('schema', `${migrations} of ${known}`, 'npx holdfast migrate', { migrations, known })
}

const time = (checkup: Checkup, askedAt: Date): Finding => {
  const skewMs = Math.abs(Date.parse(checkup.now) - askedAt.getTime())
  const seconds = Math.round((skewMs <= SKEW_MS_MAX ? SKEW_MS_MAX : skewMs) / 1000)
  return skewMs <= SKEW_MS_MAX
    ? ok('clock', `within ${seconds} s of the database`, { seconds })
    : warn('clock', `${seconds} s off the database`, 'Run an NTP client on both.', { seconds })
}

const durability = (checkup: Checkup): Finding[] => {
  const settings = looseSettings(checkup).join(', ')
  const replica = checkup.settings['synchronous_standby_names']
  return [
    settings === ''
      ? ok('durability', 'fsync, synchronous_commit and full_page_writes are on', {})
      : bad('durability', settings, 'Turn them on, or a crash loses acknowledged holds.', {
          settings,
        }),
    checkup.in_recovery
      ? bad('primary', 'this is a replica', 'Name the primary in DATABASE_URL.', {})
      : ok('primary', 'yes', {}),
    replica
      ? ok('replica', replica, { replica })
      : warn(
          'replica',
          'no synchronous replica',
          'A lost machine loses its disk: set synchronous_standby_names.',
          {},
        ),
  ]
}

/** Each session that waits, and for which: in English, or with an arrow for the facts. */
const waitsFor = (blocked: Checkup['blocked'], between: string): string =>
  blocked
    .map(({ pid, by, seconds }) => `${pid} ${between} ${by.join(', ')} (${seconds} s)`)
    .join('; ')

const waiting = ({ blocked }: Checkup): Finding => {
  const blocker = String(blocked[0]?.by[0])
  return blocked.length === 0
    ? ok('waiting', 'nobody waits for a lock', {})
    : warn(
        'waiting',
        waitsFor(blocked, 'for'),
        `End the blocker if it is stuck: select pg_terminate_backend(${blocker})`,
        { sessions: waitsFor(blocked, '→'), blocker },
      )
}

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
    ? ok('months', 'the ledger has its partitions for three months', {})
    : warn('months', `missing ${months_missing.join(', ')}`, 'npx holdfast migrate', {
        months: months_missing.join(', '),
      }),
  oldest && oldest.seconds > OPEN_SECONDS_MAX
    ? warn(
        'oldest xid',
        `session ${oldest.pid} (${oldest.application}) for ${oldest.seconds} s`,
        `It slows hot levels down: select pg_terminate_backend(${oldest.pid})`,
        { pid: oldest.pid, application: oldest.application, seconds: oldest.seconds },
      )
    : ok('oldest xid', 'no long transaction', {}),
]
