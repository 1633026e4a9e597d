-- Chooses the locations that serve a line of a virtual kit, on locked levels. Whole kits only: each
-- is of one location, and the scarcest component says how many there are.
-- p_want: as resolved ({"line_no", "sku_id", "sku_code", "factor", "line", "location_id",
-- "location_code", "kit"}); p_taken: level id → units that earlier lines take, p_later: of them
-- those that wait; the rest as plan. answer: {"plan": […] as plan, with "sold_as" and "per_kit",
-- "short": null or the refused line}, or level_not_found, or {"again": true}. locks: as
-- free_overdue.
create or replace function holdfast_engine_N.plan_kit(
  p_tenant_id int, p_request jsonb, p_want jsonb, p_levels int[], p_taken jsonb, p_later jsonb,
  p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_partial boolean := coalesce(p_request -> 'partial' = 'true', false);
  v_split boolean := coalesce(p_request -> 'split' = 'true', false);
  v_asked bigint := (p_want #>> '{line,quantity}')::bigint * (p_want ->> 'factor')::bigint;
  v_places jsonb := holdfast_engine_N.kit_places(p_tenant_id, p_want);
  v_free bigint[];
  v_best int := 1;
  v_left bigint := v_asked;
  v_take bigint;
  v_plan jsonb := '[]';
begin
  if jsonb_array_length(v_places) = 0 then
    return holdfast_engine_N.kit_not_stocked(p_tenant_id, p_want);
  end if;
  if exists (
    select from jsonb_array_elements(v_places) as p
    cross join lateral jsonb_array_elements(p -> 'parts') as c
    where c ->> 'level_id' is not null and not (c ->> 'level_id')::int = any (p_levels))
  then
    return '{"again": true}';
  end if;

  v_free := array_fill(0::bigint, array[jsonb_array_length(v_places)]);
  for v_pass in 1..2 loop
    for i in 1..cardinality(v_free) loop
      v_free[i] := holdfast_engine_N.kits_at(p_tenant_id, v_places -> (i - 1) -> 'parts',
        (p_want ->> 'channel_id')::int, p_taken, v_asked, v_pass = 2, p_now);
      if v_free[i] > v_free[v_best] then
        v_best := i;
      end if;
      if v_free[i] >= v_asked then
        return jsonb_build_object('short', null, 'plan', holdfast_engine_N.kit_plan(
          p_want, v_places -> (i - 1), v_asked, 0));
      end if;
    end loop;
  end loop;

  v_plan := holdfast_engine_N.kit_that_waits(
    p_tenant_id, p_request, p_want, v_places, p_taken, p_later, v_asked, p_now);
  if v_plan is not null then
    return jsonb_build_object('plan', v_plan, 'short', null);
  end if;
  v_plan := '[]';
  for i in 1..cardinality(v_free) loop
    continue when not v_split and i <> v_best;
    v_take := least(v_left, v_free[i]);
    continue when v_take = 0;
    v_plan := v_plan || holdfast_engine_N.kit_plan(
      p_want, v_places -> (i - 1), v_take, jsonb_array_length(v_plan));
    v_left := v_left - v_take;
  end loop;
  return jsonb_build_object(
    'plan', case when v_left = 0 or v_partial then v_plan else '[]'::jsonb end,
    'short', case when v_left > 0 then holdfast_engine_N.short_kit(
      p_tenant_id, p_want, v_places, v_best, p_taken, v_asked, v_asked - v_left, p_now) end);
end $$;

-- The locations that stock every component of a kit, by priority.
-- p_want: as plan_kit. answer: [{"location_id", "parts": [{"sku_id", "level_id" (null: not
-- counted), "per_kit"}]}]; a kit of which nothing is counted has one place, wherever it is asked.
-- locks: none.
create or replace function holdfast_engine_N.kit_places(p_tenant_id int, p_want jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_places int[] := holdfast_engine_N.places_of_channel(
    p_tenant_id, (p_want ->> 'channel_id')::int);
begin
  if not exists (
    select from jsonb_array_elements(p_want -> 'kit') as c where c -> 'tracked' = 'true')
  then
    return jsonb_build_array(jsonb_build_object(
      'location_id', p_want -> 'location_id', 'parts', p_want -> 'kit'));
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object('location_id', f.location_id,
      'parts', f.parts) order by f.priority, f.location_id), '[]')
    from (
      select p.location_id, p.priority,
        jsonb_agg(to_jsonb(c) || jsonb_build_object('level_id', l.level_id)
          order by c.sku_id) as parts
      from holdfast.locations p
      cross join lateral jsonb_to_recordset(p_want -> 'kit')
        as c (sku_id int, per_kit bigint, tracked boolean)
      left join lateral (
        select l.level_id from holdfast.levels l
        where l.tenant_id = p_tenant_id and l.sku_id = c.sku_id
          and l.location_id = p.location_id and c.tracked
        offset 0 -- fenced: see touched_levels
      ) as l on true
      where p.tenant_id = p_tenant_id and p.archived_at is null
        and (p_want ->> 'location_code' is null
          or p.location_id = (p_want ->> 'location_id')::int)
        and (v_places is null or p.location_id = any (v_places))
      group by p.location_id, p.priority
      having bool_and(l.level_id is not null or not c.tracked)
    ) as f);
