-- Kits: SKUs that are made of other SKUs. A virtual kit has no level, it is counted by what its
-- components have; an assembled one has stock, built from components and broken down into them.
create table holdfast.kits (
  tenant_id int not null,
  sku_id int not null, -- the SKU that is sold
  assembled boolean not null,
  ships_partial boolean not null default false, -- components may leave one by one
  changed_at timestamptz not null,
  changed_by int, -- an opaque actor, as in the ledger
  primary key (tenant_id, sku_id)
);

create table holdfast.kit_components (
  tenant_id int not null,
  kit_id int not null, -- the SKU of the kit
  sku_id int not null,
  quantity bigint not null, -- units of the component in one kit
  primary key (tenant_id, kit_id, sku_id),
  constraint kit_components_quantity_in_bounds check (quantity between 1 and 1000000),
  constraint kit_components_of_another_sku check (sku_id <> kit_id)
);
create index kit_components_by_sku on holdfast.kit_components (tenant_id, sku_id);

-- What was built and broken down: one row a movement, the kit's own with per_kit null. That a
-- movement is kits × per_kit units is how components are conserved.
create table holdfast.kit_builds (
  tenant_id int not null,
  level_id int not null,
  version bigint not null, -- of the movement at this level
  build_id uuid not null,
  kits bigint not null, -- below 0: broken down
  per_kit bigint,
  primary key (tenant_id, level_id, version),
  constraint kit_builds_of_kits check (kits <> 0 and per_kit >= 1)
);
create index kit_builds_by_id on holdfast.kit_builds (tenant_id, build_id);

insert into holdfast.transaction_kinds (kind, name) values (30, 'build'), (31, 'break_down');

-- A tenant without kits pays for none: they are not even looked for.
alter table holdfast.tenants add column has_kits boolean not null default false;

-- An allocation that was sold as part of a kit keeps the kit (sold_as) and how many units one kit
-- has of it, so that a change of the kit changes nothing that was promised.
alter table holdfast.allocations
  add column per_kit bigint,
  add constraint allocations_kit_known check ((sold_as is null) = (per_kit is null));
create index allocations_by_kit on holdfast.allocations (tenant_id, sold_as)
  where sold_as is not null;

do $$
declare
  name text;
begin
  foreach name in array array['kits', 'kit_components', 'kit_builds'] loop
    execute format('alter table holdfast.%I enable row level security', name);
    execute format('alter table holdfast.%I force row level security', name);
    execute format(
      'create policy one_tenant on holdfast.%I using '
      '(tenant_id = (select nullif(current_setting(''holdfast.tenant'', true), '''')::int))',
      name
    );
    execute format('grant select on holdfast.%I to holdfast_read', name);
  end loop;
end $$;
grant select, insert, update, delete on holdfast.kits, holdfast.kit_components to holdfast_app;
grant select, insert on holdfast.kit_builds to holdfast_app;
