-- Verifies a slice of levels: their movements, their counters, and the promises at them.
-- p_request: {"after_level_id": 0, "limit": 500}. answer: {"findings": at most 1000, "count",
-- "levels", "movements", "last_level_id", "done"}. One snapshot for the whole slice.
-- locks: none.
create or replace function holdfast_engine_N.verify_levels(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql stable
set jit = off -- compiling took three times as long as the slice itself
as $$
declare
  v_after int := coalesce((p_request ->> 'after_level_id')::int, 0);
  v_limit int := coalesce((p_request ->> 'limit')::int, 500);
  v_until int;
  v_slice record;
  v_findings jsonb;
begin
  select count(*) as levels, max(s.level_id) as last_level_id into v_slice
  from (
    select l.level_id from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id > v_after
    order by l.level_id limit v_limit
  ) as s;
  -- The last slice reaches beyond the last level: movements of a level that is gone stand there.
  v_until := case when v_slice.levels < v_limit then 2147483647 else v_slice.last_level_id end;

  with faults as (
    select * from holdfast_engine_N.movement_faults(p_tenant_id, v_after, v_until)
    union all
    select * from holdfast_engine_N.level_faults(p_tenant_id, v_after, v_until)
    union all
    select * from holdfast_engine_N.promise_faults(p_tenant_id, v_after, v_until)
    union all
    select * from holdfast_engine_N.life_faults(p_tenant_id, v_after, v_until)
    union all
    select * from holdfast_engine_N.queue_faults(p_tenant_id, v_after, v_until)
    union all
    select * from holdfast_engine_N.build_faults(p_tenant_id, v_after, v_until)
    union all
    select * from holdfast_engine_N.buffer_faults(p_tenant_id, v_after, v_until)
  ), causes as (
    select f.* from faults f
    where f.code not in ('ledger_sum_differs', 'counter_differs_from_allocations',
        'counter_differs_from_queue')
      or not exists ( -- a sum that differs says nothing new where something of it was found wrong
        select from faults o where o.level_id = f.level_id
          and o.code not in ('ledger_sum_differs', 'counter_differs_from_allocations',
            'counter_differs_from_queue')
      )
  )
  select jsonb_build_object('count', count(*), 'findings', holdfast_engine_N.named_findings(
    p_tenant_id, jsonb_agg(to_jsonb(c)) filter (where c.n <= 1000)))
  into v_findings
  from (select c.*, row_number() over (
    order by c.level_id, starts_with(c.code, 'allocation'), c.code, c.what) as n
    from causes c) as c;
  return v_findings || jsonb_build_object(
    'levels', v_slice.levels, 'last_level_id', v_until, 'done', v_slice.levels < v_limit,
    'movements', (select count(*) from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id > v_after and t.level_id <= v_until));
end $$;

-- Verifies a slice of reservations: their sums, their forms, what they belong to.
-- p_request: {"after_reservation_id", "limit": 2000}. answer: {"findings", "count", "reservations",
-- "last_reservation_id", "done"}. One snapshot for the whole slice.
-- locks: none.
create or replace function holdfast_engine_N.verify_reservations(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql stable
set jit = off -- compiling took three times as long as the slice itself
as $$
declare
  -- Nobody has the id of zeroes. With "null, or after it" each slice would read all before it.
  v_after uuid := coalesce(p_request ->> 'after_reservation_id',
    '00000000-0000-0000-0000-000000000000')::uuid;
  v_limit int := coalesce((p_request ->> 'limit')::int, 2000);
  v_until uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  v_ids uuid[];
  v_findings jsonb;
begin
  v_ids := array(
    select r.reservation_id from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.reservation_id > v_after
    order by r.reservation_id limit v_limit
  );
  if cardinality(v_ids) = v_limit then
    v_until := v_ids[v_limit];
  end if;
  select jsonb_build_object('count', count(*), 'findings', holdfast_engine_N.named_findings(
    p_tenant_id, jsonb_agg(to_jsonb(c)) filter (where c.n <= 1000)))
  into v_findings
  from (
    select f.*, row_number() over (order by f.reservation_id, f.code, f.what) as n
    from (
      select * from holdfast_engine_N.reservation_faults(p_tenant_id, v_after, v_until)
      union all
      select * from holdfast_engine_N.kit_promise_faults(p_tenant_id, v_after, v_until)
    ) as f
  ) as c;
  return v_findings || jsonb_build_object('reservations', cardinality(v_ids),
    'last_reservation_id', v_until, 'done', cardinality(v_ids) < v_limit);
end $$;

-- Verifies a slice of what has no level: codes, SKUs, barcodes and keys by name; with the first
-- slice, what has no name either: checkpoints, untracked SKUs, variants, walls.
-- p_request: {"after_name", "limit": 10000}. answer: {"findings", "count", "last_name", "done",
-- "movements": those without a level, with the first slice}. One snapshot.
-- locks: none.
create or replace function holdfast_engine_N.verify_names(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql stable
set jit = off -- compiling took three times as long as the slice itself
as $$
declare
  v_now timestamptz := holdfast.clock();
  v_after text := p_request ->> 'after_name';
  v_limit int := coalesce((p_request ->> 'limit')::int, 10000);
  v_slice record;
  v_findings jsonb;
begin
  select count(*) as names, coalesce(max(n.name), '') as last_name into v_slice
  from (
    select u.name from (
      (select c.code as name from holdfast.sku_codes c
        where c.tenant_id = p_tenant_id and c.code > coalesce(v_after, '')
        order by c.code limit v_limit)
      union all
      (select s.code from holdfast.skus s
        where s.tenant_id = p_tenant_id and s.code > coalesce(v_after, '')
        order by s.code limit v_limit)
      union all
      (select b.barcode from holdfast.barcodes b
        where b.tenant_id = p_tenant_id and b.barcode > coalesce(v_after, '')
        order by b.barcode limit v_limit)
      union all
      (select q.key from holdfast.requests q
        where q.tenant_id = p_tenant_id and q.key > coalesce(v_after, '')
        order by q.key limit v_limit)
    ) as u
    order by u.name limit v_limit
  ) as n;
  select jsonb_build_object('count', count(*), 'findings', holdfast_engine_N.named_findings(
    p_tenant_id, jsonb_agg(to_jsonb(c)) filter (where c.n <= 1000)))
  into v_findings
  from (
    select f.*, row_number() over (order by f.code, f.what) as n
    from (
      select * from holdfast_engine_N.checkpoint_faults(p_tenant_id) where v_after is null
      union all
      select * from holdfast_engine_N.untracked_faults(p_tenant_id) where v_after is null
      union all
      select * from holdfast_engine_N.kit_faults(p_tenant_id) where v_after is null
      union all
      select * from holdfast_engine_N.name_faults(
        p_tenant_id, v_now, v_after, v_slice.last_name)
    ) as f
  ) as c;
  return v_findings || jsonb_build_object(
    'last_name', v_slice.last_name, 'done', v_slice.names < v_limit,
    'movements', (
      select count(*) from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id is null and v_after is null
    ));
end $$;

-- Puts names to findings: which SKU, which location.
-- p_faults jsonb: an array of rows of the fault functions, or null. answer: the array of findings.
-- A level that is gone has no names.
-- locks: none.
create or replace function holdfast_engine_N.named_findings(p_tenant_id int, p_faults jsonb)
returns jsonb
language sql stable as $$
  select coalesce(jsonb_agg(jsonb_build_object('code', f.code, 'what', f.what, 'sku', s.code,
    'location', p.code, 'level_id', f.level_id, 'reservation_id', f.reservation_id,
    'expected', f.expected, 'found', f.found) order by f.n), '[]')
  from jsonb_to_recordset(p_faults) as f (code text, level_id int, reservation_id uuid, what text,
    expected text, found text, n int)
  left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = f.level_id
  left join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
  left join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
$$;
