-- Facts without a movement (a shortage, an extension, a changed setting), written in the same
-- transaction as what they tell of.
create table holdfast.events (
  tenant_id int not null,
  event_id uuid not null,
  type text not null,
  level_id int,
  reservation_id uuid,
  data jsonb not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, event_id)
);
create index events_by_time on holdfast.events using brin (recorded_at);
