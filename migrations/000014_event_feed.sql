-- The feed: what has happened, numbered within a tenant in the order in which it was taken from the
-- ledger and from holdfast.events. A reader keeps one number. Rows are kept for two weeks.
create table holdfast.event_feeds (
  tenant_id int not null,
  position bigint not null default 0, -- of the newest event
  began_at timestamptz not null, -- nothing of before is in the feed
  fed_at timestamptz not null, -- when the newest event was written
  primary key (tenant_id)
) with (fillfactor = 50);

create table holdfast.event_feed (
  tenant_id int not null,
  position bigint not null,
  type text not null,
  recorded_at timestamptz not null,
  fact_id uuid, -- of a fact without a level's version: how it is known that it was fed
  data jsonb not null,
  primary key (tenant_id, position)
);
create unique index event_feed_by_fact on holdfast.event_feed (tenant_id, fact_id)
  where fact_id is not null;

-- How far the ledger of each level was fed.
create table holdfast.event_levels (
  tenant_id int not null,
  level_id int not null,
  version bigint not null,
  recorded_at timestamptz not null, -- of that version: where the ledger's index is entered
  stage smallint, -- 0: in stock, 1: low, 2: out; null: not known yet
  low_at bigint, -- the policy's threshold, as of catalog_version
  catalog_version bigint,
  primary key (tenant_id, level_id)
) with (fillfactor = 50);

-- How far each consumer has read the feed: moved in the transaction of what it has done.
create table holdfast.event_consumers (
  tenant_id int not null,
  consumer text not null,
  position bigint not null,
  primary key (tenant_id, consumer)
) with (fillfactor = 50);

do $$
declare
  name text;
begin
  foreach name in array array['event_feeds', 'event_feed', 'event_levels', 'event_consumers'] loop
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
