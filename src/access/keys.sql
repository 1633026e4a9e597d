-- Shows an API key, never its secret.
-- p_tenant_id int, p_key_id int. answer: the key as every verb and list shows it.
-- mode: live, or test (it works on the sandbox).
-- locks: none.
create or replace function holdfast_engine_N.key_row(p_tenant_id int, p_key_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'key_id', k.key_id, 'name', k.name, 'prefix', k.prefix,
    'mode', case when k.prefix like 'hf\_test\_%' then 'test' else 'live' end,
    'scopes', to_jsonb(k.scopes), 'created_at', k.created_at, 'last_used_at', k.last_used_at,
    'revoked_at', k.revoked_at
  )
  from holdfast.api_keys k
  where k.tenant_id = p_tenant_id and k.key_id = p_key_id
$$;

-- Writes a new API key, which nothing opens yet: seal_key gives it the text that does. So the same
-- call with the same idempotency key finds the same API key, though each caller mints its own text.
-- p_request: {"name", "scopes", "mode"}. answer: the key, or invalid_request, tenant_exists when
-- the sandbox's code is another tenant's.
-- locks: the tenant's row and its sandbox's for a test key, then the new row.
create or replace function holdfast_engine_N.create_key(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_scopes text[] := holdfast_engine_N.texts_of(p_request -> 'scopes');
  v_key_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "name": {"is": "code", "max": 255, "needed": true},
    "scopes": {"is": "texts", "max": 20, "most": 20, "needed": true},
    "mode": {"is": "choice", "of": ["live", "test"], "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if cardinality(v_scopes) = 0 or not v_scopes <@ array['read', 'sell', 'stock', 'admin'] then
    return holdfast_engine_N.refuse('invalid_request',
      'scopes must be some of read, sell, stock, admin.', '{"field": "scopes"}');
  end if;
  if exists (
    select from holdfast.tenants t
    where t.tenant_id = p_tenant_id and t.sandbox_of is not null)
  then
    return holdfast_engine_N.refuse('invalid_request',
      'A sandbox has no keys of its own: make a test key of its tenant.', '{"field": "mode"}');
  end if;
  if p_request ->> 'mode' = 'test' then
    perform holdfast_engine_N.operate(true);
    perform holdfast_engine_N.make_sandbox(p_tenant_id);
    perform holdfast_engine_N.operate(false);
  end if;
  insert into holdfast.api_keys (tenant_id, name, prefix, secret_sha256, scopes, created_at)
  values (
    p_tenant_id, normalize(p_request ->> 'name'), 'hf_' || (p_request ->> 'mode') || '_',
    uuid_send(gen_random_uuid()), -- not of a SHA-256's length: no text has it
    array(select distinct s from unnest(v_scopes) as s order by s), holdfast.clock()
  )
  returning key_id into v_key_id;
  return '{"ok": true}' || holdfast_engine_N.key_row(p_tenant_id, v_key_id);
exception when unique_violation then
  return holdfast_engine_N.refuse_taken('tenants_code_unique', '{}');
end $$;

-- Gives a new API key its text, once; only the SHA-256 of the text comes here.
-- p_request: {"key_id", "prefix", "secret_sha256" (hex)}. answer: the key, or key_not_found when it
-- has its text already.
-- locks: the key's row.
create or replace function holdfast_engine_N.seal_key(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_key_id int;
begin
  update holdfast.api_keys k
  set prefix = p_request ->> 'prefix', secret_sha256 = decode(p_request ->> 'secret_sha256', 'hex')
  where k.tenant_id = p_tenant_id and k.key_id = (p_request ->> 'key_id')::int
    and length(k.secret_sha256) < 32 and k.revoked_at is null
  returning k.key_id into v_key_id;
  return coalesce('{"ok": true}' || holdfast_engine_N.key_row(p_tenant_id, v_key_id),
    holdfast_engine_N.refuse('key_not_found', 'No API key without a text has this id.',
      jsonb_build_object('key_id', p_request -> 'key_id')));
end $$;

-- Lists the API keys of a tenant.
-- p_request: "revoked" (absent: both), "sort" (created_at, name; - turns it around), "limit",
-- "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_keys(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"created_at": "timestamptz", "name": "text"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"revoked": {"is": "boolean"}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select k.key_id as id, k.created_at, k.name
      from holdfast.api_keys k
      where k.tenant_id = $1
        and ($2 ->> 'revoked' is null or (k.revoked_at is not null) = ($2 ->> 'revoked')::boolean)
    $from$, v_sorts, 'created_at', 'key_row'));
end $$;

-- Ends an API key for ever.
-- p_request: {"key_id"}. answer: the key, or key_not_found.
-- A revoked key keeps the instant of its first revocation.
-- locks: the key's row.
create or replace function holdfast_engine_N.revoke_key(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_key jsonb;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"key_id": {"is": "integer", "least": 0, "most": 2147483647, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  update holdfast.api_keys k set revoked_at = coalesce(k.revoked_at, holdfast.clock())
  where k.tenant_id = p_tenant_id and k.key_id = (p_request ->> 'key_id')::int;
  v_key := holdfast_engine_N.key_row(p_tenant_id, (p_request ->> 'key_id')::int);
  return coalesce('{"ok": true}' || v_key,
    holdfast_engine_N.refuse('key_not_found', 'No API key has this id.',
      jsonb_build_object('key_id', p_request -> 'key_id')));
end $$;

-- Finds the key that a text is, by the SHA-256 of it, and notes at most once a minute that it was
-- used.
-- p_request: {"secret_sha256" (hex)}. answer: {"key_id", "scopes", "secret_sha256", "tenant_id",
-- "tenant"} (of the sandbox for a test key), or key_not_found. locks: the key's row once a minute.
create or replace function holdfast_engine_N.authenticate_key(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_key holdfast.api_keys;
  v_tenant holdfast.tenants;
begin
  select k.* into v_key from holdfast.api_keys k
  where k.tenant_id = p_tenant_id
    and k.secret_sha256 = decode(p_request ->> 'secret_sha256', 'hex') and k.revoked_at is null;
  if not found then
    return holdfast_engine_N.refuse('key_not_found', 'No API key has this id.');
  end if;
  update holdfast.api_keys k set last_used_at = holdfast.clock()
  where k.tenant_id = p_tenant_id and k.key_id = v_key.key_id
    and (k.last_used_at is null or k.last_used_at < holdfast.clock() - interval '1 minute');
  if v_key.prefix like 'hf\_test\_%' then
    perform holdfast_engine_N.operate(true);
    select t.* into v_tenant from holdfast.tenants t where t.sandbox_of = p_tenant_id;
    perform holdfast_engine_N.operate(false);
  else
    select t.* into v_tenant from holdfast.tenants t where t.tenant_id = p_tenant_id;
  end if;
  return jsonb_build_object('ok', true, 'key_id', v_key.key_id, 'scopes', to_jsonb(v_key.scopes),
    'secret_sha256', encode(v_key.secret_sha256, 'hex'), 'tenant_id', v_tenant.tenant_id,
    'tenant', v_tenant.code);
end $$;
