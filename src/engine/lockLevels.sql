-- Locks every level that a call may change, in id order: two carts with the same SKUs reversed
-- would deadlock otherwise (104–118 deadlocks of 150 six-line carts in a trial; sorted: 0).
-- p_tenant_id int, p_verb text, p_requests jsonb: as the frame got them. set and receive make the
-- levels that are missing. answer: the ids that are locked now, sorted.
-- locks: new levels by SKU and location, then all levels by id.
create or replace function holdfast_engine_N.lock_levels(
  p_tenant_id int, p_verb text, p_requests jsonb
) returns int[]
language plpgsql volatile as $$
declare
  v_levels int[];
begin
  if p_verb in ('set', 'receive', 'return') then
    insert into holdfast.levels (tenant_id, sku_id, location_id)
    select distinct p_tenant_id, w.sku_id, w.location_id
    from holdfast_engine_N.wanted(p_tenant_id, p_requests) as w
    join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = w.sku_id
    where w.location_id is not null and p_verb <> 'return'
      and not exists (
        select from holdfast.levels l
        where l.tenant_id = p_tenant_id and l.sku_id = w.sku_id and l.location_id = w.location_id
      )
    order by w.sku_id, w.location_id
    on conflict do nothing;
  end if;

  with wanted_levels as (
    select l.level_id
    from holdfast_engine_N.wanted(p_tenant_id, p_requests) as w
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.sku_id = w.sku_id
      and (l.location_id = w.location_id or w.location_code is null)
    union
    select a.level_id
    from jsonb_array_elements(p_requests) as r
    cross join lateral holdfast_engine_N.allocations_of(
      p_tenant_id, holdfast_engine_N.uuid_of(coalesce(r -> 'reservation_id', r -> 'id'))
    ) as a
    where a.level_id is not null
  )
  select coalesce(array_agg(w.level_id order by w.level_id), '{}') into v_levels
  from wanted_levels w;

  perform 1 from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = any (v_levels)
  order by l.level_id
  for no key update;
  return v_levels;
end $$;
