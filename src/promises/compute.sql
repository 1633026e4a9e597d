-- The promises of a level's queue as they follow from it and from the supply that is expected: each
-- place is pegged to the supply that brings its last unit, supply by date and places in their
-- order; else to what its policy says. The same queue and supply give the same promises.
-- p_queue_no bigint: of one place that has just joined, null for all. rows: in the order of the
-- queue; with what the policy says of telling the buyer.
-- locks: a calendar's row, where days are missing; the level is locked.
create or replace function holdfast_engine_N.promises_of_level(
  p_tenant_id int, p_level_id int, p_queue_no bigint
) returns table (
  reservation_id uuid, line_no int, part_no int, units bigint, n bigint, source text,
  ship_from date, ship_to date, days_min int, days_max int, supply_id int, tolerance int,
  silence_default text, silence_days int
)
language plpgsql volatile rows 10 as $$
#variable_conflict use_column
declare
  v_level record;
  v_bounds timestamptz[];
begin
  select l.sku_id, l.location_id, p.time_zone into v_level
  from holdfast.levels l
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
  where l.tenant_id = p_tenant_id and l.level_id = p_level_id;
  -- Rules begin and end: a place keeps those that held when it joined, in their newest version.
  v_bounds := array(
    select e.at from holdfast.policies r
    cross join lateral (values (r.starts_at), (r.ends_at)) as e (at)
    where r.tenant_id = p_tenant_id and r.closed_at is null and e.at is not null
      and (r.sku_id is null or r.sku_id = v_level.sku_id));
  return query
  with places as materialized (
    select b.queue_no, b.reservation_id, b.line_no, b.part_no, b.joined_at, b.mode, b.ahead,
      b.backordered + b.held_backordered as units, r.channel_id, r.tier,
      case when p_queue_no is null then sum(b.backordered + b.held_backordered) over line
        else b.ahead + b.backordered + b.held_backordered end as until,
      row_number() over line as n,
      (select count(*) from unnest(v_bounds) as e (at) where e.at <= b.joined_at) as era
    from holdfast.backorders b
    join holdfast.reservations r
      on r.tenant_id = p_tenant_id and r.reservation_id = b.reservation_id
    where b.tenant_id = p_tenant_id and b.level_id = p_level_id
      and (p_queue_no is null or b.queue_no = p_queue_no)
    window line as (order by b.priority desc, b.queue_no rows unbounded preceding)
  ), policies as materialized (
    select e.channel_id, e.tier, e.era, holdfast_engine_N.policy_of(p_tenant_id, v_level.sku_id,
      v_level.location_id, e.channel_id, e.tier, e.joined_at) as policy
    from (
      select p.channel_id, p.tier, p.era, min(p.joined_at) as joined_at from places p
      group by p.channel_id, p.tier, p.era
    ) as e
  ), supplies as materialized (
    select s.supply_id, s.expected_on, s.expected_to,
      sum(s.quantity - s.received) over (order by s.expected_to, s.supply_id
        rows unbounded preceding) as until
    from holdfast.supply s
    where s.tenant_id = p_tenant_id and s.level_id = p_level_id and s.state = 'open'
  ), pegged as (
    select p.*, k.policy, s.supply_id, s.expected_on, s.expected_to
    from places p
    join policies k on k.channel_id is not distinct from p.channel_id
      and k.tier is not distinct from p.tier and k.era = p.era
    left join lateral (
      select * from supplies u where u.until >= p.until order by u.until limit 1
    ) as s on true
  )
  select p.reservation_id, p.line_no::int, p.part_no::int, p.units, p.n, d.source, d.ship_from,
    d.ship_to, d.days_min, d.days_max, case when d.source = 'supply' then p.supply_id end,
    (p.policy ->> 'date_tolerance_days')::int, p.policy ->> 'silence_default',
    (p.policy ->> 'silence_days')::int
  from pegged p
  cross join lateral holdfast_engine_N.dates_of(p_tenant_id, v_level.location_id,
    v_level.time_zone, p.policy, p.mode, p.joined_at, p.ahead + p.units, p.expected_on,
    p.expected_to) as d
  order by p.n;
end $$;

-- When units ship that a buyer waits for.
-- p_policy jsonb: that holds for them; p_mode text: of the backorder; p_from timestamptz: when it
-- was made; p_position bigint: units until its own; p_expected_on, p_expected_to date: of the
-- supply that brings them, null for none. rows: one; a pre-order never ships before its campaign.
-- locks: the calendar's row, where days are missing.
create or replace function holdfast_engine_N.dates_of(
  p_tenant_id int, p_location_id int, p_time_zone text, p_policy jsonb, p_mode text,
  p_from timestamptz, p_position bigint, p_expected_on date, p_expected_to date
) returns table (source text, ship_from date, ship_to date, days_min int, days_max int)
language plpgsql volatile rows 1 as $$
#variable_conflict use_column
declare
  v_campaign_from date;
  v_campaign_to date;
  v_ahead int[];
