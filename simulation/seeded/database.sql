-- What a simulation changes in a migrated database: time and ids come from the simulated world.
-- Simulations share a database and differ by tenant, so each tenant has an instant of its own.
create schema if not exists simulation;
create table if not exists simulation.instants (
  tenant_id int primary key,
  instant timestamptz not null
) with (fillfactor = 40);
grant usage on schema simulation to holdfast_app;
grant select, insert, update on simulation.instants to holdfast_app;

create or replace function holdfast.clock() returns timestamptz language plpgsql volatile as $$
declare
  v_instant timestamptz;
begin
  select i.instant into v_instant from simulation.instants i
  where i.tenant_id = nullif(current_setting('holdfast.tenant', true), '')::int;
  return coalesce(v_instant, clock_timestamp());
end $$;

-- Ids grow in the order in which they are minted: ties are broken alike in every run of a seed.
create sequence if not exists simulation.ids;
grant usage on sequence simulation.ids to holdfast_app;
create or replace function holdfast.uuid_v7() returns uuid language sql volatile as $$
  select (lpad(to_hex((extract(epoch from holdfast.clock()) * 1000)::bigint), 12, '0') || '70008'
    || lpad(to_hex(nextval('simulation.ids')), 15, '0'))::uuid
$$;
select holdfast.make_ledger_partition('2026-11-10T12:00:00Z');
