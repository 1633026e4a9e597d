-- Shows a publishable key. Its text is no secret; what signs for it never leaves.
-- p_tenant_id int, p_key_id int. answer: the key as every verb and list shows it.
-- locks: none.
create or replace function holdfast_engine_N.publishable_key_row(p_tenant_id int, p_key_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'key_id', k.key_id, 'name', k.name, 'key', k.text, 'origins', to_jsonb(k.origins),
    'channel', (select c.code from holdfast.channels c
      where c.tenant_id = p_tenant_id and c.channel_id = k.channel_id),
    'units_max', k.units_max, 'lines_max', k.lines_max, 'shown_max', k.shown_max,
    'calls_per_minute', k.calls_per_minute, 'created_at', k.created_at,
    'revoked_at', k.revoked_at
  )
  from holdfast.publishable_keys k
  where k.tenant_id = p_tenant_id and k.key_id = p_key_id
$$;

-- The rules of a publishable key's fields.
-- no parameters. answer: jsonb as check_fields wants it.
-- An origin has at most 255 letters, a key 100 origins.
-- locks: none.
create or replace function holdfast_engine_N.publishable_key_fields() returns jsonb
language sql immutable as $$
  select '{
    "key_id": {"is": "integer", "least": 0, "most": 2147483647},
    "name": {"is": "code", "max": 255},
    "origins": {"is": "texts", "max": 255, "most": 100},
    "channel": {"is": "code", "max": 100},
    "units_max": {"is": "integer", "least": 1, "most": 1000000000000},
    "lines_max": {"is": "integer", "least": 1, "most": 500},
    "shown_max": {"is": "integer", "least": 0, "most": 1000000000000},
    "calls_per_minute": {"is": "integer", "least": 1, "most": 1000000}
  }'::jsonb
$$;

-- Origins as browsers name them: in lower case, without a path.
-- p_request jsonb: "origins". answer: text[], each once.
-- locks: none.
create or replace function holdfast_engine_N.origins_of(p_request jsonb) returns text[]
language sql immutable as $$
  select array(
    select distinct rtrim(lower(o), '/')
    from unnest(holdfast_engine_N.texts_of(p_request -> 'origins')) as o
    order by 1)
$$;

