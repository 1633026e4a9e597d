-- Takes a hold on stock for a cart: all lines or none (with "partial": what there is, by line).
-- p_request: {"lines": [{"sku", "location", "quantity", "unit"}], "id", "hold_seconds", "buyer",
-- "tags", "order_reference", "partial", "split", "channel", "tier", "owner" + "review_at" (staff)}.
-- p_levels int[]: locked by the frame. answer: reservation_answer, with "short" lines when partial.
-- locks: the new reservation's row, under its levels.
create or replace function holdfast_engine_N.reserve(
  p_tenant_id int, p_request jsonb, p_levels int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_id uuid := coalesce(holdfast_engine_N.uuid_of(p_request -> 'id'), holdfast.uuid_v7());
  v_planned jsonb;
  v_window record;
  v_answer jsonb;
begin
  p_request := holdfast_engine_N.with_channel(p_tenant_id, p_request);
  v_answer := coalesce(
    holdfast_engine_N.check_claim(p_request),
    holdfast_engine_N.check_channel(p_request),
    holdfast_engine_N.check_lines(p_tenant_id, p_request, true)
  );
  if v_answer is not null then
    return v_answer;
  end if;
  v_planned := holdfast_engine_N.plan(p_tenant_id, p_request, p_levels, v_now);
  if not v_planned ? 'plan' then
    return v_planned;
  end if;
  if jsonb_array_length(v_planned -> 'plan') = 0
    or (jsonb_array_length(v_planned -> 'short') > 0
      and p_request -> 'partial' is distinct from 'true')
  then
    return holdfast_engine_N.refuse('insufficient_stock', 'Less is free than was asked for.',
      jsonb_build_object('lines', v_planned -> 'short'));
  end if;

  v_window := holdfast_engine_N.hold_window(p_tenant_id, v_id, v_planned -> 'plan',
    (p_request ->> 'channel_id')::int, normalize(p_request ->> 'tier'),
    p_request ->> 'order_reference' is not null, v_now);
  if p_request ->> 'hold_seconds' is null then
    p_request := p_request || jsonb_build_object('hold_seconds', v_window.seconds);
  end if;
  if not holdfast_engine_N.open_reservation(
    p_tenant_id, v_id, p_request, v_planned -> 'plan', 1, true, false, v_now
  ) then
    return holdfast_engine_N.refuse('reservation_exists',
      'A reservation with this id exists already.', jsonb_build_object('reservation_id', v_id));
  end if;
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id,
    case when jsonb_array_length(v_planned -> 'short') > 0
      then jsonb_build_object('short', v_planned -> 'short') else '{}' end
    || case when v_window.version > 0
      then jsonb_build_object('policy_version', v_window.version) else '{}' end);
end $$;
