-- Chooses the levels that serve a cart, on locked levels: by location, or "anywhere" by priority.
-- Writes nothing but the expiry of holds whose time is over, and that only where a line would fail.
-- p_request: "lines", "partial" (take what there is), "split" (a line over several locations).
-- p_levels int[]: the locked levels. answer: {"plan": [{line, part, level_id, sku_id, location_id,
-- quantity, and of a part that is backordered: later, cap, whole}], "short": [refused lines]}, or a
-- refusal, or {"again": true}. locks: as free_overdue.
create or replace function holdfast_engine_N.plan(
  p_tenant_id int, p_request jsonb, p_levels int[], p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_partial boolean := coalesce(p_request -> 'partial' = 'true', false);
  v_split boolean := coalesce(p_request -> 'split' = 'true', false);
  v_plan jsonb := '[]';
  v_short jsonb := '[]';
  v_taken jsonb := '{}'; -- level id → units that earlier lines of this cart take
  v_later jsonb := '{}'; -- level id → those of them that wait
  v_want record;
  v_candidates int[];
  v_channel_id int := (p_request ->> 'channel_id')::int;
  v_places int[] := holdfast_engine_N.places_of_channel(p_tenant_id, v_channel_id);
  v_parts jsonb;
  v_part jsonb;
  v_asked bigint;
  v_given bigint;
  v_refusal jsonb := holdfast_engine_N.check_places(p_tenant_id, p_request);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  for v_want in
    select * from holdfast_engine_N.resolved(p_request)
  loop
    v_asked := (v_want.line ->> 'quantity')::bigint * v_want.factor;
    if v_want.kit is not null then
      v_parts := holdfast_engine_N.plan_kit(
        p_tenant_id, p_request, to_jsonb(v_want) || jsonb_build_object('channel_id', v_channel_id),
        p_levels, v_taken, v_later, p_now);
      if not v_parts ? 'plan' then
        return v_parts;
      end if;
      v_plan := v_plan || (v_parts -> 'plan');
      v_short := v_short || coalesce(nullif(v_parts -> 'short', 'null'), '[]');
      v_taken := holdfast_engine_N.taken_with(v_taken, v_parts -> 'plan');
      v_later := holdfast_engine_N.taken_with(v_later, v_parts -> 'plan', 'later');
      continue;
    end if;
    if not v_want.tracked then
      v_plan := v_plan || jsonb_build_object('line', v_want.line_no, 'part', 0,
        'sku_id', v_want.sku_id, 'location_id', v_want.location_id, 'quantity', v_asked);
      continue;
    end if;
    select array_agg(l.level_id order by p.priority, p.location_id) into v_candidates
    from holdfast.levels l
    join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
    where l.tenant_id = p_tenant_id and l.sku_id = v_want.sku_id and p.archived_at is null
      and (v_want.location_code is null or l.location_id = v_want.location_id)
      and (v_places is null or l.location_id = any (v_places));
    if v_candidates is null then
      return holdfast_engine_N.refuse('level_not_found',
        format('%s is not stocked %s.', v_want.sku_code,
          coalesce('at ' || v_want.location_code, 'anywhere')),
        jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('line', v_want.line_no,
          'sku', v_want.sku_code, 'location', v_want.location_code))));
    end if;
    if not v_candidates <@ p_levels then
      return '{"again": true}';
    end if;

    v_parts := holdfast_engine_N.take_from(
      p_tenant_id, v_candidates, v_channel_id, v_taken, v_asked, v_split, v_partial, p_now
    );
    if (v_parts ->> 'available')::bigint < v_asked then
      v_parts := holdfast_engine_N.with_backorder(p_tenant_id, p_request, v_candidates, v_parts,
        v_later, v_asked, v_want.line, p_now);
    end if;
    v_given := coalesce((select sum((t ->> 'quantity')::bigint)
      from jsonb_array_elements(v_parts -> 'taken') as t), 0);
    if v_given < v_asked then
      v_short := v_short || holdfast_engine_N.short_line(p_tenant_id, v_want.line_no,
        v_want.sku_id, v_want.location_id, v_candidates, v_asked,
        (v_parts ->> 'available')::bigint, p_now, p_request);
      continue when not v_partial;
    end if;
    for v_part in select t from jsonb_array_elements(v_parts -> 'taken') as t loop
      v_plan := v_plan || (v_part || jsonb_build_object('line', v_want.line_no));
      v_taken := v_taken || jsonb_build_object(v_part ->> 'level_id',
        coalesce((v_taken ->> (v_part ->> 'level_id'))::bigint, 0)
          + (v_part ->> 'quantity')::bigint);
      continue when not v_part ? 'later';
      v_later := v_later || jsonb_build_object(v_part ->> 'level_id',
        coalesce((v_later ->> (v_part ->> 'level_id'))::bigint, 0)
          + (v_part ->> 'later')::bigint);
    end loop;
  end loop;
  return jsonb_build_object('plan', v_plan, 'short', v_short);
