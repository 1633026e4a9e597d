-- Books a sale that has already happened elsewhere. A fact is not refused for want of stock: what
-- the books do not have stands as a shortage until a count or a receipt.
-- p_request: {"order_reference", "lines", "fulfilled": the goods are gone already, "occurred_at",
-- "id", "buyer", "channel", "tier", "tags"}. answer: reservation_answer, with "shortage" by level
-- when there is one.
-- locks: the new reservation's row, under its levels.
create or replace function holdfast_engine_N.record_sale(
  p_tenant_id int, p_request jsonb, p_levels int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := coalesce(holdfast_engine_N.uuid_of(p_request -> 'id'), holdfast.uuid_v7());
  v_now timestamptz := holdfast.clock();
  v_refusal jsonb;
  v_plan jsonb;
  v_shortage jsonb;
begin
  p_request := holdfast_engine_N.with_channel(p_tenant_id, p_request);
  v_refusal := coalesce(
    holdfast_engine_N.check_order_reference(p_request),
    holdfast_engine_N.check_claim(p_request),
    holdfast_engine_N.check_channel(p_request),
    holdfast_engine_N.check_instant(p_request, 'occurred_at'),
    holdfast_engine_N.check_lines(p_tenant_id, p_request, false)
  );
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_plan := holdfast_engine_N.plan_of_fact(p_tenant_id, p_request, p_levels, v_now);
  if not v_plan ? 'plan' then
    return v_plan;
  end if;
  if not holdfast_engine_N.open_reservation(
    p_tenant_id, v_id, p_request - 'owner', v_plan -> 'plan', 8, false, true, v_now
  ) then
    return holdfast_engine_N.refuse('reservation_exists',
      'A reservation with this id exists already.', jsonb_build_object('reservation_id', v_id));
  end if;
  if p_request -> 'fulfilled' = 'true' then
    perform holdfast_engine_N.fulfill_what_is_there(p_tenant_id, v_id, p_request);
  end if;
  select jsonb_agg(holdfast_engine_N.name_shortage(p_tenant_id, l.level_id, v_now))
  into v_shortage
  from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.shortage > 0 and l.level_id = any (array(
    select (p ->> 'level_id')::int from jsonb_array_elements(v_plan -> 'plan') as p
  ));
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id,
    case when v_shortage is null then '{}' else jsonb_build_object('shortage', v_shortage) end);
end $$;

-- Chooses the level of each line of a fact: the named location, else the first by priority that has
-- the units, else the first by priority; those that its channel sells from come before others.
-- Holds whose time is over are freed where the units are wanted, so that they never count as a
-- shortage.
-- answer: {"plan": […]} as plan, or level_not_found, or {"again": true}.
-- locks: as free_overdue.
create or replace function holdfast_engine_N.plan_of_fact(
  p_tenant_id int, p_request jsonb, p_levels int[], p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_plan jsonb := '[]';
  v_taken jsonb := '{}'; -- level id → units that this sale takes
  v_want record;
  v_level_id int;
  v_units bigint;
  v_channel_id int := (p_request ->> 'channel_id')::int;
  v_places int[] := holdfast_engine_N.places_of_channel(p_tenant_id, v_channel_id);
  v_kit jsonb;
begin
  for v_want in
    select * from holdfast_engine_N.resolved(p_request)
  loop
    v_level_id := null;
    v_units := (v_want.line ->> 'quantity')::bigint * v_want.factor;
    if v_want.kit is not null then
      v_kit := holdfast_engine_N.kit_of_fact(
        p_tenant_id, to_jsonb(v_want) || jsonb_build_object('channel_id', v_channel_id), p_levels,
        v_taken, v_units, p_now);
      if not v_kit ? 'plan' then
        return v_kit;
      end if;
      v_plan := v_plan || (v_kit -> 'plan');
      v_taken := holdfast_engine_N.taken_with(v_taken, v_kit -> 'plan');
      continue;
    end if;
    if v_want.tracked then
      select l.level_id into v_level_id
      from holdfast.levels l
      join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
      cross join lateral holdfast_engine_N.overdue_at(p_tenant_id, l.level_id, p_now) as o
      where l.tenant_id = p_tenant_id and l.sku_id = v_want.sku_id and p.archived_at is null
        and (v_want.location_code is null or l.location_id = v_want.location_id)
      order by l.location_id <> all (v_places),
        holdfast_engine_N.sellable_to(l, holdfast_engine_N.sellable(l) + l.buffered + o.units
          + o.waiting, v_channel_id) < v_units, p.priority, p.location_id
      limit 1;
      if v_level_id is null then
        return holdfast_engine_N.refuse('level_not_found',
          format('%s is not stocked %s.', v_want.sku_code,
            coalesce('at ' || v_want.location_code, 'anywhere')),
          jsonb_build_object('lines', jsonb_build_array(jsonb_build_object('line', v_want.line_no,
            'sku', v_want.sku_code, 'location', v_want.location_code))));
      end if;
      if not v_level_id = any (p_levels) then
        return '{"again": true}';
      end if;
      v_taken := v_taken || jsonb_build_object(v_level_id,
        coalesce((v_taken ->> v_level_id::text)::bigint, 0) + v_units);
      perform holdfast_engine_N.sellable_freed(p_tenant_id, v_level_id, v_channel_id,
        (v_taken ->> v_level_id::text)::bigint, p_now);
    end if;
    v_plan := v_plan || jsonb_build_object('line', v_want.line_no, 'part', 0,
      'level_id', v_level_id, 'sku_id', v_want.sku_id, 'location_id', v_want.location_id,
      'quantity', v_units);
  end loop;
  return jsonb_build_object('plan', v_plan);
end $$;

-- Fulfills of a reservation what the books have on hand; the rest stays committed, as a shortage.
-- answer: nothing.
-- A count that finds the missing units lets the rest be fulfilled.
-- locks: the reservation's rows, under their levels.
create or replace function holdfast_engine_N.fulfill_what_is_there(
  p_tenant_id int, p_reservation_id uuid, p_request jsonb
) returns void
language plpgsql volatile as $$
declare
  v_row record;
  v_take bigint;
begin
  for v_row in
    select * from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
  loop
    select least(v_row.committed,
      greatest(0, l.on_hand - l.damaged - l.quality_control - l.set_aside)) into v_take
    from holdfast.levels l where l.tenant_id = p_tenant_id and l.level_id = v_row.level_id;
    v_take := case when v_row.level_id is null then v_row.committed else v_take end;
    continue when v_take = 0;
    perform holdfast_engine_N.change_part(
      p_tenant_id, p_request, p_reservation_id, 4, v_row.inline, v_row.line_no, v_row.part_no,
      v_row.level_id, v_row.sku_id, v_row.location_id,
      p_on_hand => case when v_row.level_id is null then 0 else -v_take end,
      p_committed => -v_take, p_fulfilled => v_take, p_fact => true
    );
  end loop;
end $$;
