-- The endpoints of a tenant for which there is something to do now.
-- p_request: {"server": uuid of the asking process}. answer: {"ok", "endpoint_ids", "lag_seconds":
-- age of the oldest delivery that is pending}. Only looks: a shop without webhooks costs one read.
-- locks: none.
create or replace function holdfast_engine_N.webhook_work(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('ok', true,
    'endpoint_ids', coalesce(jsonb_agg(w.endpoint_id order by w.endpoint_id)
      filter (where w.position < f.position or w.due), '[]'),
    'lag_seconds', greatest(0, coalesce(max(extract(epoch from
      holdfast.clock() - w.oldest_at)), 0)))
  from holdfast.event_feeds f
  cross join lateral (
    select e.endpoint_id, e.position, p.oldest_at, exists (
        select from holdfast.webhook_deliveries d
        where d.tenant_id = p_tenant_id and d.endpoint_id = e.endpoint_id
          and d.position >= e.pending_from and d.state = 'pending'
          and d.next_at <= holdfast.clock()) as due
    from holdfast.webhook_endpoints e
    cross join lateral (
      select min(d.created_at) as oldest_at from (
        select n.created_at from holdfast.webhook_deliveries n
        where n.tenant_id = p_tenant_id and n.endpoint_id = e.endpoint_id
          and n.position >= e.pending_from and n.state = 'pending'
        order by n.position limit 1
      ) as d
    ) as p
    where e.tenant_id = p_tenant_id and e.removed_at is null and e.paused_at is null
      and (e.leased_until is null or e.leased_until < holdfast.clock()
        or e.leased_by = (p_request ->> 'server')::uuid)
  ) as w
  where f.tenant_id = p_tenant_id
$$;

-- Takes an endpoint for one process, queues what has happened for it, and gives out what is due.
-- p_request: {"endpoint_id", "server": uuid of the process, "limit"}. answer: {"ok", "busy":
-- another process has it, "url", "secrets", "deliveries": [{"position", "lane", "tries", "body",
-- "text"}]}.
-- A failed delivery holds back the later ones of its lane while its retries come quickly: it is in
-- its first four attempts. The lease ends by itself where a process was killed.
-- locks: the endpoint's row, skipping it where it is locked; then its deliveries.
create or replace function holdfast_engine_N.take_deliveries(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_endpoint holdfast.webhook_endpoints;
begin
  select w.* into v_endpoint from holdfast.webhook_endpoints w
  where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
    and w.removed_at is null and w.paused_at is null
    and (w.leased_until is null or w.leased_until < v_now
      or w.leased_by = (p_request ->> 'server')::uuid)
  for no key update skip locked;
  if not found then
    return '{"ok": true, "busy": true, "deliveries": []}';
  end if;
  v_endpoint := holdfast_engine_N.queue_deliveries(p_tenant_id, v_endpoint, v_now);
  v_endpoint.pending_from := coalesce((
    select min(d.position) from holdfast.webhook_deliveries d
    where d.tenant_id = p_tenant_id and d.endpoint_id = v_endpoint.endpoint_id
      and d.position >= v_endpoint.pending_from and d.state = 'pending'), v_endpoint.position + 1);
  update holdfast.webhook_endpoints w
  set position = v_endpoint.position, pending_from = v_endpoint.pending_from,
    leased_by = (p_request ->> 'server')::uuid, leased_until = v_now + interval '30 seconds'
  where w.tenant_id = p_tenant_id and w.endpoint_id = v_endpoint.endpoint_id;
  return jsonb_build_object('ok', true, 'busy', false, 'url', v_endpoint.url, 'secrets', (
    select coalesce(jsonb_agg(k.secret order by k.created_at desc), '[]')
    from holdfast.webhook_secrets k
    where k.tenant_id = p_tenant_id and k.endpoint_id = v_endpoint.endpoint_id
      and (k.ends_at is null or k.ends_at > v_now)
  ), 'deliveries', (
    select coalesce(jsonb_agg(jsonb_build_object('position', d.position, 'lane', d.lane,
      'tries', d.tries, 'body', (
        select holdfast_engine_N.event_row(f)::text from holdfast.event_feed f
        where f.tenant_id = p_tenant_id and f.position = d.position
      )) order by d.position), '[]')
    from (
      select n.* from holdfast.webhook_deliveries n
      where n.tenant_id = p_tenant_id and n.endpoint_id = v_endpoint.endpoint_id
        and n.position >= v_endpoint.pending_from and n.state = 'pending' and n.next_at <= v_now
        and not exists (
          select from holdfast.webhook_deliveries b
          where b.tenant_id = p_tenant_id and b.endpoint_id = v_endpoint.endpoint_id
            and b.position >= v_endpoint.pending_from and b.state = 'pending'
            and b.lane = n.lane and b.position < n.position
            and b.next_at > v_now and b.attempts < 4)
      order by n.position limit coalesce((p_request ->> 'limit')::int, 200)
    ) as d
  ));
end $$;

-- Queues what an endpoint wants of the feed after its position, as long as it has room: at most 500
-- deliveries that are not in their long retries, 10,000 in all.
-- p_endpoint: locked. answer: the endpoint with its new position.
-- What finds no room waits in the feed.
-- locks: the new rows.
create or replace function holdfast_engine_N.queue_deliveries(
  p_tenant_id int, p_endpoint holdfast.webhook_endpoints, p_now timestamptz
) returns holdfast.webhook_endpoints
language plpgsql volatile as $$
declare
  v_room int;
  v_done record;
begin
  select least(500 - count(*) filter (where d.attempts < 4), 10000 - count(*)) into v_room
  from holdfast.webhook_deliveries d
  where d.tenant_id = p_tenant_id and d.endpoint_id = p_endpoint.endpoint_id
    and d.position >= p_endpoint.pending_from and d.state = 'pending';
  if v_room <= 0 then
    return p_endpoint;
  end if;
  with read as materialized (
    select f.position, f.type, coalesce(f.data ->> 'sku', f.data ->> 'reservation_id', f.type)
        as lane,
      case when f.type = 'webhook.ping'
        then (f.data ->> 'endpoint_id')::int = p_endpoint.endpoint_id
        else (p_endpoint.types is null or f.type = any (p_endpoint.types))
          and (p_endpoint.skus is null or f.data ->> 'sku' = any (p_endpoint.skus))
          and (p_endpoint.locations is null
            or f.data ->> 'location' = any (p_endpoint.locations))
        end as wanted
    from holdfast.event_feed f
    where f.tenant_id = p_tenant_id and f.position > p_endpoint.position
    order by f.position limit 2000
  ), queued as (
    insert into holdfast.webhook_deliveries (
      tenant_id, endpoint_id, position, type, lane, next_at, created_at)
    select p_tenant_id, p_endpoint.endpoint_id, r.position, r.type, r.lane, p_now, p_now
    from read r where r.wanted
    order by r.position limit v_room
    on conflict do nothing
    returning position
  )
  select (select max(r.position) from read r) as last, count(*) as queued,
    max(q.position) as last_queued
  into v_done from queued q;
  p_endpoint.position := coalesce(
    case when v_done.queued >= v_room then v_done.last_queued end,
    v_done.last,
    p_endpoint.position);
  return p_endpoint;
end $$;

-- How long it is until the next attempt: eleven within two days, the first ones quickly.
-- p_attempts int: that have failed. answer: seconds, or null when there is none more.
-- locks: none.
create or replace function holdfast_engine_N.webhook_retry_seconds(p_attempts int) returns int
language sql immutable as $$
  select (array[5, 30, 120, 600, 1800, 7200, 18000, 36000, 50400, 54000])[p_attempts]
$$;

-- Writes down what came back from an endpoint.
-- p_request: {"endpoint_id", "server", "keep": true while the process goes on with it, "results":
-- [{"position", "delivered", "status", "error", "answer", "took_ms", "wait_seconds": that it asked
-- for, "chance": 0 … 1, so that retries do not come together}]}. answer: {"ok"}.
-- An endpoint that is gone (410), or has failed for two days, is paused: an event tells of it.
-- locks: the endpoint's row, then its deliveries.
create or replace function holdfast_engine_N.record_deliveries(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_endpoint holdfast.webhook_endpoints;
  v_any record;
begin
  select w.* into v_endpoint from holdfast.webhook_endpoints w
  where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
    and w.removed_at is null
  for no key update;
  if not found then
    return '{"ok": true}';
  end if;
  with results as (
    select r.* from jsonb_to_recordset(p_request -> 'results') as r (
      position bigint, delivered boolean, status int, error text, answer text, took_ms int,
      wait_seconds int, chance float8)
  ), changed as (
    update holdfast.webhook_deliveries d set
      attempts = d.attempts + 1, tries = d.tries + 1, last_status = r.status,
      last_error = r.error,
      state = case when r.delivered then 'delivered'
        when holdfast_engine_N.webhook_retry_seconds(d.attempts + 1) is null then 'dead'
        else 'pending' end,
      ended_at = case when r.delivered
        or holdfast_engine_N.webhook_retry_seconds(d.attempts + 1) is null then v_now end,
      next_at = v_now + make_interval(secs => greatest(
        least(coalesce(r.wait_seconds, 0), 3600),
        coalesce(holdfast_engine_N.webhook_retry_seconds(d.attempts + 1), 0)
          * (0.9 + 0.2 * r.chance)))
    from results r
    where d.tenant_id = p_tenant_id and d.endpoint_id = v_endpoint.endpoint_id
      and d.position = r.position and d.state = 'pending'
    returning d.position, d.tries, r.status, r.error, r.answer, r.took_ms
  ), logged as (
    insert into holdfast.webhook_attempts (
      tenant_id, endpoint_id, position, try_no, at, status, error, answer, took_ms)
    select p_tenant_id, v_endpoint.endpoint_id, c.position, c.tries, v_now, c.status, c.error,
      c.answer, c.took_ms
    from changed c
    returning 1
  )
  select coalesce(bool_or(r.delivered), false) as delivered,
    coalesce(bool_or(not r.delivered), false) as failed,
    coalesce(bool_or(r.status = 410), false) as gone, (select count(*) from logged) as logged
  into v_any from results r;

  if v_any.delivered and v_endpoint.failing_since is not null then
    -- It is back: what has failed meanwhile need not wait for its time.
    update holdfast.webhook_deliveries d set next_at = v_now
    where d.tenant_id = p_tenant_id and d.endpoint_id = v_endpoint.endpoint_id
      and d.position >= v_endpoint.pending_from and d.state = 'pending' and d.attempts > 1;
  end if;
  v_endpoint.failing_since := case when v_any.delivered then null
    when v_any.failed then coalesce(v_endpoint.failing_since, v_now)
    else v_endpoint.failing_since end;
  update holdfast.webhook_endpoints w set failing_since = v_endpoint.failing_since,
    leased_until = case when (p_request ->> 'keep')::boolean then v_now + interval '30 seconds' end
  where w.tenant_id = p_tenant_id and w.endpoint_id = v_endpoint.endpoint_id
    and w.leased_by = (p_request ->> 'server')::uuid;
  if v_any.gone or v_endpoint.failing_since < v_now - interval '2 days' then
    perform holdfast_engine_N.pause_failing(p_tenant_id, v_endpoint, v_any.gone, v_now);
  end if;
  return '{"ok": true}';
end $$;

-- Pauses an endpoint that does not work, and tells of it.
-- p_endpoint: locked; p_gone boolean: it says itself that it is no more. answer: nothing.
-- One that was paused meanwhile is not told of again.
-- locks: none more.
create or replace function holdfast_engine_N.pause_failing(
  p_tenant_id int, p_endpoint holdfast.webhook_endpoints, p_gone boolean, p_now timestamptz
) returns void
language plpgsql volatile as $$
begin
  update holdfast.webhook_endpoints w
  set paused_at = p_now, pause_reason = case when p_gone then 'gone' else 'failing' end,
    leased_until = null
  where w.tenant_id = p_tenant_id and w.endpoint_id = p_endpoint.endpoint_id
    and w.paused_at is null;
  if found then
    insert into holdfast.events (tenant_id, event_id, type, data, recorded_at)
    values (p_tenant_id, holdfast.uuid_v7(), 'webhook.paused', jsonb_build_object(
      'endpoint_id', p_endpoint.endpoint_id, 'url', p_endpoint.url,
      'reason', case when p_gone then 'gone' else 'failing' end,
      'failing_since', coalesce(p_endpoint.failing_since, p_now)), p_now);
  end if;
end $$;

-- Forgets deliveries of more than two weeks ago that have ended; a step of the sweeper.
-- p_request: {"limit"}. answer: {"ok", "forgotten", "more"}.
-- Those that still wait are dead by then: eleven attempts take two days.
-- locks: the rows.
create or replace function holdfast_engine_N.trim_deliveries(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_limit int := coalesce((p_request ->> 'limit')::int, 5000);
  v_forgotten bigint;
begin
  with old as materialized (
    select d.endpoint_id, d.position from holdfast.webhook_deliveries d
    where d.tenant_id = p_tenant_id and d.state <> 'pending'
      and d.created_at < holdfast.clock() - interval '14 days'
    limit v_limit
  ), tried as (
    delete from holdfast.webhook_attempts a using old o
    where a.tenant_id = p_tenant_id and a.endpoint_id = o.endpoint_id
      and a.position = o.position
  )
  delete from holdfast.webhook_deliveries d using old o
  where d.tenant_id = p_tenant_id and d.endpoint_id = o.endpoint_id and d.position = o.position;
  get diagnostics v_forgotten = row_count;
  return jsonb_build_object('ok', true, 'forgotten', v_forgotten, 'more', v_forgotten >= v_limit);
end $$;
