-- How long a hold may last, by the policies of its lines: the shortest window, the tightest caps. A
-- cart's window is the scarce one where less than scarce_below would be left for others.
-- p_parts jsonb: [{level_id, sku_id, location_id, quantity}] that are about to be taken; null: what
-- p_reservation_id has. p_ordered boolean: an unpaid order's window. p_channel_id, p_tier, p_now.
-- answer: seconds, extension_count_max, hold_life_seconds_max, and the version of the newest policy
-- (0: the tenant's settings decide all, and nothing else is looked at). locks: none.
create or replace function holdfast_engine_N.hold_window(
  p_tenant_id int, p_reservation_id uuid, p_parts jsonb, p_channel_id int, p_tier text,
  p_ordered boolean, p_now timestamptz,
  out seconds int, out extension_count_max int, out hold_life_seconds_max int, out version int
)
language plpgsql volatile as $$
declare
  v_tenant holdfast.tenants;
  v_tight record;
begin
  select t.* into strict v_tenant from holdfast.tenants t where t.tenant_id = p_tenant_id;
  seconds := case when p_ordered then v_tenant.order_window_seconds
    else v_tenant.cart_window_seconds end;
  extension_count_max := v_tenant.extension_count_max;
  hold_life_seconds_max := v_tenant.hold_life_seconds_max;
  version := 0;
  if not v_tenant.has_policies then
    return;
  end if;
  select
    min(case when p_ordered then (w.policy ->> 'order_hold_seconds')::int
      when w.rest < (w.policy ->> 'scarce_below')::bigint then least(
        (w.policy ->> 'hold_seconds')::int, (w.policy ->> 'scarce_hold_seconds')::int)
      else (w.policy ->> 'hold_seconds')::int end) as seconds,
    min((w.policy ->> 'extension_count_max')::int) as extension_count_max,
    min((w.policy ->> 'hold_life_seconds_max')::int) as hold_life_seconds_max,
    max((w.policy ->> 'version')::int) as version
  into v_tight
  from (
    select u.rest, holdfast_engine_N.policy_of(
      p_tenant_id, u.sku_id, u.location_id, p_channel_id, p_tier, p_now) as policy
    from holdfast_engine_N.held_units(p_tenant_id, p_reservation_id, p_parts) as u
    offset 0
  ) as w;
  seconds := coalesce(v_tight.seconds, seconds);
  extension_count_max := coalesce(v_tight.extension_count_max, extension_count_max);
  hold_life_seconds_max := coalesce(v_tight.hold_life_seconds_max, hold_life_seconds_max);
  version := coalesce(v_tight.version, version);
end $$;

-- What a hold is about, level by level.
-- p_reservation_id uuid, p_parts jsonb: as hold_window. rows: SKU, location, and what is left for
-- others once the parts are taken; null of an untracked SKU. What was given back is no part of it.
-- locks: none; the levels are locked.
create or replace function holdfast_engine_N.held_units(
  p_tenant_id int, p_reservation_id uuid, p_parts jsonb
) returns table (sku_id int, location_id int, rest bigint)
language plpgsql volatile rows 3 as $$
#variable_conflict use_column
begin
  return query
  select coalesce(l.sku_id, u.sku_id), coalesce(l.location_id, u.location_id),
    holdfast_engine_N.sellable_at(p_tenant_id, u.level_id) - u.quantity
  from (
    select a.level_id, a.sku_id, a.location_id, sum(a.quantity)::bigint as quantity
    from (
      select p.level_id, case when p.level_id is null then p.sku_id end as sku_id,
        case when p.level_id is null then p.location_id end as location_id, p.quantity
      from jsonb_to_recordset(p_parts)
        as p (level_id int, sku_id int, location_id int, quantity bigint)
      union all
      select o.level_id, o.sku_id, o.location_id, 0
      from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as o
      where p_parts is null and o.held + o.held_backordered + o.expired > 0
    ) as a
    group by a.level_id, a.sku_id, a.location_id
  ) as u
  left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = u.level_id;
end $$;
