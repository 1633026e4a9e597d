-- Roles and the schema. holdfast_owner migrates, holdfast_app calls verbs, holdfast_read looks.
-- Runs as a role that may create roles; from 000002 on every object belongs to holdfast_owner.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'holdfast_owner') then
    create role holdfast_owner nologin;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'holdfast_app') then
    create role holdfast_app login;
  end if;
  if not exists (select from pg_catalog.pg_roles where rolname = 'holdfast_read') then
    create role holdfast_read nologin;
  end if;
  -- A connection that sits idle inside a transaction keeps hot rows from being pruned.
  alter role holdfast_app set idle_in_transaction_session_timeout = '60s';
  execute format('grant create, connect on database %I to holdfast_owner', current_database());
  execute format('grant connect on database %I to holdfast_app, holdfast_read', current_database());
  if not pg_catalog.pg_has_role(current_user, 'holdfast_owner', 'member') then
    execute format('grant holdfast_owner to %I', current_user);
  end if;
end $$;

create schema if not exists holdfast authorization holdfast_owner;
grant usage on schema holdfast to holdfast_app, holdfast_read;
alter default privileges for role holdfast_owner in schema holdfast
  grant select on tables to holdfast_read;
