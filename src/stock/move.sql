-- Moves units between the states of one level; on_hand stays.
-- p_request: {"lines": [{"sku", "location", "quantity", "from", "to"}], …}. answer: change_stock's.
-- Damage to promised units raises a shortage, since it is a fact.
-- locks: none more; the frame has locked the levels.
create or replace function holdfast_engine_N.move(p_tenant_id int, p_request jsonb) returns jsonb
language sql volatile as $$
  select holdfast_engine_N.change_stock(p_tenant_id, 'move', p_request)
$$;

-- The counters that a move line changes.
-- p_level: before, p_line jsonb, p_factor bigint: units in one of the code.
-- answer: the change, or a refusal.
-- locks: none.
create or replace function holdfast_engine_N.move_change(
  p_level holdfast.levels, p_line jsonb, p_factor bigint
) returns jsonb
language plpgsql immutable as $$
declare
  v_units bigint := (p_line ->> 'quantity')::bigint * p_factor;
  v_states constant text[] := array['available', 'damaged', 'quality_control', 'set_aside'];
  v_out jsonb;
  v_in jsonb;
begin
  if not coalesce(p_line ->> 'from' = any (v_states) and p_line ->> 'to' = any (v_states), false)
    or p_line ->> 'from' = p_line ->> 'to'
  then
    return holdfast_engine_N.refuse('invalid_request',
      'from and to must be two of available, damaged, quality_control and set_aside.',
      '{"field": "from"}');
  end if;
  v_out := holdfast_engine_N.state_change(p_line ->> 'from', -v_units, 0);
  v_in := holdfast_engine_N.state_change(p_line ->> 'to', v_units, 0);
  return coalesce(
    holdfast_engine_N.check_change_from(p_level, p_line ->> 'from', p_line),
    jsonb_build_object(
      'on_hand', 0,
      'damaged', (v_out ->> 'damaged')::bigint + (v_in ->> 'damaged')::bigint,
      'quality_control',
        (v_out ->> 'quality_control')::bigint + (v_in ->> 'quality_control')::bigint,
      'set_aside', (v_out ->> 'set_aside')::bigint + (v_in ->> 'set_aside')::bigint
    )
  );
end $$;
