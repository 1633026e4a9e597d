-- Whether this database can serve: a primary, with the ledger's months ahead, nobody in the way.
-- p_request: {}. answer: {"in_recovery", "months_missing": ["2026_12" …], "oldest_xid"}.
-- oldest_xid is who keeps hot rows from being pruned; other roles' sessions show only their age.
-- locks: none.
create or replace function holdfast_engine_N.readiness(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'in_recovery', pg_catalog.pg_is_in_recovery(),
    'months_missing', (
      select coalesce(jsonb_agg(m.name order by m.name), '[]')
      from (
        select to_char((now() at time zone 'UTC') + make_interval(months => n), 'YYYY_MM') as name
        from generate_series(0, 3) as n
      ) as m
      where to_regclass('holdfast.inventory_transactions_' || m.name) is null
    ),
    'oldest_xid', (
      select jsonb_build_object('pid', a.pid, 'application', a.application_name, 'state', a.state,
        'seconds', round(extract(epoch from now() - coalesce(a.xact_start, a.backend_start))),
        'age', greatest(age(a.backend_xid), age(a.backend_xmin)))
      from pg_catalog.pg_stat_activity a
      where a.pid <> pg_catalog.pg_backend_pid() and a.backend_type = 'client backend'
        and coalesce(a.backend_xid, a.backend_xmin) is not null
      order by greatest(age(a.backend_xid), age(a.backend_xmin)) desc
      limit 1
    )
  )
$$;
