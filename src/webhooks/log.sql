-- One delivery as the log shows it.
-- p_delivery. answer: jsonb.
-- Its event's id is its own: an endpoint is told of an event once, however often it is tried.
-- locks: none.
create or replace function holdfast_engine_N.delivery_row(p_delivery holdfast.webhook_deliveries)
returns jsonb
language sql immutable as $$
  select jsonb_build_object('event_id', 'evt_' || p_delivery.position, 'type', p_delivery.type,
    'state', p_delivery.state, 'tries', p_delivery.tries, 'created_at', p_delivery.created_at,
    'ended_at', p_delivery.ended_at,
    'next_at', case when p_delivery.state = 'pending' then p_delivery.next_at end,
    'last_status', p_delivery.last_status, 'last_error', p_delivery.last_error)
$$;

-- Lists the deliveries of an endpoint.
-- p_request: {"endpoint_id", "state", "type", "limit", "cursor", "sort" (position; - turns it
-- around; else -position)}. answer: a page, or webhook_not_found, invalid_request. locks: none.
create or replace function holdfast_engine_N.list_deliveries(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_limit int;
  v_up boolean := p_request ->> 'sort' = 'position';
  v_cursor bigint := holdfast_engine_N.event_position(p_request -> 'cursor');
  v_rows jsonb;
  v_refusal jsonb := holdfast_engine_N.check_page(p_request - 'endpoint_id', '{
    "state": {"is": "choice", "of": ["pending", "delivered", "dead"]},
    "type": {"is": "text", "max": 100}}', '{"position": "bigint"}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_limit := coalesce((p_request ->> 'limit')::int, 50);
  if p_request ->> 'cursor' is not null and v_cursor is null then
    return holdfast_engine_N.refuse('invalid_request',
      'This cursor is not one of this list.', '{"field": "cursor"}');
  end if;
  v_refusal := holdfast_engine_N.get_webhook(p_tenant_id, p_request);
  if holdfast_engine_N.is_refusal(v_refusal) then
    return v_refusal;
  end if;
  execute format(
    'select coalesce('
    '  jsonb_agg(holdfast_engine_N.delivery_row(e) order by e.position %1$s), ''[]'') '
    'from (select d.* from holdfast.webhook_deliveries d where d.tenant_id = $1 '
    '  and d.endpoint_id = ($2 ->> ''endpoint_id'')::int '
    '  and ($3 is null or d.position %2$s $3) '
    '  and ($2 ->> ''state'' is null or d.state = $2 ->> ''state'') '
    '  and ($2 ->> ''type'' is null or d.type = $2 ->> ''type'') '
    '  order by d.position %1$s limit $4 + 1) as e',
    case when v_up then 'asc' else 'desc' end, case when v_up then '>' else '<' end
  ) into v_rows using p_tenant_id, p_request, v_cursor, v_limit;
  return jsonb_build_object('ok', true, 'data', case when jsonb_array_length(v_rows) > v_limit
      then v_rows - v_limit else v_rows end,
    'next_cursor', case when jsonb_array_length(v_rows) > v_limit
      then v_rows -> (v_limit - 1) ->> 'event_id' end);
end $$;

-- The position that an event's id says.
-- p_id jsonb: "evt_12", or "12". answer: the position, or null when it is no such id.
-- locks: none.
create or replace function holdfast_engine_N.event_position(p_id jsonb) returns bigint
language sql immutable as $$
  select substring(p_id #>> '{}' from '^(?:evt_)?([0-9]{1,15})$')::bigint
$$;

-- Shows one delivery with what was sent, and every attempt with what came back.
-- p_request: {"endpoint_id", "event_id"}. answer: the delivery, or webhook_not_found,
-- delivery_not_found. "body" is null once the feed has forgotten the event.
-- locks: none.
create or replace function holdfast_engine_N.get_delivery(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_delivery holdfast.webhook_deliveries;
  v_endpoint jsonb := holdfast_engine_N.get_webhook(p_tenant_id, p_request);
begin
  if holdfast_engine_N.is_refusal(v_endpoint) then
    return v_endpoint;
  end if;
  select d.* into v_delivery from holdfast.webhook_deliveries d
  where d.tenant_id = p_tenant_id and d.endpoint_id = (p_request ->> 'endpoint_id')::int
    and d.position = holdfast_engine_N.event_position(p_request -> 'event_id');
  if not found then
    return holdfast_engine_N.refuse('delivery_not_found',
      'This endpoint was not sent an event with this id.',
      jsonb_build_object('event_id', left(p_request ->> 'event_id', 64)));
  end if;
  return '{"ok": true}' || holdfast_engine_N.delivery_row(v_delivery) || jsonb_build_object(
    'body', (
      select holdfast_engine_N.event_row(f) from holdfast.event_feed f
      where f.tenant_id = p_tenant_id and f.position = v_delivery.position),
    'attempts', coalesce((
      select jsonb_agg(jsonb_build_object('try', a.try_no, 'at', a.at, 'status', a.status,
        'error', a.error, 'answer', a.answer, 'took_ms', a.took_ms) order by a.try_no)
      from holdfast.webhook_attempts a
      where a.tenant_id = p_tenant_id and a.endpoint_id = v_delivery.endpoint_id
        and a.position = v_delivery.position), '[]'));
end $$;

-- Sends events to an endpoint again, or for the first time: one by its id, or a range.
-- p_request: {"endpoint_id"} and "event_id"; or "from" and "to" (instants; "to" may be left out),
-- with "state": only deliveries that have ended so. answer: {"ok", "queued", "more": the range has
-- more than 10,000}, or webhook_not_found, delivery_not_found, invalid_request.
-- Of a range those that the endpoint's filters let through; of an id that one in any case.
-- locks: the endpoint's row, then its deliveries.
create or replace function holdfast_engine_N.replay_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_endpoint holdfast.webhook_endpoints;
  v_queued bigint;
  v_first bigint;
  v_refusal jsonb := holdfast_engine_N.check_replay(p_request);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select w.* into v_endpoint from holdfast.webhook_endpoints w
  where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
    and w.removed_at is null
  for no key update;
  if not found then
    return holdfast_engine_N.no_webhook(p_request);
  end if;
  with queued as (
    insert into holdfast.webhook_deliveries as d (
      tenant_id, endpoint_id, position, type, lane, next_at, created_at)
    select p_tenant_id, v_endpoint.endpoint_id, f.position, f.type,
      coalesce(f.data ->> 'sku', f.data ->> 'reservation_id', f.type), holdfast.clock(),
      holdfast.clock()
    from holdfast.event_feed f
    left join holdfast.webhook_deliveries o on o.tenant_id = p_tenant_id
      and o.endpoint_id = v_endpoint.endpoint_id and o.position = f.position
    where f.tenant_id = p_tenant_id and f.position <= v_endpoint.position
      and case when p_request ->> 'event_id' is not null
        then f.position = holdfast_engine_N.event_position(p_request -> 'event_id')
        else f.recorded_at >= holdfast_engine_N.instant(p_request -> 'from')
          and f.recorded_at < coalesce(
            holdfast_engine_N.instant(p_request -> 'to'), holdfast.clock())
          and (v_endpoint.types is null or f.type = any (v_endpoint.types))
          and (v_endpoint.skus is null or f.data ->> 'sku' = any (v_endpoint.skus))
          and (v_endpoint.locations is null or f.data ->> 'location' = any (v_endpoint.locations))
          and (p_request ->> 'state' is null or o.state = p_request ->> 'state')
          and f.type <> 'webhook.ping'
          and o.state is distinct from 'pending' end
    order by f.position limit 10000
    on conflict (tenant_id, endpoint_id, position) do update set state = 'pending', attempts = 0,
      next_at = excluded.next_at, created_at = excluded.created_at, ended_at = null
    returning d.position
  )
  select count(*), min(q.position) into v_queued, v_first from queued q;
  update holdfast.webhook_endpoints w
  set pending_from = least(w.pending_from, v_first)
  where w.tenant_id = p_tenant_id and w.endpoint_id = v_endpoint.endpoint_id;
  if v_queued = 0 and p_request ->> 'event_id' is not null then
    return holdfast_engine_N.refuse('delivery_not_found', 'The feed has no event with this id.',
      jsonb_build_object('event_id', left(p_request ->> 'event_id', 64)));
  end if;
  return jsonb_build_object('ok', true, 'queued', v_queued, 'more', v_queued = 10000);
end $$;

-- What is wrong with a request to send again.
-- p_request: as replay_webhook. answer: a refusal, or null.
-- An id and a range together would say two things.
-- locks: none.
create or replace function holdfast_engine_N.check_replay(p_request jsonb) returns jsonb
language plpgsql volatile as $$
declare
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "endpoint_id": {"is": "integer", "least": 0, "most": 2147483647, "needed": true},
    "event_id": {"is": "text", "max": 64}, "from": {"is": "instant"}, "to": {"is": "instant"},
    "state": {"is": "choice", "of": ["delivered", "dead"]}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if (p_request ->> 'event_id' is null) = (p_request ->> 'from' is null)
    or (p_request ->> 'event_id' is not null
      and (p_request ->> 'to' is not null or p_request ->> 'state' is not null))
  then
    return holdfast_engine_N.refuse('invalid_request',
      'Either event_id alone, or from and perhaps to and state.', '{"field": "event_id"}');
  end if;
  if holdfast_engine_N.instant(p_request -> 'to')
    <= holdfast_engine_N.instant(p_request -> 'from')
  then
    return holdfast_engine_N.refuse('invalid_request', 'to must be after from.',
      '{"field": "to"}');
  end if;
  return null;
end $$;
