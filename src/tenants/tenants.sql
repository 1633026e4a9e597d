-- Opens or closes the operator's view, in which every tenant's row (nothing else) is visible.
-- p_on boolean. answer: nothing. Whoever opens it closes it in the same function.
-- Local to the transaction; a refusal returned on the way must close it too.
-- locks: none.
create or replace function holdfast_engine_N.operate(p_on boolean) returns void
language sql volatile as $$
  select set_config('holdfast.operator', case when p_on then 'on' else '' end, true)
$$;

-- Finds a tenant by its code, before its id is known.
-- p_code text. answer: {"tenant_id", "tenant", "name", "settings", "catalog_version"} or null.
-- Row-level security shows the one tenant whose code the transaction names.
-- locks: none.
create or replace function holdfast_engine_N.find_tenant(p_code text) returns jsonb
language plpgsql volatile as $$
declare
  v_tenant jsonb;
begin
  perform set_config('holdfast.tenant_code', coalesce(p_code, ''), true);
  select jsonb_build_object(
    'tenant_id', t.tenant_id, 'tenant', t.code, 'name', t.name,
    'settings', holdfast_engine_N.tenant_settings(t), 'catalog_version', t.catalog_version
  ) into v_tenant
  from holdfast.tenants t where t.code = p_code;
  perform set_config('holdfast.tenant_code', '', true);
  return v_tenant;
end $$;

-- The same in the one shape of a room's function, for the frame of reads.
-- p_request: {"code"}. answer: as find_tenant(code), or tenant_not_found.
-- The tenant of the frame does not matter.
-- locks: none.
create or replace function holdfast_engine_N.find_tenant(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select coalesce('{"ok": true}' || holdfast_engine_N.find_tenant(p_request ->> 'code'),
    holdfast_engine_N.no_tenant(p_request ->> 'code'))
$$;

-- The refusal for a code that leads to no tenant.
-- p_code text. answer: the refusal.
-- The code comes back.
-- locks: none.
create or replace function holdfast_engine_N.no_tenant(p_code text) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('tenant_not_found',
    format('No tenant has the code "%s".', left(p_code, 255)),
    jsonb_build_object('tenant', left(p_code, 255)))
$$;

-- The settings of a tenant.
-- p_tenant holdfast.tenants. answer: jsonb.
-- Every tenant has all of them.
-- locks: none.
create or replace function holdfast_engine_N.tenant_settings(p_tenant holdfast.tenants)
returns jsonb
language sql immutable as $$
  select jsonb_build_object(
    'cart_window_seconds', p_tenant.cart_window_seconds,
    'order_window_seconds', p_tenant.order_window_seconds,
    'extension_count_max', p_tenant.extension_count_max,
    'hold_life_seconds_max', p_tenant.hold_life_seconds_max,
    'tracked', p_tenant.tracked)
$$;

-- Shows a tenant.
-- p_tenant_id int: of the frame; p_id int. answer: the tenant as every verb and list shows it.
-- sandbox_of: the code of the tenant whose test keys work here. Read in the operator's view.
-- locks: none.
create or replace function holdfast_engine_N.tenant_row(p_tenant_id int, p_id int) returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'code', t.code, 'name', t.name,
    'sandbox_of', (select l.code from holdfast.tenants l where l.tenant_id = t.sandbox_of),
    'catalog_version', t.catalog_version, 'created_at', t.created_at
  ) || holdfast_engine_N.tenant_settings(t)
  from holdfast.tenants t where t.tenant_id = p_id
$$;

-- The rules of a tenant's fields, for create and update alike.
-- no parameters. answer: jsonb as check_fields wants it.
-- The bounds are those of the table's constraints.
-- locks: none.
create or replace function holdfast_engine_N.tenant_fields() returns jsonb
language sql immutable as $$
  select '{
    "code": {"is": "code", "max": 63},
    "name": {"is": "text", "max": 255},
    "cart_window_seconds": {"is": "integer", "least": 1, "most": 31536000},
    "order_window_seconds": {"is": "integer", "least": 1, "most": 31536000},
    "extension_count_max": {"is": "integer", "least": 0, "most": 10000},
    "hold_life_seconds_max": {"is": "integer", "least": 1, "most": 31536000},
    "tracked": {"is": "boolean"}
  }'::jsonb
$$;

-- Makes a tenant and the sandbox where its test keys will work. Called with tenant 0 for the first.
-- p_request: {"code", "name" (else the code), settings}. answer: the tenant, or
-- tenant_exists, invalid_request.
-- locks: the new rows.
create or replace function holdfast_engine_N.create_tenant(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_code text := p_request ->> 'code';
  v_tenant_id int;
  v_answer jsonb;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    jsonb_set(holdfast_engine_N.tenant_fields(), '{code,needed}', 'true'));
begin
  if v_refusal is null and v_code !~ '^[a-z0-9][a-z0-9_-]{0,57}$' then
    v_refusal := holdfast_engine_N.refuse('invalid_request',
      'code must be 1 to 58 of a–z, 0–9, _ and -, and start with a letter or a digit.',
      '{"field": "code"}');
  end if;
  if v_refusal is not null then
    return v_refusal;
  end if;
  perform holdfast_engine_N.operate(true);
  insert into holdfast.tenants (
    code, name, cart_window_seconds, order_window_seconds, extension_count_max,
    hold_life_seconds_max, tracked, created_at
  ) values (
    v_code, coalesce(normalize(p_request ->> 'name'), v_code),
    coalesce((p_request ->> 'cart_window_seconds')::int, 1800),
    coalesce((p_request ->> 'order_window_seconds')::int, 3600),
    coalesce((p_request ->> 'extension_count_max')::int, 10),
    coalesce((p_request ->> 'hold_life_seconds_max')::int, 14400),
    coalesce((p_request ->> 'tracked')::boolean, true), holdfast.clock()
  )
  returning tenant_id into v_tenant_id;
  perform holdfast_engine_N.make_sandbox(v_tenant_id);
  v_answer := '{"ok": true}' || holdfast_engine_N.tenant_row(p_tenant_id, v_tenant_id);
  perform holdfast_engine_N.operate(false);
  return v_answer;
