-- Locks a calendar.
-- p_code text. answer: its id, or null where no calendar has the code.
-- Whoever numbers its days waits here too.
-- locks: the calendar's row.
create or replace function holdfast_engine_N.lock_calendar(p_tenant_id int, p_code text) returns int
language plpgsql volatile as $$
declare
  v_calendar_id int;
begin
  select c.calendar_id into v_calendar_id from holdfast.calendars c
  where c.tenant_id = p_tenant_id and c.code = normalize(p_code)
  for no key update;
  return v_calendar_id;
end $$;

-- Writes holidays; of a day that is there the name changes.
-- p_holidays jsonb: checked, or null. answer: nothing.
-- Of a day that is named twice the last name stays.
-- locks: the new rows, under their calendar.
create or replace function holdfast_engine_N.keep_holidays(
  p_tenant_id int, p_calendar_id int, p_holidays jsonb
) returns void
language sql volatile as $$
  insert into holdfast.holidays (tenant_id, calendar_id, day, name)
  select distinct on (h.day) p_tenant_id, p_calendar_id, h.day, h.name
  from (
    select (e ->> 'day')::date as day, normalize(e ->> 'name') as name, n
    from jsonb_array_elements(case when jsonb_typeof(p_holidays) = 'array' then p_holidays
      else '[]' end) with ordinality as t (e, n)
  ) as h
  order by h.day, h.n desc
  on conflict (tenant_id, calendar_id, day) do update set name = excluded.name
$$;

-- Weekdays of a request as they are kept: each once, from Monday on.
-- p_days jsonb: checked, or null. answer: int[], or null.
-- locks: none.
create or replace function holdfast_engine_N.days_of(p_days jsonb) returns int[]
language sql immutable as $$
  select array_agg(distinct d::numeric::int order by d::numeric::int)
  from jsonb_array_elements_text(case when jsonb_typeof(p_days) = 'array' then p_days
    else '[]' end) as d
$$;

-- Ends a change of a calendar: its days are numbered anew, and everybody hears of it.
-- p_request jsonb: of the verb, for its actor. answer: the calendar.
-- locks: the calendar's row, then the tenant's.
create or replace function holdfast_engine_N.calendar_changed(
  p_tenant_id int, p_calendar_id int, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_calendar jsonb;
begin
  perform holdfast_engine_N.renumber_days(p_tenant_id, p_calendar_id);
  v_calendar := holdfast_engine_N.calendar_row(p_tenant_id, p_calendar_id);
  perform holdfast_engine_N.policy_changed(p_tenant_id,
    jsonb_build_object('calendar', v_calendar -> 'code'), p_request);
  return '{"ok": true}' || v_calendar;
end $$;
