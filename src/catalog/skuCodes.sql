-- Gives a SKU a new code of its own; the old one leads to it for ever.
-- p_request: {"sku" (or "code": any of its codes), "to"}. answer: the SKU, or unknown_sku,
-- code_in_use when "to" leads to another SKU or is a pack of this one.
-- locks: the SKU's row, its codes, then the tenant's row.
create or replace function holdfast_engine_N.rename_sku(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_asked text := coalesce(p_request ->> 'sku', p_request ->> 'code');
  v_to text := normalize(p_request ->> 'to');
  v_code record;
  v_other record;
  v_own text;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "sku": {"is": "code", "max": 255},
    "code": {"is": "code", "max": 255},
    "to": {"is": "code", "max": 255, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_code from holdfast_engine_N.sku_of(p_tenant_id, v_asked);
  if not found then
    return holdfast_engine_N.no_sku(v_asked);
  end if;
  select s.code into v_own from holdfast.skus s
  where s.tenant_id = p_tenant_id and s.sku_id = v_code.sku_id for no key update;
  select * into v_other from holdfast_engine_N.sku_of(p_tenant_id, v_to);
  if v_other.sku_id is not null and (v_other.sku_id <> v_code.sku_id or v_other.factor <> 1) then
    return holdfast_engine_N.refuse('code_in_use',
      case when v_other.sku_id = v_code.sku_id then 'This code is a pack of the SKU.'
        else 'This code leads to another SKU already.' end,
      jsonb_build_object('sku', v_to, 'leads_to', v_other.own_code, 'factor', v_other.factor));
  end if;
  if v_to = v_own then
    return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_to);
  end if;
  -- A SKU that was merged into this one may still bear the code, though it leads here.
  update holdfast.skus s set code = left(s.code, 240) || '~' || s.sku_id
  where s.tenant_id = p_tenant_id and s.code = v_to and s.merged_into is not null;
  update holdfast.sku_codes c set kind = 'former'
  where c.tenant_id = p_tenant_id and c.code = v_own and c.sku_id = v_code.sku_id;
  if v_other.sku_id is null then
    insert into holdfast.sku_codes (tenant_id, code, sku_id, kind, created_at)
    values (p_tenant_id, v_to, v_code.sku_id, 'own', holdfast.clock());
  else
    update holdfast.sku_codes c set kind = 'own'
    where c.tenant_id = p_tenant_id and c.code = v_to and c.sku_id = v_code.sku_id;
  end if;
  update holdfast.skus s set code = v_to
  where s.tenant_id = p_tenant_id and s.sku_id = v_code.sku_id;
  perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_to);
exception when unique_violation then
  return holdfast_engine_N.refuse_taken('sku_codes_pkey', jsonb_build_object('sku', v_to));
end $$;

-- Lets another code lead to a SKU: a listing, or a pack that counts as several units.
-- p_request: {"sku" (or "code"; of a pack, the factors multiply), "alias", "factor" (1)}.
-- answer: the SKU as the alias shows it, or unknown_sku, code_in_use, invalid_request.
-- locks: the SKU's row, the alias, then the tenant's row.
create or replace function holdfast_engine_N.alias_sku(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_asked text := coalesce(p_request ->> 'sku', p_request ->> 'code');
  v_alias text := normalize(p_request ->> 'alias');
  v_factor bigint;
  v_code record;
  v_other record;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "sku": {"is": "code", "max": 255},
    "code": {"is": "code", "max": 255},
    "alias": {"is": "code", "max": 255, "needed": true},
    "factor": {"is": "integer", "least": 1, "most": 1000000}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_code from holdfast_engine_N.sku_of(p_tenant_id, v_asked);
  if not found then
    return holdfast_engine_N.no_sku(v_asked);
  end if;
  v_factor := coalesce((p_request ->> 'factor')::numeric, 1) * v_code.factor;
  if v_factor > 1000000 then
    return holdfast_engine_N.refuse('invalid_request',
      'factor must be a whole number from 1 to 1000000.', '{"field": "factor"}');
  end if;
  perform 1 from holdfast.skus s
  where s.tenant_id = p_tenant_id and s.sku_id = v_code.sku_id for no key update;
  select * into v_other from holdfast_engine_N.sku_of(p_tenant_id, v_alias);
  -- An own or former code of this SKU leads to it already, and keeps its factor.
  if v_other.sku_id <> v_code.sku_id
    or (v_other.kind <> 'alias' and v_other.factor <> v_factor)
  then
    return holdfast_engine_N.refuse('code_in_use',
      case when v_other.sku_id = v_code.sku_id then 'This is a code of the SKU itself.'
        else 'This code leads to another SKU already.' end,
      jsonb_build_object('sku', v_alias, 'leads_to', v_other.own_code));
  end if;
  if v_other.sku_id is null or v_other.factor <> v_factor then
    insert into holdfast.sku_codes as c (tenant_id, code, sku_id, factor, kind, created_at)
    values (p_tenant_id, v_alias, v_code.sku_id, v_factor, 'alias', holdfast.clock())
    on conflict (tenant_id, code) do update set factor = excluded.factor
      where c.sku_id = excluded.sku_id and c.kind = 'alias';
    if not found then
      return holdfast_engine_N.refuse_taken('sku_codes_pkey', jsonb_build_object('sku', v_alias));
    end if;
    perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  end if;
  return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_alias);
end $$;

-- Removes an alias; the code leads nowhere then and may be used anew. A former code stays.
-- p_request: {"sku" (or "code"), "alias"}. answer: the SKU, or unknown_sku, invalid_request when
-- the code is not an alias of this SKU.
-- locks: the SKU's row, the alias, then the tenant's row.
create or replace function holdfast_engine_N.unalias_sku(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_asked text := coalesce(p_request ->> 'sku', p_request ->> 'code');
  v_code record;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "sku": {"is": "code", "max": 255},
    "code": {"is": "code", "max": 255},
    "alias": {"is": "code", "max": 255, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_code from holdfast_engine_N.sku_of(p_tenant_id, v_asked);
  if not found then
    return holdfast_engine_N.no_sku(v_asked);
  end if;
  perform 1 from holdfast.skus s
  where s.tenant_id = p_tenant_id and s.sku_id = v_code.sku_id for no key update;
  delete from holdfast.sku_codes c
  where c.tenant_id = p_tenant_id and c.code = normalize(p_request ->> 'alias')
    and c.sku_id = v_code.sku_id and c.kind = 'alias';
  if not found then
    return holdfast_engine_N.refuse('invalid_request', 'This code is not an alias of the SKU.',
      jsonb_build_object('field', 'alias', 'sku', v_code.own_code));
  end if;
  perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_code.own_code);
end $$;
