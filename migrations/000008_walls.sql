-- The second wall between tenants: a row is visible only while its tenant is the one that the
-- transaction has named. Forced, so that it binds the owner too. The first wall is the functions'
-- own `where tenant_id = …`.
do $$
declare
  name text;
begin
  foreach name in array array[
    'api_keys', 'products', 'skus', 'variants', 'sku_codes', 'barcodes', 'locations', 'imports',
    'levels', 'reservations', 'allocations', 'requests', 'inventory_transactions', 'events'
  ] loop
    execute format('alter table holdfast.%I enable row level security', name);
    execute format('alter table holdfast.%I force row level security', name);
    execute format(
      'create policy one_tenant on holdfast.%I using '
      '(tenant_id = (select nullif(current_setting(''holdfast.tenant'', true), '''')::int))',
      name
    );
    execute format('grant select, insert, update, delete on holdfast.%I to holdfast_app', name);
    execute format('grant select on holdfast.%I to holdfast_read', name);
  end loop;
end $$;

-- A tenant is found by its code before its id is known; the operator sees all of them.
alter table holdfast.tenants enable row level security;
alter table holdfast.tenants force row level security;
create policy one_tenant on holdfast.tenants using (
  tenant_id = (select nullif(current_setting('holdfast.tenant', true), '')::int)
  or code = (select nullif(current_setting('holdfast.tenant_code', true), ''))
  or (select current_setting('holdfast.operator', true) = 'on')
);
grant select, insert, update on holdfast.tenants to holdfast_app;
grant select on holdfast.tenants, holdfast.transaction_kinds to holdfast_app, holdfast_read;

-- Append-only by privilege (this also holds on Citus, where triggers do not) …
revoke update, delete, truncate on holdfast.inventory_transactions from holdfast_app;
revoke update, delete, truncate on holdfast.events from holdfast_app;

-- … and by a trigger as the second lock, for whoever owns the table.
create function holdfast.refuse_ledger_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is append-only: % is not possible', lower(tg_op)
    using errcode = 'HF003';
end $$;
create trigger append_only before update or delete on holdfast.inventory_transactions
  for each row execute function holdfast.refuse_ledger_change();
