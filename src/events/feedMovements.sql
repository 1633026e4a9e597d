-- Writes what has moved at some levels to the feed: an event for each movement of a reservation,
-- one for the level after its last, and one where it went low, out, or came back.
-- p_level_ids int[]; p_position bigint: of the newest event; p_limit int: movements at the most.
-- rows: one; "fed" events, the "oldest_at" of the movements, "more" if the limit was met.
-- locks: none beyond the tenant's row of event_feeds, which the caller has locked.
create or replace function holdfast_engine_N.feed_movements(
  p_tenant_id int, p_level_ids int[], p_position bigint, p_limit int
) returns table (fed bigint, oldest_at timestamptz, more boolean)
language plpgsql volatile
-- A plan for few levels must do for many, and the other way round: by index in any case.
set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off
set random_page_cost = 0.1 set jit = off
as $$
begin
  if cardinality(p_level_ids) = 0 then
    return query select 0::bigint, null::timestamptz, false;
    return;
  end if;
  return query
  with moved as materialized (
    select m.*, c.sku, c.location, e.version as fed_version, e.stage as fed_stage
    from unnest(p_level_ids) as i (level_id)
    cross join lateral (
      select s.code as sku, p.code as location
      from holdfast.levels l
      join holdfast.skus s on s.tenant_id = p_tenant_id and s.sku_id = l.sku_id
      join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
      where l.tenant_id = p_tenant_id and l.level_id = i.level_id
      offset 0 -- fenced: see wanted
    ) as c
    cross join lateral (
      select coalesce(max(f.version), 0) as version, max(f.stage) as stage,
        coalesce(max(f.recorded_at), '-infinity') as recorded_at
      from holdfast.event_levels f
      where f.tenant_id = p_tenant_id and f.level_id = i.level_id
    ) as e
    cross join lateral (
      select t.* from holdfast.inventory_transactions t
      where t.tenant_id = p_tenant_id and t.level_id = i.level_id
        and t.recorded_at >= e.recorded_at and t.version > e.version
      order by t.recorded_at, t.version limit p_limit
    ) as m
    order by m.recorded_at, m.level_id, m.version
    limit p_limit
  ), stood as materialized (
    -- All that is said of a level stands in its one row: joined to each other, these lists cost
    -- movements times levels.
    select m.*, s.*, case when s.sellable <= 0 then 2 when s.sellable <= s.low_at then 1 else 0 end
      as stage
    from (select distinct on (n.level_id) n.* from moved n order by n.level_id, n.version desc) as m
    cross join lateral holdfast_engine_N.level_stood(p_tenant_id, m.level_id, m.on_hand - m.held
      - m.committed - coalesce(m.damaged, 0) - coalesce(m.quality_control, 0)
      - coalesce(m.set_aside, 0)) as s
  ), told as (
    select m.recorded_at, m.level_id, m.version, 0 as rank,
      holdfast_engine_N.movement_event(m.kind) as type,
      holdfast_engine_N.movement_facts(m.reservation_id, m.line_no, m.part_no, m.version,
        coalesce(m.held_change, 0), coalesce(m.committed_change, 0), coalesce(m.on_hand_change, 0),
        coalesce(m.backordered_change, 0) + coalesce(m.held_backordered_change, 0), m.sku,
        m.location, r.order_reference, r.expires_at, c.code) as data
    from moved m
    left join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = m.reservation_id
    left join holdfast.channels c on c.tenant_id = p_tenant_id and c.channel_id = r.channel_id
    where m.reservation_id is not null
    union all
    select m.recorded_at, m.level_id, m.version, 1, 'level.changed', jsonb_build_object(
      'sku', m.sku, 'location', m.location, 'from_version', m.fed_version + 1,
      'version', m.version, 'on_hand', m.on_hand, 'held', m.held, 'committed', m.committed,
      'reserved', m.held + m.committed, 'unavailable', coalesce(m.damaged, 0)
        + coalesce(m.quality_control, 0) + coalesce(m.set_aside, 0),
      'available', m.available, 'sellable', greatest(0, m.sellable),
      'backordered', coalesce(m.backordered, 0), 'shortage', coalesce(m.shortage, 0))
    from stood m
    union all
    select m.recorded_at, m.level_id, m.version, 2,
      case when m.stage = 2 then 'level.out' when m.fed_stage = 2 then 'level.back_in_stock'
        else 'level.low' end,
      jsonb_build_object('sku', m.sku, 'location', m.location, 'version', m.version,
        'available', m.available, 'sellable', greatest(0, m.sellable),
        'low_stock_threshold', m.low_at)
    from stood m
    where m.stage = 2 and m.fed_stage < 2 or m.stage < 2 and m.fed_stage = 2
      or m.stage = 1 and m.fed_stage = 0
  ), written as (
    insert into holdfast.event_feed (tenant_id, position, type, recorded_at, data)
    select p_tenant_id,
      p_position + row_number() over (order by t.recorded_at, t.level_id, t.version, t.rank),
      t.type, t.recorded_at, t.data
    from told t
    returning 1
  ), kept as (
    insert into holdfast.event_levels (
      tenant_id, level_id, version, recorded_at, stage, low_at, catalog_version)
    select p_tenant_id, m.level_id, m.version, m.recorded_at, m.stage, m.low_at,
      m.catalog_version
    from stood m
    on conflict (tenant_id, level_id) do update set version = excluded.version,
      recorded_at = excluded.recorded_at, stage = excluded.stage, low_at = excluded.low_at,
      catalog_version = excluded.catalog_version
  )
  select (select count(*) from written), (select min(m.recorded_at) from moved m),
    (select count(*) from moved) >= p_limit;
