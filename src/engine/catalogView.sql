-- Resolves codes for the fast path: which level a SKU has at a location.
-- p_request: {"pairs": [[sku, location]]}. answer: {"catalog_version", "cart_window_seconds",
-- "pairs": [{level_id, sku, location} or null]}, null where the careful path has to look: an
-- unknown
-- code, a pack, an untracked or archived SKU, no level. locks: none.
create or replace function holdfast_engine_N.catalog_view(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1
as $$
  select jsonb_build_object(
    'catalog_version', t.catalog_version,
    'cart_window_seconds', t.cart_window_seconds,
    'pairs', (
      select jsonb_agg(case when l.level_id is not null then jsonb_build_object(
        'level_id', l.level_id, 'sku', s.code, 'location', p.code) end order by w.ordinal)
      from jsonb_array_elements(p_request -> 'pairs') with ordinality as w (pair, ordinal)
      cross join lateral (
        select normalize(w.pair ->> 0) as sku, normalize(w.pair ->> 1) as location offset 0
      ) as n -- fenced: see wanted
      left join holdfast.sku_codes c on c.tenant_id = p_tenant_id
        and c.code = n.sku
        and c.factor = 1
      left join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = c.sku_id
        and s.tracked and t.tracked and s.archived_at is null
      left join holdfast.locations p on p.tenant_id = p_tenant_id
        and p.code = n.location
        and p.archived_at is null
      left join holdfast.levels l on l.tenant_id = p_tenant_id and l.sku_id = s.sku_id
        and l.location_id = p.location_id
    )
  )
  from holdfast.tenants t where t.tenant_id = p_tenant_id
$$;
