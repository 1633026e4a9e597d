-- Makes a kit of a SKU, or says anew what it is made of. What was promised keeps its parts.
-- p_request: {"sku", "components": [{"sku", "quantity"}], "assembled", "ships_partial"}; the whole,
-- so that what is left out is false. answer: the kit, or unknown_sku, kit_in_circle, kit_too_deep,
-- kit_in_use, too_large, invalid_request, or {"again": true} when a SKU was merged meanwhile.
-- locks: the kit's levels by id, the SKUs by id, then the tenant's row: all writers of kits stand
-- in one line there, so that no two of them close a circle that neither sees.
create or replace function holdfast_engine_N.set_kit(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_read jsonb := holdfast_engine_N.read_kit(p_tenant_id, p_request);
  v_sku_id int := (v_read ->> 'sku_id')::int;
  v_assembled boolean := coalesce(p_request -> 'assembled' = 'true', false);
  v_refusal jsonb;
begin
  if holdfast_engine_N.is_refusal(v_read) then
    return v_read;
  end if;
  perform holdfast_engine_N.lock_kit(p_tenant_id, v_sku_id, array(
    select (c ->> 'sku_id')::int from jsonb_array_elements(v_read -> 'components') as c));
  if v_read is distinct from holdfast_engine_N.read_kit(p_tenant_id, p_request) then
    return '{"again": true}';
  end if;
  v_refusal := holdfast_engine_N.kit_in_use(p_tenant_id, v_read, v_assembled);
  if v_refusal is not null then
    return v_refusal;
  end if;
  begin
    insert into holdfast.kits as k (
      tenant_id, sku_id, assembled, ships_partial, changed_at, changed_by
    ) values (
      p_tenant_id, v_sku_id, v_assembled,
      coalesce((p_request ->> 'ships_partial')::boolean, false), holdfast.clock(),
      (p_request ->> 'actor_id')::int
    )
    on conflict (tenant_id, sku_id) do update set assembled = excluded.assembled,
      ships_partial = excluded.ships_partial, changed_at = excluded.changed_at,
      changed_by = excluded.changed_by;
    delete from holdfast.kit_components c
    where c.tenant_id = p_tenant_id and c.kit_id = v_sku_id;
    insert into holdfast.kit_components (tenant_id, kit_id, sku_id, quantity)
    select p_tenant_id, v_sku_id, (c ->> 'sku_id')::int, (c ->> 'quantity')::bigint
    from jsonb_array_elements(v_read -> 'components') as c
    where (c ->> 'sku_id')::int <> v_sku_id;
    v_refusal := holdfast_engine_N.kit_fault(p_tenant_id, v_read);
    if v_refusal is not null then
      raise exception using errcode = 'HF004', message = 'refused';
    end if;
  exception when sqlstate 'HF004' then
    return v_refusal;
  end;
  update holdfast.tenants t set has_kits = true where t.tenant_id = p_tenant_id;
  return holdfast_engine_N.kit_changed(p_tenant_id, v_sku_id, v_read ->> 'sku', p_request);
end $$;

-- Makes a kit an ordinary SKU again. What was sold as this kit stays so.
-- p_request: {"sku"}. answer: {"ok", "sku", "cleared": true}, or unknown_sku, kit_not_found.
-- locks: as set_kit.
create or replace function holdfast_engine_N.clear_kit(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_code record;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"sku": {"is": "code", "max": 255, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_code from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'sku');
  if not found then
    return holdfast_engine_N.no_sku(p_request ->> 'sku');
  end if;
  perform holdfast_engine_N.lock_kit(p_tenant_id, v_code.sku_id, '{}');
  delete from holdfast.kits k where k.tenant_id = p_tenant_id and k.sku_id = v_code.sku_id;
  if not found then
    return holdfast_engine_N.no_kit(v_code.own_code);
  end if;
  delete from holdfast.kit_components c
  where c.tenant_id = p_tenant_id and c.kit_id = v_code.sku_id;
  return holdfast_engine_N.kit_changed(p_tenant_id, v_code.sku_id, v_code.own_code, p_request);
end $$;

-- Reads what a request says of a kit: which SKUs, and their units with packs counted out.
-- answer: {"sku_id", "sku", "components": [{"sku_id", "sku", "quantity"}]}, each SKU once, or a
-- refusal invalid_request, too_large or unknown_sku that names the field.
-- locks: none.
create or replace function holdfast_engine_N.read_kit(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_kit record;
  v_bad record;
  v_components jsonb;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "sku": {"is": "code", "max": 255, "needed": true},
    "components": {"is": "list", "most": 50, "needed": true},
    "assembled": {"is": "boolean"}, "ships_partial": {"is": "boolean"}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if jsonb_array_length(p_request -> 'components') = 0 then
    return holdfast_engine_N.refuse('invalid_request', 'A kit has at least one component.',
      '{"field": "components"}');
  end if;
  select c.n - 1 as n, holdfast_engine_N.check_fields(c.line, '{
    "sku": {"is": "code", "max": 255, "needed": true},
    "quantity": {"is": "integer", "least": 1, "most": 1000000, "needed": true}}') as refusal
  into v_bad
  from jsonb_array_elements(p_request -> 'components') with ordinality as c (line, n)
  where holdfast_engine_N.check_fields(c.line, '{
    "sku": {"is": "code", "max": 255, "needed": true},
    "quantity": {"is": "integer", "least": 1, "most": 1000000, "needed": true}}') is not null
  order by c.n limit 1;
  if found then
    return jsonb_set(v_bad.refusal, '{refusal,field}', to_jsonb('components.' || v_bad.n
      || coalesce('.' || (v_bad.refusal #>> '{refusal,field}'), '')));
  end if;
  select * into v_kit from holdfast_engine_N.sku_of(p_tenant_id, p_request ->> 'sku');
  if v_kit.sku_id is null or v_kit.archived then
    return holdfast_engine_N.no_sku(p_request ->> 'sku');
  end if;
  if v_kit.factor > 1 then
    return holdfast_engine_N.refuse('invalid_request',
      'This code is a pack: a kit is the SKU whose units it counts.', '{"field": "sku"}');
  end if;
  v_components := holdfast_engine_N.read_components(p_tenant_id, p_request);
  if holdfast_engine_N.is_refusal(v_components) then
    return v_components;
  end if;
  return v_components || jsonb_build_object('sku_id', v_kit.sku_id, 'sku', v_kit.own_code);
end $$;

-- Resolves the components of a request.
-- p_request: checked by read_kit. answer: {"components"} as read_kit, or unknown_sku, too_large.
-- locks: none.
create or replace function holdfast_engine_N.read_components(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_components jsonb;
  v_unknown text;
begin
  select jsonb_agg(jsonb_build_object('sku_id', f.sku_id, 'sku', f.sku, 'quantity', f.quantity)
      order by f.sku) filter (where f.sku_id is not null),
    min(f.asked) filter (where f.sku_id is null)
  into v_components, v_unknown
  from (
    select s.sku_id, s.own_code as sku, min(c.line ->> 'sku') as asked,
      sum((c.line ->> 'quantity')::numeric * s.factor) as quantity
    from jsonb_array_elements(p_request -> 'components') as c (line)
    left join lateral (
      select * from holdfast_engine_N.sku_of(p_tenant_id, c.line ->> 'sku') as k
      where not k.archived
    ) as s on true
    group by s.sku_id, s.own_code, case when s.sku_id is null then c.line ->> 'sku' end
  ) as f;
  if v_unknown is not null then
    return holdfast_engine_N.no_sku(v_unknown);
  end if;
  if jsonb_path_exists(v_components, '$[*] ? (@.quantity > 1000000)') then
    return holdfast_engine_N.kit_too_large();
  end if;
  return jsonb_build_object('components', v_components);
end $$;

-- The refusal for a kit of more than anybody packs.
-- no parameters. answer: too_large.
-- locks: none.
create or replace function holdfast_engine_N.kit_too_large() returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('too_large',
    'A kit has at most 100 components, and at most 1000000 units of each.',
    '{"field": "components", "limit": 100}')
$$;

-- The refusal for a SKU that is no kit.
-- p_sku_code text. answer: kit_not_found.
-- locks: none.
create or replace function holdfast_engine_N.no_kit(p_sku_code text) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('kit_not_found', format('%s is no kit.', p_sku_code),
    jsonb_build_object('sku', p_sku_code))
$$;

-- Locks what a writer of a kit changes or looks at.
-- p_sku_id int; p_components int[]: SKUs. answer: nothing. Holds at the kit's levels whose time is
-- over are ended, so that they do not stand in the way.
-- locks: the kit's levels by id, then as end_overdue, the SKUs by id, then the tenant's row.
create or replace function holdfast_engine_N.lock_kit(
  p_tenant_id int, p_sku_id int, p_components int[]
) returns void
language plpgsql volatile as $$
begin
  perform holdfast_engine_N.end_overdue(
    p_tenant_id, holdfast_engine_N.lock_levels_of(p_tenant_id, p_sku_id));
  perform 1 from holdfast.skus s
  where s.tenant_id = p_tenant_id and s.sku_id = any (p_components || p_sku_id)
  order by s.sku_id
  for no key update;
  perform 1 from holdfast.tenants t where t.tenant_id = p_tenant_id for no key update;
end $$;

-- Refuses a kit that its own stock contradicts: a virtual kit has none, and what was built from
-- some components is not broken down into others.
-- p_read jsonb: of read_kit; p_assembled boolean: what it is to be. answer: kit_in_use, or null.
-- locks: none more; the kit's levels are locked.
create or replace function holdfast_engine_N.kit_in_use(
  p_tenant_id int, p_read jsonb, p_assembled boolean
) returns jsonb
language plpgsql volatile as $$
declare
  v_sku_id int := (p_read ->> 'sku_id')::int;
  v_kit holdfast.kits;
  v_sum record;
  v_before jsonb;
begin
  select k.* into v_kit from holdfast.kits k
  where k.tenant_id = p_tenant_id and k.sku_id = v_sku_id;
  select coalesce(sum(l.on_hand), 0) as on_hand,
    coalesce(sum(l.held + l.committed + l.backordered + l.held_backordered), 0) as promised
  into v_sum
  from holdfast.levels l where l.tenant_id = p_tenant_id and l.sku_id = v_sku_id;
  if not p_assembled and v_sum.on_hand + v_sum.promised > 0 then
    return holdfast_engine_N.refuse('kit_in_use',
      'This SKU has stock or promises of its own, and a virtual kit has none.',
      jsonb_build_object('sku', p_read -> 'sku', 'on_hand', v_sum.on_hand,
        'promised', v_sum.promised));
  end if;
  select coalesce(jsonb_object_agg(c.sku_id, c.quantity), '{}') into v_before
  from holdfast.kit_components c
  where c.tenant_id = p_tenant_id and c.kit_id = v_sku_id;
  if v_kit.assembled and v_sum.on_hand > 0 and v_before <> (
    select jsonb_object_agg(c ->> 'sku_id', c -> 'quantity')
    from jsonb_array_elements(p_read -> 'components') as c)
  then
    return holdfast_engine_N.refuse('kit_in_use',
      'Kits were built from other components: break them down first.',
      jsonb_build_object('sku', p_read -> 'sku', 'on_hand', v_sum.on_hand));
  end if;
  return null;
end $$;

-- Ends a change of a kit: servers look its code up anew, and everybody hears of it.
-- p_request jsonb: of the verb, for its actor. answer: the kit, or that it is none any more.
-- Last statement of a verb: see raise_catalog_version.
-- locks: the tenant's row.
create or replace function holdfast_engine_N.kit_changed(
  p_tenant_id int, p_sku_id int, p_sku_code text, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_kit jsonb := holdfast_engine_N.kit_row(p_tenant_id, p_sku_id);
begin
  insert into holdfast.events (tenant_id, event_id, type, data, recorded_at)
  values (p_tenant_id, holdfast.uuid_v7(), 'kit.changed',
    jsonb_build_object('sku', p_sku_code, 'kit', v_kit - array['can_build', 'changed_at'],
      'actor_id', p_request -> 'actor_id'), holdfast.clock());
  perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  return '{"ok": true}' || coalesce(v_kit,
    jsonb_build_object('sku', p_sku_code, 'cleared', true));
end $$;
