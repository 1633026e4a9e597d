import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../src/database/migrate.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
    template: string
  }
}

// Only this template replaces the body of holdfast.clock(): a row shifts it.
const testClock = `
  create table holdfast.test_clock (shift interval not null);
  insert into holdfast.test_clock values ('0');
  grant select, update on holdfast.test_clock to holdfast_app;
  create or replace function holdfast.clock() returns timestamptz language sql volatile as
    'select clock_timestamp() + (select shift from holdfast.test_clock)';
  create function holdfast.set_test_clock(p_shift interval) returns void language sql as
    'update holdfast.test_clock set shift = p_shift';
  grant execute on function holdfast.set_test_clock to holdfast_app;
  insert into holdfast.tenants (code, name) values ('default', 'Default');
`

type Cluster = { url: (user: string, database: string) => string; stop: () => Promise<void> }

/** A cluster of somebody else's, such as Debian's: postgres://USER@/DATABASE?host=… */
const namedCluster = (pattern: string): Cluster => ({
  url: (user, database) => pattern.replace('USER', user).replace('DATABASE', database),
  stop: async () => {},
})

const ownCluster = async (): Promise<Cluster> => {
  const { startPostgres } = await import('../embedded/src/index.ts')
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
  chmodSync(folder, 0o755) // root lends PostgreSQL another user, who comes here too
  const settings = { max_connections: '200', shared_buffers: '256MB' }
  const postgres = await startPostgres({ dataDir: join(folder, 'postgres'), settings })
  return {
    url: (user, database) => postgres.connectionString({ user, database }),
    stop: async () => {
      await postgres.stop()
      for (const used of [folder, postgres.socketDir]) {
        rmSync(used, { recursive: true, force: true })
      }
    },
  }
}

/** One native PostgreSQL for the whole run, with a template database that test files clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env['HOLDFAST_TEST_POSTGRES']
  const cluster = named ? namedCluster(named) : await ownCluster()
  const template = `holdfast_template_${process.pid}`
  const run = async (database: string, text: string): Promise<void> => {
    const client = new pg.Client(cluster.url('postgres', database))
    await client.connect()
    await client.query(text).finally(() => client.end())
  }
  await run('postgres', `create database ${template}`)
  await migrate({ connectionString: cluster.url('postgres', template) })
  await run(template, testClock)
  project.provide('postgresUrl', cluster.url('USER', 'DATABASE'))
  project.provide('template', template)
  return async () => {
    await run('postgres', `drop database ${template} with (force)`)
    await cluster.stop()
  }
}
