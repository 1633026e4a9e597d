-- What doctor and start look at before they trust a database.
-- p_request: {}. answer: versions, roles and rights, durability, time, who is in whose way.
-- blocked: sessions that wait, with those they wait for.
-- locks: none.
create or replace function holdfast_engine_N.checkup(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'version', current_setting('server_version'),
    'version_num', current_setting('server_version_num')::int,
    'running', pg_catalog.version(),
    'now', clock_timestamp(),
    'in_recovery', pg_catalog.pg_is_in_recovery(),
    'role', current_user,
    'login', session_user,
    'superuser', (
      select bool_or(r.rolsuper) from pg_catalog.pg_roles r
      where r.rolname in (current_user, session_user)
    ),
    'is_app', pg_catalog.pg_has_role(current_user, 'holdfast_app', 'usage'),
    'ledger_writable', has_table_privilege('holdfast.inventory_transactions', 'update'),
    'settings', (
      select jsonb_object_agg(s.name, s.setting) from pg_catalog.pg_settings s
      where s.name in ('fsync', 'synchronous_commit', 'full_page_writes', 'wal_level',
        'max_connections', 'synchronous_standby_names')
    ),
    'migrations', (select count(*) from holdfast.migrations),
    'engines', (select jsonb_agg(e.schema order by e.schema) from holdfast.engines e),
    'blocked', coalesce((
      select jsonb_agg(jsonb_build_object('pid', a.pid, 'by', pg_catalog.pg_blocking_pids(a.pid),
        'seconds', round(extract(epoch from clock_timestamp() - a.query_start))))
      from pg_catalog.pg_stat_activity a
      where cardinality(pg_catalog.pg_blocking_pids(a.pid)) > 0
    ), '[]')
  )
$$;
