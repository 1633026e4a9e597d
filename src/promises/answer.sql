-- Makes the link's token of a notice, for the mail that tells of it: good once, until the notice is
-- answered. Only its hash is kept; a new one makes the old one void.
-- p_request: {"notice_id"}. answer: {"ok", "notice_id", "token", "silence_at"}, or
-- notice_not_found, notice_answered.
-- locks: the notice.
create or replace function holdfast_engine_N.promise_link(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_notice holdfast.promise_notices;
  v_token text := 'hf_notice_' || replace(gen_random_uuid() || '' || gen_random_uuid(), '-', '');
begin
  select n.* into v_notice from holdfast.promise_notices n
  where n.tenant_id = p_tenant_id
    and n.notice_id = holdfast_engine_N.uuid_of(p_request -> 'notice_id')
  for no key update;
  if v_notice.notice_id is null then
    return holdfast_engine_N.refuse('notice_not_found', 'There is no such notice.',
      jsonb_build_object('notice_id', left(p_request ->> 'notice_id', 64)));
  end if;
  if v_notice.answer is not null then
    return holdfast_engine_N.refuse('notice_answered', 'This notice was answered already.',
      holdfast_engine_N.notice_row(v_notice));
  end if;
  update holdfast.promise_notices n set token_sha256 = sha256(convert_to(v_token, 'UTF8'))
  where n.tenant_id = p_tenant_id and n.notice_id = v_notice.notice_id;
  return jsonb_build_object('ok', true, 'notice_id', v_notice.notice_id, 'token', v_token,
    'silence_at', v_notice.silence_at);
end $$;

-- Records what the buyer has chosen: to keep the order, or to cancel what waits.
-- p_request: {"token": of the link, or "notice_id": the merchant answers, "choice": keep or
-- cancel}. answer: {"ok", the notice, "cancelled": units}, or notice_not_found, notice_answered.
-- A link answers once: whoever comes again is told what was chosen.
-- locks: the notice, then the levels of the reservation, its row, and as settle_queue.
create or replace function holdfast_engine_N.answer_promise(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_notice holdfast.promise_notices;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "token": {"is": "text", "max": 100}, "notice_id": {"is": "text", "max": 64},
    "choice": {"is": "choice", "of": ["keep", "cancel"], "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if num_nonnulls(p_request ->> 'token', p_request ->> 'notice_id') <> 1 then
    return holdfast_engine_N.refuse('invalid_request', 'Send a token or a notice_id.',
      '{"field": "token"}');
  end if;
  select n.* into v_notice from holdfast.promise_notices n
  where n.tenant_id = p_tenant_id and case when p_request ->> 'token' is not null
    then n.token_sha256 = sha256(convert_to(p_request ->> 'token', 'UTF8'))
    else n.notice_id = holdfast_engine_N.uuid_of(p_request -> 'notice_id') end
  for no key update;
  if v_notice.notice_id is null then
    return holdfast_engine_N.refuse('notice_not_found', 'There is no such notice.');
  end if;
  if v_notice.answer is not null then
    return holdfast_engine_N.refuse('notice_answered', 'This notice was answered already.',
      holdfast_engine_N.notice_row(v_notice));
  end if;
  return holdfast_engine_N.close_notice(p_tenant_id, v_notice, p_request ->> 'choice',
    case when p_request ->> 'token' is null then 'merchant' else 'buyer' end, p_request);
end $$;

-- Closes a notice by an answer, and does what it says.
-- p_notice: locked; p_answer text; p_by text: buyer, merchant or silence. answer: {"ok", the
-- notice, "cancelled": units}.
-- locks: as answer_promise.
create or replace function holdfast_engine_N.close_notice(
  p_tenant_id int, p_notice holdfast.promise_notices, p_answer text, p_by text, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_cancelled bigint := 0;
begin
  update holdfast.promise_notices n set answer = p_answer, answered_by = p_by,
    answered_at = holdfast.clock()
  where n.tenant_id = p_tenant_id and n.notice_id = p_notice.notice_id returning * into p_notice;
  if p_answer = 'cancel' then
    v_cancelled := holdfast_engine_N.cancel_waiting(p_tenant_id, p_notice.reservation_id,
      jsonb_build_object('reason', case p_by when 'silence' then 'the date moved: no answer'
        else 'the date moved: cancelled' end, 'actor_id', p_request -> 'actor_id'));
  end if;
  insert into holdfast.events (tenant_id, event_id, type, reservation_id, data, recorded_at)
  values (p_tenant_id, holdfast.uuid_v7(), 'promise.answered', p_notice.reservation_id,
    holdfast_engine_N.notice_row(p_notice)
      || jsonb_build_object('choice', p_answer, 'cancelled', v_cancelled),
    p_notice.answered_at);
  return '{"ok": true}' || holdfast_engine_N.notice_row(p_notice)
    || jsonb_build_object('cancelled', v_cancelled);
end $$;

-- Cancels all that a reservation waits for; what is there stays.
-- p_request jsonb: for reason and actor. answer: units that were cancelled.
-- Those behind it in the queues move up.
-- locks: the levels of the reservation by id, then its row, and as settle_queue.
create or replace function holdfast_engine_N.cancel_waiting(
  p_tenant_id int, p_reservation_id uuid, p_request jsonb
) returns bigint
language plpgsql volatile as $$
declare
  v_levels int[] := holdfast_engine_N.lock_levels(p_tenant_id, jsonb_build_array(
    jsonb_build_object('reservation_id', p_reservation_id)));
  v_part record;
  v_units bigint := 0;
begin
  for v_part in
    select * from holdfast_engine_N.allocations_of(p_tenant_id, p_reservation_id) as a
    where a.backordered + a.held_backordered > 0 and a.level_id = any (v_levels)
  loop
    perform holdfast_engine_N.change_part(p_tenant_id, p_request, p_reservation_id, 5,
      v_part.inline, v_part.line_no, v_part.part_no, v_part.level_id, v_part.sku_id,
      v_part.location_id, p_released => v_part.backordered + v_part.held_backordered,
      p_backordered => -v_part.backordered, p_held_backordered => -v_part.held_backordered);
    v_units := v_units + v_part.backordered + v_part.held_backordered;
  end loop;
  perform holdfast_engine_N.settle_queues(p_tenant_id, v_levels);
  return v_units;
end $$;

-- The sweeper's step for notices that nobody has answered in time: the policy's default holds.
-- p_request: {"limit": 20}. answer: {"ok", "closed", "more"}. Of an order that was sent several
-- notices the newest speaks; the others are kept.
-- locks: the notices, skipping what is locked; then as answer_promise.
create or replace function holdfast_engine_N.close_silent_notices(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_limit int := coalesce((p_request ->> 'limit')::int, 20);
  v_notice holdfast.promise_notices;
  v_closed int := 0;
begin
  for v_notice in
    select n.* from holdfast.promise_notices n
    where n.tenant_id = p_tenant_id and n.answer is null and n.silence_at <= v_now
    order by n.silence_at, n.notice_id limit v_limit
    for no key update skip locked
  loop
    perform holdfast_engine_N.close_notice(p_tenant_id, v_notice, case when exists (
        select from holdfast.promise_notices o
        where o.tenant_id = p_tenant_id and o.reservation_id = v_notice.reservation_id
          and o.notice_id > v_notice.notice_id
        -- or who has answered by another door
        union all
        select from holdfast.events e
        where e.tenant_id = p_tenant_id and e.type = 'promise.answered'
          and e.recorded_at >= v_notice.created_at
          and e.reservation_id = v_notice.reservation_id)
      then 'keep' else v_notice.silence_default end, 'silence', '{}');
    v_closed := v_closed + 1;
  end loop;
  return jsonb_build_object('ok', true, 'closed', v_closed, 'more', v_closed = v_limit);
end $$;
