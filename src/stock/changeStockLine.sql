-- Changes one level as one line of a stock verb says.
-- p_verb text, p_request jsonb: the whole; the rest: the line as wanted resolved it. answer: the
-- level after the movement {"sku", "location", "version", counters …} and those who waited for it
-- ("allocated": each a movement more), or {"sku", "location", "refusal": {…}}, nothing changed.
-- locks: as free_overdue; the level is locked.
create or replace function holdfast_engine_N.change_stock_line(
  p_tenant_id int, p_verb text, p_request jsonb, p_line_no int, p_line jsonb, p_sku_id int,
  p_sku_code text, p_factor bigint, p_unit text, p_location_id int
) returns jsonb
language plpgsql volatile as $$
declare
  v_level holdfast.levels;
  v_after holdfast.levels;
  v_change jsonb;
  v_named jsonb := jsonb_build_object('sku', coalesce(p_sku_code, left(p_line ->> 'sku', 255)),
    'location', left(p_line ->> 'location', 255));
  v_shortage jsonb;
  v_allocated jsonb := '[]';
begin
  v_change := holdfast_engine_N.check_stock_line(
    p_line, p_line_no, p_verb, p_sku_id, p_factor, p_unit, p_location_id);
  if v_change is null then
    select l.* into v_level from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.sku_id = p_sku_id and l.location_id = p_location_id;
    if holdfast_engine_N.is_virtual_kit(p_tenant_id, p_sku_id) then
      v_change := holdfast_engine_N.no_level_of_kit(p_sku_code);
    elsif v_level.level_id is null then
      v_change := holdfast_engine_N.refuse('level_not_found',
        'This SKU is not stocked at this location; set or receive makes the level.');
    else
      v_change := case p_verb
        when 'adjust' then holdfast_engine_N.adjust_change(v_level, p_line, p_factor)
        when 'set' then holdfast_engine_N.set_change(v_level, p_line, p_factor)
        when 'move' then holdfast_engine_N.move_change(v_level, p_line, p_factor)
        when 'receive' then coalesce(
          holdfast_engine_N.check_receipt(p_tenant_id, v_level.level_id, p_line,
            (p_line ->> 'quantity')::bigint * p_factor),
          holdfast_engine_N.receive_change(v_level, p_line, p_factor))
      end;
    end if;
  end if;
  if v_change ? 'on_hand' then
    v_change := coalesce(holdfast_engine_N.below_zero(v_level, v_change), v_change);
  end if;
  if v_change ? 'refusal' then
    return v_named || jsonb_build_object('refusal', v_change -> 'refusal' || jsonb_build_object(
      'field', 'lines.' || (p_line_no - 1),
      'lines', jsonb_build_array(v_named || jsonb_build_object('line', p_line_no))));
  end if;

  v_after := v_level;
  if v_change - 'same' <> '{"on_hand": 0, "damaged": 0, "quality_control": 0, "set_aside": 0}' then
    v_after := holdfast_engine_N.record_movement(
      p_tenant_id, case p_verb when 'adjust' then 9 when 'set' then 10 when 'move' then 11
        else 12 end,
      v_level.level_id, p_on_hand => (v_change ->> 'on_hand')::bigint,
      p_damaged => (v_change ->> 'damaged')::bigint,
      p_quality_control => (v_change ->> 'quality_control')::bigint,
      p_set_aside => (v_change ->> 'set_aside')::bigint, p_fact => true,
      p_reason => p_request ->> 'reason', p_document => p_request ->> 'document',
      p_actor_id => (p_request ->> 'actor_id')::int,
      p_occurred_at => (p_request ->> 'occurred_at')::timestamptz
    );
  end if;
  if v_after.shortage > v_level.shortage then
    v_shortage := holdfast_engine_N.name_shortage(
      p_tenant_id, v_level.level_id, holdfast.clock());
  end if;
  if p_verb = 'receive' then
    perform holdfast_engine_N.book_receipt(p_tenant_id, v_level.level_id, p_line,
      (p_line ->> 'quantity')::bigint * p_factor, p_request);
  end if;
  if v_after.version > v_level.version
    and v_after.backordered + v_after.held_backordered + v_after.buffer_size > 0
  then
    v_allocated := holdfast_engine_N.settle_queue(p_tenant_id, v_level.level_id, 500);
    select l.* into v_after from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.level_id = v_level.level_id;
  end if;
  return v_named || jsonb_build_object('version', v_after.version, 'on_hand', v_after.on_hand,
    'held', v_after.held, 'committed', v_after.committed, 'damaged', v_after.damaged,
    'quality_control', v_after.quality_control, 'set_aside', v_after.set_aside,
    'shortage', v_after.shortage, 'available', v_after.on_hand - v_after.held - v_after.committed
      - v_after.damaged - v_after.quality_control - v_after.set_aside
  ) || case when v_shortage is null then '{}'
    else jsonb_build_object('shortage_named', v_shortage) end
    || case when v_allocated = '[]' then '{}'
      else jsonb_build_object('allocated', v_allocated) end;
