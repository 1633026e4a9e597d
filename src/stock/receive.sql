-- Books units that have arrived, into available or into a state that waits.
-- p_request: {"lines": [{"sku", "location", "quantity", "state", "supply": the code of what was
-- expected, "over"}], "document", …}. A missing level is made. answer: change_stock's.
-- locks: none more; the frame has locked the levels.
create or replace function holdfast_engine_N.receive(p_tenant_id int, p_request jsonb) returns jsonb
language sql volatile as $$
  select holdfast_engine_N.change_stock(p_tenant_id, 'receive', p_request)
$$;

-- The counters that a receive line changes: a shortage is lowered first, by the level itself.
-- p_level: before, p_line jsonb, p_factor bigint: units in one of the code.
-- answer: the change, or a refusal.
-- locks: none.
create or replace function holdfast_engine_N.receive_change(
  p_level holdfast.levels, p_line jsonb, p_factor bigint
) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.state_change(coalesce(p_line ->> 'state', 'available'),
    (p_line ->> 'quantity')::bigint * p_factor, (p_line ->> 'quantity')::bigint * p_factor)
$$;
