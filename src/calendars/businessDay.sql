-- The business day of a location that is so many after an instant. 0 is the day on which it ships
-- what is ordered then: that day before the cut-off, if it is a working day; else the next.
-- p_location_id int: null for one that is not known (UTC, Monday to Friday); p_days int: 0 or more.
-- answer: date, or null where there is no such location.
-- A day outside the numbers that the calendar has is numbered first, in this transaction.
-- locks: the calendar's row, where days are missing.
create or replace function holdfast_engine_N.business_day(
  p_tenant_id int, p_location_id int, p_from timestamptz, p_days int
) returns date
language plpgsql volatile as $$
declare
  v_place holdfast.locations;
begin
  select p.* into v_place from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.location_id = p_location_id;
  if not found and p_location_id is not null then
    return null;
  end if;
  return holdfast_engine_N.business_day_at(p_tenant_id, v_place, p_from, p_days);
end $$;

-- The same of a location that has been read.
-- p_place: its row; all null for one that is not known. answer: date.
-- Who asks for many promises reads each row once.
-- locks: as business_day.
create or replace function holdfast_engine_N.business_day_at(
  p_tenant_id int, p_place holdfast.locations, p_from timestamptz, p_days int
) returns date
language plpgsql volatile as $$
declare
  v_first date := holdfast_engine_N.first_day(p_from, p_place.time_zone, p_place.cut_off);
  v_day date;
begin
  if p_place.calendar_id is null then
    return holdfast_engine_N.weekday_after(v_first, p_days);
  end if;
  v_day := holdfast_engine_N.numbered_day(p_tenant_id, p_place.calendar_id, v_first, p_days);
  if v_day is null then
    perform holdfast_engine_N.number_days(p_tenant_id, p_place.calendar_id, v_first, p_days);
    v_day := holdfast_engine_N.numbered_day(p_tenant_id, p_place.calendar_id, v_first, p_days);
  end if;
  return v_day;
end $$;

-- The working day of a calendar that is so many after a day.
-- p_first date: 0 is it, or the working day after it; p_days int. answer: date, or null where the
-- numbers do not reach from the one to the other.
-- One statement, so that both numbers are of the same numbering.
-- locks: none.
create or replace function holdfast_engine_N.numbered_day(
  p_tenant_id int, p_calendar_id int, p_first date, p_days int
) returns date
language plpgsql volatile as $$
begin
  return (
    select d.day
    from (
      select b.number from holdfast.business_days b
      where b.tenant_id = p_tenant_id and b.calendar_id = p_calendar_id and b.day >= p_first
      order by b.day limit 1
    ) as f
    join holdfast.business_days d on d.tenant_id = p_tenant_id
      and d.calendar_id = p_calendar_id and d.number = f.number + p_days
    where exists ( -- before the first number nothing is known of a day
      select from holdfast.business_days e where e.tenant_id = p_tenant_id
        and e.calendar_id = p_calendar_id and e.day <= p_first)
  );
end $$;

-- The first day on which an order of this instant may ship, by the clock and cut-off of a location.
-- p_time_zone text: UTC where null; p_cut_off time: null for none. answer: date.
-- The cut-off is compared as an instant: in an hour that comes twice it does not come back.
-- locks: none.
create or replace function holdfast_engine_N.first_day(
  p_from timestamptz, p_time_zone text, p_cut_off time
) returns date
language sql immutable as $$
  select case
    when p_from >= (here.day + p_cut_off) at time zone coalesce(p_time_zone, 'UTC')
    then here.day + 1 else here.day end
  from (select (p_from at time zone coalesce(p_time_zone, 'UTC'))::date as day) as here
$$;

-- So many working days from Monday to Friday after a day, by counting alone.
-- p_first date: 0 is it, or the Monday after it; p_days int. answer: date.
-- 2000-01-03 was a Monday; five working days are a week.
-- locks: none.
create or replace function holdfast_engine_N.weekday_after(p_first date, p_days int) returns date
language sql immutable as $$
  select date '2000-01-03' + n.number / 5 * 7 + n.number % 5
  from (
    select d.weeks * 5 + least(d.weekday, 5) + p_days as number
    from (
      select floor((p_first - date '2000-01-03') / 7.0)::int as weeks,
        extract(isodow from p_first)::int - 1 as weekday
    ) as d
  ) as n
$$;
