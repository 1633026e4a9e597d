-- The levels that requests touch: of their lines (all locations of a SKU for "anywhere"), and of
-- the reservation that they name.
-- p_requests jsonb: an array of resolved requests. rows: request and level; each pair once.
-- Reads without locks: after locking, a verb looks again and answers {"again": true} if it grew.
-- locks: none.
create or replace function holdfast_engine_N.touched_levels(p_tenant_id int, p_requests jsonb)
returns table (request_no int, level_id int)
language plpgsql volatile rows 5 as $$
#variable_conflict use_column
begin
  return query select r.ordinal::int, l.level_id
  from jsonb_array_elements(p_requests) with ordinality as r (request, ordinal)
  cross join lateral holdfast_engine_N.resolved(r.request) as w
  -- Fenced: a plan made while there were few levels began with all levels of the tenant.
  cross join lateral (
    select l.level_id from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.sku_id = w.sku_id
      and (l.location_id = w.location_id or w.location_code is null)
    offset 0
  ) as l
  union
  select r.ordinal::int, a.level_id
  from jsonb_array_elements(p_requests) with ordinality as r (request, ordinal)
  cross join lateral holdfast_engine_N.allocations_of(
    p_tenant_id,
    holdfast_engine_N.uuid_of(coalesce(r.request -> 'reservation_id', r.request -> 'id'))
  ) as a
  where a.level_id is not null;
  if p_requests @? '$[*].resolved[*].kit ? (@ != null)' then
    return query select * from holdfast_engine_N.levels_of_kits(p_tenant_id, p_requests);
  end if;
end $$;

-- Makes the levels that a call needs and that are missing: set, receive, record_sale and
-- book_supply make them.
-- p_verb text; p_requests jsonb: resolved. answer: the ids of those that were made now.
-- Before anything is decided, so that all levels of a call can be locked in one order.
-- locks: new levels by SKU and location.
create or replace function holdfast_engine_N.make_levels(
  p_tenant_id int, p_verb text, p_requests jsonb
) returns int[]
language plpgsql volatile as $$
declare
  v_made int[];
begin
  if p_verb not in ('set', 'receive', 'record_sale', 'book_supply') then
    return '{}';
  end if;
  with made as (
    insert into holdfast.levels (tenant_id, sku_id, location_id, safety_stock)
    select distinct p_tenant_id, k.sku_id, w.location_id, case when t.has_policies
      then holdfast_engine_N.safety_stock_of(p_tenant_id, k.sku_id, w.location_id) else 0 end
    from jsonb_array_elements(p_requests) as r
    cross join lateral holdfast_engine_N.resolved(r) as w
    cross join lateral (
      select w.sku_id, w.tracked where w.kit is null
      union all -- a kit without a level: those of its components, if it was sold
      select c.sku_id, c.tracked
      from jsonb_to_recordset(w.kit) as c (sku_id int, tracked boolean)
      where p_verb = 'record_sale'
    ) as k
    join holdfast.tenants t on t.tenant_id = p_tenant_id
    where k.sku_id is not null and w.location_id is not null
      and (k.tracked or p_verb not in ('record_sale', 'book_supply'))
      and holdfast_engine_N.quantity(w.line -> 'quantity', 0) is not null
      and not exists (
        select from holdfast.levels l
        where l.tenant_id = p_tenant_id and l.sku_id = k.sku_id and l.location_id = w.location_id
      )
    order by k.sku_id, w.location_id
    on conflict do nothing
    returning level_id
  )
  select coalesce(array_agg(made.level_id), '{}') into v_made from made;
  return v_made;
end $$;

-- Takes back the levels that a call has made and no grant of it names: a refusal changes nothing.
-- p_made int[]: from make_levels; p_requests jsonb: resolved; p_answers jsonb[]: in their order.
-- answer: nothing. A count of 0 is a grant that leaves a level at version 0; it stays.
-- locks: none more; nobody else can see these levels yet.
create or replace function holdfast_engine_N.unmake_levels(
  p_tenant_id int, p_made int[], p_requests jsonb, p_answers jsonb[]
) returns void
language plpgsql volatile as $$
begin
  delete from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = any (p_made) and l.version = 0
    and not exists (
      select from unnest(p_answers) with ordinality as a (answer, ordinal)
      cross join lateral holdfast_engine_N.resolved(p_requests -> (a.ordinal::int - 1)) as w
      where a.answer ->> 'ok' = 'true' and w.location_id = l.location_id
        and (w.sku_id = l.sku_id
          or w.kit @> jsonb_build_array(jsonb_build_object('sku_id', l.sku_id)))
        and not coalesce(a.answer -> 'lines' -> (w.line_no - 1) ? 'refusal', false)
    );
end $$;

-- Locks every level that a call may change, in id order: two carts with the same SKUs reversed
-- would deadlock otherwise (104–118 deadlocks of 150 six-line carts in a trial; sorted: 0).
-- p_requests jsonb: resolved. answer: the ids that are locked now, sorted.
-- locks: levels by id, then the reservations by id.
create or replace function holdfast_engine_N.lock_levels(p_tenant_id int, p_requests jsonb)
returns int[]
language plpgsql volatile as $$
declare
  v_levels int[];
begin
  select coalesce(array_agg(distinct t.level_id order by t.level_id), '{}') into v_levels
  from holdfast_engine_N.touched_levels(p_tenant_id, p_requests) as t;
  perform 1 from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = any (v_levels)
  order by l.level_id
  for no key update;

  perform 1 from holdfast.reservations r
  where r.tenant_id = p_tenant_id and r.reservation_id = any (array(
    select holdfast_engine_N.uuid_of(q -> 'reservation_id')
    from jsonb_array_elements(p_requests) as q
    where q ? 'reservation_id'
  ))
  order by r.reservation_id
  for no key update;
  return v_levels;
end $$;

-- Locks some levels, in id order as everybody does.
-- p_levels int[]: in any order. answer: the ids of those that are there, sorted.
-- For calls that touch levels without naming lines.
-- locks: the levels by id.
create or replace function holdfast_engine_N.lock_levels_by_id(p_tenant_id int, p_levels int[])
returns int[]
language plpgsql volatile as $$
begin
  return coalesce((
    select array_agg(k.level_id)
    from (
      select l.level_id from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.level_id = any (p_levels)
      order by l.level_id
      for no key update
    ) as k), '{}');
end $$;