end $$;

-- Checks one line of a stock verb: codes, quantity, unit.
-- answer: a refusal, or null. adjust takes a change of either sign, set a number from 0, the others
-- a number from 1.
-- locks: none.
create or replace function holdfast_engine_N.check_stock_line(
  p_line jsonb, p_line_no int, p_verb text, p_sku_id int, p_factor bigint, p_unit text,
  p_location_id int
) returns jsonb
language plpgsql volatile as $$
declare
  v_least bigint := case p_verb when 'adjust' then -1000000000000 when 'set' then 0 else 1 end;
begin
  if jsonb_typeof(p_line) <> 'object' or jsonb_typeof(p_line -> 'sku') is distinct from 'string'
    or jsonb_typeof(p_line -> 'location') is distinct from 'string'
  then
    return holdfast_engine_N.refuse('invalid_request',
      format('Line %s needs a sku and a location.', p_line_no));
  end if;
  if p_sku_id is null then
    return holdfast_engine_N.refuse('unknown_sku', 'No SKU has this code.');
  end if;
  if p_location_id is null then
    return holdfast_engine_N.refuse('unknown_location', 'No location has this code.');
  end if;
  if holdfast_engine_N.quantity(p_line -> 'quantity', v_least) is null
    or (p_verb = 'adjust' and p_line -> 'quantity' = '0')
    or abs(holdfast_engine_N.quantity(p_line -> 'quantity', v_least)::numeric * p_factor)
      > 1000000000000
    or coalesce(p_line ->> 'unit', p_unit) <> p_unit
    or (p_line ? 'change_from' and p_line -> 'change_from' <> 'null'
      and holdfast_engine_N.quantity(p_line -> 'change_from', -1000000000000) is null)
  then
    return holdfast_engine_N.refuse('invalid_quantity', format(
      'Line %s: quantity must be a whole number %s, in "%s".', p_line_no,
      case p_verb when 'adjust' then 'other than 0' when 'set' then 'from 0' else 'from 1' end,
      p_unit), jsonb_build_object('quantity', p_line -> 'quantity', 'unit', p_unit));
  end if;
  return null;
end $$;

-- Refuses a change that would bring a counter below zero, or set more aside than is on hand.
-- p_level: before; p_change: of the counters. answer: would_go_negative with the numbers, or null.
-- A count below what is promised is no such case: it raises a shortage.
-- locks: none.
create or replace function holdfast_engine_N.below_zero(p_level holdfast.levels, p_change jsonb)
returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('would_go_negative',
    format('%s would be %s.', after.name, after.units),
    jsonb_build_object('state', after.name, 'would_be', after.units, 'version', p_level.version))
  from (
    values
      ('on_hand', p_level.on_hand + (p_change ->> 'on_hand')::bigint),
      ('damaged', p_level.damaged + (p_change ->> 'damaged')::bigint),
      ('quality_control', p_level.quality_control + (p_change ->> 'quality_control')::bigint),
      ('set_aside', p_level.set_aside + (p_change ->> 'set_aside')::bigint),
      ('on_hand without damaged, quality_control and set_aside',
        p_level.on_hand + (p_change ->> 'on_hand')::bigint
          - p_level.damaged - (p_change ->> 'damaged')::bigint
          - p_level.quality_control - (p_change ->> 'quality_control')::bigint
          - p_level.set_aside - (p_change ->> 'set_aside')::bigint)
  ) as after (name, units)
  where after.units < 0
  limit 1
$$;
