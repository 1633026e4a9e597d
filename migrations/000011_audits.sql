-- How far the background audit of each tenant is, and what it has found and still finds.
create table holdfast.audits (
  tenant_id int not null,
  pass bigint not null default 1, -- of all the tenant's books, from the first level to the last name
  pass_began_at timestamptz not null,
  stage text not null default 'levels',
  after_level_id int not null default 0,
  after_reservation_id uuid,
  after_name text,
  levels bigint not null default 0, -- checked in this pass so far
  movements bigint not null default 0,
  reservations bigint not null default 0,
  slice_at timestamptz not null default '-infinity',
  last_pass_at timestamptz, -- when the last whole pass ended
  last_pass jsonb, -- what it has checked: levels, movements, reservations, and in which time
  primary key (tenant_id),
  constraint audits_stage_known check (stage in ('levels', 'reservations', 'names'))
) with (fillfactor = 50);

-- One row a fault, while it is there: told once, counted until a pass finds it no more.
create table holdfast.audit_findings (
  tenant_id int not null,
  finding text not null, -- a sum over code and place: the figures of a fault move with the sales
  code text not null,
  facts jsonb not null,
  pass bigint not null, -- the last that has seen it
  first_seen_at timestamptz not null,
  primary key (tenant_id, finding)
);

do $$
declare
  name text;
begin
  foreach name in array array['audits', 'audit_findings'] loop
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
