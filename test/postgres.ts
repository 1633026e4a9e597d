import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { migrate } from '../src/database/migrate.ts'
import { openCluster } from './cluster.ts'

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

/** One native PostgreSQL for the whole run, with a template database that test files clone. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await openCluster()
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
