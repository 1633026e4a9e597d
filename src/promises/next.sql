-- When units would ship that are asked for now: from stock today or on the next working day, else
-- what the policies promise for the last of those that wait.
-- p_level_id int; p_sellable bigint: what a sale may take there; p_channel_id int, p_tier text;
-- p_units bigint: that are asked for. answer: the promise, or null where so many may not be sold.
-- locks: the calendar's row, where days are missing.
create or replace function holdfast_engine_N.next_promise(
  p_tenant_id int, p_level_id int, p_sellable bigint, p_channel_id int, p_tier text,
  p_now timestamptz, p_units bigint default 1
) returns jsonb
language plpgsql volatile as $$
declare
  v_place holdfast.locations;
  v_terms record;
  v_supply record;
  v_dates record;
  v_short bigint := p_units - greatest(0, p_sellable);
  v_waiting bigint;
begin
  if v_short <= 0 then
    return holdfast_engine_N.stock_promise(p_tenant_id, p_level_id, p_now);
  end if;
  select * into v_terms from holdfast_engine_N.backorder_terms(
    p_tenant_id, p_level_id, p_channel_id, p_tier, p_now);
  if v_terms.room < v_short then
    return null;
  end if;
  select l.backordered + l.held_backordered + v_short into v_waiting from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  v_place := holdfast_engine_N.place_of_level(p_tenant_id, p_level_id);
  select s.supply_id, s.expected_on, s.expected_to into v_supply
  from (
    select u.*, sum(u.quantity - u.received) over (order by u.expected_to, u.supply_id) as until
    from holdfast.supply u
    where u.tenant_id = p_tenant_id and u.level_id = p_level_id and u.state = 'open'
  ) as s
  where s.until >= v_waiting
  order by s.until limit 1;
  select * into v_dates from holdfast_engine_N.dates_of(p_tenant_id, v_place.location_id,
    v_place.time_zone, v_terms.policy, v_terms.mode, p_now, v_waiting, v_supply.expected_on,
    v_supply.expected_to);
  return holdfast_engine_N.promise_shown(p_tenant_id, v_dates.source, v_dates.ship_from,
    v_dates.ship_to, v_dates.days_min, v_dates.days_max,
    case v_dates.source when 'supply' then v_supply.supply_id end)
    || holdfast_engine_N.arrival(p_tenant_id, v_place, v_dates.ship_from, v_dates.ship_to)
    || jsonb_build_object('left', v_terms.room);
end $$;

-- The promise of units that are there: the day on which their location ships what is ordered now.
-- p_level_id int. answer: the promise.
-- The same for all SKUs of a location at one instant: a page of SKUs asks for it once a location
-- and remembers it within its transaction. Working it out for each SKU cost 40 % of the page.
-- locks: as next_promise.
create or replace function holdfast_engine_N.stock_promise(
  p_tenant_id int, p_level_id int, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_at text := p_tenant_id || ' ' || p_now;
  v_known jsonb := nullif(current_setting('holdfast.stock_promises', true), '')::jsonb;
  v_location_id int;
  v_place holdfast.locations;
  v_day date;
  v_promise jsonb;
begin
  select l.location_id into v_location_id from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  if v_known ->> 'at' is distinct from v_at then
    v_known := jsonb_build_object('at', v_at);
  end if;
  v_promise := v_known -> v_location_id::text;
  if v_promise is not null then
    return v_promise;
  end if;
  select p.* into v_place from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.location_id = v_location_id;
  v_day := holdfast_engine_N.business_day_at(p_tenant_id, v_place, p_now, 0);
  v_promise := jsonb_build_object('source', 'stock', 'ship_from', v_day, 'ship_to', v_day)
    || holdfast_engine_N.arrival(p_tenant_id, v_place, v_day, v_day);
  perform set_config('holdfast.stock_promises',
    (v_known || jsonb_build_object(v_location_id, v_promise))::text, true);
  return v_promise;
end $$;

-- The location of a level.
-- p_level_id int. answer: its row.
-- locks: none.
create or replace function holdfast_engine_N.place_of_level(p_tenant_id int, p_level_id int)
returns holdfast.locations
language plpgsql stable as $$
declare
  v_place holdfast.locations;
begin
  select p.* into v_place
  from holdfast.levels l
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  return v_place;
end $$;

-- The best promise for a unit that is asked for now at one of several levels: from stock where
-- there is any, else the first by priority where one may wait.
-- p_level_ids int[], p_sellable bigint[]: by priority; p_channel_id int: null for none. answer:
-- {"promise": …}, or {} for none.
-- A tenant without rules has stock, or nothing to promise.
-- locks: as next_promise.
create or replace function holdfast_engine_N.best_promise(
  p_tenant_id int, p_level_ids int[], p_sellable bigint[], p_channel_id int, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_promise jsonb;
begin
  for i in 1..coalesce(cardinality(p_level_ids), 0) loop
    if p_sellable[i] > 0 then
      return jsonb_build_object('promise',
        holdfast_engine_N.stock_promise(p_tenant_id, p_level_ids[i], p_now));
    end if;
  end loop;
  if not exists (
    select from holdfast.tenants t where t.tenant_id = p_tenant_id and t.has_policies)
  then
    return '{}';
  end if;
  for i in 1..coalesce(cardinality(p_level_ids), 0) loop
    v_promise := holdfast_engine_N.next_promise(
      p_tenant_id, p_level_ids[i], p_sellable[i], p_channel_id, null, p_now);
    if v_promise is not null then
      return jsonb_build_object('promise', v_promise);
    end if;
  end loop;
  return '{}';
end $$;
