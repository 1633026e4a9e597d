import pg from 'pg'
import { afterEach, expect, test, vi } from 'vitest'
import { emptyDatabase } from '../../test/database.ts'
import { asOwner, granted, stock } from '../../test/shop.ts'
import { openHoldfast } from '../index.ts'
import { migrate } from './migrate.ts'
import { engineSchema } from './statements.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    error => (error as { code: string }).code,
  )

/** Everything of the schema that migrations make, but for the moments. */
const shapeOf = (ownerUrl: string): Promise<Record<string, unknown>[]> =>
  asOwner(
    ownerUrl,
    `select n.nspname || '.' || c.relname as name, c.relkind::text as kind, c.relowner::regrole::text,
      c.relforcerowsecurity::text as forced, c.relacl::text as rights, (
        select string_agg(a.attname || a.attnum || format_type(a.atttypid, a.atttypmod) ||
          a.attnotnull, ',' order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
      ) || coalesce((
        select string_agg(pg_get_constraintdef(k.oid), ',' order by k.conname)
        from pg_constraint k where k.conrelid = c.oid
      ), '') as body
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname like 'holdfast%'
    union all
    select p.oid::regprocedure::text, 'function', p.proowner::regrole::text, p.prosecdef::text,
      p.proacl::text, pg_get_functiondef(p.oid)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname like 'holdfast%' and p.prokind = 'f'
    union all
    select tablename || '.' || policyname, 'policy', roles::text, cmd, permissive, qual
    from pg_policies where schemaname like 'holdfast%'
    union all
    select number || name, 'migration', '', '', '', sha256 from holdfast.migrations
    order by 1, 2`,
  )

test('from nothing to a shop that sells; a second time does nothing', async () => {
  const { ownerUrl, url } = await emptyDatabase()
  expect(await codeOf(openHoldfast({ connectionString: ownerUrl }))).toBe('migration_required')
  const first = await migrate({ connectionString: ownerUrl })
  expect(first).toMatchObject({ engine: 'installed' })
  expect(first.applied.length).toBeGreaterThan(5)
  expect(await migrate({ connectionString: ownerUrl })).toMatchObject({
    ...{ applied: [], engine: 'current' },
  })
  await asOwner(ownerUrl, `insert into holdfast.tenants (code, name) values ('default', 'D')`)
  const holdfast = await openHoldfast({ connectionString: url })
  await stock(holdfast, { TEE: { berlin: 1 } })
  granted(await holdfast.reserve({ lines: [{ sku: 'TEE', quantity: 1 }] }))
  await holdfast.close()
})

test('several at once are as good as one', async () => {
  const { ownerUrl } = await emptyDatabase()
  const reports = await Promise.all([1, 2, 3].map(() => migrate({ connectionString: ownerUrl })))
  expect(reports.filter(({ applied }) => applied.length > 0)).toHaveLength(1)
})

test('several databases of one cluster, which share its roles, are migrated at once', async () => {
  for (let round = 0; round < 3; round++) {
    const databases = await Promise.all([1, 2, 3, 4].map(emptyDatabase))
    await Promise.all(databases.map(({ ownerUrl }) => migrate({ connectionString: ownerUrl })))
  }
})

test('killed at any statement, the next run goes on from there', async () => {
  const { ownerUrl } = await emptyDatabase()
  for (let wait = 0; wait < 120; wait += 8) {
    const running = migrate({ connectionString: ownerUrl }).catch(() => undefined)
    await new Promise(resolve => setTimeout(resolve, wait))
    await asOwner(
      ownerUrl,
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and pid <> pg_backend_pid()`,
    )
    await running
  }
  await migrate({ connectionString: ownerUrl })
  expect(await migrate({ connectionString: ownerUrl })).toMatchObject({ applied: [] })
})

test('a migration that was changed afterwards, or a newer schema, is refused', async () => {
  const { ownerUrl } = await emptyDatabase()
  await migrate({ connectionString: ownerUrl })
  await asOwner(ownerUrl, `insert into holdfast.migrations values (999999, 'later', 'x')`)
  expect(await codeOf(migrate({ connectionString: ownerUrl }))).toBe('schema_too_new')
  await asOwner(ownerUrl, `delete from holdfast.migrations where number = 999999`)
  await asOwner(ownerUrl, `update holdfast.migrations set sha256 = 'x' where number = 2`)
  expect(await codeOf(migrate({ connectionString: ownerUrl }))).toBe('migration_changed')
})

test('killed before each of its statements in turn, the last run leaves a whole schema', async () => {
  const straight = await emptyDatabase()
  await migrate({ connectionString: straight.ownerUrl })
  const { ownerUrl } = await emptyDatabase()
  const real = pg.Client.prototype.query
  const killer = new pg.Client(ownerUrl)
  await killer.connect()
  let done = false
  let runs = 0
  while (!done && runs < 1_000) {
    let left = ++runs
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(async function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      if (this !== killer && --left === 0) {
        const { processID } = this as unknown as { processID: number }
        for (let there = true; there; ) {
          const { rows } = await killer.query(
            'select pg_terminate_backend(pid) from pg_stat_activity where pid = $1',
            [processID],
          )
          there = rows.length > 0
        }
      }
      return Reflect.apply(real, this, args)
    })
    done = await migrate({ connectionString: ownerUrl }).then(
      () => true,
      () => false,
    )
    vi.restoreAllMocks()
  }
  await killer.end()
  expect(runs).toBeGreaterThan(50)
  expect(await shapeOf(ownerUrl)).toEqual(await shapeOf(straight.ownerUrl))
})

test('a role without rights is told who must migrate, and nothing is made', async () => {
  const { url, ownerUrl } = await emptyDatabase()
  const failure = await migrate({ connectionString: url }).catch(error => error)
  expect(failure).toMatchObject({
    code: 'rights_missing',
    hint: expect.stringMatching(/as a role/),
  })
  const [found] = await asOwner(ownerUrl, `select to_regnamespace('holdfast') as schema`)
  expect(found).toEqual({ schema: null })
})

test('functions of another text are refused until they are installed anew, as a whole', async () => {
  const { ownerUrl } = await emptyDatabase()
  await migrate({ connectionString: ownerUrl })
  const whole = await shapeOf(ownerUrl)
  await asOwner(ownerUrl, `drop function ${engineSchema}.read`)
  await asOwner(ownerUrl, `create function ${engineSchema}.left_over() returns int return 1`)
  await asOwner(ownerUrl, `update holdfast.engines set sha256 = 'older'`)
  expect(await codeOf(openHoldfast({ connectionString: ownerUrl }))).toBe('migration_required')
  const report = await migrate({ connectionString: ownerUrl })
  expect(report).toMatchObject({ applied: [], engine: 'installed' })
  expect(await shapeOf(ownerUrl)).toEqual(whole)
})
