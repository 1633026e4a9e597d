-- One page of products for an export: whole products, with their variants and what is available.
-- p_request: {"after": the last product_id, "limit": products, "location": a code, or null for the
-- sum of all}. answer: {"rows": [a product with "variants"], "after": for the next page, or null}.
-- locks: none.
create or replace function holdfast_engine_N.export_products(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  with page as (
    select p.* from holdfast.products p
    where p.tenant_id = p_tenant_id and p.archived_at is null
      and p.product_id > coalesce((p_request ->> 'after')::int, 0)
    order by p.product_id
    limit (p_request ->> 'limit')::int
  )
  select jsonb_build_object(
    'after', max(p.product_id),
    'rows', coalesce(jsonb_agg(jsonb_build_object(
      'handle', p.handle, 'title', p.title, 'vendor', p.vendor, 'product_type', p.product_type,
      'option_names', to_jsonb(p.option_names), 'source', p.source,
      'variants', (
        select coalesce(jsonb_agg(jsonb_build_object(
          'option_values', to_jsonb(v.option_values), 'sku', s.code, 'tracked', s.tracked,
          'barcode', (select min(b.barcode) from holdfast.barcodes b
            where b.tenant_id = p_tenant_id and b.sku_id = s.sku_id),
          'source', v.source,
          'available', (
            select sum(l.on_hand - l.held - l.committed - l.damaged - l.quality_control
              - l.set_aside)
            from holdfast.levels l
            join holdfast.locations x
              on x.tenant_id = p_tenant_id and x.location_id = l.location_id
            where l.tenant_id = p_tenant_id and l.sku_id = s.sku_id
              and (p_request ->> 'location' is null or x.code = p_request ->> 'location'))
        ) order by v.position, v.variant_id), '[]')
        from holdfast.variants v
        join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = v.sku_id
        where v.tenant_id = p_tenant_id and v.product_id = p.product_id and v.archived_at is null
      )
    ) order by p.product_id), '[]')
  )
  from page p
$$;

-- The names of the columns that imports have kept beside our own, for the header of an export.
-- p_request: {}. answer: {"columns": […], "options": the most options that a product has}.
-- locks: none.
create or replace function holdfast_engine_N.export_columns(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'options', (
      select coalesce(max(cardinality(p.option_names)), 0) from holdfast.products p
      where p.tenant_id = p_tenant_id),
    'columns', (
      select coalesce(jsonb_agg(distinct k), '[]')
      from (
        select jsonb_object_keys(p.source) as k from holdfast.products p
        where p.tenant_id = p_tenant_id and jsonb_typeof(p.source) = 'object'
        union
        select jsonb_object_keys(v.source) from holdfast.variants v
        where v.tenant_id = p_tenant_id and jsonb_typeof(v.source) = 'object'
      ) as kept
      where k <> 'images')
  )
$$;

-- One page of levels for an export, with the SKU and the variant that it is shown as.
-- p_request: {"after": [sku_id, location_id] or null, "limit", "location": a code or null}.
-- answer: {"rows": […], "after": for the next page, or null}.
-- locks: none.
create or replace function holdfast_engine_N.export_levels(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  with page as (
    select l.*, x.code as location,
      case when exists (select from holdfast.locations o where o.tenant_id = p_tenant_id
        and o.name = x.name and o.location_id <> x.location_id) then x.code else x.name
      end as location_name
    from holdfast.levels l
    join holdfast.locations x on x.tenant_id = p_tenant_id and x.location_id = l.location_id
    where l.tenant_id = p_tenant_id
      and (p_request ->> 'location' is null or x.code = p_request ->> 'location')
      and (l.sku_id, l.location_id) > (
        coalesce((p_request -> 'after' ->> 0)::int, 0),
        coalesce((p_request -> 'after' ->> 1)::int, 0))
    order by l.sku_id, l.location_id
    limit (p_request ->> 'limit')::int
  )
  select jsonb_build_object(
    'after', (select jsonb_build_array(g.sku_id, g.location_id) from page g
      order by g.sku_id desc, g.location_id desc limit 1),
    'rows', coalesce(jsonb_agg(jsonb_build_object(
      'sku', s.code, 'unit', s.unit, 'unit_decimals', s.unit_decimals, 'location', g.location,
      'location_name', g.location_name, 'on_hand', g.on_hand, 'held', g.held,
      'committed', g.committed, 'damaged', g.damaged, 'quality_control', g.quality_control,
      'set_aside', g.set_aside, 'safety_stock', g.safety_stock, 'handle', shown.handle,
      'title', shown.title, 'option_names', to_jsonb(shown.option_names),
      'option_values', to_jsonb(shown.option_values),
      'barcode', (select min(b.barcode) from holdfast.barcodes b
        where b.tenant_id = p_tenant_id and b.sku_id = g.sku_id)
    ) order by g.sku_id, g.location_id), '[]')
  )
  from page g
  join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = g.sku_id
  left join lateral (
    select p.handle, p.title, p.option_names, v.option_values
    from holdfast.variants v
    join holdfast.products p on p.tenant_id = p_tenant_id and p.product_id = v.product_id
    where v.tenant_id = p_tenant_id and v.sku_id = g.sku_id
    order by v.archived_at is not null, v.variant_id limit 1
  ) as shown on true
$$;
