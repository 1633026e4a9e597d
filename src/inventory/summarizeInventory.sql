-- What needs a look, in numbers: levels by their state, units by location, holds and orders.
-- p_request: {"low_at": how many available are few; 5 when left out}. answer: {"ok", "levels",
-- "sold_out", "low", "short", "short_units", "skus", "untracked_skus", "locations": […],
-- "holds", "orders", "as_of"}.
-- locks: none; a snapshot reads each table once.
create or replace function holdfast_engine_N.summarize_inventory(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile
set jit = off -- it is read in less time than compiling takes
as $$
declare
  v_now timestamptz := holdfast.clock();
  v_low bigint := coalesce((p_request ->> 'low_at')::bigint, 5);
  v_answer jsonb;
begin
  with units as materialized (
    select l.location_id, l.on_hand, l.held, l.committed, l.shortage, l.backordered,
      l.damaged + l.quality_control + l.set_aside as unavailable,
      l.on_hand - l.held - l.committed - l.damaged - l.quality_control - l.set_aside as available
    from holdfast.levels l
    where l.tenant_id = p_tenant_id
  ), places as (
    select u.location_id, count(*) as levels, sum(u.on_hand) as on_hand, sum(u.held) as held,
      sum(u.committed) as committed, sum(u.shortage) as shortage,
      sum(u.backordered) as backordered, sum(u.unavailable) as unavailable,
      sum(greatest(u.available, 0)) as available,
      count(*) filter (where u.available <= 0) as sold_out,
      count(*) filter (where u.available between 1 and v_low) as low,
      count(*) filter (where u.shortage > 0) as short
    from units u group by u.location_id
  )
  select jsonb_build_object(
    'ok', true,
    'levels', coalesce(sum(w.levels), 0), 'sold_out', coalesce(sum(w.sold_out), 0),
    'low', coalesce(sum(w.low), 0), 'low_at', v_low, 'short', coalesce(sum(w.short), 0),
    'short_units', coalesce(sum(w.shortage), 0),
    'backordered_units', coalesce(sum(w.backordered), 0),
    'locations', coalesce(jsonb_agg(jsonb_build_object(
      'location', p.code, 'name', p.name, 'kind', p.kind, 'levels', w.levels,
      'on_hand', w.on_hand, 'held', w.held, 'committed', w.committed,
      'unavailable', w.unavailable, 'available', w.available, 'shortage', w.shortage,
      'sold_out', w.sold_out) order by w.on_hand desc, p.code), '[]')
  ) into v_answer
  from places w
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = w.location_id;
  return v_answer || (
    select jsonb_build_object('skus', count(*), 'untracked_skus',
      count(*) filter (where not s.tracked or not t.tracked))
    from holdfast.tenants t
    join holdfast.skus s on s.tenant_id = p_tenant_id
      and s.archived_at is null and s.merged_into is null
    where t.tenant_id = p_tenant_id
  ) || jsonb_build_object(
    'holds', holdfast_engine_N.holds_now(p_tenant_id, v_now),
    'orders', holdfast_engine_N.orders_now(p_tenant_id), 'as_of', v_now);
end $$;

-- How many holds there are, and how many units they have; those whose time is over are none.
-- p_now timestamptz. answer: {"count", "units", "ending": those that end within five minutes}.
-- locks: none.
create or replace function holdfast_engine_N.holds_now(p_tenant_id int, p_now timestamptz)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'count', count(distinct h.reservation_id), 'units', coalesce(sum(h.held), 0),
    'ending', count(distinct h.reservation_id)
      filter (where h.expires_at <= p_now + interval '5 minutes'))
  from (
    select r.reservation_id, r.held, r.expires_at from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.held > 0
    union all
    select a.reservation_id, a.held, a.expires_at from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.held > 0
  ) as h
  where h.expires_at is null or h.expires_at > p_now
$$;

-- How many orders wait to be shipped, and how many units of theirs.
-- no request. answer: {"count", "units"}.
-- locks: none.
create or replace function holdfast_engine_N.orders_now(p_tenant_id int) returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'count', count(distinct o.reservation_id), 'units', coalesce(sum(o.committed), 0))
  from (
    select r.reservation_id, r.committed from holdfast.reservations r
    where r.tenant_id = p_tenant_id and r.committed > 0
    union all
    select a.reservation_id, a.committed from holdfast.allocations a
    where a.tenant_id = p_tenant_id and a.committed > 0
  ) as o
$$;
