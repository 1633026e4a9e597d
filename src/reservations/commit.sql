-- Commits all or part of a hold to an order: held → committed, and what waits goes on waiting. A
-- commit after expiry takes the units again, all or nothing, if they are free or may wait
-- ("reacquired").
-- p_request: {"reservation_id", "order_reference", "lines"}. answer: reservation_answer; refusals
-- reservation_expired (with what is available), already_released, exceeds_remaining.
-- locks: the reservation's rows, under the levels that the frame has locked.
create or replace function holdfast_engine_N.commit(
  p_tenant_id int, p_request jsonb, p_levels int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_now timestamptz := holdfast.clock();
  v_found jsonb;
  v_again jsonb;
  v_part record;
  v_free bigint;
  v_wait bigint;
  v_late boolean := false;
begin
  v_found := coalesce(
    holdfast_engine_N.check_order_reference(p_request),
    holdfast_engine_N.parts_of(p_tenant_id, p_request, p_levels, 'held', 'exceeds_remaining')
  );
  if not v_found ? 'parts' then
    return v_found;
  end if;
  if jsonb_array_length(v_found -> 'parts') = 0 then
    return holdfast_engine_N.nothing_held(p_tenant_id, v_id, p_request);
  end if;
  v_again := holdfast_engine_N.taken_again(p_tenant_id, v_id, v_found -> 'parts', v_now);
  if v_again ? 'short' then
    return holdfast_engine_N.refuse('reservation_expired',
      'The hold ended, and its units are not free any more.',
      jsonb_build_object('reservation_id', v_id, 'lines', v_again -> 'short'));
  end if;

  for v_part in
    select p.*, least(p.take, p.held) as of_held,
      least(p.take - least(p.take, p.held), p.held_backordered) as of_waiting,
      greatest(0, p.take - p.held - p.held_backordered) as late
    from holdfast_engine_N.parts_with_rows(p_tenant_id, v_id, v_found -> 'parts') as p
  loop
    v_late := v_late or v_part.late > 0;
    -- The first lines take what is free, the last ones wait: none waits before another that does.
    v_free := coalesce((v_again #>> array[v_part.level_id::text, 'free'])::bigint, v_part.late);
    v_wait := greatest(0, v_part.late - v_free);
    if v_again ? v_part.level_id::text then
      v_again := jsonb_set(v_again, array[v_part.level_id::text, 'free'],
        to_jsonb(v_free - v_part.late + v_wait));
    end if;
    if v_wait > 0 then
      perform holdfast_engine_N.open_ceiling(p_tenant_id, v_part.level_id,
        (v_again #>> array[v_part.level_id::text, 'cap'])::bigint);
    end if;
    perform holdfast_engine_N.change_part(
      p_tenant_id, p_request, v_id, 3, v_part.inline, v_part.line_no, v_part.part_no,
      v_part.level_id, v_part.sku_id, v_part.location_id,
      p_held => -v_part.of_held, p_committed => v_part.of_held + v_part.late - v_wait,
      p_expired => -v_part.late, p_backordered => v_part.of_waiting + v_wait,
      p_held_backordered => -v_part.of_waiting
    );
  end loop;
  update holdfast.reservations r
  set order_reference = coalesce(p_request ->> 'order_reference', r.order_reference)
  where r.tenant_id = p_tenant_id and r.reservation_id = v_id;
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id,
    case when v_late then '{"reacquired": true}' else '{}'::jsonb end);
end $$;

-- Looks whether expired units are free to be taken again; frees other overdue holds if need be.
-- p_parts jsonb: from parts_of. answer: {"short": [lines]} where they are neither free nor may
-- wait; else level id → {"free": units that need not wait, "cap"}, where others have to.
-- The units that the reservation still holds need no second look.
-- locks: as free_overdue.
create or replace function holdfast_engine_N.taken_again(
  p_tenant_id int, p_reservation_id uuid, p_parts jsonb, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_need record;
  v_free bigint;
  v_terms record;
  v_short jsonb := '[]';
  v_waits jsonb := '{}';
begin
  for v_need in
    select p.level_id, min(p.line_no) as line_no,
      sum(greatest(0, p.take - p.held - p.held_backordered))::bigint as units, l.sku_id,
      l.location_id, r.channel_id, r.tier
    from holdfast_engine_N.parts_with_rows(p_tenant_id, p_reservation_id, p_parts) as p
    join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = p.level_id
    join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id
    group by p.level_id, l.sku_id, l.location_id, r.channel_id, r.tier
    having sum(greatest(0, p.take - p.held - p.held_backordered)) > 0
    order by p.level_id
  loop
    v_free := holdfast_engine_N.sellable_freed(
      p_tenant_id, v_need.level_id, v_need.channel_id, v_need.units, p_now);
    if v_free < v_need.units then
      select * into v_terms from holdfast_engine_N.backorder_terms(
        p_tenant_id, v_need.level_id, v_need.channel_id, v_need.tier, p_now);
      if v_terms.room >= v_need.units - greatest(0, v_free) then
        v_waits := v_waits || jsonb_build_object(v_need.level_id, jsonb_build_object(
          'free', greatest(0, v_free), 'cap', v_terms.cap));
        continue;
      end if;
      v_short := v_short || holdfast_engine_N.short_line(p_tenant_id, v_need.line_no,
        v_need.sku_id, v_need.location_id, array[v_need.level_id], v_need.units, v_free, p_now);
    end if;
  end loop;
  return case when v_short = '[]' then v_waits
    else jsonb_build_object('short', v_short) end;
end $$;

-- Answers a commit that finds nothing held: the same commit again is granted, else a refusal.
-- p_request jsonb: of the commit. answer: reservation_answer, already_released or
-- exceeds_remaining.
-- locks: none.
create or replace function holdfast_engine_N.nothing_held(
  p_tenant_id int, p_reservation_id uuid, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_sum record;
begin
  select sum(a.committed + a.backordered + a.fulfilled) as ordered, r.order_reference into v_sum
  from holdfast.reservations r
  cross join lateral holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
  where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id
  group by r.order_reference;
  if v_sum.ordered = 0 then
    return holdfast_engine_N.refuse('already_released',
      'The units of this reservation were given back.',
      jsonb_build_object('reservation_id', p_reservation_id));
  end if;
  if v_sum.order_reference = p_request ->> 'order_reference' then
    return holdfast_engine_N.reservation_answer(p_tenant_id, p_reservation_id);
  end if;
  return holdfast_engine_N.refuse('exceeds_remaining',
    'Nothing is held any more: all of it is committed.',
    jsonb_build_object('reservation_id', p_reservation_id,
      'order_reference', v_sum.order_reference));
end $$;

-- Checks the order reference of a request.
-- p_request jsonb; p_needed boolean. answer: a refusal invalid_request or too_large, or null.
-- A reference is the shop's own text for its order.
-- locks: none.
create or replace function holdfast_engine_N.check_order_reference(
  p_request jsonb, p_needed boolean default true
) returns jsonb
language sql volatile as $$
  select case
    when coalesce(jsonb_typeof(p_request -> 'order_reference'), 'null') = 'null' and not p_needed
      then null
    when jsonb_typeof(p_request -> 'order_reference') is distinct from 'string'
      or p_request ->> 'order_reference' = ''
      then holdfast_engine_N.refuse('invalid_request', 'order_reference must be a text.',
        '{"field": "order_reference"}')
    when length(p_request ->> 'order_reference') > 255
      then holdfast_engine_N.refuse('too_large', 'order_reference has at most 255 letters.',
        '{"field": "order_reference", "limit": 255}')
  end
$$;
