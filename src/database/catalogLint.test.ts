import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '../../test/database.ts'
import { poolOn } from '../../test/pool.ts'
import { type LintFinding, lintCatalog, lintSqlFiles } from './catalogLint.ts'
import { statements } from './statements.generated.ts'

let owner: pg.Client

beforeAll(async () => {
  const { ownerUrl } = await freshDatabase()
  owner = new pg.Client(ownerUrl)
  owner.on('error', () => {}) // the database may be dropped first
  await owner.connect()
})
afterAll(() => owner.end().catch(() => {}))

/** What the lint says after a statement that is then rolled back. */
const lintAfter = async (statement: string): Promise<LintFinding[]> => {
  await owner.query('begin')
  try {
    await owner.query(statement)
    const pool = poolOn(owner)
    const database = { pool, owned: false, direct: true }
    const context = { database, tenant_id: 1, tenant: 'default' }
    return await lintCatalog(context, { except: ['test_clock'] })
  } finally {
    await owner.query('rollback')
  }
}

const month = `inventory_transactions_' || to_char(now() at time zone 'UTC', 'YYYY_MM') || '`
const onMonth = (statement: string) =>
  `do $do$ begin execute '${statement.replace('MONTH', `holdfast.${month}`)}'; end $do$`

const brokenCatalogs: [rule: string, statement: string][] = [
  ['tenant_id_in_every_table', 'create table holdfast.loose (id int primary key)'],
  ['tenant_id_in_every_key', 'create unique index loose on holdfast.skus (code)'],
  ['tenant_id_in_every_key', 'alter table holdfast.levels add constraint l unique (level_id)'],
  [
    'tenant_id_first_in_primary_key',
    `alter table holdfast.imports drop constraint imports_pkey,
       add primary key (import_id, tenant_id)`,
  ],
  [
    'tenant_id_in_every_foreign_key',
    `alter table holdfast.products add constraint loose unique (product_id);
     alter table holdfast.variants add foreign key (product_id)
       references holdfast.products (product_id)`,
  ],
  [
    'no_foreign_key_on_hot_table',
    `alter table holdfast.levels add foreign key (tenant_id, sku_id)
       references holdfast.skus (tenant_id, sku_id)`,
  ],
  [
    'no_delete_that_sets_null',
    `alter table holdfast.variants add foreign key (tenant_id, product_id)
       references holdfast.products (tenant_id, product_id) on delete set null`,
  ],
  [
    'no_trigger',
    `create trigger careless before update on holdfast.levels
       for each row execute function holdfast.refuse_ledger_change()`,
  ],
  ['row_security_forced', 'alter table holdfast.levels disable row level security'],
  ['row_security_forced', 'alter table holdfast.skus no force row level security'],
  ['row_security_forced', onMonth('alter table MONTH disable row level security')],
  ['policy_names_the_tenant', 'drop policy one_tenant on holdfast.levels'],
  ['policy_names_the_tenant', 'create policy all_in on holdfast.levels using (true)'],
  [
    'policy_names_the_tenant',
    `drop policy one_tenant on holdfast.levels;
     create policy one_tenant on holdfast.levels using (true)`,
  ],
  ['ledger_append_only', 'grant update on holdfast.inventory_transactions to holdfast_app'],
  ['ledger_append_only', onMonth('grant delete on MONTH to holdfast_app')],
  ['ledger_append_only', 'grant truncate on holdfast.events to holdfast_app'],
  ['ledger_append_only', 'grant update on holdfast.ledger_checkpoints to holdfast_app'],
  ['functions_as_invoker', 'alter function holdfast.call(text, text, jsonb) security definer'],
  ['definer_with_fixed_search_path', 'alter function holdfast.analyze_table(text) reset all'],
  ['views_as_invoker', 'create view holdfast.loose as select * from holdfast.levels'],
]

describe('the catalogue', () => {
  test('keeps every rule', async () => {
    expect(await lintAfter('select 1')).toEqual([])
  })

  test.each(brokenCatalogs)('%s is found broken by: %s', async (rule, statement) => {
    const findings = await lintAfter(statement)
    expect(findings.map(finding => finding.rule)).toContain(rule)
  })
})

const functionWith = (body: string, head = 'language sql volatile'): string =>
  `-- What it does.
create or replace function holdfast_engine_N.planted(p_tenant_id int) returns void
${head} as $$
  ${body}
$$;`

const stable = functionWith(
  'select l.held from holdfast.levels l where l.tenant_id = p_tenant_id',
  'language sql stable',
).replace('planted', 'looked')

const brokenFiles: [rule: string, text: string][] = [
  ['schema_qualified', functionWith('select 1 from levels l where l.tenant_id = p_tenant_id')],
  ['schema_qualified', functionWith('update levels set held = 0 where tenant_id = p_tenant_id')],
  ['schema_qualified', functionWith('insert into levels (tenant_id) values (p_tenant_id)')],
  ['schema_qualified', functionWith('select 1 from sellable_of(p_tenant_id) as s')],
  ['schema_qualified', functionWith('delete from public.levels where tenant_id = p_tenant_id')],
  ['tenant_in_every_statement', functionWith('select held from holdfast.levels')],
  [
    'tenant_in_every_statement',
    functionWith('update holdfast.levels set held = 0 where level_id = 1'),
  ],
  [
    'skip_locked_with_tenant',
    functionWith('select tenant_id from holdfast.levels for update skip locked'),
  ],
  ['no_notify', functionWith("select pg_notify('a', 'b')")],
  ['no_notify', functionWith('notify levels')],
  ['only_one_clock', functionWith('select now()')],
  ['only_one_clock', functionWith('select current_timestamp')],
  ['only_one_clock', functionWith('select clock_timestamp()')],
  [
    'no_stable_in_decisions',
    `${stable}${functionWith(
      `update holdfast.levels set held = 0
       where tenant_id = p_tenant_id and holdfast_engine_N.looked(p_tenant_id) > 1`,
    )}`,
  ],
  ['functions_as_invoker', functionWith('select 1', 'language sql volatile security definer')],
]

describe('the .sql files', () => {
  test('keep every rule', () => {
    expect(lintSqlFiles(statements)).toEqual([])
  })

  test.each(brokenFiles)('%s is found broken by: %s', (rule, text) => {
    const findings = lintSqlFiles({ 'src/room/planted.sql': text })
    expect(findings.map(finding => finding.rule)).toContain(rule)
  })

  test('what a text or a comment says is no statement', () => {
    const text = functionWith(`-- from levels, now()
      select 'taken from levels at now()', extract(epoch from holdfast.clock()),
        1 is distinct from 2 from unnest(array[1]) as n`)
    expect(lintSqlFiles({ 'src/room/planted.sql': text })).toEqual([])
  })

  test('a statement of its own, a CTE and a lock clause are told apart', () => {
    const text = functionWith(`with wanted as (
        select l.level_id from holdfast.levels l where l.tenant_id = p_tenant_id
        order by l.level_id for no key update
      )
      insert into holdfast.requests (tenant_id, key)
      select p_tenant_id, w.level_id from wanted w
      on conflict (tenant_id, key) do update set answer = null`)
    expect(lintSqlFiles({ 'src/room/planted.sql': text })).toEqual([])
  })
})
