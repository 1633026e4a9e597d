-- Makes and updates the products of an import, many at once. A handle that comes again counts once.
-- p_products jsonb: as ensure_catalog takes them. answer: in their order [{"handle", "product_id",
-- "options" (how many), "outcome", "fault": a refusal or null}].
-- What an import does not say stays as it is.
-- locks: the products, by handle.
create or replace function holdfast_engine_N.ensure_products(p_tenant_id int, p_products jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_rows jsonb;
  v_made text[];
  v_changed text[];
begin
  v_rows := holdfast_engine_N.product_rows(p_tenant_id, p_products);

  with wanted as (
    select r.* from holdfast_engine_N.good_products(v_rows) as r order by r.handle
  ), made as (
    insert into holdfast.products (
      tenant_id, handle, title, vendor, product_type, option_names, source, created_at
    )
    select p_tenant_id, w.handle, w.title, w.vendor, w.product_type, coalesce(w.option_names, '{}'),
      nullif(w.source, 'null'), holdfast.clock()
    from wanted w where w.title is not null
    on conflict do nothing
    returning handle
  )
  select coalesce(array_agg(m.handle), '{}') into v_made from made m;

  perform 1 from holdfast.products p
  where p.tenant_id = p_tenant_id
    and p.handle in (select r.handle from holdfast_engine_N.good_products(v_rows) as r)
    and p.handle <> all (v_made)
  order by p.handle
  for no key update;
  with changed as (
    update holdfast.products p set
      title = coalesce(w.title, p.title), vendor = coalesce(w.vendor, p.vendor),
      product_type = coalesce(w.product_type, p.product_type),
      option_names = coalesce(w.option_names, p.option_names),
      source = coalesce(nullif(w.source, 'null'), p.source)
    from holdfast_engine_N.good_products(v_rows) as w
    where p.tenant_id = p_tenant_id and p.handle = w.handle and p.handle <> all (v_made)
      and (p.title, p.vendor, p.product_type, p.option_names, p.source) is distinct from (
        coalesce(w.title, p.title), coalesce(w.vendor, p.vendor),
        coalesce(w.product_type, p.product_type), coalesce(w.option_names, p.option_names),
        coalesce(nullif(w.source, 'null'), p.source))
    returning p.handle
  )
  select coalesce(array_agg(c.handle), '{}') into v_changed from changed c;

  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'handle', r -> 'handle', 'product_id', p.product_id,
      'options', cardinality(p.option_names), 'fault', r -> 'fault',
      'outcome', case when r -> 'fault' <> 'null' then 'refused'
        when p.handle = any (v_made) then 'created' when p.handle = any (v_changed) then 'updated'
        else 'unchanged' end
    ) order by n), '[]')
    from jsonb_array_elements(v_rows) with ordinality as t (r, n)
    cross join lateral jsonb_to_record(r) as w (handle text) -- a column: see ensure_catalog
    left join holdfast.products p on p.tenant_id = p_tenant_id and p.handle = w.handle
      and r -> 'fault' = 'null'
  );
end $$;

-- Checks the products of an import, each by itself and against what is there.
-- p_products jsonb: as ensure_catalog takes them. answer: [{…, "fault": a refusal or null}], one
-- for each handle (the first), in order.
-- locks: none.
create or replace function holdfast_engine_N.product_rows(p_tenant_id int, p_products jsonb)
returns jsonb
language sql volatile as $$
  with given as (
    select case when jsonb_typeof(p) = 'object' then p - 'variants' else '{}' end as p, n,
      normalize(p ->> 'handle') as handle,
      holdfast_engine_N.check_fields(
        case when jsonb_typeof(p) = 'object' then p - 'variants' else p end,
        holdfast_engine_N.product_fields()) -> 'refusal' as fault
    from jsonb_array_elements(p_products) with ordinality as t (p, n)
  ), firsts as (
    select distinct on (g.handle) g.* from given g order by g.handle, g.n
  )
  select coalesce(jsonb_agg(f.p || jsonb_build_object(
    'handle', f.handle, 'title', normalize(f.p ->> 'title'),
    'fault', coalesce(
      f.fault,
      holdfast_engine_N.check_option_names(names.list) -> 'refusal',
      case when k.product_id is null and f.p ->> 'title' is null then
        holdfast_engine_N.refuse('invalid_request', 'title is missing.', '{"field": "title"}')
          -> 'refusal' end,
      case when cardinality(names.list) <> cardinality(k.option_names)
        and jsonb_typeof(f.p -> 'option_names') = 'array' and exists (
          select from holdfast.variants v
          where v.tenant_id = p_tenant_id and v.product_id = k.product_id)
      then holdfast_engine_N.refuse('invalid_request',
        'option_names must be as many as the variants of this product have values.',
        '{"field": "option_names"}') -> 'refusal' end
    ) || jsonb_build_object('product', left(f.handle, 255))
  ) order by f.n), '[]')
  from firsts f
  left join holdfast.products k on k.tenant_id = p_tenant_id and k.handle = f.handle
  cross join lateral (
    select case when f.fault is null
      then holdfast_engine_N.texts_of(f.p -> 'option_names') end as list
  ) as names
