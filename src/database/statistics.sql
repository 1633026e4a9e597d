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
    select s.relname::text
    from pg_catalog.pg_stat_user_tables s
    where s.schemaname = 'holdfast' and s.n_live_tup > 200
      and (coalesce(s.last_analyze, s.last_autoanalyze) is null
        or s.n_mod_since_analyze > 500 + s.n_live_tup / 2)
    order by 1
  loop
    perform holdfast.analyze_table(v_table);
    v_done := v_done || to_jsonb(v_table);
  end loop;
  return v_done;
end $$;
