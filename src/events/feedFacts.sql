-- Writes facts to the feed: those of holdfast.events, and movements of untracked SKUs, which have
-- no level whose versions would tell what is missing. They are known by their ids.
-- p_hint: as find_unfed; p_began_at; p_position bigint: of the newest event; p_limit int. rows: as
-- feed_movements.
-- locks: none beyond the tenant's row of event_feeds, which the caller has locked.
create or replace function holdfast_engine_N.feed_facts(
  p_tenant_id int, p_hint jsonb, p_began_at timestamptz, p_position bigint, p_limit int
) returns table (fed bigint, oldest_at timestamptz, more boolean)
language plpgsql volatile as $$
begin
  return query
  with facts as materialized (
    select f.* from holdfast_engine_N.unfed_facts(p_tenant_id, p_hint, p_began_at, p_limit) as f
  ), written as (
    insert into holdfast.event_feed (tenant_id, position, type, recorded_at, fact_id, data)
    select p_tenant_id, p_position + row_number() over (order by f.recorded_at, f.fact_id),
      f.type, f.recorded_at, f.fact_id,
      holdfast_engine_N.fact_names(p_tenant_id, f.level_id, f.reservation_id) || f.data
    from facts f
    returning 1
  )
  select (select count(*) from written), (select min(f.recorded_at) from facts f),
    (select count(*) from facts) >= p_limit;
end $$;

-- The facts that are not in the feed, of the last seconds and of the hint's slice.
-- p_hint: {"fact_id", "at"}: the slices of holdfast.events and of the ledger begin after them;
-- p_began_at: nothing of before; p_limit int. rows: the facts.
-- Ids are UUIDs of version 7, so that the primary key leads to the newest ones; a fact whose
-- transaction took longer than that is found by the slices of the last day.
-- locks: none.
create or replace function holdfast_engine_N.unfed_facts(
  p_tenant_id int, p_hint jsonb, p_began_at timestamptz, p_limit int
) returns table (fact_id uuid, type text, recorded_at timestamptz, level_id int,
  reservation_id uuid, data jsonb)
language plpgsql volatile
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1 set jit = off
as $$
begin
  return query
  select f.*
  from (
    select e.event_id as fact_id, e.type, e.recorded_at, e.level_id, e.reservation_id, e.data
    from (
      select n.* from holdfast.events n
      where n.tenant_id = p_tenant_id and n.event_id > holdfast_engine_N.uuid_of_past(15)
      union
      select o.* from (
        select w.* from holdfast.events w
        where w.tenant_id = p_tenant_id and w.event_id > coalesce(
          (p_hint ->> 'fact_id')::uuid, holdfast_engine_N.uuid_of_past(86400))
          and coalesce((p_hint ->> 'sweep')::boolean, true)
        order by w.event_id limit 1000
      ) as o
    ) as e
    union all
    select m.fact_id, m.type, m.recorded_at, null::int, m.reservation_id, m.data
    from holdfast_engine_N.untracked_facts(p_tenant_id, p_hint) as m
  ) as f
  where f.recorded_at >= p_began_at and not exists (
    select from holdfast.event_feed d
    where d.tenant_id = p_tenant_id and d.fact_id = f.fact_id
  )
  order by f.recorded_at, f.fact_id
  limit p_limit;
end $$;

-- Movements of untracked SKUs as facts, of the last seconds and of a slice.
-- p_hint: as unfed_facts; without "at" the slice begins a day ago. rows: as unfed_facts, with an id
-- made of what tells two movements apart.
-- They stand in the ledger's index under no level, by time.
-- locks: none.
create or replace function holdfast_engine_N.untracked_facts(
  p_tenant_id int, p_hint jsonb
) returns table (fact_id uuid, type text, recorded_at timestamptz, reservation_id uuid, data jsonb)
language sql volatile as $$
  select md5(concat_ws('/', extract(epoch from m.recorded_at), m.reservation_id, m.line_no,
      m.part_no, m.kind, m.held_change, m.committed_change))::uuid,
    holdfast_engine_N.movement_event(m.kind), m.recorded_at, m.reservation_id,
    holdfast_engine_N.movement_facts(m.reservation_id, m.line_no, m.part_no, null,
      coalesce(m.held_change, 0), coalesce(m.committed_change, 0), coalesce(m.on_hand_change, 0),
      coalesce(m.backordered_change, 0) + coalesce(m.held_backordered_change, 0), s.code, p.code,
      r.order_reference, r.expires_at, c.code)
  from (
    select n.* from holdfast.inventory_transactions n
    where n.tenant_id = p_tenant_id and n.level_id is null
      and n.recorded_at > holdfast.clock() - interval '15 seconds'
    union all
    select o.* from (
      select w.* from holdfast.inventory_transactions w
      where w.tenant_id = p_tenant_id and w.level_id is null
        and w.recorded_at > coalesce(
          (p_hint ->> 'at')::timestamptz, holdfast.clock() - interval '1 day')
        and coalesce((p_hint ->> 'sweep')::boolean, true)
        and w.recorded_at <= holdfast.clock() - interval '15 seconds'
      order by w.recorded_at limit 1000
    ) as o
  ) as m
  left join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = m.sku_id
  left join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = m.location_id
  left join holdfast.reservations r
    on r.tenant_id = p_tenant_id and r.reservation_id = m.reservation_id
  left join holdfast.channels c on c.tenant_id = p_tenant_id and c.channel_id = r.channel_id
  where m.reservation_id is not null
$$;

-- Where the next slice of facts begins.
-- p_hint: as find_unfed. answer: {"fact_id", "at"}; null where the last slice was the end.
-- A pass over the day's facts begins anew when it has come to its end.
-- locks: none.
create or replace function holdfast_engine_N.next_facts(p_tenant_id int, p_hint jsonb)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('fact_id', (
    select w.event_id from holdfast.events w
    where w.tenant_id = p_tenant_id and w.event_id > coalesce(
      (p_hint ->> 'fact_id')::uuid, holdfast_engine_N.uuid_of_past(86400))
    order by w.event_id offset 999 limit 1
  ), 'at', (
    select w.recorded_at from holdfast.inventory_transactions w
    where w.tenant_id = p_tenant_id and w.level_id is null
      and w.recorded_at > coalesce(
        (p_hint ->> 'at')::timestamptz, holdfast.clock() - interval '1 day')
      and w.recorded_at <= holdfast.clock() - interval '15 seconds'
    order by w.recorded_at offset 999 limit 1))
$$;

-- The names of what a fact is of.
-- p_level_id int, p_reservation_id uuid: null where it has none. answer: {"sku", "location",
-- "reservation_id", "order_reference"}, as far as there are such.
-- A fact that says them itself keeps its own.
-- locks: none.
create or replace function holdfast_engine_N.fact_names(
  p_tenant_id int, p_level_id int, p_reservation_id uuid
) returns jsonb
language plpgsql volatile as $$
begin
  return case when p_level_id is null then '{}' else coalesce((
      select jsonb_build_object('sku', s.code, 'location', p.code)
      from holdfast.levels l
      join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
      join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
      where l.tenant_id = p_tenant_id and l.level_id = p_level_id), '{}') end
    || case when p_reservation_id is null then '{}' else
      jsonb_build_object('reservation_id', p_reservation_id) || coalesce((
        select jsonb_strip_nulls(jsonb_build_object('order_reference', r.order_reference))
        from holdfast.reservations r
        where r.tenant_id = p_tenant_id and r.reservation_id = p_reservation_id), '{}') end;
end $$;
