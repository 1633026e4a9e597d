-- Brings products, variants and SKUs to what an import says, many at once; the same input again
-- changes nothing. A row that conflicts is refused alone.
-- p_request: {"products": [{"handle", "title", "vendor", "product_type", "option_names", "source",
-- "variants": [{"option_values", "sku", "tracked", "barcode", "position", "source", "unit",
-- "unit_decimals"}]}]}, at most 2,000 variants. answer: {"ok", "products": [{"handle", "outcome"}],
-- "variants": [{"product", "option_values", "sku", "outcome"}] in the order of the request, outcome
-- created, updated, unchanged or refused, "refusals": [{"code", "message", …}]}, or a refusal.
-- A code or barcode is looked up by a scalar sub-select: as a join, a table that was not analysed
-- yet made the planner compare each with each (10,000 variants: 16 s instead of 4). Hash joins,
-- which the frame of the writes forbids, are allowed: lists of 2,000 meet here (29 s without).
-- What a row of JSON says is compared as a column: -> and ->> might leak, so that row-level
-- security keeps them out of the index condition.
-- locks: products by handle, SKUs by code, variants, barcodes, then the tenant's row.
create or replace function holdfast_engine_N.ensure_catalog(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile
set enable_hashjoin = on set enable_mergejoin = on
as $$
declare
  v_products jsonb;
  v_rows jsonb;
  v_retracked text[];
  v_barcodes text[];
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"products": {"is": "list", "most": 2000, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_rows := holdfast_engine_N.catalog_rows(p_request);
  if jsonb_array_length(v_rows) > 2000 then
    return holdfast_engine_N.refuse('too_large', 'At most 2000 variants in one call.',
      '{"field": "products", "limit": 2000}');
  end if;
  v_products := holdfast_engine_N.ensure_products(p_tenant_id, p_request -> 'products');
  -- A row that cannot become a variant makes no SKU either.
  v_rows := holdfast_engine_N.variant_rows(p_tenant_id, v_rows, v_products);
  perform holdfast_engine_N.ensure_skus(p_tenant_id, v_rows);
  v_rows := holdfast_engine_N.ensure_variants(p_tenant_id, v_rows, v_products);
  v_retracked := holdfast_engine_N.retrack_skus(p_tenant_id, v_rows);
  v_barcodes := holdfast_engine_N.ensure_barcodes(p_tenant_id, v_rows);
  if cardinality(v_retracked) > 0 then
    perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  end if;

  return jsonb_build_object(
    'ok', true,
    'products', (
      select coalesce(jsonb_agg(jsonb_build_object('handle', p -> 'handle', 'outcome',
        coalesce(p ->> 'outcome', 'refused')) order by n), '[]')
      from jsonb_array_elements(v_products) with ordinality as t (p, n)
    ),
    'variants', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'product', r -> 'product', 'option_values', r -> 'option_values', 'sku', r -> 'sku',
        'outcome', case
          when r -> 'fault' <> 'null' then 'refused'
          when r ->> 'outcome' = 'unchanged'
            and (r ->> 'sku' = any (v_retracked) or r ->> 'barcode' = any (v_barcodes))
            then 'updated'
          else r ->> 'outcome' end) order by n), '[]')
      from jsonb_array_elements(v_rows) with ordinality as t (r, n)
    ),
    'refusals', (
      select coalesce(jsonb_agg(f.refusal order by f.n, f.refusal ->> 'code'), '[]')
      from (
        select p -> 'fault' as refusal, 0 as n
        from jsonb_array_elements(v_products) as p where p -> 'fault' <> 'null'
        union all
        select r -> 'fault', n from jsonb_array_elements(v_rows) with ordinality as t (r, n)
        where r -> 'fault' <> 'null'
        union all
        select jsonb_build_object('code', 'code_in_use',
          'message', 'This barcode leads to another SKU already.', 'product', r -> 'product',
          'option_values', r -> 'option_values', 'sku', r -> 'sku', 'barcode', r -> 'barcode'), n
        from jsonb_array_elements(v_rows) with ordinality as t (r, n)
        cross join lateral jsonb_to_record(r) as w (sku_id int, barcode text, fault jsonb)
        where coalesce(w.fault, 'null') = 'null' and w.sku_id <> (
          select b.sku_id from holdfast.barcodes b
          where b.tenant_id = p_tenant_id and b.barcode = w.barcode)
      ) as f
    )
  );
end $$;

-- Flattens the variants of an import, in order, and checks each by itself.
-- p_request jsonb: as ensure_catalog. answer: [{"product", "option_values", "sku", …, "fault":
-- a refusal or null}]; codes in NFC.
-- Option values are as many as the names that the same product brings.
-- locks: none.
create or replace function holdfast_engine_N.catalog_rows(p_request jsonb) returns jsonb
language sql immutable as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'product', case when jsonb_typeof(p -> 'handle') = 'string' then normalize(p ->> 'handle') end,
    'option_values', case when c.fault is null
      then to_jsonb(holdfast_engine_N.texts_of(v -> 'option_values')) else v -> 'option_values' end,
    'sku', case when jsonb_typeof(v -> 'sku') = 'string' then normalize(v ->> 'sku') end,
    'barcode', normalize(v ->> 'barcode'), 'tracked', v -> 'tracked',
    'unit', normalize(v ->> 'unit'), 'unit_decimals', v -> 'unit_decimals',
    'position', coalesce(nullif(v -> 'position', 'null'), to_jsonb(vn)),
    'source', v -> 'source',
    'fault', c.fault || jsonb_build_object('product', left(p ->> 'handle', 255),
      'sku', left(v ->> 'sku', 255))
  ) order by pn, vn), '[]')
  from jsonb_array_elements(p_request -> 'products') with ordinality as products (p, pn)
  cross join lateral jsonb_array_elements(
    case when jsonb_typeof(p -> 'variants') = 'array' then p -> 'variants' else '[]' end
  ) with ordinality as variants (v, vn)
  cross join lateral (
    select holdfast_engine_N.check_fields(v, '{
      "option_values": {"is": "texts", "max": 255, "most": 100},
      "sku": {"is": "code", "max": 255, "needed": true}, "tracked": {"is": "boolean"},
      "barcode": {"is": "code", "max": 255},
      "position": {"is": "integer", "least": 1, "most": 1000000}, "source": {"is": "object"},
      "unit": {"is": "code", "max": 50},
      "unit_decimals": {"is": "integer", "least": 0, "most": 6}}') -> 'refusal' as fault
  ) as c
