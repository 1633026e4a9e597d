-- Who waits for units that are not there yet: one row for each allocation with backordered units,
-- while they wait. A level serves the higher priority first, then whoever came first.
create table holdfast.backorders (
  tenant_id int not null,
  level_id int not null,
  queue_no bigint not null, -- the level's version at which it joined
  priority int not null default 0,
  reservation_id uuid not null,
  line_no smallint not null,
  part_no smallint not null,
  backordered bigint not null, -- units that wait, of an order
  held_backordered bigint not null, -- and of a cart; the allocation says the same
  expires_at timestamptz, -- of the hold, kept here so that one index finds what is overdue
  joined_at timestamptz not null,
  mode text not null, -- of the policy then: allow, notify, pre_order or made_to_order
  ship_complete boolean not null default false,
  ahead bigint not null, -- units that waited before it when it joined
  primary key (tenant_id, level_id, queue_no),
  constraint backorders_allocation_once unique (tenant_id, reservation_id, line_no, part_no),
  constraint backorders_counters_not_negative check (least(backordered, held_backordered) >= 0),
  constraint backorders_wait check (backordered + held_backordered > 0),
  constraint backorders_modes_known check (
    mode in ('allow', 'notify', 'pre_order', 'made_to_order')
  )
) with (fillfactor = 70);
create index backorders_in_line
  on holdfast.backorders (tenant_id, level_id, priority desc, queue_no);
create index backorders_overdue on holdfast.backorders (tenant_id, level_id, expires_at)
  where held_backordered > 0;

-- Levels whose queue is served further by the sweeper, since one call serves no more than it can in
-- a short transaction.
create table holdfast.queues_due (
  tenant_id int not null,
  level_id int not null,
  due_at timestamptz not null,
  primary key (tenant_id, level_id)
);

-- Room of cancelled backorders that the policy keeps back for a while.
create table holdfast.backorder_releases (
  tenant_id int not null,
  level_id int not null,
  version bigint not null, -- of the level, when they were cancelled
  units bigint not null,
  free_at timestamptz not null,
  primary key (tenant_id, level_id, version)
);

-- The ledger counts the backordered units of holds apart from those of orders, as the levels do.
alter table holdfast.inventory_transactions
  add column held_backordered_change bigint,
  add column held_backordered bigint;
alter table holdfast.ledger_checkpoints add column held_backordered bigint not null default 0;
alter table holdfast.promise_checkpoints
  add column backordered bigint not null default 0,
  add column held_backordered bigint not null default 0;
insert into holdfast.transaction_kinds (kind, name) values (16, 'allocate');

do $$
declare
  name text;
begin
  foreach name in array array['backorders', 'queues_due', 'backorder_releases'] loop
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