begin
  if p_mode = 'pre_order' then
    v_campaign_from := (p_policy ->> 'ship_from')::date;
    v_campaign_to := (p_policy ->> 'ship_to')::date;
  end if;
  if p_expected_to is not null then
    source := 'supply';
    ship_from := holdfast_engine_N.working_day(
      p_tenant_id, p_location_id, p_time_zone, p_expected_on);
    ship_to := holdfast_engine_N.working_day(
      p_tenant_id, p_location_id, p_time_zone, p_expected_to);
    if v_campaign_to >= ship_to then
      source := 'campaign';
    end if;
    ship_from := greatest(ship_from, v_campaign_from);
    ship_to := greatest(ship_to, v_campaign_to);
  elsif v_campaign_to is not null then
    source := 'campaign';
    ship_from := v_campaign_from;
    ship_to := v_campaign_to;
  elsif p_mode = 'made_to_order' and coalesce(p_policy ->> 'capacity_per_day',
    p_policy ->> 'capacity_per_week', p_policy ->> 'lead_days_max') is not null
  then
    source := 'production';
    v_ahead := holdfast_engine_N.production_days(
      p_tenant_id, p_location_id, p_policy, p_position);
    days_min := coalesce((p_policy ->> 'lead_days_min')::int, 0) + v_ahead[1];
    days_max := coalesce((p_policy ->> 'lead_days_max')::int, 0) + v_ahead[2];
  elsif p_policy ->> 'lead_days_max' is not null then
    source := 'lead_time';
    days_min := (p_policy ->> 'lead_days_min')::int;
    days_max := (p_policy ->> 'lead_days_max')::int;
  else
    source := 'unknown';
  end if;
  if days_max is not null then
    ship_from := holdfast_engine_N.business_day(p_tenant_id, p_location_id, p_from, days_min);
    ship_to := holdfast_engine_N.business_day(p_tenant_id, p_location_id, p_from, days_max);
  end if;
  return next;
end $$;

-- How many business days lie before the one on which a unit is made, by the length of its queue.
-- p_policy jsonb: "capacity_per_day", "capacity_per_week"; p_position bigint: units until its own.
-- answer: the least and the most of them, at most ten years. Of a week's capacity alone it is not
-- known on which of its days the unit is made.
-- locks: none.
create or replace function holdfast_engine_N.production_days(
  p_tenant_id int, p_location_id int, p_policy jsonb, p_position bigint
) returns int[]
language plpgsql volatile as $$
declare
  v_day bigint := (p_policy ->> 'capacity_per_day')::bigint;
  v_week bigint := (p_policy ->> 'capacity_per_week')::bigint;
  v_days int; -- that a week has
  v_whole bigint; -- days of the weeks that are full
begin
  if v_week is null then
    return array_fill(least(3650, (p_position - 1) / coalesce(v_day, 1000000000000))::int,
      array[2]);
  end if;
  select coalesce(cardinality(c.working_days), 5) into v_days
  from holdfast.locations p
  left join holdfast.calendars c
    on c.tenant_id = p_tenant_id and c.calendar_id = p.calendar_id
  where p.tenant_id = p_tenant_id and p.location_id = p_location_id;
  v_whole := (p_position - 1) / v_week * v_days;
  if v_day is null then
    return array[least(3650, v_whole)::int, least(3650, v_whole + v_days - 1)::int];
  end if;
  v_whole := v_whole + least(v_days - 1, (p_position - 1) % v_week / v_day);
  return array_fill(least(3650, v_whole)::int, array[2]);
end $$;

-- The first working day of a location on or after a day.
-- p_time_zone text: of the location; p_day date. answer: date.
-- Whatever arrives on a holiday ships on the next working day.
-- locks: the calendar's row, where days are missing.
create or replace function holdfast_engine_N.working_day(
  p_tenant_id int, p_location_id int, p_time_zone text, p_day date
) returns date
language sql volatile as $$
  select holdfast_engine_N.business_day(
    p_tenant_id, p_location_id, p_day::timestamp at time zone coalesce(p_time_zone, 'UTC'), 0)
$$;

-- How a promise is shown, to the buyer as to the merchant.
-- answer: {"source", "ship_from", "ship_to", "days_min", "days_max", "supply"}; null dates: nobody
-- knows yet.
-- locks: none.
create or replace function holdfast_engine_N.promise_shown(
  p_tenant_id int, p_source text, p_ship_from date, p_ship_to date, p_days_min int,
  p_days_max int, p_supply_id int
) returns jsonb
language sql stable as $$
  select jsonb_build_object('source', p_source, 'ship_from', p_ship_from, 'ship_to', p_ship_to)
    || case when p_days_max is null then '{}' else
      jsonb_build_object('days_min', p_days_min, 'days_max', p_days_max) end
    || case when p_supply_id is null then '{}' else jsonb_build_object('supply', (
      select s.code from holdfast.supply s
      where s.tenant_id = p_tenant_id and s.supply_id = p_supply_id)) end
$$;