end $$;

-- How many whole kits a location can give, counted by its scarcest component.
-- p_parts: of kit_places; p_channel_id int: null for none; p_taken: see plan_kit; p_free boolean:
-- first ends what is overdue where less than p_asked kits are there. answer: kits, 0 or more.
-- locks: as free_overdue.
create or replace function holdfast_engine_N.kits_at(
  p_tenant_id int, p_parts jsonb, p_channel_id int, p_taken jsonb, p_asked bigint,
  p_free boolean, p_now timestamptz
) returns bigint
language plpgsql volatile as $$
declare
  v_part record;
  v_units bigint;
  v_before bigint; -- what earlier lines take
  v_kits bigint := 1000000000000;
begin
  for v_part in
    select c.level_id, c.per_kit
    from jsonb_to_recordset(p_parts) as c (level_id int, per_kit bigint)
    where c.level_id is not null
    order by c.level_id
  loop
    v_before := coalesce((p_taken ->> v_part.level_id::text)::bigint, 0);
    v_units := case
      when p_free then holdfast_engine_N.sellable_freed(p_tenant_id, v_part.level_id,
        p_channel_id, p_asked * v_part.per_kit + v_before, p_now)
      else holdfast_engine_N.sellable_at(p_tenant_id, v_part.level_id, p_channel_id) end
      - v_before;
    v_kits := least(v_kits, greatest(0, v_units) / v_part.per_kit);
  end loop;
  return v_kits;
end $$;

-- The parts of a plan that make kits of one location.
-- p_want: as plan_kit; p_place: of kit_places; p_kits bigint; p_first int: the first part's number.
-- answer: jsonb list, as plan's.
-- locks: none.
create or replace function holdfast_engine_N.kit_plan(
  p_want jsonb, p_place jsonb, p_kits bigint, p_first int
) returns jsonb
language sql immutable as $$
  select jsonb_agg(jsonb_build_object('line', p_want -> 'line_no', 'part', p_first + c.ordinal - 1,
    'level_id', c.part -> 'level_id', 'sku_id', c.part -> 'sku_id',
    'location_id', p_place -> 'location_id',
    'quantity', p_kits * (c.part ->> 'per_kit')::bigint,
    'sold_as', p_want -> 'sku_id', 'per_kit', c.part -> 'per_kit') order by c.ordinal)
  from jsonb_array_elements(p_place -> 'parts') with ordinality as c (part, ordinal)
$$;

