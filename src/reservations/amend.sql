-- Sets the lines of a reservation to these; only the difference moves, its own units count as free.
-- Works on held and on committed units (order edits, exchanges), all or nothing. A hold whose time
-- is over is taken again if its units are free ("reacquired").
-- p_request: {"reservation_id", "lines": the new whole, "split"}. answer: reservation_answer;
-- refusals of reserve, already_released, reservation_expired, exceeds_remaining. locks: as reserve.
create or replace function holdfast_engine_N.amend(
  p_tenant_id int, p_request jsonb, p_levels int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_now timestamptz := holdfast.clock();
  v_found jsonb;
  v_sum record;
  v_difference jsonb;
  v_refusal jsonb;
  v_late boolean;
begin
  v_found := holdfast_engine_N.parts_of(p_tenant_id, p_request - 'lines', p_levels, 'open', '');
  if not v_found ? 'parts' then
    return v_found;
  end if;
  v_refusal := holdfast_engine_N.check_lines(p_tenant_id, p_request, true);
  if v_refusal is not null then
    return v_refusal;
  end if;
  select sum(a.held + a.held_backordered) as held, sum(a.expired) as expired,
    sum(a.committed + a.backordered + a.fulfilled) as ordered,
    r.channel_id, r.tier, r.created_at + make_interval(secs => w.hold_life_seconds_max) as last
  into v_sum
  from holdfast.reservations r
  cross join lateral holdfast_engine_N.hold_window(p_tenant_id, v_id, null, r.channel_id, r.tier,
    r.order_reference is not null, v_now) as w
  cross join lateral holdfast_engine_N.allocations_of(p_tenant_id, v_id) as a
  where r.tenant_id = p_tenant_id and r.reservation_id = v_id
  group by r.created_at, r.channel_id, r.tier, w.hold_life_seconds_max;
  if v_sum.held + v_sum.expired + v_sum.ordered = 0 then
    return holdfast_engine_N.refuse('already_released',
      'The units of this reservation were given back.', jsonb_build_object('reservation_id', v_id));
  end if;
  v_late := v_sum.held = 0 and v_sum.ordered = 0;
  if v_late and v_sum.last <= v_now then
    return holdfast_engine_N.refuse('reservation_expired',
      'The hold ended, and has lived as long as the settings allow.',
      jsonb_build_object('reservation_id', v_id, 'expires_at_max', v_sum.last));
  end if;

  v_difference := holdfast_engine_N.difference(p_tenant_id, v_id, p_request);
  if not v_difference ? 'more' then
    return v_difference;
  end if;
  begin
    v_refusal := holdfast_engine_N.apply_difference(p_tenant_id, v_id, p_request
        || jsonb_build_object('channel_id', v_sum.channel_id, 'tier', v_sum.tier), p_levels,
      v_difference, v_sum.held > 0 or v_late, v_now);
    if v_refusal is not null then
      raise exception using errcode = 'HF004', message = 'refused';
    end if;
  exception when sqlstate 'HF004' then
    -- What was tried is undone, versions and all: there is none to name.
    return v_refusal || jsonb_build_object('refusal', v_refusal -> 'refusal' || (
      select case when count(*) > 0
        then jsonb_build_object('lines',
          jsonb_agg(l.line || '{"version": null}' order by l.ordinal))
        else '{}' end
      from jsonb_array_elements(coalesce(v_refusal #> '{refusal,lines}', '[]'))
        with ordinality as l (line, ordinal)
      where l.line ? 'version'
    ));
  end;
  -- The new lines are the whole: what expired before is wanted no more, so no commit takes it.
  perform holdfast_engine_N.change_allocation(
    p_tenant_id, v_id, a.inline, a.line_no, a.part_no, p_expired => -a.expired)
  from holdfast_engine_N.allocations_of(p_tenant_id, v_id) as a where a.expired > 0;
  if v_sum.held > 0 or v_late then
    perform holdfast_engine_N.refresh_expiry(p_tenant_id, v_id, v_now);
  end if;
  update holdfast.reservations r set lines = jsonb_array_length(p_request -> 'lines')
  where r.tenant_id = p_tenant_id and r.reservation_id = v_id;
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id,
    case when v_late then '{"reacquired": true}' else '{}'::jsonb end);
end $$;

-- Compares the lines that are wanted with what the reservation has: units held, committed, or
-- fulfilled and not returned. Lines with a location find their allocation first.
-- answer: {"more": [lines to take], "less": [{line, part, take}]}, or exceeds_remaining when a line
-- would fall below what was fulfilled.
-- locks: none.
create or replace function holdfast_engine_N.difference(
  p_tenant_id int, p_reservation_id uuid, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_more jsonb := '[]';
  v_kept jsonb := '{}'; -- "line/part" → units that the new lines keep
  v_less jsonb := '[]';
  v_want record;
  v_row record;
  v_left bigint;
  v_take bigint;
begin
  for v_want in
    select * from holdfast_engine_N.resolved(p_request) as w
    order by w.location_code is null, w.line_no
  loop
    v_left := (v_want.line ->> 'quantity')::bigint * v_want.factor;
    for v_row in
      select a.line_no || '/' || a.part_no as name, a.held + a.committed + a.backordered
        + a.held_backordered + a.fulfilled - a.returned
        - coalesce((v_kept ->> (a.line_no || '/' || a.part_no))::bigint, 0) as units
      from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
      left join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = a.level_id
      where coalesce(l.sku_id, a.sku_id) = v_want.sku_id and (v_want.location_code is null
        or coalesce(l.location_id, a.location_id) = v_want.location_id) and a.sold_as is null
      order by a.line_no, a.part_no
    loop
      v_take := least(v_left, v_row.units);
      v_left := v_left - v_take;
      v_kept := v_kept || jsonb_build_object(v_row.name,
        coalesce((v_kept ->> v_row.name)::bigint, 0) + v_take);
    end loop;
    if v_left > 0 then
      select k.kept, k.lacking into v_kept, v_left
      from holdfast_engine_N.keep_kits(
        p_tenant_id, p_reservation_id, to_jsonb(v_want), v_left, v_kept) as k;
    end if;
    if v_left > 0 then
      -- The line is in units of the SKU now: the factor is applied already.
      v_more := v_more || (to_jsonb(v_want) || jsonb_build_object('factor', 1,
        'line', v_want.line || jsonb_build_object('quantity', v_left)));
    end if;
  end loop;

  for v_row in
    select a.line_no, a.part_no,
      a.held + a.committed + a.backordered + a.held_backordered as open,
      a.held + a.committed + a.backordered + a.held_backordered + a.fulfilled - a.returned
        - coalesce((v_kept ->> (a.line_no || '/' || a.part_no))::bigint, 0) as units
    from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
  loop
    continue when v_row.units = 0;
    if v_row.units > v_row.open then
      return holdfast_engine_N.refuse('exceeds_remaining',
        format('Line %s cannot fall below what was fulfilled.', v_row.line_no),
        jsonb_build_object('line', v_row.line_no, 'asked', v_row.units, 'available', v_row.open));
    end if;
    v_less := v_less || jsonb_build_object('line', v_row.line_no, 'part', v_row.part_no,
      'take', v_row.units);
  end loop;
  return jsonb_build_object('more', v_more, 'less', v_less);
end $$;

-- Moves the difference: first gives back, then takes. Runs in a subtransaction of amend.
-- p_difference: from difference; p_held boolean: new units are held, else committed at once.
-- answer: null, or the refusal (the caller then rolls back).
-- locks: the reservation's rows, under their levels.
create or replace function holdfast_engine_N.apply_difference(
  p_tenant_id int, p_reservation_id uuid, p_request jsonb, p_levels int[], p_difference jsonb,
  p_held boolean, p_now timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_part record;
  v_own record;
  v_planned jsonb;
  v_new jsonb := '[]';
  v_line int;
begin
  for v_part in
    select p.*, g.* from holdfast_engine_N.parts_with_rows(
      p_tenant_id, p_reservation_id, p_difference -> 'less') as p
    cross join lateral holdfast_engine_N.given_back(
      p.take, p.held_backordered, p.backordered, p.held) as g
  loop
    perform holdfast_engine_N.change_part(
      p_tenant_id, p_request, p_reservation_id, 2, v_part.inline, v_part.line_no, v_part.part_no,
      v_part.level_id, v_part.sku_id, v_part.location_id,
      p_held => -v_part.of_held, p_committed => -v_part.of_committed,
      p_released => v_part.take, p_backordered => -v_part.of_backordered,
      p_held_backordered => -v_part.of_held_backordered
    );
  end loop;
  if jsonb_array_length(p_difference -> 'more') = 0 then
    return null;
  end if;
  v_planned := holdfast_engine_N.plan(p_tenant_id,
    jsonb_build_object('resolved', p_difference -> 'more', 'split', p_request -> 'split',
      'channel_id', p_request -> 'channel_id', 'tier', p_request -> 'tier'),
    p_levels, p_now);
  if not v_planned ? 'plan' then
    return v_planned;
  end if;
  if jsonb_array_length(v_planned -> 'short') > 0 then
    return holdfast_engine_N.refuse('insufficient_stock', 'Less is free than was asked for.',
      jsonb_build_object('reservation_id', p_reservation_id, 'lines', v_planned -> 'short'));
  end if;

  for v_part in
    select p.part, (p.part ->> 'quantity')::bigint as units,
      coalesce((p.part ->> 'later')::bigint, 0) as later
    from jsonb_array_elements(holdfast_engine_N.joined_kits(
      p_tenant_id, p_reservation_id, v_planned -> 'plan')) with ordinality as p (part, ordinal)
    order by p.ordinal
  loop
    -- Looked up anew for each part: two lines of one SKU add to the same allocation.
    select * into v_own
    from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as o
    where case when v_part.part ? 'sold_as'
      then o.line_no = (v_part.part ->> 'own_line')::int
        and o.part_no = (v_part.part ->> 'own_part')::int
      else o.sold_as is null and (o.level_id = (v_part.part ->> 'level_id')::int
        or (o.level_id is null and o.sku_id = (v_part.part ->> 'sku_id')::int)) end
    order by o.line_no, o.part_no limit 1;
    if not found then
      v_new := v_new || v_part.part;
      continue;
    end if;
    if v_part.later > 0 and v_own.backordered + v_own.held_backordered > 0 then
      -- It waits already: what is added waits behind all others, in a line of its own.
      v_new := v_new || (v_part.part || jsonb_build_object('quantity', v_part.later));
      v_part.units := v_part.units - v_part.later;
      v_part.later := 0;
    end if;
    if v_part.later > 0 then
      perform holdfast_engine_N.open_ceiling(
        p_tenant_id, v_own.level_id, (v_part.part ->> 'cap')::bigint);
    end if;
    if v_part.units > 0 then
      perform holdfast_engine_N.change_part(
        p_tenant_id, p_request, p_reservation_id, 2, v_own.inline, v_own.line_no, v_own.part_no,
        v_own.level_id, v_own.sku_id, v_own.location_id,
        p_held => case when p_held then v_part.units - v_part.later else 0 end,
        p_committed => case when p_held then 0 else v_part.units - v_part.later end,
        p_expired => -least(v_own.expired, v_part.units),
        p_backordered => case when p_held then 0 else v_part.later end,
        p_held_backordered => case when p_held then v_part.later else 0 end
      );
    end if;
  end loop;
  if jsonb_array_length(v_new) > 0 then
    v_line := holdfast_engine_N.move_out_of_row(p_tenant_id, p_reservation_id);
    perform holdfast_engine_N.allocate(p_tenant_id, p_reservation_id, p_request,
      holdfast_engine_N.new_lines(v_new, v_line), 2, p_held, false, false);
  end if;
  return null;
end $$;