end $$;

-- Takes one line's units from candidate levels, the first that can serve it whole; overdue holds
-- are freed only when it would fail otherwise.
-- p_candidates int[]: by priority; p_channel_id int: null for none; p_taken: what earlier lines
-- take; p_asked bigint.
-- answer: {"taken": [{part, level_id, quantity}], "available": units that could be given, and where
-- that is less than asked "free": units by candidate}.
-- locks: as free_overdue.
create or replace function holdfast_engine_N.take_from(
  p_tenant_id int, p_candidates int[], p_channel_id int, p_taken jsonb, p_asked bigint,
  p_split boolean, p_partial boolean, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_free bigint[] := array_fill(0::bigint, array[cardinality(p_candidates)]);
  v_before bigint; -- what earlier lines take
  v_best int := 1;
  v_left bigint := p_asked;
  v_take bigint;
  v_taken jsonb := '[]';
begin
  for v_pass in 1..2 loop
    for i in 1..cardinality(p_candidates) loop
      v_before := coalesce((p_taken ->> p_candidates[i]::text)::bigint, 0);
      v_free[i] := case v_pass
        when 1 then holdfast_engine_N.sellable_at(p_tenant_id, p_candidates[i], p_channel_id)
        else holdfast_engine_N.sellable_freed(p_tenant_id, p_candidates[i], p_channel_id,
          p_asked + v_before, p_now) end - v_before;
      if v_free[i] >= p_asked then
        return jsonb_build_object('available', v_free[i], 'taken', jsonb_build_array(
          jsonb_build_object('part', 0, 'level_id', p_candidates[i], 'quantity', p_asked)));
      end if;
      if v_free[i] > v_free[v_best] then
        v_best := i;
      end if;
    end loop;
  end loop;

  for i in 1..cardinality(p_candidates) loop
    continue when not p_split and i <> v_best;
    v_take := least(v_left, greatest(0, v_free[i]));
    continue when v_take = 0;
    v_taken := v_taken || jsonb_build_object('part', jsonb_array_length(v_taken),
      'level_id', p_candidates[i], 'quantity', v_take);
    v_left := v_left - v_take;
  end loop;
  return jsonb_build_object('available', p_asked - v_left, 'free', to_jsonb(v_free),
    'taken', case when v_left = 0 or p_partial then v_taken else '[]'::jsonb end);
end $$;

-- Adds what a line takes to what the lines before it take.
-- p_taken: level id → units; p_plan: of the line; p_units text: all of its units, or those that
-- wait ('later'). answer: p_taken with the line's units.
-- locks: none.
create or replace function holdfast_engine_N.taken_with(
  p_taken jsonb, p_plan jsonb, p_units text default 'quantity'
) returns jsonb
language sql immutable as $$
  select p_taken || coalesce(jsonb_object_agg(u.level_id,
    u.units + coalesce((p_taken ->> u.level_id::text)::bigint, 0)), '{}')
  from (
    select (p ->> 'level_id')::int as level_id, sum((p ->> p_units)::bigint) as units
    from jsonb_array_elements(p_plan) as p
    where p ->> 'level_id' is not null and p ? p_units
    group by 1
  ) as u
$$;
