-- The change of counters that brings units into a state, or (negative) takes them out of it; in
-- every state but available they are set aside from sale. on_hand counts units in all states.
-- p_state text, p_units bigint, p_on_hand bigint: the change of on_hand.
-- answer: {"on_hand", "damaged", "quality_control", "set_aside"}, or invalid_request for no state.
-- locks: none.
create or replace function holdfast_engine_N.state_change(
  p_state text, p_units bigint, p_on_hand bigint
) returns jsonb
language sql immutable as $$
  select case when p_state in ('available', 'on_hand', 'damaged', 'quality_control', 'set_aside')
    then jsonb_build_object(
      'on_hand', p_on_hand,
      'damaged', case when p_state = 'damaged' then p_units else 0 end,
      'quality_control', case when p_state = 'quality_control' then p_units else 0 end,
      'set_aside', case when p_state = 'set_aside' then p_units else 0 end
    )
    else holdfast_engine_N.refuse('invalid_request',
      'state must be available, damaged, quality_control or set_aside.', '{"field": "state"}')
  end
$$;

-- How many units of a level are in a state.
-- p_level: the row; p_state text. answer: units, or null for no state.
-- available is what no promise and no fact keeps.
-- locks: none.
create or replace function holdfast_engine_N.units_in(p_level holdfast.levels, p_state text)
returns bigint
language sql immutable as $$
  select case p_state
    when 'on_hand' then p_level.on_hand
    when 'available' then p_level.on_hand - p_level.held - p_level.committed - p_level.damaged
      - p_level.quality_control - p_level.set_aside
    when 'damaged' then p_level.damaged
    when 'quality_control' then p_level.quality_control
    when 'set_aside' then p_level.set_aside
  end
$$;

-- Compare-and-set: refuses when the state has not the quantity that change_from names.
-- p_state text, p_line jsonb. answer: stale_quantity with both numbers, or null.
-- Without change_from nothing is compared.
-- locks: none.
create or replace function holdfast_engine_N.check_change_from(
  p_level holdfast.levels, p_state text, p_line jsonb
) returns jsonb
language sql immutable as $$
  select case when coalesce(jsonb_typeof(p_line -> 'change_from'), 'null') <> 'null'
    and holdfast_engine_N.units_in(p_level, p_state) <> (p_line ->> 'change_from')::numeric
    then holdfast_engine_N.refuse('stale_quantity',
      'The quantity is not the one that change_from names.',
      jsonb_build_object('state', p_state, 'change_from', p_line -> 'change_from',
        'is', holdfast_engine_N.units_in(p_level, p_state), 'version', p_level.version))
  end
$$;
