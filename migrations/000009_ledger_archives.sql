-- Where a tenant's ledger begins once months of it were archived: what each level had then, and the
-- promises that were open. verify starts here. Only the owner writes these tables, with
-- `holdfast ledger archive`; a month that is detached waits in its own schema for its file.
create table holdfast.ledger_archives (
  tenant_id int not null,
  month date not null, -- its first day
  archived_until timestamptz not null, -- movements recorded before are in files
  movements bigint not null,
  checkpoint_sum numeric not null, -- over all checkpoints of the tenant, as this month left them
  detached_at timestamptz not null,
  file_name text, -- null until the file is written and checked
  file_sha256 bytea,
  primary key (tenant_id, month)
);

-- The balances of a level after its last archived movement.
create table holdfast.ledger_checkpoints (
  tenant_id int not null,
  level_id int not null,
  version bigint not null,
  recorded_at timestamptz not null,
  on_hand bigint not null,
  held bigint not null,
  committed bigint not null,
  backordered bigint not null,
  damaged bigint not null,
  quality_control bigint not null,
  set_aside bigint not null,
  shortage bigint not null,
  primary key (tenant_id, level_id)
);

-- What the archived movements of an allocation add up to, where it was still open. Those that were
-- closed have no row: nearly all of them, for ever.
create table holdfast.promise_checkpoints (
  tenant_id int not null,
  level_id int not null, -- 0: of an untracked SKU
  reservation_id uuid not null,
  line_no smallint not null,
  part_no smallint not null,
  held bigint not null,
  committed bigint not null,
  fulfilled bigint not null,
  released bigint not null,
  expired bigint not null,
  returned bigint not null,
  primary key (tenant_id, level_id, reservation_id, line_no, part_no)
);

do $$
declare
  name text;
begin
  foreach name in array array['ledger_archives', 'ledger_checkpoints', 'promise_checkpoints'] loop
    execute format('alter table holdfast.%I enable row level security', name);
    execute format('alter table holdfast.%I force row level security', name);
    execute format(
      'create policy one_tenant on holdfast.%I using '
      '(tenant_id = (select nullif(current_setting(''holdfast.tenant'', true), '''')::int))',
      name
    );
    execute format('grant select on holdfast.%I to holdfast_app, holdfast_read', name);
  end loop;
end $$;

create schema holdfast_archive;

-- Whose history a SKU has taken over: the ledger's pages and verify ask, and few SKUs were merged.
create index skus_by_merged_into on holdfast.skus (tenant_id, merged_into)
  where merged_into is not null;
