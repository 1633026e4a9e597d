-- When units arrive that ship on some days, where it is known how long the carrier takes.
-- p_place: the location's row; p_ship_from, p_ship_to date. answer: {"arrives_from", "arrives_to"},
-- or {} where the location has no carrier days, or the promise no date.
-- The carrier works on the days on which the location does.
-- locks: none.
create or replace function holdfast_engine_N.arrival(
  p_tenant_id int, p_place holdfast.locations, p_ship_from date, p_ship_to date
) returns jsonb
language sql stable as $$
  select case when p_place.carrier_days_max is null or p_ship_to is null then '{}' else
    jsonb_build_object(
      'arrives_from', holdfast_engine_N.carrier_day(
        p_tenant_id, p_place.calendar_id, p_ship_from, p_place.carrier_days_min),
      'arrives_to', holdfast_engine_N.carrier_day(
        p_tenant_id, p_place.calendar_id, p_ship_to, p_place.carrier_days_max)) end
$$;

-- The business day that is so many after a day of shipping.
-- p_calendar_id int: null for Monday to Friday; p_day date; p_days int. answer: date.
-- Only reads: beyond the days that are numbered ahead the week alone is counted.
-- locks: none.
create or replace function holdfast_engine_N.carrier_day(
  p_tenant_id int, p_calendar_id int, p_day date, p_days int
) returns date
language sql stable as $$
  select coalesce(
    case when p_calendar_id is not null then holdfast_engine_N.numbered_day(
      p_tenant_id, p_calendar_id, p_day, p_days) end,
    holdfast_engine_N.weekday_after(p_day, p_days))
$$;

-- The promise of a part of a reservation, as it is shown.
-- p_reservation_id uuid, p_line_no int, p_part_no int. answer: as promise_shown, with the days of
-- its arrival; null where nothing was promised.
-- locks: none.
create or replace function holdfast_engine_N.line_promise(
  p_tenant_id int, p_reservation_id uuid, p_line_no int, p_part_no int
) returns jsonb
language sql stable as $$
  select holdfast_engine_N.promise_shown(p_tenant_id, p.source, p.ship_from, p.ship_to,
      p.days_min, p.days_max, p.supply_id)
    || holdfast_engine_N.arrival(p_tenant_id, o, p.ship_from, p.ship_to)
  from holdfast.promises p
  join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = p.level_id
  join holdfast.locations o on o.tenant_id = p_tenant_id and o.location_id = l.location_id
  where p.tenant_id = p_tenant_id and p.reservation_id = p_reservation_id
    and p.line_no = p_line_no and p.part_no = p_part_no
$$;