$$;

-- Makes the SKUs that are missing, each with its own code.
-- p_rows jsonb: from catalog_rows; the first row of a code says what it is. answer: nothing.
-- A code that another call takes at this moment is raised as 40001: the call is made again.
-- locks: the new rows, by code.
create or replace function holdfast_engine_N.ensure_skus(p_tenant_id int, p_rows jsonb)
returns void
language plpgsql volatile as $$
declare
  v_made int;
  v_coded int;
begin
  with wanted as (
    select distinct on (r.sku) r.sku, r.unit, r.unit_decimals, r.tracked
    from jsonb_array_elements(p_rows) with ordinality as t (row, n)
    cross join lateral jsonb_to_record(t.row)
      as r (sku text, unit text, unit_decimals int, tracked boolean, fault jsonb)
    where coalesce(r.fault, 'null') = 'null'
    order by r.sku, n
  ), made as (
    insert into holdfast.skus (tenant_id, code, unit, unit_decimals, tracked, created_at)
    select p_tenant_id, w.sku, coalesce(w.unit, 'each'), coalesce(w.unit_decimals, 0),
      coalesce(w.tracked, true), holdfast.clock()
    from wanted w
    where (
      select c.sku_id from holdfast.sku_codes c where c.tenant_id = p_tenant_id and c.code = w.sku
    ) is null
    order by w.sku
    on conflict do nothing
    returning sku_id, code
  ), coded as (
    insert into holdfast.sku_codes (tenant_id, code, sku_id, kind, created_at)
    select p_tenant_id, m.code, m.sku_id, 'own', holdfast.clock() from made m order by m.code
    on conflict do nothing
    returning 1
  )
  select (select count(*) from made), (select count(*) from coded) into v_made, v_coded;
  if v_coded < v_made then
    raise exception 'another call has just taken one of these codes' using errcode = '40001';
  end if;
end $$;

-- Switches counting on or off for SKUs whose import says otherwise; one that did not say stays.
-- p_rows jsonb: from ensure_variants, with sku_id. answer: the codes whose switch changed.
-- The first row of a code decides.
-- locks: the SKUs' rows, by id.
create or replace function holdfast_engine_N.retrack_skus(p_tenant_id int, p_rows jsonb)
returns text[]
language plpgsql volatile as $$
declare
  v_changes jsonb;
  v_codes text[];
begin
  select coalesce(jsonb_object_agg(w.sku_id, w.tracked), '{}') into v_changes
  from (
    select distinct on (r.sku_id) r.sku_id, r.tracked
    from jsonb_array_elements(p_rows) with ordinality as t (row, n)
    cross join lateral jsonb_to_record(t.row) as r (sku_id int, tracked boolean, fault jsonb)
    where coalesce(r.fault, 'null') = 'null' and r.tracked is not null
    order by r.sku_id, n
  ) as w
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = w.sku_id
  where s.tracked <> w.tracked;
  if v_changes = '{}' then
    return '{}';
  end if;
  perform 1 from holdfast.skus s
  where s.tenant_id = p_tenant_id
    and s.sku_id in (select k::int from jsonb_object_keys(v_changes) as k)
  order by s.sku_id
  for no key update;
  with changed as (
    update holdfast.skus s set tracked = (v_changes ->> s.sku_id::text)::boolean
    where s.tenant_id = p_tenant_id
      and s.sku_id in (select k::int from jsonb_object_keys(v_changes) as k)
    returning s.code
  )
  select array_agg(c.code) into v_codes from changed c;
  return v_codes;
end $$;

-- Makes the barcodes that are missing; the first row with a barcode has it.
-- p_rows jsonb: from ensure_variants, with sku_id. answer: the barcodes that are new.
-- One that another SKU has stays there; ensure_catalog reports it.
-- locks: the new rows, by barcode.
create or replace function holdfast_engine_N.ensure_barcodes(p_tenant_id int, p_rows jsonb)
returns text[]
language sql volatile as $$
  with wanted as (
    select distinct on (r.barcode) r.barcode, r.sku_id
    from jsonb_array_elements(p_rows) with ordinality as t (row, n)
    cross join lateral jsonb_to_record(t.row) as r (sku_id int, barcode text, fault jsonb)
    where coalesce(r.fault, 'null') = 'null' and r.barcode is not null and r.sku_id is not null
    order by r.barcode, n
  ), made as (
    insert into holdfast.barcodes (tenant_id, barcode, sku_id, created_at)
    select p_tenant_id, w.barcode, w.sku_id, holdfast.clock() from wanted w order by w.barcode
    on conflict do nothing
    returning barcode
  )
  select coalesce(array_agg(m.barcode), '{}') from made m
$$;
