-- Runs a flush that does not wait long for a lock: on 55P03 the caller finds out what is in the
-- way.
-- p_lock_timeout text: such as '50ms', '0' to wait. The rest and the answer: as run.
-- Nobody waits behind a level that somebody's own transaction sits on.
-- locks: as run.
create or replace function holdfast_engine_N.run_flush(
  p_tenant_id int, p_verb text, p_requests jsonb, p_lock_timeout text
) returns jsonb[]
language plpgsql volatile as $$
begin
  perform set_config('lock_timeout', p_lock_timeout, true);
  return holdfast_engine_N.run(p_tenant_id, p_verb, p_requests);
end $$;

-- Which levels of a flush are locked by others right now.
-- p_requests jsonb: of the flush. rows: the ordinal of a request and a level that blocks it.
-- An answer is true for a moment only; the lane that waits for the level makes sure.
-- locks: the levels that are free, skipping the others; released when the call ends.
create or replace function holdfast_engine_N.blocked_levels(p_tenant_id int, p_requests jsonb)
returns table (request_no int, level_id int)
language plpgsql volatile as $$
declare
  v_free int[];
  v_requests jsonb;
begin
  perform set_config('holdfast.tenant', p_tenant_id::text, true);
  v_requests := holdfast_engine_N.resolve(p_tenant_id, p_requests);
  select array_agg(f.level_id) into v_free from (
    select l.level_id from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id in (
      select t.level_id from holdfast_engine_N.touched_levels(p_tenant_id, v_requests) as t
    )
    order by l.level_id
    for no key update skip locked
  ) as f;
  return query
    select t.request_no, t.level_id
    from holdfast_engine_N.touched_levels(p_tenant_id, v_requests) as t
    where not t.level_id = any (coalesce(v_free, '{}'));
end $$;

-- Waits until a level is free, holding nothing else, and lets it go again.
-- p_level_id int, p_lock_timeout text. answer: true; raises 55P03 after the time-out.
-- For the lane of a level that somebody's own transaction sits on.
-- locks: the level, until the call ends.
create or replace function holdfast_engine_N.wait_for_level(
  p_tenant_id int, p_level_id int, p_lock_timeout text
) returns boolean
language plpgsql volatile as $$
begin
  perform set_config('holdfast.tenant', p_tenant_id::text, true);
  perform set_config('lock_timeout', p_lock_timeout, true);
  perform 1 from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id
  order by l.level_id
  for no key update;
  return true;
end $$;
