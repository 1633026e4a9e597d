import pg from 'pg'
import { clock } from '../clock.ts'

const WAIT_MS_MAX = 10_000
const ENDS_MAX = 3

const asked = async <Row extends pg.QueryResultRow>(
  connectionString: string,
  text: string,
  values: unknown[] = [],
  limits: pg.ClientConfig = {},
): Promise<Row[]> => {
  const client = new pg.Client({
    ...{ connectionString, connectionTimeoutMillis: WAIT_MS_MAX, ...limits },
  })
  client.on('error', () => {}) // the query fails, which says the same
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end().catch(() => {})
  }
}

const OF_APPLICATION = `from pg_catalog.pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name = $1`

/** The processes of the sessions that have this application's name. */
export const sessionsOf = async (connectionString: string, application: string) => {
  const text = `select pid ${OF_APPLICATION}`
  return (await asked<{ pid: number }>(connectionString, text, [application])).map(({ pid }) => pid)
}

/** Every process of the server that it knows of: sessions, and what works in the background. */
export const sessionsAll = async (connectionString: string): Promise<number[]> => {
  const text = 'select pid from pg_catalog.pg_stat_activity'
  return (await asked<{ pid: number }>(connectionString, text)).map(({ pid }) => pid)
}

/** Ends the sessions that have this application's name; gives how many there were. */
export const endSessions = async (connectionString: string, application: string) => {
  const text = `select pg_terminate_backend(pid) as ended ${OF_APPLICATION}`
  return (await asked(connectionString, text, [application])).length
}

/**
 * Ends a session that was silent for so many milliseconds and that we have left. Where the last
 * bytes of a call were lost, PostgreSQL has done it and waits for its end (Sync), with every lock
 * held, for as long as the connection seems to live.
 */
export const endSilent = async (
  connectionString: string,
  pid: number,
  silentMs: number,
): Promise<void> => {
  const text = `select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
    where datname = current_database() and pid = $1
      and backend_start < clock_timestamp() - $2 * interval '1 ms'` // the number may be another's
  for (let ends = 0; ends < ENDS_MAX; ends++) {
    try {
      await asked(connectionString, text, [pid, silentMs], { query_timeout: WAIT_MS_MAX })
      return
    } catch {
      await clock.sleep(WAIT_MS_MAX / 10) // the database is away; its end ends the session too
    }
  }
}

const MADE_TO_BE_REMOVED = /^torture-[a-z0-9-]+$/

/** Of the tenant and of its sandbox. Neither order nor append-only counts here: all of it goes. */
const REMOVAL = `do $$
declare
  ids int[] := array(
    select t.tenant_id from holdfast.tenants t
    left join holdfast.tenants live on live.tenant_id = t.sandbox_of
    where 'THE_CODE' in (t.code, live.code));
  target regclass;
begin
  set local session_replication_role = replica;
  for target in
    select c.oid from pg_catalog.pg_class c join pg_catalog.pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'holdfast'::regnamespace and c.relkind in ('r', 'p')
      and not c.relispartition and a.attname = 'tenant_id'
  loop
    execute format('delete from %s where tenant_id = any ($1)', target) using ids;
  end loop;
end $$`

/**
 * Removes a tenant that was made to be removed, with its ledger. Only a superuser can, and only
 * where the name says so: for any other tenant the books are for ever.
 */
export const removeThrowAwayTenant = async (
  connectionString: string,
  code: string,
): Promise<boolean> => {
  if (!MADE_TO_BE_REMOVED.test(code)) return false
  const text = `select rolsuper as may from pg_catalog.pg_roles where rolname = session_user`
  const [role] = await asked<{ may: boolean }>(connectionString, text)
  if (!role?.may) return false
  await asked(connectionString, REMOVAL.replace('THE_CODE', code))
  return true
}
