import { createHash } from 'node:crypto'
import pg from 'pg'
import { HoldfastError } from '../errors.ts'
import { engineFunctions, engineSchema, type Migration, orderedMigrations } from './statements.ts'

export type MigrationReport = { applied: string[]; engine: 'installed' | 'current'; at: number }

const LOCK_KEY = 4_865_646 // any constant of ours: one migrator at a time

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

const engineText = engineFunctions.map(file => `-- ${file.path}\n${file.text}`).join('\n')

/** True once the bookkeeping table exists, which migration 1 makes with the schema. */
const appliedMigrations = async (client: pg.ClientBase): Promise<Map<number, string>> => {
  const { rows: found } = await client.query(
    `select to_regclass('holdfast.migrations') is not null as there`,
  )
  if (!found[0].there) return new Map()
  const { rows } = await client.query('select number, sha256 from holdfast.migrations')
  return new Map(rows.map(row => [row.number as number, row.sha256 as string]))
}

const refuseChanged = (applied: Map<number, string>): void => {
  const newest = orderedMigrations.at(-1)?.number ?? 0
  for (const [number, sum] of applied) {
    if (number > newest) {
      throw new HoldfastError('schema_too_new', {
        message: `The schema is at migration ${number}; this version knows ${newest}.`,
        hint: 'Start the newer version of Holdfast; migrations only go forward.',
      })
    }
    const file = orderedMigrations.find(migration => migration.number === number)
    if (!file || sha256(file.text) !== sum) {
      throw new HoldfastError('migration_changed', {
        message: `Migration ${number} was applied with another content than its file has now.`,
        hint: 'Restore the file as released; a change belongs in a new migration.',
      })
    }
  }
}

/** One migration is one transaction, its bookkeeping row included: a kill leaves all or nothing. */
const apply = async (client: pg.ClientBase, migration: Migration): Promise<void> => {
  await client.query('begin')
  try {
    // Roles are made by whoever migrates; everything after belongs to holdfast_owner.
    if (migration.number > 1) await client.query('set local role holdfast_owner')
    await client.query(migration.text)
    if (migration.number === 1) {
      await client.query('set local role holdfast_owner')
      await client.query(
        `create table holdfast.migrations (number int primary key, name text not null,
          sha256 text not null, applied_at timestamptz not null default now());
         create table holdfast.engines (schema text primary key, sha256 text not null,
          installed_at timestamptz not null default now());
         grant select on holdfast.migrations, holdfast.engines to holdfast_app, holdfast_read`,
      )
    }
    await client.query(
      'insert into holdfast.migrations (number, name, sha256) values ($1, $2, $3)',
      [migration.number, migration.name, sha256(migration.text)],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw explained(error, migration.name)
  }
}

/** What PostgreSQL answers when another database of the cluster made or changed the same role. */
const ROLE_RACES = new Set(['XX000', '23505', '42710'])

/** Roles belong to the whole cluster, and no lock of one database guards them: so try again. */
const applyRoles = async (client: pg.ClientBase, migration: Migration): Promise<void> => {
  for (let tries = 1; ; tries++) {
    try {
      return await apply(client, migration)
    } catch (error) {
      if (tries === 10 || !ROLE_RACES.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}

const RIGHTS_HINT =
  'Migrate once as a role that may create roles and schemas (holdfast migrate --database-url …), ' +
  'then serve as a role that was granted holdfast_app.'

const explained = (error: unknown, what: string): unknown =>
  (error as { code?: string }).code === '42501'
    ? new HoldfastError('rights_missing', {
        message: `${what}: ${(error as Error).message}`,
        hint: RIGHTS_HINT,
        cause: error,
      })
    : error

/** Installs this version's functions in a schema of their own, whole or not at all. */
const installEngine = async (client: pg.ClientBase): Promise<'installed' | 'current'> => {
  const sum = sha256(engineText)
  const { rows } = await client.query('select sha256 from holdfast.engines where schema = $1', [
    engineSchema,
  ])
  if (rows[0]?.sha256 === sum) return 'current'
  await client.query('begin')
  try {
    await client.query('set local role holdfast_owner')
    await client.query(`drop schema if exists ${engineSchema} cascade`)
    await client.query(`create schema ${engineSchema}`)
    await client.query('set local check_function_bodies = off') // functions refer to later ones
    for (const file of engineFunctions) await client.query(file.text)
    await client.query(
      `grant usage on schema ${engineSchema} to holdfast_app, holdfast_read;
       revoke execute on all functions in schema ${engineSchema}, holdfast from public;
       grant execute on all functions in schema ${engineSchema}, holdfast to holdfast_app;
       select holdfast.make_ledger_partitions()`,
    )
    await client.query(
      `insert into holdfast.engines (schema, sha256) values ($1, $2)
       on conflict (schema) do update set sha256 = excluded.sha256, installed_at = now()`,
      [engineSchema, sum],
    )
    await client.query('commit')
    return 'installed'
  } catch (error) {
    await client.query('rollback').catch(() => {})
    throw explained(error, `functions of ${engineSchema}`)
  }
}

/** Brings schema and functions to this version. Safe to run again, and by several at once. */
export const migrate = async (config: pg.ClientConfig): Promise<MigrationReport> => {
  const client = new pg.Client(config)
  client.on('error', () => {}) // a connection that breaks has failed its query already
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK_KEY])
    const applied = await appliedMigrations(client)
    refuseChanged(applied)
    const missing = orderedMigrations.filter(migration => !applied.has(migration.number))
    for (const migration of missing) {
      await (migration.number === 1 ? applyRoles : apply)(client, migration)
    }
    const engine = await installEngine(client)
    const at = orderedMigrations.at(-1)?.number ?? 0
    return { applied: missing.map(migration => migration.name), engine, at }
  } finally {
    await client.end().catch(() => {})
  }
}

/** Refuses to serve a schema that this version has not brought up to date. */
export const requireMigrated = async (pool: pg.Pool): Promise<void> => {
  const { rows } = await pool.query(`select to_regclass('holdfast.engines') is not null as there`)
  const current = rows[0].there
    ? await pool.query('select sha256 from holdfast.engines where schema = $1', [engineSchema])
    : { rows: [] }
  if (current.rows[0]?.sha256 === sha256(engineText)) return
  throw new HoldfastError('migration_required', { hint: 'Run: npx holdfast migrate' })
}
