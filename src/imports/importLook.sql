-- What an import has to know of the books before it sends rows: which SKU a variant has already,
-- and which codes are taken.
-- p_request: {"variants": [{"handle", "option_values", "code"}]}. answer: {"variants": [{"sku": the
-- variant's own or null, "known": whether the code leads to a SKU}]}, in order.
-- locks: none.
create or replace function holdfast_engine_N.import_look(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('variants', coalesce(jsonb_agg(jsonb_build_object(
    'sku', (
      select s.code
      from holdfast.products p
      join holdfast.variants v on v.tenant_id = p_tenant_id and v.product_id = p.product_id
        and v.option_values = holdfast_engine_N.texts_of(w.variant -> 'option_values')
      join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = v.sku_id
      where p.tenant_id = p_tenant_id and p.handle = normalize(w.variant ->> 'handle')
      limit 1
    ),
    'known', exists (
      select from holdfast.sku_codes c
      where c.tenant_id = p_tenant_id and c.code = normalize(w.variant ->> 'code')
    )
  ) order by w.ordinal), '[]'))
  from jsonb_array_elements(p_request -> 'variants') with ordinality as w (variant, ordinal)
$$;

-- The locations of a tenant, the first choice first.
-- p_request: {}. answer: {"locations": [{"code", "name"}]}, archived ones too.
-- An archived location stands last.
-- locks: none.
create or replace function holdfast_engine_N.import_locations(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('locations', coalesce(jsonb_agg(jsonb_build_object(
      'code', p.code, 'name', p.name, 'archived', p.archived_at is not null
    ) order by p.archived_at is not null, p.priority, p.location_id), '[]'))
  from holdfast.locations p where p.tenant_id = p_tenant_id
$$;
