-- Shows an endpoint.
-- p_tenant_id int, p_endpoint_id int. answer: the endpoint as every verb and list shows it.
-- Its secrets are never shown again.
-- locks: none.
create or replace function holdfast_engine_N.webhook_row(p_tenant_id int, p_endpoint_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('endpoint_id', w.endpoint_id, 'url', w.url,
    'description', w.description, 'types', w.types, 'skus', w.skus, 'locations', w.locations,
    'state', case when w.paused_at is not null then 'paused'
      when w.failing_since is not null then 'failing' else 'active' end,
    'paused_at', w.paused_at, 'pause_reason', w.pause_reason, 'failing_since', w.failing_since,
    'created_at', w.created_at, 'secrets', (
      select count(*) from holdfast.webhook_secrets k
      where k.tenant_id = p_tenant_id and k.endpoint_id = w.endpoint_id
        and (k.ends_at is null or k.ends_at > holdfast.clock())))
  from holdfast.webhook_endpoints w
  where w.tenant_id = p_tenant_id and w.endpoint_id = p_endpoint_id
$$;

-- The refusal for an id that no endpoint has.
-- p_request jsonb: with "endpoint_id". answer: the refusal.
-- An endpoint that was removed has gone for good.
-- locks: none.
create or replace function holdfast_engine_N.no_webhook(p_request jsonb) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('webhook_not_found', 'No webhook endpoint has this id.',
    jsonb_build_object('endpoint_id', p_request -> 'endpoint_id'))
$$;

-- The rules of an endpoint's fields.
-- no parameters. answer: jsonb as check_fields wants it.
-- The address itself is looked at when something is sent: a name may lead elsewhere tomorrow.
-- locks: none.
create or replace function holdfast_engine_N.webhook_fields() returns jsonb
language sql immutable as $$
  select '{
    "endpoint_id": {"is": "integer", "least": 0, "most": 2147483647, "needed": true},
    "url": {"is": "code", "max": 2000},
    "description": {"is": "text", "max": 255},
    "types": {"is": "texts", "most": 100, "max": 100},
    "skus": {"is": "texts", "most": 1000, "max": 255},
    "locations": {"is": "texts", "most": 1000, "max": 100}
  }'::jsonb
$$;

-- What is wrong with a request of an endpoint.
-- p_fields jsonb: as check_fields. answer: a refusal, or null.
-- A URL with a password in it would stand in logs and lists.
-- locks: none.
create or replace function holdfast_engine_N.check_webhook(p_request jsonb, p_fields jsonb)
returns jsonb
language plpgsql immutable as $$
declare
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, p_fields);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if p_request ->> 'url' is not null and p_request ->> 'url'
    !~ '^https?://([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?][!-~]*)?$'
  then
    return holdfast_engine_N.refuse('invalid_request',
      'url must be an address like https://shop.example/hooks, without a name or password.',
      '{"field": "url"}');
  end if;
  return null;
end $$;

-- A list of a filter: null where it lets everything through.
-- p_value jsonb. answer: text[].
-- An empty list is no filter.
-- locks: none.
create or replace function holdfast_engine_N.filter_of(p_value jsonb) returns text[]
language sql immutable as $$
  select nullif(holdfast_engine_N.texts_of(p_value), '{}')
$$;

-- Makes an endpoint, without a secret: that comes with add_webhook_secret, so that no answer that
-- is remembered has it. It is told of what happens from now on.
-- p_request: {"url", "description", "types", "skus", "locations"}. answer: the endpoint, or
-- too_large (a tenant has at most 100), invalid_request. locks: the tenant's row; the new row.
create or replace function holdfast_engine_N.create_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_endpoint_id int;
  v_refusal jsonb := holdfast_engine_N.check_webhook(p_request,
    jsonb_set(holdfast_engine_N.webhook_fields() - 'endpoint_id', '{url,needed}', 'true'));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
  if (select count(*) from holdfast.webhook_endpoints w
    where w.tenant_id = p_tenant_id and w.removed_at is null) >= 100
  then
    return holdfast_engine_N.refuse('too_large', 'A tenant has at most 100 webhook endpoints.',
      '{"field": "url", "limit": 100}');
  end if;
  perform holdfast_engine_N.begin_feed(p_tenant_id);
  insert into holdfast.webhook_endpoints (
    tenant_id, url, description, types, skus, locations, created_at, position)
  select p_tenant_id, p_request ->> 'url', normalize(p_request ->> 'description'),
    holdfast_engine_N.filter_of(p_request -> 'types'),
    holdfast_engine_N.filter_of(p_request -> 'skus'),
    holdfast_engine_N.filter_of(p_request -> 'locations'), holdfast.clock(), f.position
  from holdfast.event_feeds f where f.tenant_id = p_tenant_id
  returning endpoint_id into v_endpoint_id;
  return '{"ok": true}' || holdfast_engine_N.webhook_row(p_tenant_id, v_endpoint_id);
