-- Keys that stand in the pages of a shop, for everybody to read: they open availability, and one
-- cart for each browser, from the pages of some origins.
create table holdfast.publishable_keys (
  tenant_id int not null,
  key_id int not null default nextval('holdfast.api_keys_key_id_seq'),
  name text not null,
  text text not null, -- hf_pub_…: no secret
  signing_key bytea not null, -- signs what browsers are known by; never leaves
  origins text[] not null,
  channel_id smallint, -- by which its carts are sold
  units_max bigint not null default 20, -- of a cart, in all its lines
  lines_max int not null default 50,
  shown_max bigint, -- more available units are shown as so many; null: as they are
  calls_per_minute int not null default 300, -- from one address
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, key_id),
  constraint publishable_keys_text_unique unique (tenant_id, text),
  constraint publishable_keys_name_length check (length(name) between 1 and 255),
  constraint publishable_keys_origins_bounded check (cardinality(origins) between 1 and 100),
  constraint publishable_keys_limits_in_bounds check (
    units_max between 1 and 1000000000000 and lines_max between 1 and 500
    and shown_max between 0 and 1000000000000 and calls_per_minute between 1 and 1000000
  )
);

-- The one cart of a browser.
create table holdfast.browser_carts (
  tenant_id int not null,
  key_id int not null,
  browser_id uuid not null,
  reservation_id uuid, -- the newest; it may have ended
  changed_at timestamptz not null,
  primary key (tenant_id, key_id, browser_id)
) with (fillfactor = 50);

-- The origins of the tenant's keys, so that the question before a call, which carries no key, is
-- answered for these alone.
alter table holdfast.tenants add column browser_origins text[] not null default '{}';

do $$
declare
  name text;
begin
  foreach name in array array['publishable_keys', 'browser_carts'] loop
    execute format('alter table holdfast.%I enable row level security', name);
    execute format('alter table holdfast.%I force row level security', name);
    execute format(
      'create policy one_tenant on holdfast.%I using '
      '(tenant_id = (select nullif(current_setting(''holdfast.tenant'', true), '''')::int))',
      name
    );
    execute format('grant select, insert, update, delete on holdfast.%I to holdfast_app', name);
    execute format('revoke all on holdfast.%I from holdfast_read', name);
  end loop;
end $$;
