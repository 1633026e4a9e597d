-- Numbers the working days of a calendar where they are not numbered yet: from a day on, so many
-- and two years more than today. What is numbered stays, so that numbers go on without a gap.
-- p_from date: the earliest day that is asked for; p_days int: working days after it.
-- answer: nothing. Each holiday puts a day off by one at the most, and each week has a working day.
-- locks: the calendar's row.
create or replace function holdfast_engine_N.number_days(
  p_tenant_id int, p_calendar_id int, p_from date default null, p_days int default 0
) returns void
language plpgsql volatile as $$
declare
  v_today date := (holdfast.clock() at time zone 'UTC')::date;
  v_working int[];
  v_first record;
  v_last record;
  v_begin date;
  v_end date;
begin
  select c.working_days into v_working from holdfast.calendars c
  where c.tenant_id = p_tenant_id and c.calendar_id = p_calendar_id
  for no key update;
  if not found then
    return;
  end if;
  select greatest(p_from, v_today) + 731 + 7 * (p_days + count(*)::int) into v_end
  from holdfast.holidays h
  where h.tenant_id = p_tenant_id and h.calendar_id = p_calendar_id
    and h.day >= least(p_from, v_today);
  select b.day, b.number into v_first from holdfast.business_days b
  where b.tenant_id = p_tenant_id and b.calendar_id = p_calendar_id order by b.day limit 1;
  select b.day, b.number into v_last from holdfast.business_days b
  where b.tenant_id = p_tenant_id and b.calendar_id = p_calendar_id order by b.day desc limit 1;
  v_begin := least(p_from, v_today, v_last.day + 30) - 30;

  with working as (
    select d.day from (
      select v_begin + n as day from generate_series(0, v_end - v_begin) as n offset 0
    ) as d
    where extract(isodow from (d.day))::int = any (v_working)
      and not exists (select from holdfast.holidays h where h.tenant_id = p_tenant_id
        and h.calendar_id = p_calendar_id and h.day = d.day)
  )
  insert into holdfast.business_days (tenant_id, calendar_id, day, number)
  select p_tenant_id, p_calendar_id, w.day,
    coalesce(v_last.number, 0) + row_number() over (order by w.day)
  from working w where w.day > coalesce(v_last.day, '-infinity')
  union all
  select p_tenant_id, p_calendar_id, w.day,
    v_first.number - row_number() over (order by w.day desc)
  from working w where w.day < v_first.day;
end $$;

-- Numbers the working days of a calendar anew, after a change of them.
-- p_tenant_id int, p_calendar_id int. answer: nothing.
-- Promises that were made keep their dates: they are days, not numbers.
-- locks: the calendar's row.
create or replace function holdfast_engine_N.renumber_days(p_tenant_id int, p_calendar_id int)
returns void
language plpgsql volatile as $$
begin
  delete from holdfast.business_days b
  where b.tenant_id = p_tenant_id and b.calendar_id = p_calendar_id;
  perform holdfast_engine_N.number_days(p_tenant_id, p_calendar_id);
end $$;

-- Numbers days ahead again where less than a year is left: a step of the sweeper, once a day.
-- p_request: {}. answer: {"ok", "numbered": codes of the calendars}.
-- Without it the call that runs out of numbers makes them.
-- locks: the calendars' rows, by id.
create or replace function holdfast_engine_N.number_days_ahead(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_calendar record;
  v_numbered text[] := '{}';
begin
  for v_calendar in
    select c.calendar_id, c.code from holdfast.calendars c
    where c.tenant_id = p_tenant_id and not exists (
      select from holdfast.business_days b
      where b.tenant_id = p_tenant_id and b.calendar_id = c.calendar_id
        and b.day > (holdfast.clock() at time zone 'UTC')::date + 365)
    order by c.calendar_id
  loop
    perform holdfast_engine_N.number_days(p_tenant_id, v_calendar.calendar_id);
    v_numbered := v_numbered || v_calendar.code;
  end loop;
  return jsonb_build_object('ok', true, 'numbered', to_jsonb(v_numbered));
end $$;
