-- Checks the catalogue of the database against the rules that sharding by tenant and the walls
-- between tenants rest on (docs/design). The migrations are judged by what they have made.
-- p_request: {"except": names of tables that are not ours, such as a test's}. answer: {"findings":
-- [{"rule", "object", "detail"}]}; none in a house that keeps its rules. locks: none.
create or replace function holdfast_engine_N.catalog_lint(p_tenant_id int, p_request jsonb)
returns jsonb
language sql stable as $$
  with tables as (
    select c.oid, c.relname as name, c.relkind as kind, c.relrowsecurity, c.relforcerowsecurity
    from pg_catalog.pg_class c
    where c.relnamespace = 'holdfast'::regnamespace and c.relkind in ('r', 'p')
      -- Without tenants, or of all of them: the list of tenants, and our own bookkeeping.
      and c.relname not in ('tenants', 'transaction_kinds', 'migrations', 'engines')
      and not coalesce(p_request -> 'except' ? c.relname::text, false)
  ), tenant_columns as (
    select t.oid, t.name, a.attnum
    from tables t
    left join pg_catalog.pg_attribute a
      on a.attrelid = t.oid and a.attname = 'tenant_id' and not a.attisdropped
  ), findings (rule, object, detail) as (
    select 'tenant_id_in_every_table', c.name::text, 'has no tenant_id'
    from tenant_columns c where c.attnum is null
    union all
    select 'tenant_id_in_every_key', c.name || '.' || i.relname, 'a unique key without tenant_id'
    from tenant_columns c
    join pg_catalog.pg_index x on x.indrelid = c.oid and x.indisunique
    join pg_catalog.pg_class i on i.oid = x.indexrelid
    where not c.attnum = any (x.indkey::int2[])
    union all
    select 'tenant_id_first_in_primary_key', c.name || '.' || i.relname,
      'the first column is another'
    from tenant_columns c
    join pg_catalog.pg_index x on x.indrelid = c.oid and x.indisprimary
    join pg_catalog.pg_class i on i.oid = x.indexrelid
    where x.indkey[0] <> c.attnum
    union all
    select 'tenant_id_in_every_foreign_key', c.name || '.' || f.conname,
      'a foreign key without tenant_id'
    from tenant_columns c
    join pg_catalog.pg_constraint f on f.conrelid = c.oid and f.contype = 'f'
    where not c.attnum = any (f.conkey)
    union all
    select 'no_foreign_key_on_hot_table', c.name || '.' || f.conname,
      'foreign keys cost 23 to 33 % on these rows'
    from tenant_columns c
    join pg_catalog.pg_constraint f on f.contype = 'f' and c.oid in (f.conrelid, f.confrelid)
    where c.name in ('levels', 'reservations', 'allocations', 'requests')
      or c.name like 'inventory\_transactions%'
    union all
    select 'no_delete_that_sets_null', c.name || '.' || f.conname, 'refused where sharded'
    from tenant_columns c
    join pg_catalog.pg_constraint f on f.conrelid = c.oid and f.contype = 'f'
    where f.confdeltype = 'n'
    union all
    select 'no_trigger', c.name || '.' || g.tgname, 'refused where sharded'
    from tenant_columns c
    join pg_catalog.pg_trigger g on g.tgrelid = c.oid and not g.tgisinternal
    where g.tgname <> 'append_only' or c.name not like 'inventory\_transactions%'
    union all
    select 'row_security_forced', t.name::text, 'row-level security is not enabled and forced'
    from tables t where not (t.relrowsecurity and t.relforcerowsecurity)
    union all
    select 'policy_names_the_tenant', t.name::text, 'no policy one_tenant, or one that lets all in'
    from tables t
    where not exists (
      select from pg_catalog.pg_policy p
      where p.polrelid = t.oid and p.polname = 'one_tenant' and p.polcmd = '*'
        and pg_catalog.pg_get_expr(p.polqual, p.polrelid) like '(tenant_id = %holdfast.tenant%'
    ) or exists (
      select from pg_catalog.pg_policy p
      where p.polrelid = t.oid and p.polname <> 'one_tenant' and p.polpermissive
    )
    union all
    select 'ledger_append_only', t.name::text, 'holdfast_app may ' || r.privilege
    from tables t
    cross join (values ('update'), ('delete'), ('truncate')) as r (privilege)
    where (t.name like 'inventory\_transactions%' or t.name like '%\_checkpoints'
        or t.name in ('events', 'ledger_archives', 'audit_log'))
      and pg_catalog.has_table_privilege('holdfast_app', t.oid, r.privilege)
    union all
    select 'functions_as_invoker', p.oid::regprocedure::text, 'security definer'
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where (n.nspname = 'holdfast' or n.nspname like 'holdfast\_engine\_%') and p.prosecdef
      and (n.nspname <> 'holdfast' or p.proname not in ('make_ledger_partition', 'analyze_table'))
    union all
    select 'definer_with_fixed_search_path', p.oid::regprocedure::text, 'no fixed search_path'
    from pg_catalog.pg_proc p
    join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where (n.nspname = 'holdfast' or n.nspname like 'holdfast\_engine\_%') and p.prosecdef
      and not coalesce(p.proconfig @> array['search_path=pg_catalog, pg_temp'], false)
    union all
    select 'views_as_invoker', c.relname::text, 'a view that shows its owner''s rows'
    from pg_catalog.pg_class c
    where c.relnamespace = 'holdfast'::regnamespace and c.relkind in ('v', 'm')
      and not coalesce(c.reloptions @> array['security_invoker=true'], false)
  )
  select jsonb_build_object('findings', coalesce((
    select jsonb_agg(to_jsonb(f) order by f.rule, f.object) from findings f), '[]'))
$$;
