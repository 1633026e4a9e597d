-- Writes one chunk of a file whole or not at all: locations, products, SKUs, then the levels.
-- p_request: {"import_id", "rows_done", "dry_run", "only_missing": products that are there stay,
-- "locations": [{"code", "name"}], "products": as ensure_catalog, "skus": as create_sku,
-- "levels": [{"line", "sku", "location", counters …}]}. answer: {"ok", "levels", "changed",
-- "committed", "shortages", "rejected": [{line, reason}], "untracked": [line], "refused": by
-- ensure_catalog, "made_locations": [code]}. locks: catalogue rows, then the levels by id.
create or replace function holdfast_engine_N.import_chunk(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_refused jsonb;
  v_answer jsonb;
begin
  begin
    v_answer := holdfast_engine_N.import_catalog(p_tenant_id, p_request);
    v_refused := coalesce(v_answer -> 'refusals', '[]');
    if not holdfast_engine_N.is_refusal(v_answer) then
      v_answer := holdfast_engine_N.import_levels(p_tenant_id, p_request, v_refused)
        || jsonb_build_object('refused', v_refused,
          'made_locations', v_answer -> 'made_locations');
    end if;
    if holdfast_engine_N.is_refusal(v_answer) or p_request -> 'dry_run' = 'true' then
      raise exception using errcode = 'HF004', message = 'nothing is to stay';
    end if;
    update holdfast.imports i
    set rows_done = greatest(i.rows_done, (p_request ->> 'rows_done')::bigint)
    where i.tenant_id = p_tenant_id and i.import_id = (p_request ->> 'import_id')::uuid;
  exception when sqlstate 'HF004' then
    return v_answer;
  end;
  return v_answer;
end $$;

-- Makes what is missing of a chunk's locations, products and SKUs.
-- p_request: as import_chunk. answer: {"ok", "refusals"} of ensure_catalog and
-- "made_locations": [code], or a refusal.
-- A location that is there stays as it is.
-- locks: the new rows.
create or replace function holdfast_engine_N.import_catalog(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_one jsonb;
  v_answer jsonb;
  v_ensured jsonb := '{"ok": true, "refusals": []}';
  v_made jsonb := '[]';
  v_products jsonb := case when p_request -> 'only_missing' = 'true'
    then holdfast_engine_N.missing_products(p_tenant_id, p_request -> 'products')
    else p_request -> 'products' end;
begin
  for v_one in select e from jsonb_array_elements(p_request -> 'locations') as e loop
    continue when exists (
      select from holdfast.locations p
      where p.tenant_id = p_tenant_id and p.code = normalize(v_one ->> 'code'));
    v_answer := holdfast_engine_N.create_location(p_tenant_id, v_one);
    if holdfast_engine_N.is_refusal(v_answer)
      and v_answer -> 'refusal' ->> 'code' <> 'location_exists'
    then
      return v_answer;
    end if;
    v_made := v_made || coalesce(v_answer -> 'code', '[]');
  end loop;
  if jsonb_array_length(v_products) > 0 then
    v_ensured := holdfast_engine_N.ensure_catalog(p_tenant_id,
      jsonb_build_object('products', v_products));
    if holdfast_engine_N.is_refusal(v_ensured) then
      return v_ensured;
    end if;
  end if;
  return v_ensured || jsonb_build_object('refusals', (v_ensured -> 'refusals')
    || holdfast_engine_N.import_skus(p_tenant_id, p_request -> 'skus'),
    'made_locations', v_made);
end $$;

-- The products of a chunk with those variants alone whose SKU is not there: a file of stock makes
-- what is missing, and changes no words of what is there.
-- p_products jsonb: as ensure_catalog takes them. answer: the same, with fewer variants.
-- locks: none.
create or replace function holdfast_engine_N.missing_products(p_tenant_id int, p_products jsonb)
returns jsonb
language sql volatile as $$
  select coalesce(jsonb_agg(p || jsonb_build_object('variants', missing.variants) order by n), '[]')
  from jsonb_array_elements(p_products) with ordinality as t (p, n)
  cross join lateral (
    select jsonb_agg(v order by vn) as variants
    from jsonb_array_elements(p -> 'variants') with ordinality as e (v, vn)
    where not exists (select from holdfast_engine_N.sku_of(p_tenant_id, v ->> 'sku'))
  ) as missing
  where missing.variants is not null
$$;

-- Makes the SKUs of a chunk that belong to no product; one that is there stays as it is.
-- p_skus jsonb: as create_sku takes them. answer: the refusals, each with its "sku"; a barcode that
-- another SKU has is left out and told with "barcode".
-- locks: the new rows, by code.
create or replace function holdfast_engine_N.import_skus(p_tenant_id int, p_skus jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_rows jsonb;
begin
  select coalesce(jsonb_agg((k - 'code') || jsonb_build_object('sku', normalize(k ->> 'code'),
    'barcode', normalize(k ->> 'barcode'),
    'fault', holdfast_engine_N.check_fields(k, holdfast_engine_N.sku_fields()) -> 'refusal')), '[]')
  into v_rows
  from jsonb_array_elements(p_skus) as k;
  perform holdfast_engine_N.ensure_skus(p_tenant_id, v_rows);
  select coalesce(jsonb_agg(r || jsonb_build_object('sku_id', c.sku_id)), '[]') into v_rows
  from jsonb_array_elements(v_rows) as r
  cross join lateral jsonb_to_record(r) as w (sku text) -- a column: see ensure_catalog
  left join holdfast.sku_codes c on c.tenant_id = p_tenant_id and c.code = w.sku;
  perform holdfast_engine_N.ensure_barcodes(p_tenant_id, v_rows);
  return (
    select coalesce(jsonb_agg(f.refusal), '[]')
    from (
      select (r -> 'fault') || jsonb_build_object('sku', r -> 'sku') as refusal
      from jsonb_array_elements(v_rows) as r where r -> 'fault' <> 'null'
      union all
      select holdfast_engine_N.refuse_taken('barcodes_pkey', jsonb_build_object(
        'sku', r -> 'sku', 'barcode', r -> 'barcode')) -> 'refusal'
      from jsonb_array_elements(v_rows) as r
      cross join lateral jsonb_to_record(r) as w (barcode text, sku_id int)
      join holdfast.barcodes b on b.tenant_id = p_tenant_id and b.barcode = w.barcode
      where r -> 'fault' = 'null' and b.sku_id <> w.sku_id
    ) as f
  );
end $$;

-- Brings the levels of a chunk to what the file says, each with one movement.
-- p_request: as import_chunk; p_refused jsonb: variants that the catalogue refused, whose levels
-- are left out. answer: as import_chunk.
-- locks: the levels, by id, then the tenant's row where a safety stock is another.
create or replace function holdfast_engine_N.import_levels(
  p_tenant_id int, p_request jsonb, p_refused jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_lines jsonb;
  v_requests jsonb;
  v_levels int[];
  v_want record;
  v_done jsonb;
  v_count int := 0;
  v_changed int := 0;
  v_committed bigint := 0;
  v_rejected jsonb := '[]';
  v_shortages jsonb := '[]';
  v_untracked jsonb := '[]';
  v_kept boolean := false;
begin
  select coalesce(jsonb_agg(l || jsonb_build_object('sku', normalize(l ->> 'sku'),
    'location', normalize(l ->> 'location'), 'quantity', l -> 'on_hand')), '[]') into v_lines
  from jsonb_array_elements(p_request -> 'levels') as l
  where not exists (
    select from jsonb_array_elements(p_refused) as f
    where f ->> 'sku' = normalize(l ->> 'sku') and not f ? 'barcode');
  select coalesce(jsonb_agg(w.line -> 'line' order by w.line_no)
      filter (where not w.tracked), '[]'),
    coalesce(jsonb_agg(w.line order by w.line_no) filter (where w.tracked is not false), '[]')
  into v_untracked, v_lines
  from holdfast_engine_N.wanted(
    p_tenant_id, jsonb_build_array(jsonb_build_object('lines', v_lines))) as w;
  v_requests := holdfast_engine_N.resolve(
    p_tenant_id, jsonb_build_array(jsonb_build_object('lines', v_lines)));
  perform holdfast_engine_N.make_levels(p_tenant_id, 'set', v_requests);
  v_levels := holdfast_engine_N.lock_levels(p_tenant_id, v_requests);

  for v_want in
    select w.*, l.level_id, k.unit_decimals
    from holdfast_engine_N.wanted(
      p_tenant_id, jsonb_build_array(jsonb_build_object('lines', v_lines))) as w
    left join holdfast.levels l on l.tenant_id = p_tenant_id and l.sku_id = w.sku_id
      and l.location_id = w.location_id
    left join holdfast.skus k on k.tenant_id = p_tenant_id and k.sku_id = w.sku_id
    order by w.line_no
  loop
    v_done := case when v_want.kit is not null
      then holdfast_engine_N.no_level_of_kit(v_want.sku_code)
      when v_want.level_id is null
      then holdfast_engine_N.refuse('level_not_found', format('%s is not known at "%s".',
        coalesce(v_want.sku_code, v_want.line ->> 'sku'), v_want.line ->> 'location'))
      when coalesce(v_want.line ->> 'unit', v_want.unit) <> v_want.unit
        or coalesce((v_want.line ->> 'unit_decimals')::int, v_want.unit_decimals)
          <> v_want.unit_decimals
      then holdfast_engine_N.refuse('units_differ', format(
        'The SKU is counted in "%s" with %s decimals.', v_want.unit, v_want.unit_decimals))
      else holdfast_engine_N.import_level(p_tenant_id, v_want.level_id, v_want.factor,
        v_want.sku_code, v_want.line, v_levels,
        'import:' || coalesce(p_request ->> 'import_id', 'dry run'),
        (p_request ->> 'actor_id')::int)
      end;
    if holdfast_engine_N.is_refusal(v_done) then
      v_rejected := v_rejected || jsonb_build_object('line', v_want.line -> 'line',
        'reason', v_done -> 'refusal' ->> 'message');
      continue;
    end if;
    v_count := v_count + 1;
    v_changed := v_changed + (v_done ->> 'changed')::int;
    v_committed := v_committed + (v_done ->> 'committed')::bigint;
    v_kept := v_kept or (v_done ->> 'kept')::boolean;
    if (v_done ->> 'shortage')::bigint > 0 then
      v_shortages := v_shortages || jsonb_build_object('line', v_want.line -> 'line',
        'sku', v_want.sku_code, 'location', v_want.location_code,
        'shortage', v_done -> 'shortage');
    end if;
  end loop;
  if v_kept then
    update holdfast.tenants t set catalog_version = t.catalog_version + 1, has_policies = true
    where t.tenant_id = p_tenant_id;
  end if;
  return jsonb_build_object('ok', true, 'levels', v_count, 'changed', v_changed,
    'committed', v_committed, 'rejected', v_rejected, 'shortages', v_shortages,
    'untracked', v_untracked);
end $$;
