-- Builds assembled kits of their components at one location: the components' on_hand falls, that of
-- the kit rises, all in one transaction.
-- p_request: {"sku", "location", "quantity", "reason", "document", "occurred_at"}. answer: {"ok",
-- "build", "sku", "location", "quantity", "lines": [the levels after]}, or insufficient_stock,
-- level_not_found, kit_not_found, kit_is_virtual, unknown_sku, unknown_location, invalid_request.
-- locks: the levels by id, a missing one of the kit first.
create or replace function holdfast_engine_N.build_kit(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.turn_kits(p_tenant_id, p_request, 1)
$$;

-- Breaks assembled kits down into their components at one location.
-- p_request, answer: as build_kit.
-- Levels that components lack are made.
-- locks: as build_kit.
create or replace function holdfast_engine_N.break_down_kit(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.turn_kits(p_tenant_id, p_request, -1)
$$;

-- What build_kit and break_down_kit share.
-- p_sign int: 1 builds, -1 breaks down. answer: as build_kit.
-- Decided after the locks; what is promised is never taken.
-- locks: as build_kit.
create or replace function holdfast_engine_N.turn_kits(
  p_tenant_id int, p_request jsonb, p_sign int
) returns jsonb
language plpgsql volatile as $$
declare
  v_place jsonb := holdfast_engine_N.place_of_build(p_tenant_id, p_request);
  v_sku_id int := (v_place ->> 'sku_id')::int;
  v_kits bigint;
  v_parts jsonb;
  v_short jsonb;
begin
  if holdfast_engine_N.is_refusal(v_place) then
    return v_place;
  end if;
  v_kits := p_sign * (p_request ->> 'quantity')::bigint;
  v_parts := holdfast_engine_N.lock_build(
    p_tenant_id, v_sku_id, (v_place ->> 'location_id')::int, p_sign);
  -- What it is made of may have changed until its levels were locked; from then on it does not.
  if v_parts ? 'unlocked' or v_parts -> 'parts' <> (
    select jsonb_agg(jsonb_build_object('sku_id', c.sku_id, 'per_kit', c.per_kit) order by c.sku_id)
    from holdfast_engine_N.kit_parts(p_tenant_id, v_sku_id) as c where c.tracked)
  then
    return holdfast_engine_N.unmade(p_tenant_id, v_parts, '{"again": true}');
  end if;
  if v_parts ? 'missing' then
    return holdfast_engine_N.unmade(p_tenant_id, v_parts, holdfast_engine_N.refuse(
      'level_not_found', format('%s is not stocked there.', v_parts ->> 'missing'),
      jsonb_build_object('sku', v_parts -> 'missing', 'location', v_place -> 'location')));
  end if;
  select jsonb_agg(jsonb_build_object('line', 1, 'sku', s.code, 'location',
    p_request -> 'location', 'asked', u.units, 'available', greatest(0, u.free),
    'version', u.version) order by s.code)
  into v_short
  from (
    select l.sku_id, l.version, abs(v_kits) * coalesce(c.per_kit, 1) as units,
      l.on_hand - l.held - l.committed - l.damaged - l.quality_control - l.set_aside - l.waiting
        as free
    from jsonb_to_recordset(v_parts -> 'levels') as c (level_id int, per_kit bigint)
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = c.level_id
    where (c.per_kit is null) = (v_kits < 0)
  ) as u
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = u.sku_id
  where u.free < u.units;
  if v_short is not null then
    return holdfast_engine_N.unmade(p_tenant_id, v_parts, holdfast_engine_N.refuse(
      'insufficient_stock',
      case when v_kits > 0 then 'Components are missing.' else 'So many kits are not free.' end,
      jsonb_build_object('lines', v_short)));
  end if;
  return holdfast_engine_N.write_build(
    p_tenant_id, p_request, v_place, v_parts -> 'levels', v_kits);
end $$;

-- Takes back the levels that a build has made which is not granted: a refusal changes nothing.
-- p_parts jsonb: of lock_build; p_answer jsonb. answer: p_answer.
-- locks: none more; nobody else can see these levels yet.
create or replace function holdfast_engine_N.unmade(
  p_tenant_id int, p_parts jsonb, p_answer jsonb
) returns jsonb
language plpgsql volatile as $$
begin
  delete from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.version = 0 and l.level_id = any (array(
    select m::int from jsonb_array_elements_text(p_parts -> 'made') as m));
  return p_answer;
end $$;

-- Checks a request to build, and finds the kit and its location.
-- answer: {"sku_id", "sku", "location_id", "location"}, or a refusal.
-- locks: none.
create or replace function holdfast_engine_N.place_of_build(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_code record;
  v_location record;
  v_assembled boolean;
  v_refusal jsonb := coalesce(holdfast_engine_N.check_fields(p_request, '{
    "sku": {"is": "code", "max": 255, "needed": true},
    "location": {"is": "code", "max": 100, "needed": true},
    "quantity": {"is": "integer", "least": 1, "most": 1000000, "needed": true},
    "reason": {"is": "text", "max": 255}, "document": {"is": "text", "max": 255},
    "occurred_at": {"is": "instant"}}'),
    holdfast_engine_N.check_instant(p_request, 'occurred_at'));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_code from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'sku');
  if not found then
    return holdfast_engine_N.no_sku(p_request ->> 'sku');
  end if;
  select k.assembled into v_assembled from holdfast.kits k
  where k.tenant_id = p_tenant_id and k.sku_id = v_code.sku_id;
  if v_assembled is not true then
    return case when v_assembled is null then holdfast_engine_N.no_kit(v_code.own_code)
      else holdfast_engine_N.no_level_of_kit(v_code.own_code) end;
  end if;
  if v_code.factor > 1 then
    return holdfast_engine_N.refuse('invalid_request', 'Name the kit itself, not a pack of it.',
      '{"field": "sku"}');
  end if;
  select p.location_id, p.code into v_location from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.code = normalize(p_request ->> 'location')
    and p.archived_at is null;
  if not found then
    return holdfast_engine_N.no_location(p_request ->> 'location');
  end if;
  return jsonb_build_object('sku_id', v_code.sku_id, 'sku', v_code.own_code,
    'location_id', v_location.location_id, 'location', v_location.code);
end $$;

-- Locks the levels of a kit and of its counted parts, and ends what is overdue there. Those that
-- units come to are made where they are missing.
-- answer: {"parts": [{sku_id, per_kit}], "levels": [{level_id, sku_id, per_kit (null: the kit's
-- own)}], "made": [ids], "missing": a SKU without level, where there is one, "unlocked": true if
-- one got its level while this waited for the others}.
-- locks: new levels by SKU, then all of them by id, then as end_overdue.
create or replace function holdfast_engine_N.lock_build(
  p_tenant_id int, p_sku_id int, p_location_id int, p_sign int
) returns jsonb
language plpgsql volatile as $$
declare
  v_parts jsonb;
  v_levels jsonb;
  v_made jsonb;
  v_missing text;
  v_unlocked boolean;
begin
  select jsonb_agg(jsonb_build_object('sku_id', c.sku_id, 'per_kit', c.per_kit) order by c.sku_id)
  into v_parts
  from holdfast_engine_N.kit_parts(p_tenant_id, p_sku_id) as c where c.tracked;
  with made as (
    insert into holdfast.levels (tenant_id, sku_id, location_id, safety_stock)
    select p_tenant_id, n.sku_id, p_location_id,
      holdfast_engine_N.safety_stock_of(p_tenant_id, n.sku_id, p_location_id)
    from (
      select p_sku_id as sku_id where p_sign > 0
      union all
      select c.sku_id from jsonb_to_recordset(v_parts) as c (sku_id int) where p_sign < 0
    ) as n
    where not exists (
      select from holdfast.levels l where l.tenant_id = p_tenant_id and l.sku_id = n.sku_id
        and l.location_id = p_location_id)
    order by n.sku_id
    on conflict do nothing
    returning level_id
  )
  select coalesce(jsonb_agg(m.level_id), '[]') into v_made from made m;

  select jsonb_agg(to_jsonb(l) order by l.level_id) into v_levels
  from (
    select l.level_id, l.sku_id, w.per_kit
    from (
      select p_sku_id as sku_id, null::bigint as per_kit
      union all
      select c.sku_id, c.per_kit from jsonb_to_recordset(v_parts) as c (sku_id int, per_kit bigint)
      offset 0
    ) as w
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.sku_id = w.sku_id
      and l.location_id = p_location_id
    order by l.level_id
    for no key update of l
  ) as l;
  perform holdfast_engine_N.end_overdue(p_tenant_id, holdfast_engine_N.levels_of_build(v_levels));

  -- Those that were locked, not those that are there by now: a build may just have made its kit's.
  select min(s.code), bool_or(exists (
      select from holdfast.levels l where l.tenant_id = p_tenant_id and l.sku_id = w.sku_id
        and l.location_id = p_location_id))
  into v_missing, v_unlocked
  from (select p_sku_id as sku_id union all
    select c.sku_id from jsonb_to_recordset(v_parts) as c (sku_id int)) as w
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = w.sku_id
  where not exists (
    select from jsonb_to_recordset(v_levels) as l (sku_id int) where l.sku_id = w.sku_id);
  return jsonb_build_object('parts', v_parts, 'levels', v_levels, 'made', v_made)
    || case when v_missing is null then '{}' else jsonb_build_object('missing', v_missing) end
    || case when v_unlocked then '{"unlocked": true}' else '{}'::jsonb end;
end $$;

-- The levels of a build by their ids.
-- p_levels jsonb: of lock_build. answer: ids.
-- locks: none.
create or replace function holdfast_engine_N.levels_of_build(p_levels jsonb) returns int[]
language sql immutable as $$
  select array(select (c ->> 'level_id')::int from jsonb_array_elements(p_levels) as c)
$$;

-- Writes what is built or broken down: a movement at each level, and the book that ties them; then
-- whoever waits is served with it.
-- p_place: of place_of_build; p_levels: of lock_build; p_kits bigint: below 0 breaks down.
-- answer: as build_kit. locks: as settle_queues.
create or replace function holdfast_engine_N.write_build(
  p_tenant_id int, p_request jsonb, p_place jsonb, p_levels jsonb, p_kits bigint
) returns jsonb
language plpgsql volatile as $$
declare
  v_build_id uuid := holdfast.uuid_v7();
  v_part record;
  v_change bigint;
  v_level holdfast.levels;
  v_lines jsonb := '[]';
begin
  for v_part in
    select c.level_id, c.per_kit
    from jsonb_to_recordset(p_levels) as c (level_id int, per_kit bigint)
    order by c.level_id
  loop
    v_change := case when v_part.per_kit is null then p_kits else -p_kits * v_part.per_kit end;
    v_level := holdfast_engine_N.record_movement(
      p_tenant_id, case when p_kits > 0 then 30 else 31 end, v_part.level_id,
      p_on_hand => v_change, p_reason => p_request ->> 'reason',
      p_document => p_request ->> 'document', p_actor_id => (p_request ->> 'actor_id')::int,
      p_occurred_at => (p_request ->> 'occurred_at')::timestamptz);
    insert into holdfast.kit_builds (tenant_id, level_id, version, build_id, kits, per_kit)
    values (p_tenant_id, v_part.level_id, v_level.version, v_build_id, p_kits, v_part.per_kit);
    v_lines := v_lines || jsonb_build_object(
      'sku', (select s.code from holdfast.skus s
        where s.tenant_id = p_tenant_id and s.sku_id = v_level.sku_id),
      'location', p_place -> 'location', 'change', v_change, 'on_hand', v_level.on_hand,
      'available', v_level.on_hand - v_level.held - v_level.committed - v_level.damaged
        - v_level.quality_control - v_level.set_aside, 'version', v_level.version);
  end loop;
  perform holdfast_engine_N.settle_queues(p_tenant_id, holdfast_engine_N.queued_levels(
    p_tenant_id, holdfast_engine_N.levels_of_build(p_levels)));
  return jsonb_build_object('ok', true, 'build', v_build_id, 'sku', p_place -> 'sku',
    'location', p_place -> 'location', 'quantity', abs(p_kits), 'lines', v_lines);
end $$;
