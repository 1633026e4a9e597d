-- The ledger: append-only, one movement per allocation and change. A change of zero is null.
-- Partitioned by month; holdfast.make_ledger_partition makes a month that is missing.
create table holdfast.inventory_transactions (
  tenant_id int not null,
  level_id int, -- null for an untracked SKU, which has sku_id and location_id instead
  version bigint,
  recorded_at timestamptz not null,
  occurred_at timestamptz,
  on_hand_change bigint,
  held_change bigint,
  committed_change bigint,
  backordered_change bigint,
  damaged_change bigint,
  quality_control_change bigint,
  set_aside_change bigint,
  on_hand bigint, -- the balances after this movement; null stands for zero in the rare ones
  held bigint,
  committed bigint,
  backordered bigint,
  damaged bigint,
  quality_control bigint,
  set_aside bigint,
  shortage bigint,
  reservation_id uuid,
  sku_id int,
  location_id int,
  lot_id int,
  bin_id int,
  actor_id int,
  kind smallint not null,
  line_no smallint,
  part_no smallint,
  channel_id smallint,
  reason text,
  document text
) partition by range (recorded_at);
create unique index inventory_transactions_by_level
  on holdfast.inventory_transactions (tenant_id, level_id, recorded_at, version);
create index inventory_transactions_by_time
  on holdfast.inventory_transactions using brin (recorded_at)
  with (pages_per_range = 32, autosummarize = off);
create index inventory_transactions_by_reservation
  on holdfast.inventory_transactions using brin (reservation_id)
  with (pages_per_range = 32, autosummarize = off);
create index inventory_transactions_by_document
  on holdfast.inventory_transactions (tenant_id, document) where document is not null;

-- The names of the kinds; the ledger itself keeps the number.
create table holdfast.transaction_kinds (
  kind smallint primary key,
  name text not null unique
);
insert into holdfast.transaction_kinds (kind, name) values
  (1, 'reserve'), (2, 'amend'), (3, 'commit'), (4, 'fulfill'), (5, 'release'), (6, 'expire'),
  (7, 'return'), (8, 'record_sale'), (9, 'adjust'), (10, 'set'), (11, 'move'), (12, 'receive'),
  (13, 'merge'), (14, 'import');
