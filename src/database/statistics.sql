-- Analyses our tables that were never analysed, or have grown by more than half since: on a table
-- without statistics a batched update scanned the tenant (2.3 k/s until ANALYZE), and verify of
-- 33,000 movements took minutes instead of seconds.
-- p_request: {}. answer: the names of the tables that were analysed.
-- locks: SHARE UPDATE EXCLUSIVE on each, while it is read in samples.
create or replace function holdfast_engine_N.refresh_statistics(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_table text;
  v_done jsonb := '[]';
begin
  for v_table in
    select c.relname::text
    from pg_catalog.pg_class c
    cross join lateral (
      select pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::int as pages
    ) as size
    where c.relnamespace = 'holdfast'::regnamespace and c.relkind = 'r'
      -- Not pg_stat_user_tables: what a busy session has written stands there seconds later.
      and ((c.reltuples < 0 and size.pages > 0) or size.pages > c.relpages * 1.5 + 16)
    order by 1
  loop
    perform holdfast.analyze_table(v_table);
    v_done := v_done || to_jsonb(v_table);
  end loop;
  return v_done;
end $$;
