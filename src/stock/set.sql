-- Sets a counter to what was counted; change_from refuses if it is not what the caller has seen.
-- p_request: {"lines": [{"sku", "location", "quantity", "state": default on_hand, "change_from"}]}.
-- A missing level is made. answer: change_stock's.
-- locks: none more; the frame has locked the levels.
create or replace function holdfast_engine_N.set(p_tenant_id int, p_request jsonb) returns jsonb
language sql volatile as $$
  select holdfast_engine_N.change_stock(p_tenant_id, 'set', p_request)
$$;

-- The counters that a set line changes: the state comes to the quantity, and on_hand by as much.
-- p_level: before, p_line jsonb, p_factor bigint: units in one of the code.
-- answer: the change, or a refusal.
-- locks: none.
create or replace function holdfast_engine_N.set_change(
  p_level holdfast.levels, p_line jsonb, p_factor bigint
) returns jsonb
language sql immutable as $$
  select coalesce(
    holdfast_engine_N.check_change_from(p_level, coalesce(p_line ->> 'state', 'on_hand'), p_line),
    holdfast_engine_N.state_change(coalesce(p_line ->> 'state', 'on_hand'), change.units,
      change.units)
  )
  from (
    select (p_line ->> 'quantity')::bigint * p_factor
      - holdfast_engine_N.units_in(p_level, coalesce(p_line ->> 'state', 'on_hand')) as units
  ) as change
$$;