-- Checks what check_fields does not see of a publishable key.
-- p_request jsonb. answer: a refusal, or null.
-- A page without TLS is trusted on the machine itself alone: anybody on the way could rewrite it.
-- locks: none.
create or replace function holdfast_engine_N.check_publishable_key(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_origins text[] := holdfast_engine_N.origins_of(p_request);
  v_wrong text;
begin
  if jsonb_typeof(p_request -> 'origins') = 'array' then
    select o into v_wrong from unnest(v_origins) as o
    where o !~ '^https://[a-z0-9.-]+(:[0-9]{1,5})?$'
      and o !~ '^http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?$'
    limit 1;
    if found or v_origins = '{}' then
      return holdfast_engine_N.refuse('invalid_request',
        'origins must be some like https://shop.example; http:// only of this machine.',
        jsonb_strip_nulls(jsonb_build_object('field', 'origins', 'origin', v_wrong)));
    end if;
  end if;
  if p_request ->> 'channel' is not null
    and holdfast_engine_N.channel_of(p_tenant_id, p_request ->> 'channel') is null
  then
    return holdfast_engine_N.no_channel(p_request ->> 'channel');
  end if;
  return null;
end $$;

-- Tells the tenant's row which origins its keys have.
-- p_tenant_id int. answer: nothing.
-- Last statement of a verb, as raise_catalog_version.
-- locks: the tenant's row.
create or replace function holdfast_engine_N.gather_origins(p_tenant_id int) returns void
language plpgsql volatile as $$
begin
  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
  update holdfast.tenants t set browser_origins = array(
    select distinct o from holdfast.publishable_keys k cross join unnest(k.origins) as o
    where k.tenant_id = p_tenant_id and k.revoked_at is null order by o)
  where t.tenant_id = p_tenant_id;
end $$;

-- Says whether any tenant's key has this origin, before anybody knows which key will come.
-- p_request: {"origin"}. answer: {"ok", "known"}.
-- Read in the operator's view, which shows tenants and nothing else.
-- locks: none.
create or replace function holdfast_engine_N.is_browser_origin(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_known boolean;
begin
  perform holdfast_engine_N.operate(true);
  v_known := exists (
    select from holdfast.tenants t where p_request ->> 'origin' = any (t.browser_origins));
  perform holdfast_engine_N.operate(false);
  return jsonb_build_object('ok', true, 'known', v_known);
end $$;

-- Makes a publishable key.
-- p_request: {"name", "origins", "channel", "units_max", "lines_max", "shown_max",
-- "calls_per_minute"}. answer: the key, or unknown_channel, invalid_request.
-- locks: the new row, then the tenant's.
create or replace function holdfast_engine_N.create_publishable_key(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_key_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, jsonb_set(jsonb_set(
    holdfast_engine_N.publishable_key_fields() - 'key_id',
    '{name,needed}', 'true'), '{origins,needed}', 'true'));
begin
  v_refusal := coalesce(v_refusal,
    holdfast_engine_N.check_publishable_key(p_tenant_id, p_request));
  if v_refusal is not null then
    return v_refusal;
  end if;
  insert into holdfast.publishable_keys (
    tenant_id, name, text, signing_key, origins, channel_id, units_max, lines_max, shown_max,
    calls_per_minute, created_at
  ) values (
    p_tenant_id, normalize(p_request ->> 'name'),
    'hf_pub_' || to_hex(p_tenant_id) || '_' || replace(gen_random_uuid()::text, '-', ''),
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()),
    holdfast_engine_N.origins_of(p_request),
    holdfast_engine_N.channel_of(p_tenant_id, p_request ->> 'channel'),
    coalesce((p_request ->> 'units_max')::bigint, 20),
    coalesce((p_request ->> 'lines_max')::int, 50), (p_request ->> 'shown_max')::bigint,
    coalesce((p_request ->> 'calls_per_minute')::int, 300), holdfast.clock()
  )
  returning key_id into v_key_id;
  perform holdfast_engine_N.gather_origins(p_tenant_id);
  return '{"ok": true}' || holdfast_engine_N.publishable_key_row(p_tenant_id, v_key_id);
end $$;

-- Changes a publishable key; a field that is absent stays.
-- p_request: {"key_id", and the fields of create; "channel" and "shown_max" may be null}. answer:
-- the key, or key_not_found (also of a revoked one), unknown_channel, invalid_request.
-- locks: the key's row, then the tenant's.
create or replace function holdfast_engine_N.update_publishable_key(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_key_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, jsonb_set(
    holdfast_engine_N.publishable_key_fields(), '{key_id,needed}', 'true'));
begin
  v_refusal := coalesce(v_refusal,
    holdfast_engine_N.check_publishable_key(p_tenant_id, p_request));
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.publishable_keys k set
    name = coalesce(normalize(p_request ->> 'name'), k.name),
    origins = case when jsonb_typeof(p_request -> 'origins') = 'array'
      then holdfast_engine_N.origins_of(p_request) else k.origins end,
    channel_id = case when p_request ? 'channel'
      then holdfast_engine_N.channel_of(p_tenant_id, p_request ->> 'channel')
      else k.channel_id end,
    units_max = coalesce((p_request ->> 'units_max')::bigint, k.units_max),
    lines_max = coalesce((p_request ->> 'lines_max')::int, k.lines_max),
    shown_max = case when p_request ? 'shown_max'
      then (p_request ->> 'shown_max')::bigint else k.shown_max end,
    calls_per_minute = coalesce((p_request ->> 'calls_per_minute')::int, k.calls_per_minute)
  where k.tenant_id = p_tenant_id and k.key_id = (p_request ->> 'key_id')::int
    and k.revoked_at is null
  returning k.key_id into v_key_id;
  if not found then
    return holdfast_engine_N.no_publishable_key(p_request);
  end if;
  perform holdfast_engine_N.gather_origins(p_tenant_id);
  return '{"ok": true}' || holdfast_engine_N.publishable_key_row(p_tenant_id, v_key_id);
end $$;

-- The refusal for a number that no publishable key has.
-- p_request jsonb: "key_id". answer: the refusal.
-- A key that was revoked is changed no more.
-- locks: none.
create or replace function holdfast_engine_N.no_publishable_key(p_request jsonb) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('key_not_found', 'No publishable key has this id.',
    jsonb_build_object('key_id', p_request -> 'key_id'))
$$;

-- Ends a publishable key for ever. Carts that browsers hold by it end by themselves.
-- p_request: {"key_id"}. answer: the key, or key_not_found.
-- A revoked key keeps the instant of its first revocation.
-- locks: the key's row, then the tenant's.
create or replace function holdfast_engine_N.revoke_publishable_key(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_key_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"key_id": {"is": "integer", "least": 0, "most": 2147483647, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.publishable_keys k set revoked_at = coalesce(k.revoked_at, holdfast.clock())
  where k.tenant_id = p_tenant_id and k.key_id = (p_request ->> 'key_id')::int
  returning k.key_id into v_key_id;
  if not found then
    return holdfast_engine_N.no_publishable_key(p_request);
  end if;
  perform holdfast_engine_N.gather_origins(p_tenant_id);
  return '{"ok": true}' || holdfast_engine_N.publishable_key_row(p_tenant_id, v_key_id);
end $$;

-- Lists publishable keys.
-- p_request: "revoked" (absent: both), "sort" (created_at, name; - turns it around), "limit",
-- "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_publishable_keys(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"created_at": "timestamptz", "name": "text"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"revoked": {"is": "boolean"}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select k.key_id as id, k.created_at, k.name
      from holdfast.publishable_keys k
      where k.tenant_id = $1
        and ($2 ->> 'revoked' is null or (k.revoked_at is not null) = ($2 ->> 'revoked')::boolean)
    $from$, v_sorts, 'created_at', 'publishable_key_row'));
end $$;

-- Finds the publishable key that a text is.
-- p_request: {"text"}. answer: the key as lists show it, with "tenant" and "signing_key" (hex), or
-- key_not_found.
-- locks: none.
create or replace function holdfast_engine_N.authenticate_publishable_key(
  p_tenant_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_key holdfast.publishable_keys;
begin
  select k.* into v_key from holdfast.publishable_keys k
  where k.tenant_id = p_tenant_id and k.text = p_request ->> 'text' and k.revoked_at is null;
  if not found then
    return holdfast_engine_N.refuse('key_not_found', 'No publishable key has this text.');
  end if;
  return '{"ok": true}' || holdfast_engine_N.publishable_key_row(p_tenant_id, v_key.key_id)
    || jsonb_build_object('signing_key', encode(v_key.signing_key, 'hex'),
      'tenant', (select t.code from holdfast.tenants t where t.tenant_id = p_tenant_id));
end $$;
