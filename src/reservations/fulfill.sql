-- Ships all or part of what is committed: on_hand −, committed −.
-- p_request: {"reservation_id", "lines", "document"}. answer: reservation_answer; refusals
-- exceeds_remaining, awaits_supply when what is asked for still waits, or the order ships complete,
-- not_on_hand when the books do not have the units (a count mends that), and kit_not_whole. Of a
-- kit only whole ones leave, unless it may ship in parts.
-- p_levels int[]: locked by the frame.
-- locks: the reservation's rows, under their levels.
create or replace function holdfast_engine_N.fulfill(
  p_tenant_id int, p_request jsonb, p_levels int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_found jsonb;
  v_missing jsonb;
  v_awaits jsonb;
  v_part record;
begin
  v_found := holdfast_engine_N.parts_of(
    p_tenant_id, p_request, p_levels, 'committed', 'exceeds_remaining');
  v_awaits := holdfast_engine_N.awaits_supply(p_tenant_id, v_id, v_found);
  if v_awaits is not null then
    return v_awaits;
  end if;
  if v_found ? 'parts' and coalesce(jsonb_typeof(p_request -> 'lines'), 'null') = 'null' then
    v_found := holdfast_engine_N.only_whole_kits(p_tenant_id, v_id, v_found);
  end if;
  if not v_found ? 'parts' then
    return v_found;
  end if;
  if jsonb_array_length(v_found -> 'parts') = 0 then
    return holdfast_engine_N.refuse('exceeds_remaining', 'Nothing is committed that could ship.',
      jsonb_build_object('reservation_id', v_id));
  end if;

  select jsonb_agg(jsonb_build_object('line', missing.line_no, 'sku', s.code, 'location', p.code,
    'asked', missing.units, 'on_hand', missing.there, 'version', missing.version,
    'count_at_least', missing.units) order by missing.line_no)
  into v_missing
  from (
    select min(t.line_no) as line_no, sum(t.take) as units, l.sku_id, l.location_id, l.version,
      l.on_hand - l.damaged - l.quality_control - l.set_aside as there
    from holdfast_engine_N.parts_with_rows(p_tenant_id, v_id, v_found -> 'parts') as t
    cross join lateral (
      select l.* from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.level_id = t.level_id
      offset 0 -- fenced: see touched_levels
    ) as l
    group by l.level_id, l.tenant_id, l.sku_id, l.location_id, l.version, l.on_hand, l.damaged,
      l.quality_control, l.set_aside
    having sum(t.take) > l.on_hand - l.damaged - l.quality_control - l.set_aside
  ) as missing
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = missing.sku_id
  join holdfast.locations p
    on p.tenant_id = p_tenant_id and p.location_id = missing.location_id;
  if v_missing is not null then
    return holdfast_engine_N.refuse('not_on_hand',
      'The books do not have these units on hand: count the shelf and set what is there.',
      jsonb_build_object('reservation_id', v_id, 'lines', v_missing));
  end if;

  for v_part in
    select * from holdfast_engine_N.parts_with_rows(p_tenant_id, v_id, v_found -> 'parts')
  loop
    perform holdfast_engine_N.change_part(
      p_tenant_id, p_request, v_id, 4, v_part.inline, v_part.line_no, v_part.part_no,
      v_part.level_id, v_part.sku_id, v_part.location_id,
      p_on_hand => case when v_part.level_id is null then 0 else -v_part.take end,
      p_committed => -v_part.take, p_fulfilled => v_part.take
    );
  end loop;
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id);
end $$;

-- Refuses to ship what waits for supply, and anything of an order that ships complete while a part
-- of it waits.
-- p_found jsonb: from parts_of. answer: awaits_supply with the lines that wait, or null.
-- Units that are there ship without the others, unless the policy or the cart said otherwise.
-- locks: none; the reservation's levels are locked.
create or replace function holdfast_engine_N.awaits_supply(
  p_tenant_id int, p_reservation_id uuid, p_found jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_lines jsonb;
  v_complete boolean;
begin
  if p_found #>> '{refusal,code}' <> 'exceeds_remaining' then
    return null;
  end if;
  select jsonb_agg(jsonb_build_object('line', b.line_no, 'part', b.part_no, 'sku', s.code,
      'location', p.code, 'waiting', b.backordered + b.held_backordered)
      order by b.line_no, b.part_no), bool_or(b.ship_complete)
  into v_lines, v_complete
  from holdfast.backorders b
  join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = b.level_id
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
  where b.tenant_id = p_tenant_id and b.reservation_id = p_reservation_id;
  if v_lines is null
    or (not v_complete and jsonb_array_length(p_found -> 'parts') > 0)
  then
    return null;
  end if;
  return holdfast_engine_N.refuse('awaits_supply', case when v_complete
      then 'This order ships complete, and some of its units are not there yet.'
      else 'These units are not there yet: they wait for supply.' end,
    jsonb_build_object('reservation_id', p_reservation_id, 'ship_complete', v_complete,
      'lines', v_lines));
end $$;
