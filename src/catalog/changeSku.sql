-- Locks the levels of a SKU.
-- p_tenant_id int, p_sku_id int. answer: their ids.
-- locks: them, by id.
create or replace function holdfast_engine_N.lock_levels_of(p_tenant_id int, p_sku_id int)
returns int[]
language sql volatile as $$
  select array(
    select l.level_id from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.sku_id = p_sku_id
    order by l.level_id
    for no key update)
$$;

-- Locks the levels of a SKU, then the SKU, and ends what is overdue there if asked.
-- p_tenant_id int, p_sku_id int, p_free boolean. answer: the SKU's row as it is under the lock.
-- A sale that waits for one of these levels reads the SKU only after this call's transaction.
-- locks: the levels by id, then the SKU's row.
create or replace function holdfast_engine_N.lock_sku(
  p_tenant_id int, p_sku_id int, p_free boolean default false
) returns holdfast.skus
language plpgsql volatile as $$
declare
  v_sku holdfast.skus;
  v_levels int[] := holdfast_engine_N.lock_levels_of(p_tenant_id, p_sku_id);
begin
  if p_free then
    perform holdfast_engine_N.end_overdue(p_tenant_id, v_levels);
  end if;
  select s.* into v_sku from holdfast.skus s
  where s.tenant_id = p_tenant_id and s.sku_id = p_sku_id
  for no key update;
  return v_sku;
end $$;

-- Changes a SKU; a field that is absent stays.
-- p_request: {"sku" (any of its codes; or "code"), "tracked", "unit", "unit_decimals", "barcodes"
-- (the new whole)}. answer: the SKU, or unknown_sku, sku_in_use (other decimals would give the
-- numbers of its levels another meaning), code_in_use. locks: as lock_sku, then the tenant's row.
create or replace function holdfast_engine_N.update_sku(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_asked text := coalesce(p_request ->> 'sku', p_request ->> 'code');
  v_code record;
  v_sku holdfast.skus;
  v_constraint text;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    jsonb_set(holdfast_engine_N.sku_fields() - 'barcode', '{code,needed}', 'false')
      || '{"sku": {"is": "code", "max": 255}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_code from holdfast_engine_N.sku_of(p_tenant_id, v_asked);
  if not found then
    return holdfast_engine_N.no_sku(v_asked);
  end if;
  v_sku := holdfast_engine_N.lock_sku(p_tenant_id, v_code.sku_id);
  if (p_request ->> 'unit_decimals')::int <> v_sku.unit_decimals and exists (
    select from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.sku_id = v_sku.sku_id and l.version > 0)
  then
    return holdfast_engine_N.refuse('sku_in_use',
      'The SKU has been counted in its unit already: other decimals need a new SKU.',
      jsonb_build_object('sku', v_sku.code, 'unit_decimals', v_sku.unit_decimals));
  end if;
  update holdfast.skus s set
    unit = coalesce(normalize(p_request ->> 'unit'), s.unit),
    unit_decimals = coalesce((p_request ->> 'unit_decimals')::int, s.unit_decimals),
    tracked = coalesce((p_request ->> 'tracked')::boolean, s.tracked)
  where s.tenant_id = p_tenant_id and s.sku_id = v_sku.sku_id;
  if jsonb_typeof(p_request -> 'barcodes') = 'array' then
    delete from holdfast.barcodes b
    where b.tenant_id = p_tenant_id and b.sku_id = v_sku.sku_id
      and b.barcode <> all (holdfast_engine_N.texts_of(p_request -> 'barcodes'));
    perform holdfast_engine_N.add_barcodes(p_tenant_id, v_sku.sku_id, p_request);
  end if;
  if (p_request ->> 'tracked')::boolean <> v_sku.tracked
    or normalize(p_request ->> 'unit') <> v_sku.unit
    or (p_request ->> 'unit_decimals')::int <> v_sku.unit_decimals
  then
    perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  end if;
  return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_asked);
exception when unique_violation then
  get stacked diagnostics v_constraint = constraint_name;
  return holdfast_engine_N.refuse_taken(v_constraint, jsonb_build_object('sku', v_asked));
end $$;

-- Takes a SKU from sale: it can be counted, shipped and returned, but not held any more.
-- p_request: {"sku"} (or "code"). answer: the SKU, or unknown_sku, sku_in_use while units of it are
-- held or committed, or kits are made of it.
-- locks: as lock_sku, then the tenant's row.
create or replace function holdfast_engine_N.archive_sku(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_sku_archived(p_tenant_id, p_request, holdfast.clock())
$$;

-- Puts an archived SKU back on sale.
-- p_request: {"sku"} (or "code"). answer: the SKU, or unknown_sku.
-- A SKU that is not archived stays as it is.
-- locks: as archive_sku.
create or replace function holdfast_engine_N.unarchive_sku(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_sku_archived(p_tenant_id, p_request, null)
$$;

-- What archive and unarchive share.
-- p_at timestamptz: null puts it back. answer: the SKU, or a refusal.
-- The first archiving's instant stays.
-- locks: as archive_sku.
create or replace function holdfast_engine_N.set_sku_archived(
  p_tenant_id int, p_request jsonb, p_at timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_asked text := coalesce(p_request ->> 'sku', p_request ->> 'code');
  v_code record;
  v_sku holdfast.skus;
  v_total record;
  v_kits jsonb;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"sku": {"is": "code", "max": 255}, "code": {"is": "code", "max": 255}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select * into v_code from holdfast_engine_N.sku_of(p_tenant_id, v_asked);
  if not found then
    return holdfast_engine_N.no_sku(v_asked);
  end if;
  v_sku := holdfast_engine_N.lock_sku(p_tenant_id, v_code.sku_id, p_at is not null);
  if (v_sku.archived_at is null) = (p_at is null) then
    return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_asked);
  end if;
  select coalesce(sum(l.held), 0) as held, coalesce(sum(l.committed), 0) as committed,
    coalesce(sum(l.backordered + l.held_backordered), 0) as waiting into v_total
  from holdfast.levels l where l.tenant_id = p_tenant_id and l.sku_id = v_sku.sku_id;
  if p_at is not null and v_total.held + v_total.committed + v_total.waiting > 0 then
    return holdfast_engine_N.refuse('sku_in_use',
      'Units of this SKU are held, committed or backordered.',
      jsonb_build_object('sku', v_sku.code, 'held', v_total.held, 'committed', v_total.committed)
        || case when v_total.waiting > 0
          then jsonb_build_object('backordered', v_total.waiting) else '{}' end);
  end if;
  v_kits := holdfast_engine_N.kits_with(p_tenant_id, v_sku.sku_id);
  if p_at is not null and v_kits is not null then
    return holdfast_engine_N.refuse('sku_in_use', 'Kits are made of this SKU.',
      jsonb_build_object('sku', v_sku.code, 'held', 0, 'committed', 0, 'kits', v_kits));
  end if;
  update holdfast.skus s set archived_at = p_at
  where s.tenant_id = p_tenant_id and s.sku_id = v_sku.sku_id;
  perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  return '{"ok": true}' || holdfast_engine_N.sku_answer(p_tenant_id, v_asked);
end $$;
