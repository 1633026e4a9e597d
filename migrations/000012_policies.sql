-- Where it is sold. Ids are numbered within a tenant, since every movement may carry one.
create table holdfast.channels (
  tenant_id int not null,
  channel_id smallint not null,
  code text not null,
  name text not null,
  kind text not null default 'web',
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (tenant_id, channel_id),
  constraint channels_code_unique unique (tenant_id, code),
  constraint channels_code_length check (length(code) between 1 and 100),
  constraint channels_kind_known check (kind in ('web', 'pos', 'marketplace', 'wholesale'))
);

-- Rules of policy. One row is one version of a rule: a change closes it and writes the next, so
-- that the rows themselves tell who changed what. A field that is null says nothing.
create table holdfast.policies (
  tenant_id int not null,
  version int not null, -- numbers every change of the tenant's rules
  rule_id int not null, -- stays from version to version
  product_id int, -- of all products, SKUs … where null
  sku_id int,
  location_id int,
  channel_id smallint,
  tier text,
  starts_at timestamptz,
  ends_at timestamptz,
  hold_seconds int,
  order_hold_seconds int,
  extension_count_max int,
  hold_life_seconds_max int,
  scarce_below bigint,
  scarce_hold_seconds int,
  backorder_mode text,
  backorder_cap bigint,
  lead_days_min int,
  lead_days_max int,
  ship_from date,
  ship_to date,
  capacity_per_day bigint,
  ship_complete boolean,
  backorder_priority int,
  safety_stock bigint,
  low_stock_threshold bigint,
  release_delay_seconds int,
  date_tolerance_days int,
  silence_default text,
  silence_days int,
  fail_open boolean,
  changed_at timestamptz not null,
  changed_by int, -- an opaque actor, as in the ledger
  closed_at timestamptz, -- replaced by the next version, or cleared
  closed_by int,
  primary key (tenant_id, version),
  constraint policies_product_or_sku check (product_id is null or sku_id is null),
  constraint policies_tier_length check (length(tier) between 1 and 100),
  constraint policies_end_after_start check (ends_at > starts_at),
  constraint policies_windows_in_bounds check (
    hold_seconds between 1 and 31536000 and order_hold_seconds between 1 and 31536000
    and extension_count_max between 0 and 10000 and hold_life_seconds_max between 1 and 31536000
    and scarce_hold_seconds between 1 and 31536000
  ),
  constraint policies_units_in_bounds check (
    scarce_below between 1 and 1000000000000 and backorder_cap between 0 and 1000000000000
    and capacity_per_day between 1 and 1000000000000 and safety_stock between 0 and 1000000000000
    and low_stock_threshold between 0 and 1000000000000
  ),
  constraint policies_days_in_bounds check (
    lead_days_min >= 0 and lead_days_max between lead_days_min and 365
    and date_tolerance_days between 0 and 365 and silence_days between 1 and 365
    and release_delay_seconds between 0 and 31536000 and backorder_priority between -1000 and 1000
  ),
  constraint policies_pairs_whole check (
    (scarce_below is null) = (scarce_hold_seconds is null)
    and (lead_days_min is null) = (lead_days_max is null)
    and (ship_from is null) = (ship_to is null)
  ),
  constraint policies_ship_dates_in_order check (ship_to >= ship_from),
  constraint policies_words_known check (
    backorder_mode in ('deny', 'allow', 'notify', 'pre_order', 'made_to_order')
    and silence_default in ('keep', 'cancel')
  ),
  -- Safety stock stands in the level's own row, which knows no buyer and no clock.
  constraint policies_safety_stock_for_all check (
    safety_stock is null
    or (channel_id is null and tier is null and starts_at is null and ends_at is null)
  )
);
-- One rule for one scope and time; also how the rules of a SKU are found.
create unique index policies_scope_once on holdfast.policies (
  tenant_id, sku_id, product_id, location_id, channel_id, tier, starts_at, ends_at
) nulls not distinct where closed_at is null;
create index policies_by_rule on holdfast.policies (tenant_id, rule_id, version);

-- A tenant without rules pays for none: it is not even looked for them.
alter table holdfast.tenants add column has_policies boolean not null default false;
alter table holdfast.reservations add column tier text; -- of the buyer, as the shop says

do $$
declare
  name text;
begin
  foreach name in array array['channels', 'policies'] loop
    execute format('alter table holdfast.%I enable row level security', name);
    execute format('alter table holdfast.%I force row level security', name);
    execute format(
      'create policy one_tenant on holdfast.%I using '
      '(tenant_id = (select nullif(current_setting(''holdfast.tenant'', true), '''')::int))',
      name
    );
    execute format('grant select, insert, update on holdfast.%I to holdfast_app', name);
    execute format('grant select on holdfast.%I to holdfast_read', name);
  end loop;
end $$;