exception when unique_violation then -- which also closes the operator's view
  return holdfast_engine_N.refuse_taken('tenants_code_unique',
    jsonb_build_object('tenant', v_code));
end $$;

-- Makes the sandbox of a tenant if it has none, with the same settings.
-- p_live_id int. answer: the sandbox's id. A unique violation when its code is another tenant's.
-- Runs in the operator's view.
-- locks: the tenant's row (two first test keys at once make one sandbox), the new row.
create or replace function holdfast_engine_N.make_sandbox(p_live_id int) returns int
language plpgsql volatile as $$
declare
  v_live holdfast.tenants;
  v_sandbox_id int;
begin
  select t.* into strict v_live from holdfast.tenants t
  where t.tenant_id = p_live_id for no key update;
  select t.tenant_id into v_sandbox_id from holdfast.tenants t where t.sandbox_of = p_live_id;
  if v_sandbox_id is null then
    insert into holdfast.tenants (
      code, name, sandbox_of, cart_window_seconds, order_window_seconds, extension_count_max,
      hold_life_seconds_max, tracked, created_at
    ) values (
      left(v_live.code, 58) || '-test', v_live.name || ' (test)', p_live_id,
      v_live.cart_window_seconds, v_live.order_window_seconds, v_live.extension_count_max,
      v_live.hold_life_seconds_max, v_live.tracked, holdfast.clock()
    )
    returning tenant_id into v_sandbox_id;
  end if;
  return v_sandbox_id;
end $$;

-- Shows one tenant.
-- p_request: {"code"} (absent: the tenant of the call). answer: the tenant, or tenant_not_found.
-- Who may name another tenant's code is decided by the door.
-- locks: none.
create or replace function holdfast_engine_N.get_tenant(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_tenant jsonb;
begin
  perform holdfast_engine_N.operate(true);
  select holdfast_engine_N.tenant_row(p_tenant_id, t.tenant_id) into v_tenant
  from holdfast.tenants t
  where case when p_request ->> 'code' is null then t.tenant_id = p_tenant_id
    else t.code = p_request ->> 'code' end;
  perform holdfast_engine_N.operate(false);
  return coalesce('{"ok": true}' || v_tenant,
    holdfast_engine_N.no_tenant(p_request ->> 'code'));
end $$;

-- Lists all tenants: the operator's list.
-- p_request: "sandbox" (absent: both), "q" (in code or name), "sort" (code, created_at; - turns it
-- around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_tenants(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"code": "text", "created_at": "timestamptz"}';
  v_answer jsonb := holdfast_engine_N.check_page(p_request,
    '{"sandbox": {"is": "boolean"}, "q": {"is": "text", "max": 255}}', v_sorts);
begin
  if v_answer is not null then
    return v_answer;
  end if;
  perform holdfast_engine_N.operate(true);
  v_answer := holdfast_engine_N.page(p_tenant_id, p_request, $from$
    select t.tenant_id as id, t.code, t.created_at
    from holdfast.tenants t
    where ($2 ->> 'sandbox' is null
        or (t.sandbox_of is not null) = ($2 ->> 'sandbox')::boolean)
      and ($2 ->> 'q' is null or strpos(t.code, lower($2 ->> 'q')) > 0
        or strpos(lower(t.name), lower(normalize($2 ->> 'q'))) > 0)
  $from$, v_sorts, 'code', 'tenant_row');
  perform holdfast_engine_N.operate(false);
  return v_answer;
end $$;

-- Changes a tenant's name and settings; a field that is absent stays.
-- p_request: {"code" (absent: the tenant of the call), "name", settings}. answer: the tenant, or
-- tenant_not_found, invalid_request. Holds that exist keep the window they were given.
-- locks: the tenant's row.
create or replace function holdfast_engine_N.update_tenant(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_id int;
  v_tenant jsonb;
  v_refusal jsonb :=
    holdfast_engine_N.check_fields(p_request, holdfast_engine_N.tenant_fields());
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  perform holdfast_engine_N.operate(true);
  update holdfast.tenants t set
    name = coalesce(normalize(p_request ->> 'name'), t.name),
    cart_window_seconds =
      coalesce((p_request ->> 'cart_window_seconds')::int, t.cart_window_seconds),
    order_window_seconds =
      coalesce((p_request ->> 'order_window_seconds')::int, t.order_window_seconds),
    extension_count_max =
      coalesce((p_request ->> 'extension_count_max')::int, t.extension_count_max),
    hold_life_seconds_max =
      coalesce((p_request ->> 'hold_life_seconds_max')::int, t.hold_life_seconds_max),
    tracked = coalesce((p_request ->> 'tracked')::boolean, t.tracked),
    catalog_version = t.catalog_version + 1 -- servers keep the cart window with the catalog
  where case when p_request ->> 'code' is null then t.tenant_id = p_tenant_id
    else t.code = p_request ->> 'code' end
  returning t.tenant_id into v_id;
  v_tenant := holdfast_engine_N.tenant_row(p_tenant_id, v_id);
  perform holdfast_engine_N.operate(false);
  return coalesce('{"ok": true}' || v_tenant, holdfast_engine_N.no_tenant(p_request ->> 'code'));
end $$;