$$;

-- The products of an import that have no fault, as rows.
-- p_rows jsonb: from product_rows. rows: null where the import says nothing.
-- locks: none.
create or replace function holdfast_engine_N.good_products(p_rows jsonb)
returns table (
  handle text, title text, vendor text, product_type text, option_names text[], source jsonb
)
language sql volatile rows 1000 as $$
  select r ->> 'handle', r ->> 'title', r ->> 'vendor', r ->> 'product_type',
    case when jsonb_typeof(r -> 'option_names') = 'array'
      then holdfast_engine_N.texts_of(r -> 'option_names') end,
    r -> 'source'
  from jsonb_array_elements(p_rows) as r
  where r -> 'fault' = 'null'
$$;

-- Makes and updates the variants of an import, many at once.
-- p_rows jsonb: from catalog_rows; p_products jsonb: from ensure_products. answer: the rows with
-- sku_id, the SKU's own code as "sku", "outcome" and "fault".
-- A variant whose SKU is another now is counted by that one; one that comes twice must agree.
-- locks: the variants' rows, by id, then as products_changed.
create or replace function holdfast_engine_N.ensure_variants(
  p_tenant_id int, p_rows jsonb, p_products jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_rows jsonb := holdfast_engine_N.variant_rows(p_tenant_id, p_rows, p_products);
  v_made int[];
  v_changed int[];
begin
  with wanted as (
    select distinct on (r.product_id, r.option_values) r.*
    from holdfast_engine_N.good_variants(v_rows) as r
    order by r.product_id, r.option_values, r.row_no
  ), made as (
    insert into holdfast.variants (
      tenant_id, product_id, sku_id, option_values, position, source, created_at
    )
    select p_tenant_id, w.product_id, w.sku_id, w.option_values, w.position, w.source,
      holdfast.clock()
    from wanted w
    on conflict do nothing
    returning variant_id
  )
  select coalesce(array_agg(m.variant_id), '{}') into v_made from made m;

  perform 1 from holdfast.variants v
  join holdfast_engine_N.good_variants(v_rows) as w
    on w.product_id = v.product_id and w.option_values = v.option_values
  where v.tenant_id = p_tenant_id and v.variant_id <> all (v_made)
  order by v.variant_id
  for no key update of v;
  with changed as (
    update holdfast.variants v set
      sku_id = w.sku_id, position = w.position, source = coalesce(w.source, v.source)
    from (
      select distinct on (r.product_id, r.option_values) r.*
      from holdfast_engine_N.good_variants(v_rows) as r
      order by r.product_id, r.option_values, r.row_no
    ) as w
    where v.tenant_id = p_tenant_id and v.product_id = w.product_id
      and v.option_values = w.option_values and v.variant_id <> all (v_made)
      and (v.sku_id, v.position, v.source)
        is distinct from (w.sku_id, w.position, coalesce(w.source, v.source))
    returning v.variant_id
  )
  select coalesce(array_agg(c.variant_id), '{}') into v_changed from changed c;
  if v_made || v_changed <> '{}' then
    perform holdfast_engine_N.products_changed(p_tenant_id, array(
      select v.sku_id from holdfast.variants v
      where v.tenant_id = p_tenant_id and v.variant_id = any (v_made || v_changed)));
  end if;

  return (
    select coalesce(jsonb_agg(t.row || jsonb_build_object(
      'outcome', case when v.variant_id = any (v_made) then 'created'
        when v.variant_id = any (v_changed) then 'updated' else 'unchanged' end
    ) order by t.n), '[]')
    from jsonb_array_elements(v_rows) with ordinality as t (row, n)
    left join holdfast_engine_N.good_variants(v_rows) as w on w.row_no = t.n
    left join holdfast.variants v on v.tenant_id = p_tenant_id and v.product_id = w.product_id
      and v.option_values = w.option_values
  );
end $$;

-- Checks the variants of an import against their products, their SKUs and each other.
-- p_rows jsonb: from catalog_rows; p_products jsonb: from ensure_products. answer: the rows with
-- product_id, sku_id, the SKU's own code as "sku", and "fault".
-- locks: none.
create or replace function holdfast_engine_N.variant_rows(
  p_tenant_id int, p_rows jsonb, p_products jsonb
) returns jsonb
language sql volatile as $$
  with given as (
    select t.row, t.n, p.product_id, p.options, p.fault as product_fault, c.sku_id, c.factor,
      s.code, s.unit, s.unit_decimals,
      first_value(c.sku_id) over (
        partition by t.row ->> 'product', t.row -> 'option_values' order by t.n) as first_sku_id
    from jsonb_array_elements(p_rows) with ordinality as t (row, n)
    cross join lateral jsonb_to_record(t.row) as w (product text, sku text) -- see ensure_catalog
    left join jsonb_to_recordset(p_products) as p (
      handle text, product_id int, options int, fault jsonb) on p.handle = w.product
    left join holdfast.sku_codes c on c.tenant_id = p_tenant_id and c.code = w.sku
    left join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.sku_id
  ), judged as (
    select g.*, case
      when g.row -> 'fault' <> 'null' then g.row -> 'fault'
      when g.product_id is null then coalesce(nullif(g.product_fault, 'null'),
        '{"code": "invalid_request", "message": "The product is not there."}')
      when jsonb_array_length(g.row -> 'option_values') <> g.options then jsonb_build_object(
        'code', 'invalid_request', 'field', 'option_values', 'message',
        format('option_values must be %s: one for each option of the product.', g.options))
      when g.factor <> 1 then jsonb_build_object('code', 'code_in_use', 'field', 'sku',
        'message', 'This code is a pack of another SKU.')
      when coalesce(g.row ->> 'unit', g.unit) <> g.unit
        or coalesce((g.row ->> 'unit_decimals')::int, g.unit_decimals) <> g.unit_decimals
        then jsonb_build_object('code', 'units_differ', 'unit', g.unit,
          'unit_decimals', g.unit_decimals,
          'message', 'The SKU is counted in another unit already.')
      when g.sku_id <> g.first_sku_id then jsonb_build_object('code', 'variant_exists',
        'message', 'The product has a variant with these options already.')
    end as fault
    from given g
  )
  select coalesce(jsonb_agg(j.row || jsonb_build_object(
    'product_id', j.product_id, 'sku_id', j.sku_id, 'sku', coalesce(j.code, j.row ->> 'sku'),
    'fault', j.fault || jsonb_build_object('product', left(j.row ->> 'product', 255),
      'sku', left(j.row ->> 'sku', 255), 'option_values', j.row -> 'option_values')
  ) order by j.n), '[]')
  from judged j
$$;

-- The variants of an import that have no fault, as rows.
-- p_rows jsonb: from variant_rows. rows: row_no is the place in the import. Volatile, so that it is
-- not inlined and the planner expects 2,000 rows: with 1 it compared each row with each.
-- locks: none.
create or replace function holdfast_engine_N.good_variants(p_rows jsonb)
returns table (
  row_no bigint, product_id int, sku_id int, option_values text[], "position" int, source jsonb
)
language sql volatile rows 2000 as $$
  select t.n, (r ->> 'product_id')::int, (r ->> 'sku_id')::int,
    array(select v from jsonb_array_elements_text(r -> 'option_values') with ordinality as o (v, k)
      order by k),
    (r ->> 'position')::int, nullif(r -> 'source', 'null')
  from jsonb_array_elements(p_rows) with ordinality as t (r, n)
  where r -> 'fault' = 'null'
$$;
