-- The best promise for a virtual kit that is asked for now: where one can be made up of stock, else
-- at the first location where the components that are short may wait.
-- p_locations jsonb: by priority, each with "sellable": kits, and "levels": [{"level_id",
-- "sellable", "units": in what is asked for}]; p_channel_id int: null for none. answer:
-- {"promise": …}, or {} for none.
-- A kit ships when the last of its components is there.
-- locks: as next_promise.
create or replace function holdfast_engine_N.best_kit_promise(
  p_tenant_id int, p_locations jsonb, p_channel_id int, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_level_id int := jsonb_path_query_first(
    p_locations, '$[*] ? (@.sellable > 0).levels[0].level_id')::int;
  v_location jsonb;
  v_promise jsonb;
begin
  if v_level_id is not null then
    return jsonb_build_object('promise',
      holdfast_engine_N.stock_promise(p_tenant_id, v_level_id, p_now));
  end if;
  if not exists (
    select from holdfast.tenants t where t.tenant_id = p_tenant_id and t.has_policies)
  then
    return '{}';
  end if;
  for v_location in select l from jsonb_array_elements(p_locations) as l loop
    v_promise := holdfast_engine_N.kit_promise(
      p_tenant_id, v_location -> 'levels', p_channel_id, p_now);
    if v_promise is not null then
      return jsonb_build_object('promise', v_promise);
    end if;
  end loop;
  return '{}';
end $$;

-- The promise of a kit at one location: the latest of those of its components.
-- p_levels jsonb, p_channel_id: as best_kit_promise. answer: the promise with "left": kits that may
-- be sold there still; or null where a component is short and may not wait.
-- A component without a date leaves the kit without one. Business days are told only where one
-- component says both ends.
-- locks: as next_promise.
create or replace function holdfast_engine_N.kit_promise(
  p_tenant_id int, p_levels jsonb, p_channel_id int, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_level record;
  v_each jsonb;
  v_latest jsonb := '{"ship_to": "-infinity", "ship_from": "-infinity"}';
  v_from date := '-infinity';
  v_left bigint;
begin
  for v_level in
    select * from jsonb_to_recordset(p_levels) as l (level_id int, sellable bigint, units bigint)
  loop
    v_each := holdfast_engine_N.next_promise(p_tenant_id, v_level.level_id, v_level.sellable,
      p_channel_id, null, p_now, v_level.units);
    if v_each is null then
      return null;
    end if;
    v_left := least(v_left, (greatest(0, v_level.sellable) + (
      select t.room from holdfast_engine_N.backorder_terms(
        p_tenant_id, v_level.level_id, p_channel_id, null, p_now) as t)) / v_level.units);
    v_from := greatest(v_from, (v_each ->> 'ship_from')::date);
    if (coalesce((v_each ->> 'ship_to')::date, 'infinity'),
      coalesce((v_each ->> 'ship_from')::date, 'infinity'))
      > (coalesce((v_latest ->> 'ship_to')::date, 'infinity'),
        coalesce((v_latest ->> 'ship_from')::date, 'infinity'))
    then
      v_latest := v_each;
    end if;
  end loop;
  if v_from > (v_latest ->> 'ship_from')::date then
    v_latest := v_latest - array['days_min', 'days_max'] || jsonb_build_object('ship_from', v_from)
      || holdfast_engine_N.arrival(p_tenant_id, holdfast_engine_N.place_of_level(
        p_tenant_id, v_level.level_id), v_from, (v_latest ->> 'ship_to')::date);
  end if;
  return v_latest || jsonb_build_object('left', v_left);
end $$;