end $$;

-- What could be sold of a level after a movement.
-- p_available bigint: of the movement. rows: one; "low_at" is the threshold of the policy, looked
-- up again when the tenant's catalogue or policies have changed.
-- Policy's wishes and units owed to queues are taken as they are now.
-- locks: none.
create or replace function holdfast_engine_N.level_stood(
  p_tenant_id int, p_level_id int, p_available bigint
) returns table (available bigint, sellable bigint, low_at bigint, catalog_version bigint)
language sql volatile rows 1 as $$
  select p_available,
    holdfast_engine_N.sellable(l) + p_available - (l.on_hand - l.held - l.committed - l.damaged
      - l.quality_control - l.set_aside),
    case when not t.has_policies then null
      when e.catalog_version = t.catalog_version then e.low_at
      else (holdfast_engine_N.policy_of(p_tenant_id, l.sku_id, l.location_id, null, null,
        holdfast.clock()) ->> 'low_stock_threshold')::bigint end,
    t.catalog_version
  from holdfast.levels l
  join holdfast.tenants t on t.tenant_id = p_tenant_id
  left join holdfast.event_levels e on e.tenant_id = p_tenant_id and e.level_id = l.level_id
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id
$$;

-- The type of the event that tells of a reservation's movement.
-- p_kind int: of the ledger. answer: the type; reservation.changed for whatever has no own one.
-- A merge moves promises from one level to another, a repair corrects them: they change.
-- locks: none.
create or replace function holdfast_engine_N.movement_event(p_kind int) returns text
language sql immutable as $$
  select case p_kind when 1 then 'reservation.held' when 3 then 'reservation.committed'
    when 4 then 'reservation.fulfilled' when 5 then 'reservation.released'
    when 6 then 'reservation.expired' when 7 then 'reservation.returned'
    when 8 then 'reservation.sale_recorded' else 'reservation.changed' end
$$;

-- What the event of a reservation's movement says.
-- p_version: null for an untracked SKU; the changes of the movement; p_sku, p_location: codes;
-- p_order, p_expires_at, p_channel: the reservation's, as they are now. answer: jsonb.
-- An expression, so that the statement that calls it takes it in.
-- locks: none.
create or replace function holdfast_engine_N.movement_facts(
  p_reservation_id uuid, p_line int, p_part int, p_version bigint, p_held bigint,
  p_committed bigint, p_on_hand bigint, p_backordered bigint, p_sku text, p_location text,
  p_order text, p_expires_at timestamptz, p_channel text
) returns jsonb
language sql volatile as $$
  select jsonb_build_object('reservation_id', p_reservation_id, 'line', p_line, 'part', p_part,
    'sku', p_sku, 'location', p_location, 'version', p_version,
    'quantity', greatest(abs(p_held), abs(p_committed), abs(p_on_hand), abs(p_backordered)),
    'changes', jsonb_build_object('on_hand', p_on_hand, 'held', p_held,
      'committed', p_committed, 'backordered', p_backordered),
    'order_reference', p_order, 'expires_at', p_expires_at, 'channel', p_channel)
$$;
