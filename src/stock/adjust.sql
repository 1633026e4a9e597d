-- Changes counters by a difference, with reason and document.
-- p_request: {"lines": [{"sku", "location", "quantity": the change, "state", "change_from"}], …}.
-- answer: change_stock's.
-- locks: none more; the frame has locked the levels.
create or replace function holdfast_engine_N.adjust(p_tenant_id int, p_request jsonb) returns jsonb
language sql volatile as $$
  select holdfast_engine_N.change_stock(p_tenant_id, 'adjust', p_request)
$$;

-- The counters that an adjust line changes: units come into a state, or leave it, and on_hand too.
-- p_level: before, p_line jsonb, p_factor bigint: units in one of the code.
-- answer: the change, or a refusal.
-- locks: none.
create or replace function holdfast_engine_N.adjust_change(
  p_level holdfast.levels, p_line jsonb, p_factor bigint
) returns jsonb
language sql immutable as $$
  select coalesce(
    holdfast_engine_N.check_change_from(p_level, coalesce(p_line ->> 'state', 'available'), p_line),
    holdfast_engine_N.state_change(coalesce(p_line ->> 'state', 'available'),
      (p_line ->> 'quantity')::bigint * p_factor, (p_line ->> 'quantity')::bigint * p_factor)
  )
$$;
