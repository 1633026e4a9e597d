-- Takes the next events of the feed to one consumer: its function does what it does, and its cursor
-- moves, in one transaction, so that nothing is done twice for one event. One process at a time
-- serves a consumer of a tenant. A consumer's first call begins it: at what comes from now on.
-- p_request: {"consumer": its name, "function": of this schema, (p_tenant_id int, p_events jsonb)
-- returning jsonb, "types" (left out: all), "limit"}. answer: {"ok", "consumed", "position",
-- "busy", "more", "lag_seconds"}. locks: the consumer's row; then what its function locks.
create or replace function holdfast_engine_N.consume_events(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_consumer text := p_request ->> 'consumer';
  v_limit int := coalesce((p_request ->> 'limit')::int, 500);
  v_newest bigint := coalesce((
    select f.position from holdfast.event_feeds f where f.tenant_id = p_tenant_id), 0);
  v_position bigint;
  v_batch record;
begin
  select c.position into v_position from holdfast.event_consumers c
  where c.tenant_id = p_tenant_id and c.consumer = v_consumer;
  if not found then
    insert into holdfast.event_consumers (tenant_id, consumer, position)
    values (p_tenant_id, v_consumer, v_newest)
    on conflict do nothing;
    v_position := v_newest;
  end if;
  if v_position >= v_newest then
    return jsonb_build_object('ok', true, 'consumed', 0, 'position', v_position, 'busy', false,
      'more', false, 'lag_seconds', 0);
  end if;
  select c.position into v_position from holdfast.event_consumers c
  where c.tenant_id = p_tenant_id and c.consumer = v_consumer
  for no key update skip locked;
  if not found then
    return jsonb_build_object('ok', true, 'consumed', 0, 'position', v_newest, 'busy', true,
      'more', false, 'lag_seconds', 0);
  end if;
  select count(*) as read, max(e.position) as last, min(e.recorded_at) as oldest_at,
    coalesce(jsonb_agg(holdfast_engine_N.event_row(e) order by e.position) filter (
      where p_request ->> 'types' is null or p_request -> 'types' ? e.type), '[]') as events
  into v_batch
  from (
    select f.* from holdfast.event_feed f
    where f.tenant_id = p_tenant_id and f.position > v_position
    order by f.position limit v_limit
  ) as e;
  if v_batch.events <> '[]' then
    execute format('select holdfast_engine_N.%I($1, $2)', p_request ->> 'function')
      using p_tenant_id, v_batch.events;
  end if;
  v_position := coalesce(v_batch.last, v_newest); -- rows may have been forgotten meanwhile
  update holdfast.event_consumers c set position = v_position
  where c.tenant_id = p_tenant_id and c.consumer = v_consumer;
  return jsonb_build_object('ok', true, 'consumed', jsonb_array_length(v_batch.events),
    'position', v_position, 'busy', false, 'more', v_batch.read >= v_limit,
    'lag_seconds', greatest(0, extract(epoch from holdfast.clock() - v_batch.oldest_at)));
end $$;

-- One event as every door shows it: the envelope of Standard Webhooks, with the id.
-- p_event: a row of the feed. answer: {"id", "type", "timestamp", "data"}.
-- The id is the position, so that it is the same for ever and grows. Not immutable, or the
-- statement that calls it could not take the expression in.
-- locks: none.
create or replace function holdfast_engine_N.event_row(p_event holdfast.event_feed) returns jsonb
language sql volatile as $$
  select jsonb_build_object('id', 'evt_' || p_event.position, 'type', p_event.type,
    'timestamp', p_event.recorded_at, 'data', p_event.data)
$$;

-- Reads the feed after a position, as it goes down a stream.
-- p_request: {"after": position, "limit"}. answer: {"ok", "position": of the newest, "first": of
-- the oldest that is kept, "events": [[position, type, sku, location, channel, reservation_id,
-- text]]}.
-- The text is the event in JSON, made once for all who listen.
-- locks: none.
create or replace function holdfast_engine_N.tail_events(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('ok', true,
    'position', coalesce((
      select f.position from holdfast.event_feeds f where f.tenant_id = p_tenant_id), 0),
    'first', coalesce((
      select min(f.position) from holdfast.event_feed f where f.tenant_id = p_tenant_id), 0),
    'events', coalesce((
      select jsonb_agg(jsonb_build_array(e.position, e.type, e.data ->> 'sku',
        e.data ->> 'location', e.data ->> 'channel', e.data ->> 'reservation_id',
        holdfast_engine_N.event_row(e)::text) order by e.position)
      from (
        select f.* from holdfast.event_feed f
        where f.tenant_id = p_tenant_id and f.position > (p_request ->> 'after')::bigint
        order by f.position limit coalesce((p_request ->> 'limit')::int, 1000)
      ) as e), '[]'))
$$;

-- What a reader has missed, as it stands now: the levels that changed between two positions.
-- p_request: {"after", "to": positions, "limit"}. answer: {"ok", "levels": as in level.changed,
-- "complete": false when there were more}. A level is told of once, however often it changed.
-- locks: none.
create or replace function holdfast_engine_N.missed_levels(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  with changed as (
    select distinct on (f.data ->> 'sku', f.data ->> 'location') f.data
    from holdfast.event_feed f
    where f.tenant_id = p_tenant_id and f.type = 'level.changed'
      and f.position > (p_request ->> 'after')::bigint
      and f.position <= (p_request ->> 'to')::bigint
    order by f.data ->> 'sku', f.data ->> 'location', f.position desc
    limit (p_request ->> 'limit')::int + 1
  )
  select jsonb_build_object('ok', true,
    'complete', count(*) <= (p_request ->> 'limit')::int,
    'levels', coalesce(jsonb_agg(c.data - 'from_version'), '[]'))
  from changed c
$$;

-- Lists events.
-- p_request: "type", "sku", "location" (lists), "channel", "reservation_id" (only those), "limit",
-- "cursor", "sort" (position; - turns it around; else -position). answer: a page.
-- An event that says nothing of what is asked for is not among them.
-- locks: none.
create or replace function holdfast_engine_N.list_events(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_limit int;
  v_up boolean := p_request ->> 'sort' = 'position';
  v_cursor bigint;
  v_rows jsonb;
  v_refusal jsonb := holdfast_engine_N.check_page(p_request, '{
    "type": {"is": "texts", "most": 100, "max": 100},
    "sku": {"is": "texts", "most": 100, "max": 255},
    "location": {"is": "texts", "most": 100, "max": 100},
    "channel": {"is": "text", "max": 100}, "reservation_id": {"is": "text", "max": 64}}',
    '{"position": "bigint"}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_limit := coalesce((p_request ->> 'limit')::int, 50);
  if p_request ->> 'cursor' is not null then
    if p_request ->> 'cursor' !~ '^(evt_)?[0-9]{1,15}$' then
      return holdfast_engine_N.refuse('invalid_request',
        'This cursor is not one of this list.', '{"field": "cursor"}');
    end if;
    v_cursor := ltrim(p_request ->> 'cursor', 'evt_')::bigint;
  end if;
  execute format(
    'select coalesce(jsonb_agg(holdfast_engine_N.event_row(e) order by e.position %1$s), ''[]'') '
    'from (select f.* from holdfast.event_feed f where f.tenant_id = $1 '
    '  and ($3 is null or f.position %2$s $3) '
    '  and ($2 ->> ''type'' is null or $2 -> ''type'' ? f.type) '
    '  and ($2 ->> ''sku'' is null or $2 -> ''sku'' ? (f.data ->> ''sku'')) '
    '  and ($2 ->> ''location'' is null or $2 -> ''location'' ? (f.data ->> ''location'')) '
    '  and ($2 ->> ''channel'' is null or f.data ->> ''channel'' = $2 ->> ''channel'') '
    '  and ($2 ->> ''reservation_id'' is null '
    '    or f.data ->> ''reservation_id'' = lower($2 ->> ''reservation_id'')) '
    '  order by f.position %1$s limit $4 + 1) as e',
    case when v_up then 'asc' else 'desc' end, case when v_up then '>' else '<' end
  ) into v_rows using p_tenant_id, p_request, v_cursor, v_limit;
  return jsonb_build_object('ok', true, 'data', case when jsonb_array_length(v_rows) > v_limit
      then v_rows - v_limit else v_rows end,
    'next_cursor', case when jsonb_array_length(v_rows) > v_limit
      then v_rows -> (v_limit - 1) ->> 'id' end);
end $$;

-- Forgets events of more than two weeks ago; a step of the sweeper.
-- p_request: {"limit"}. answer: {"ok", "forgotten", "more"}.
-- Whoever has not read them by then begins anew with what there is.
-- locks: the rows.
create or replace function holdfast_engine_N.trim_events(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_limit int := coalesce((p_request ->> 'limit')::int, 5000);
  v_forgotten bigint;
begin
  delete from holdfast.event_feed f
  where f.tenant_id = p_tenant_id and f.recorded_at < holdfast.clock() - interval '14 days'
    and f.position in (
      select o.position from holdfast.event_feed o
      where o.tenant_id = p_tenant_id
      order by o.position limit v_limit);
  get diagnostics v_forgotten = row_count;
  return jsonb_build_object('ok', true, 'forgotten', v_forgotten, 'more', v_forgotten >= v_limit);
end $$;