end $$;

-- Gives an endpoint a secret.
-- p_request: {"endpoint_id", "secret"}. answer: the endpoint, or webhook_not_found.
-- Never called with a key: a remembered request would have it.
-- locks: the new row.
create or replace function holdfast_engine_N.add_webhook_secret(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  insert into holdfast.webhook_secrets (tenant_id, endpoint_id, secret, created_at)
  select p_tenant_id, w.endpoint_id, p_request ->> 'secret', holdfast.clock()
  from holdfast.webhook_endpoints w
  where w.tenant_id = p_tenant_id and w.removed_at is null
    and w.endpoint_id = (p_request ->> 'endpoint_id')::int;
  if not found then
    return holdfast_engine_N.no_webhook(p_request);
  end if;
  return '{"ok": true}'
    || holdfast_engine_N.webhook_row(p_tenant_id, (p_request ->> 'endpoint_id')::int);
end $$;

-- Lets the secrets of an endpoint end, because a new one comes.
-- p_request: {"endpoint_id", "overlap_seconds" (else a day): how long the old ones go on signing}.
-- answer: the endpoint, or webhook_not_found, invalid_request.
-- locks: the endpoint's row, then its secrets.
create or replace function holdfast_engine_N.rotate_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_ends_at timestamptz;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "endpoint_id": {"is": "integer", "least": 0, "most": 2147483647, "needed": true},
    "overlap_seconds": {"is": "integer", "least": 0, "most": 2592000}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  perform 1 from holdfast.webhook_endpoints w
  where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
    and w.removed_at is null
  for no key update;
  if not found then
    return holdfast_engine_N.no_webhook(p_request);
  end if;
  v_ends_at := v_now
    + make_interval(secs => coalesce((p_request ->> 'overlap_seconds')::int, 86400));
  delete from holdfast.webhook_secrets k
  where k.tenant_id = p_tenant_id and k.endpoint_id = (p_request ->> 'endpoint_id')::int
    and k.ends_at <= v_now;
  update holdfast.webhook_secrets k set ends_at = least(k.ends_at, v_ends_at)
  where k.tenant_id = p_tenant_id and k.endpoint_id = (p_request ->> 'endpoint_id')::int;
  return '{"ok": true}'
    || holdfast_engine_N.webhook_row(p_tenant_id, (p_request ->> 'endpoint_id')::int);
end $$;

-- Shows one endpoint.
-- p_request: {"endpoint_id"}. answer: the endpoint, or webhook_not_found.
-- One that was removed is not shown.
-- locks: none.
create or replace function holdfast_engine_N.get_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select coalesce((
    select '{"ok": true}' || holdfast_engine_N.webhook_row(p_tenant_id, w.endpoint_id)
    from holdfast.webhook_endpoints w
    where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
      and w.removed_at is null
  ), holdfast_engine_N.no_webhook(p_request))
$$;

-- Lists endpoints.
-- p_request: "sort" (created_at; - turns it around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_webhooks(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select w.endpoint_id as id, w.created_at
      from holdfast.webhook_endpoints w
      where w.tenant_id = $1 and w.removed_at is null
    $from$, v_sorts, 'created_at', 'webhook_row'));
end $$;

-- Changes an endpoint; a field that is absent stays, an empty list lets everything through.
-- p_request: {"endpoint_id", "url", "description", "types", "skus", "locations"}. answer: the
-- endpoint, or webhook_not_found, invalid_request.
-- locks: the endpoint's row.
create or replace function holdfast_engine_N.update_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_refusal jsonb := holdfast_engine_N.check_webhook(p_request, holdfast_engine_N.webhook_fields());
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.webhook_endpoints w set
    url = coalesce(p_request ->> 'url', w.url),
    description = coalesce(normalize(p_request ->> 'description'), w.description),
    types = case when p_request ->> 'types' is null then w.types
      else holdfast_engine_N.filter_of(p_request -> 'types') end,
    skus = case when p_request ->> 'skus' is null then w.skus
      else holdfast_engine_N.filter_of(p_request -> 'skus') end,
    locations = case when p_request ->> 'locations' is null then w.locations
      else holdfast_engine_N.filter_of(p_request -> 'locations') end
  where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
    and w.removed_at is null;
  return holdfast_engine_N.get_webhook(p_tenant_id, p_request);
end $$;

-- Pauses an endpoint: nothing is sent, what happens is kept for it as long as the feed has it.
-- p_request: {"endpoint_id"}. answer: the endpoint, or webhook_not_found.
-- One that is paused already keeps its reason.
-- locks: the endpoint's row.
create or replace function holdfast_engine_N.pause_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  update holdfast.webhook_endpoints w
  set paused_at = holdfast.clock(), pause_reason = 'by_hand'
  where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
    and w.paused_at is null and w.removed_at is null;
  return holdfast_engine_N.get_webhook(p_tenant_id, p_request);
end $$;

-- Goes on with an endpoint: what has waited is sent at once.
-- p_request: {"endpoint_id"}. answer: the endpoint, or webhook_not_found.
-- locks: the endpoint's row, then its deliveries.
create or replace function holdfast_engine_N.resume_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
begin
  update holdfast.webhook_endpoints w
  set paused_at = null, pause_reason = null, failing_since = null
  where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
    and w.paused_at is not null and w.removed_at is null;
  if found then
    update holdfast.webhook_deliveries d set next_at = holdfast.clock(), attempts = 0
    where d.tenant_id = p_tenant_id and d.state = 'pending'
      and d.endpoint_id = (p_request ->> 'endpoint_id')::int;
  end if;
  return holdfast_engine_N.get_webhook(p_tenant_id, p_request);
end $$;

-- Removes an endpoint for good, with its secrets and its log.
-- p_request: {"endpoint_id"}. answer: {"ok", "removed": its id}, or webhook_not_found.
-- The row stays, empty of all that it knew, so that its id comes never again.
-- locks: the endpoint's row, then what is of it.
create or replace function holdfast_engine_N.remove_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_endpoint_id int;
begin
  update holdfast.webhook_endpoints w
  set removed_at = holdfast.clock(), url = 'removed', description = null
  where w.tenant_id = p_tenant_id and w.endpoint_id = (p_request ->> 'endpoint_id')::int
    and w.removed_at is null
  returning w.endpoint_id into v_endpoint_id;
  if not found then
    return holdfast_engine_N.no_webhook(p_request);
  end if;
  delete from holdfast.webhook_secrets k
  where k.tenant_id = p_tenant_id and k.endpoint_id = v_endpoint_id;
  delete from holdfast.webhook_deliveries d
  where d.tenant_id = p_tenant_id and d.endpoint_id = v_endpoint_id;
  delete from holdfast.webhook_attempts a
  where a.tenant_id = p_tenant_id and a.endpoint_id = v_endpoint_id;
  return jsonb_build_object('ok', true, 'removed', v_endpoint_id);
end $$;

-- Asks for a test message to an endpoint, whatever it filters: it goes the way of all others.
-- p_request: {"endpoint_id"}. answer: the endpoint, or webhook_not_found.
-- locks: none.
create or replace function holdfast_engine_N.ping_webhook(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_endpoint jsonb := holdfast_engine_N.get_webhook(p_tenant_id, p_request);
begin
  if not holdfast_engine_N.is_refusal(v_endpoint) then
    insert into holdfast.events (tenant_id, event_id, type, data, recorded_at)
    values (p_tenant_id, holdfast.uuid_v7(), 'webhook.ping',
      jsonb_build_object('endpoint_id', v_endpoint -> 'endpoint_id'), holdfast.clock());
  end if;
  return v_endpoint;
end $$;
