-- Makes the ledger's partition for the month of an instant, if it is missing. Owner's maintenance:
-- security definer with a fixed search_path, since holdfast_app may not create tables.
-- p_at timestamptz: any instant of the month. answer: the partition's name.
-- locks: the ledger, in SHARE UPDATE EXCLUSIVE, only while a partition is attached.
create or replace function holdfast.make_ledger_partition(p_at timestamptz) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_from timestamptz := date_trunc('month', p_at at time zone 'UTC') at time zone 'UTC';
  v_to timestamptz := (date_trunc('month', p_at at time zone 'UTC') + interval '1 month')
    at time zone 'UTC';
  v_name text := 'inventory_transactions_' || to_char(p_at at time zone 'UTC', 'YYYY_MM');
begin
  if to_regclass('holdfast.' || v_name) is not null then
    return v_name;
  end if;
  perform pg_advisory_xact_lock(hashtext('holdfast.make_ledger_partition'));
  if to_regclass('holdfast.' || v_name) is null then
    execute format(
      'create table holdfast.%I (like holdfast.inventory_transactions including defaults)', v_name
    );
    execute format('alter table holdfast.%I owner to holdfast_owner', v_name);
    execute format('alter table holdfast.%I enable row level security', v_name);
    execute format('alter table holdfast.%I force row level security', v_name);
    execute format(
      'create policy one_tenant on holdfast.%I using '
      '(tenant_id = (select nullif(current_setting(''holdfast.tenant'', true), '''')::int))',
      v_name
    );
    execute format('grant select, insert on holdfast.%I to holdfast_app', v_name);
    execute format('grant select on holdfast.%I to holdfast_read', v_name);
    execute format(
      'alter table holdfast.inventory_transactions attach partition holdfast.%I '
      'for values from (%L) to (%L)', v_name, v_from, v_to
    );
  end if;
  return v_name;
end $$;

-- Makes the partitions of this month and of the three after it, by UTC: in New York's evening of 31
-- December three months on is 31 March by summer time, still March in UTC, and April was missing.
-- no parameters. answer: their names.
-- locks: as make_ledger_partition.
create or replace function holdfast.make_ledger_partitions() returns text[]
language sql volatile as $$
  select array_agg(holdfast.make_ledger_partition(month.begins at time zone 'UTC') order by n)
  from generate_series(0, 3) as n
  cross join lateral (
    select holdfast.clock() at time zone 'UTC' + make_interval(months => n) as begins
  ) as month
$$;
