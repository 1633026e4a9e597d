-- Gives a hold more time, within its policies' caps of count and total life. With an order
-- reference it is an unpaid order's hold, and has that window.
-- p_request: {"reservation_id", "hold_seconds", "order_reference"}. answer: reservation_answer;
-- refusals extension_limit, reservation_expired, already_released. p_levels int[]: locked.
-- locks: the reservation's rows, under their levels.
create or replace function holdfast_engine_N.extend(
  p_tenant_id int, p_request jsonb, p_levels int[]
) returns jsonb
language plpgsql volatile as $$
declare
  v_id uuid := holdfast_engine_N.uuid_of(p_request -> 'reservation_id');
  v_now timestamptz := holdfast.clock();
  v_found jsonb;
  v_held record;
  v_until timestamptz;
  v_last timestamptz;
begin
  v_found := coalesce(
    holdfast_engine_N.check_order_reference(p_request, false),
    holdfast_engine_N.check_claim(p_request - 'id'),
    holdfast_engine_N.parts_of(p_tenant_id, p_request - 'lines', p_levels, 'held', '')
  );
  if not v_found ? 'parts' then
    return v_found;
  end if;
  select r.expires_at, r.created_at, r.extensions, w.extension_count_max, w.hold_life_seconds_max,
    coalesce((p_request ->> 'hold_seconds')::int, w.seconds) as seconds,
    (select sum(a.held + a.held_backordered)
      from holdfast_engine_N.allocations_of(p_tenant_id, v_id) as a) as units
  into v_held
  from holdfast.reservations r
  cross join lateral holdfast_engine_N.hold_window(p_tenant_id, v_id, null, r.channel_id, r.tier,
    p_request ->> 'order_reference' is not null, v_now) as w
  where r.tenant_id = p_tenant_id and r.reservation_id = v_id;
  if jsonb_array_length(v_found -> 'parts') = 0 then
    return holdfast_engine_N.refuse('already_released', 'Nothing of this reservation is held.',
      jsonb_build_object('reservation_id', v_id));
  end if;
  if v_held.units = 0 or v_held.expires_at <= v_now then
    return holdfast_engine_N.refuse('reservation_expired', 'The hold ended before it was extended.',
      jsonb_build_object('reservation_id', v_id, 'expired_at', v_held.expires_at));
  end if;
  v_last := v_held.created_at + make_interval(secs => v_held.hold_life_seconds_max);
  v_until := least(v_now + make_interval(secs => v_held.seconds), v_last);
  if v_held.expires_at is null or v_held.extensions >= v_held.extension_count_max
    or v_held.expires_at >= v_last
  then
    return holdfast_engine_N.refuse('extension_limit', case when v_held.expires_at is null
        then 'A staff hold has no expiry.'
        else 'The hold has been extended as often, or as far, as the settings allow.' end,
      jsonb_build_object('reservation_id', v_id, 'expires_at', v_held.expires_at,
        'extensions', v_held.extensions, 'extension_count_max', v_held.extension_count_max,
        'expires_at_max', v_last));
  end if;
  v_until := greatest(v_until, v_held.expires_at); -- an extension never shortens
  perform holdfast_engine_N.set_expiry(p_tenant_id, v_id, v_until);
  update holdfast.reservations r set extensions = r.extensions + 1,
    order_reference = coalesce(p_request ->> 'order_reference', r.order_reference)
  where r.tenant_id = p_tenant_id and r.reservation_id = v_id;
  insert into holdfast.events (tenant_id, event_id, type, reservation_id, data, recorded_at)
  values (p_tenant_id, holdfast.uuid_v7(), 'reservation.extended', v_id,
    jsonb_build_object('from', v_held.expires_at, 'to', v_until), v_now);
  return holdfast_engine_N.reservation_answer(p_tenant_id, v_id);
end $$;

-- Sets when a hold ends, in the reservation's row, in its allocations and in its places in queues.
-- p_expires_at timestamptz. answer: nothing.
-- They are one fact kept twice, so that one index finds what is overdue at a level.
-- locks: the rows, under their levels.
create or replace function holdfast_engine_N.set_expiry(
  p_tenant_id int, p_reservation_id uuid, p_expires_at timestamptz
) returns void
language plpgsql volatile as $$
begin
  update holdfast.reservations set expires_at = p_expires_at
  where tenant_id = p_tenant_id and reservation_id = p_reservation_id;
  update holdfast.allocations set expires_at = p_expires_at
  where tenant_id = p_tenant_id and reservation_id = p_reservation_id;
  update holdfast.backorders set expires_at = p_expires_at
  where tenant_id = p_tenant_id and reservation_id = p_reservation_id and held_backordered > 0;
end $$;