-- The refusal for a kit that no location can make up, since a component is not stocked there.
-- p_want: as plan_kit. answer: level_not_found, with the components that are stocked nowhere of
-- where it was asked.
-- locks: none.
create or replace function holdfast_engine_N.kit_not_stocked(p_tenant_id int, p_want jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  return holdfast_engine_N.refuse('level_not_found',
    format('No location stocks all that %s is made of%s.', p_want ->> 'sku_code',
      coalesce(' at ' || (p_want ->> 'location_code'), '')),
    jsonb_build_object('lines', jsonb_build_array(jsonb_build_object(
      'line', p_want -> 'line_no', 'sku', p_want -> 'sku_code',
      'location', p_want -> 'location_code', 'components', coalesce((
        select jsonb_agg(jsonb_build_object('sku', c.sku_code) order by c.sku_code)
        from jsonb_to_recordset(p_want -> 'kit') as c (sku_id int, sku_code text, tracked boolean)
        where c.tracked and not exists (
          select from holdfast.levels l where l.tenant_id = p_tenant_id and l.sku_id = c.sku_id
            and (p_want ->> 'location_code' is null
              or l.location_id = (p_want ->> 'location_id')::int))
      ), '[]')))));
end $$;

-- What a line of a kit that cannot be served tells the shopper.
-- p_places: of kit_places; p_best int: the place that could give most; p_asked, p_available: kits.
-- answer: as short_line, counted in kits, with the components that are short there.
-- locks: none; other locations are read as they are at this moment.
create or replace function holdfast_engine_N.short_kit(
  p_tenant_id int, p_want jsonb, p_places jsonb, p_best int, p_taken jsonb, p_asked bigint,
  p_available bigint, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_levels int[] := array(
    select (c ->> 'level_id')::int from jsonb_array_elements(p_places -> (p_best - 1) -> 'parts') c
    where c ->> 'level_id' is not null);
  v_elsewhere jsonb := p_want || '{"location_code": null, "location_id": null}';
begin
  return holdfast_engine_N.short_line(p_tenant_id, (p_want ->> 'line_no')::int,
    (p_want ->> 'sku_id')::int, (p_want ->> 'location_id')::int, v_levels, p_asked, p_available,
    p_now)
  || jsonb_build_object(
    'other_locations', coalesce((
      select jsonb_agg(jsonb_build_object('location', l.code, 'available', o.kits) order by o.n)
      from (
        select p.n, (p.place ->> 'location_id')::int as location_id, holdfast_engine_N.kits_at(
          p_tenant_id, p.place -> 'parts', (p_want ->> 'channel_id')::int, '{}', p_asked, false,
          p_now) as kits
        from jsonb_array_elements(holdfast_engine_N.kit_places(p_tenant_id, v_elsewhere))
          with ordinality as p (place, n)
        where (p.place ->> 'location_id')::int is distinct from (p_want ->> 'location_id')::int
        order by p.n limit 20
      ) as o
      join holdfast.locations l on l.tenant_id = p_tenant_id and l.location_id = o.location_id
      where o.kits > 0), '[]'),
    'components', coalesce((
      select jsonb_agg(jsonb_build_object('sku', s.code, 'asked', p_asked * c.per_kit,
        'available', f.units) order by s.code)
      from jsonb_to_recordset(p_places -> (p_best - 1) -> 'parts')
        as c (sku_id int, level_id int, per_kit bigint)
      cross join lateral (
        select greatest(0, holdfast_engine_N.sellable_at(p_tenant_id, c.level_id,
            (p_want ->> 'channel_id')::int)
          - coalesce((p_taken ->> c.level_id::text)::bigint, 0)) as units
      ) as f
      join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.sku_id
      where c.level_id is not null and f.units < p_asked * c.per_kit), '[]'));
end $$;

-- Chooses the location of kits that were sold already: the first by priority that has them whole,
-- else the first that stocks all components. As in plan_of_fact, what is overdue is freed there.
-- p_want, p_taken: as plan_kit; p_asked: kits. answer: {"plan": […]}, level_not_found, or
-- {"again": true}. locks: as free_overdue.
create or replace function holdfast_engine_N.kit_of_fact(
  p_tenant_id int, p_want jsonb, p_levels int[], p_taken jsonb, p_asked bigint,
  p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_places jsonb := holdfast_engine_N.kit_places(p_tenant_id, p_want);
  v_place jsonb := v_places -> 0;
  v_candidate jsonb;
begin
  if v_place is null then -- it has happened, wherever its channel should have sold
    v_places := holdfast_engine_N.kit_places(p_tenant_id, p_want - 'channel_id');
    v_place := v_places -> 0;
  end if;
  if v_place is null then
    return holdfast_engine_N.kit_not_stocked(p_tenant_id, p_want);
  end if;
  if exists (
    select from jsonb_array_elements(v_places) as p
    cross join lateral jsonb_array_elements(p -> 'parts') as c
    where c ->> 'level_id' is not null and not (c ->> 'level_id')::int = any (p_levels))
  then
    return '{"again": true}';
  end if;
  for v_candidate in select p from jsonb_array_elements(v_places) as p loop
    if holdfast_engine_N.kits_at(p_tenant_id, v_candidate -> 'parts',
      (p_want ->> 'channel_id')::int, p_taken, p_asked, true, p_now) >= p_asked
    then
      v_place := v_candidate;
      exit;
    end if;
  end loop;
  return jsonb_build_object('plan', holdfast_engine_N.kit_plan(p_want, v_place, p_asked, 0));
end $$;

-- Lets components wait that stock does not cover, at the first location whose policies allow it for
-- all that is missing. The kit waits with them: it ships when it is whole.
-- p_places: of kit_places; the rest as plan_kit. answer: the parts as plan has them, those that
-- wait with "later", "cap" and "whole"; null where no location lets it wait.
-- locks: none; the levels are locked.
create or replace function holdfast_engine_N.kit_that_waits(
  p_tenant_id int, p_request jsonb, p_want jsonb, p_places jsonb, p_taken jsonb, p_later jsonb,
  p_asked bigint, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_place jsonb;
  v_plan jsonb;
  v_part jsonb;
  v_rest bigint;
  v_terms record;
begin
  if p_want #>> '{line,backorder}' = 'none' or not exists (
    select from holdfast.tenants t where t.tenant_id = p_tenant_id and t.has_policies)
  then
    return null;
  end if;
  <<places>>
  for v_place in select p from jsonb_array_elements(p_places) as p loop
    v_plan := '[]';
    for v_part in
      select p from jsonb_array_elements(
        holdfast_engine_N.kit_plan(p_want, v_place, p_asked, 0)) as p
    loop
      v_rest := case when v_part ->> 'level_id' is null then 0 else greatest(0,
        (v_part ->> 'quantity')::bigint - greatest(0,
          holdfast_engine_N.sellable_at(p_tenant_id, (v_part ->> 'level_id')::int,
            (p_want ->> 'channel_id')::int)
            - coalesce((p_taken ->> (v_part ->> 'level_id'))::bigint, 0))) end;
      if v_rest > 0 then
        select * into v_terms from holdfast_engine_N.backorder_terms(p_tenant_id,
          (v_part ->> 'level_id')::int, (p_request ->> 'channel_id')::int,
          normalize(p_request ->> 'tier'), p_now);
        continue places when v_terms.room
          - coalesce((p_later ->> (v_part ->> 'level_id'))::bigint, 0) < v_rest;
        v_part := v_part || jsonb_build_object('later', v_rest, 'cap', v_terms.cap,
          'whole', coalesce(p_want #>> '{line,backorder}' = 'whole', false));
      end if;
      v_plan := v_plan || v_part;
    end loop;
    return v_plan;
  end loop;
  return null;
end $$;
