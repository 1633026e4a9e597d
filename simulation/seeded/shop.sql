-- Makes the shop of one tenant of a simulation: SKUs, a pack of 3, an untracked SKU, locations, and
-- counted stock.
-- $1 text: the tenant's code; $2 text[]: SKUs; $3 text[]: locations; $4 timestamptz: its clock.
-- rows: the tenant's id.
with tenant as (
  insert into holdfast.tenants (code, name, extension_count_max) values ($1, $1, 3)
  returning tenant_id
), instant as (
  insert into simulation.instants (tenant_id, instant)
  select tenant_id, $4 from tenant
), skus as (
  insert into holdfast.skus (tenant_id, code, tracked)
  select t.tenant_id, s.code, s.code <> 'PDF'
  from tenant t cross join unnest($2::text[] || array['PDF']) as s (code)
  returning tenant_id, sku_id, code
), codes as (
  insert into holdfast.sku_codes (tenant_id, code, sku_id, kind, factor)
  select tenant_id, code, sku_id, 'own', 1 from skus
  union all
  select tenant_id, code || '-PACK', sku_id, 'alias', 3 from skus
), places as (
  insert into holdfast.locations (tenant_id, code, name, priority)
  select t.tenant_id, p.code, p.code, p.priority
  from tenant t cross join unnest($3::text[]) with ordinality as p (code, priority)
)
select tenant_id from tenant
