-- Shows a calendar.
-- p_tenant_id int, p_calendar_id int. answer: the calendar as every verb and list shows it.
-- locations: how many work by it.
-- locks: none.
create or replace function holdfast_engine_N.calendar_row(p_tenant_id int, p_calendar_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'code', c.code, 'name', c.name, 'working_days', to_jsonb(c.working_days),
    'holidays', coalesce((
      select jsonb_agg(jsonb_build_object('day', h.day, 'name', h.name) order by h.day)
      from holdfast.holidays h
      where h.tenant_id = p_tenant_id and h.calendar_id = c.calendar_id), '[]'),
    'locations', (select count(*) from holdfast.locations p
      where p.tenant_id = p_tenant_id and p.calendar_id = c.calendar_id),
    'created_at', c.created_at
  )
  from holdfast.calendars c
  where c.tenant_id = p_tenant_id and c.calendar_id = p_calendar_id
$$;

-- Checks the fields of a calendar.
-- p_request jsonb: as create and update take it. answer: a refusal that names the field, or null.
-- A week without a working day would end no promise.
-- locks: none.
create or replace function holdfast_engine_N.check_calendar(p_request jsonb) returns jsonb
language plpgsql volatile as $$
begin
  return coalesce(
    holdfast_engine_N.check_fields(p_request, '{
      "code": {"is": "code", "max": 100, "needed": true},
      "to": {"is": "code", "max": 100},
      "name": {"is": "text", "max": 255},
      "working_days": {"is": "list", "most": 7},
      "holidays": {"is": "list", "most": 1000}}'),
    case when jsonb_typeof(p_request -> 'working_days') = 'array' and (
      jsonb_array_length(p_request -> 'working_days') = 0
      or not p_request -> 'working_days' <@ '[1, 2, 3, 4, 5, 6, 7]')
    then holdfast_engine_N.refuse('invalid_request',
      'working_days must be at least one day, from 1 (Monday) to 7 (Sunday).',
      '{"field": "working_days"}') end,
    holdfast_engine_N.check_holidays(p_request -> 'holidays')
  );
end $$;

-- Checks a list of holidays.
-- p_holidays jsonb: [{"day", "name"}], or null. answer: a refusal that names the entry, or null.
-- A day that has gone by does no harm, so that a list of the whole year fits.
-- locks: none.
create or replace function holdfast_engine_N.check_holidays(p_holidays jsonb) returns jsonb
language sql volatile as $$
  select jsonb_set(f.refusal, '{refusal,field}', to_jsonb(format('holidays.%s%s', f.n - 1,
    coalesce('.' || (f.refusal #>> '{refusal,field}'), ''))))
  from (
    select h.n, holdfast_engine_N.check_fields(h.holiday, '{
      "day": {"is": "day", "needed": true},
      "name": {"is": "text", "max": 255, "needed": true}}') as refusal
    from jsonb_array_elements(case when jsonb_typeof(p_holidays) = 'array' then p_holidays
      else '[]' end) with ordinality as h (holiday, n)
  ) as f
  where f.refusal is not null
  order by f.n limit 1
$$;

-- The refusal for a code that leads to no calendar.
-- p_code text. answer: the refusal.
-- The code comes back, so that a list of calls can be matched.
-- locks: none.
create or replace function holdfast_engine_N.no_calendar(p_code text) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('unknown_calendar',
    format('No calendar has the code "%s".', left(p_code, 255)),
    jsonb_build_object('calendar', left(p_code, 255)))
$$;

-- Makes a calendar and numbers its days ahead.
-- p_request: {"code", "name" (else the code), "working_days" (1 to 5), "holidays"}.
-- answer: the calendar, or calendar_exists, invalid_request, too_large.
-- locks: the new rows, then the tenant's.
create or replace function holdfast_engine_N.create_calendar(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_code text := normalize(p_request ->> 'code');
  v_calendar_id int;
  v_refusal jsonb := holdfast_engine_N.check_calendar(p_request);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if p_request ->> 'to' is not null then
    return holdfast_engine_N.refuse('invalid_request', 'A new calendar has no other code.',
      '{"field": "to"}');
  end if;
  insert into holdfast.calendars (tenant_id, code, name, working_days, created_at)
  values (p_tenant_id, v_code, coalesce(normalize(p_request ->> 'name'), v_code),
    coalesce(holdfast_engine_N.days_of(p_request -> 'working_days'), '{1,2,3,4,5}'),
    holdfast.clock())
  on conflict do nothing returning calendar_id into v_calendar_id;
  if v_calendar_id is null then
    return holdfast_engine_N.refuse_taken('calendars_code_unique',
      jsonb_build_object('calendar', v_code));
  end if;
  perform holdfast_engine_N.keep_holidays(p_tenant_id, v_calendar_id, p_request -> 'holidays');
  return holdfast_engine_N.calendar_changed(p_tenant_id, v_calendar_id, p_request);
end $$;

-- Shows one calendar.
-- p_request: {"code"}. answer: the calendar, or unknown_calendar.
-- With all its holidays.
-- locks: none.
create or replace function holdfast_engine_N.get_calendar(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_calendar jsonb;
begin
  select holdfast_engine_N.calendar_row(p_tenant_id, c.calendar_id) into v_calendar
  from holdfast.calendars c
  where c.tenant_id = p_tenant_id and c.code = normalize(p_request ->> 'code');
  return coalesce('{"ok": true}' || v_calendar,
    holdfast_engine_N.no_calendar(p_request ->> 'code'));
end $$;

-- Lists calendars.
-- p_request: "q" (in code or name), "sort" (code, created_at; - turns it around), "limit",
-- "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_calendars(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"code": "text", "created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"q": {"is": "text", "max": 255}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select c.calendar_id as id, c.code, c.created_at
      from holdfast.calendars c
      where c.tenant_id = $1
        and ($2 ->> 'q' is null
          or strpos(lower(c.code), lower(normalize($2 ->> 'q'))) > 0
          or strpos(lower(c.name), lower(normalize($2 ->> 'q'))) > 0)
    $from$, v_sorts, 'code', 'calendar_row'));
end $$;

-- Changes a calendar; a field that is absent stays. Promises that were made keep their dates.
-- p_request: {"code", "to" (a new code), "name", "working_days", "holidays": the new whole}.
-- answer: the calendar, or unknown_calendar, calendar_exists, invalid_request, too_large.
-- locks: the calendar's row, then the tenant's.
create or replace function holdfast_engine_N.update_calendar(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_calendar_id int;
  v_to text := normalize(p_request ->> 'to');
  v_refusal jsonb := holdfast_engine_N.check_calendar(p_request);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_calendar_id := holdfast_engine_N.lock_calendar(p_tenant_id, p_request ->> 'code');
  if v_calendar_id is null then
    return holdfast_engine_N.no_calendar(p_request ->> 'code');
  end if;
  update holdfast.calendars c set
    code = coalesce(v_to, c.code), name = coalesce(normalize(p_request ->> 'name'), c.name),
    working_days =
      coalesce(holdfast_engine_N.days_of(p_request -> 'working_days'), c.working_days)
  where c.tenant_id = p_tenant_id and c.calendar_id = v_calendar_id;
  if jsonb_typeof(p_request -> 'holidays') = 'array' then
    delete from holdfast.holidays h
    where h.tenant_id = p_tenant_id and h.calendar_id = v_calendar_id;
    perform holdfast_engine_N.keep_holidays(p_tenant_id, v_calendar_id, p_request -> 'holidays');
  end if;
  return holdfast_engine_N.calendar_changed(p_tenant_id, v_calendar_id, p_request);
exception when unique_violation then
  return holdfast_engine_N.refuse_taken('calendars_code_unique',
    jsonb_build_object('calendar', v_to));
end $$;

-- Removes a calendar by which no location works any more.
-- p_request: {"code"}. answer: {"ok", "removed": code}, or unknown_calendar, calendar_in_use.
-- A location that is given this calendar meanwhile has locked it, or finds it gone.
-- locks: the calendar's row, then the tenant's.
create or replace function holdfast_engine_N.remove_calendar(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_calendar_id int;
  v_calendar jsonb;
begin
  v_calendar_id := holdfast_engine_N.lock_calendar(p_tenant_id, p_request ->> 'code');
  if v_calendar_id is null then
    return holdfast_engine_N.no_calendar(p_request ->> 'code');
  end if;
  v_calendar := holdfast_engine_N.calendar_row(p_tenant_id, v_calendar_id);
  if v_calendar -> 'locations' <> '0' then
    return holdfast_engine_N.refuse('calendar_in_use', 'Locations work by this calendar.',
      jsonb_build_object('calendar', v_calendar -> 'code', 'locations', v_calendar -> 'locations'));
  end if;
  delete from holdfast.business_days b
  where b.tenant_id = p_tenant_id and b.calendar_id = v_calendar_id;
  delete from holdfast.holidays h
  where h.tenant_id = p_tenant_id and h.calendar_id = v_calendar_id;
  delete from holdfast.calendars c
  where c.tenant_id = p_tenant_id and c.calendar_id = v_calendar_id;
  perform holdfast_engine_N.policy_changed(p_tenant_id,
    jsonb_build_object('calendar', v_calendar -> 'code', 'removed', true), p_request);
  return jsonb_build_object('ok', true, 'removed', v_calendar -> 'code');
end $$;

-- Adds holidays to a calendar; of a day that is there the name changes.
-- p_request: {"code", "holidays": [{"day", "name"}]}. answer: the calendar, or unknown_calendar,
-- invalid_request, too_large: a calendar has at most 1,000.
-- locks: the calendar's row, then the tenant's.
create or replace function holdfast_engine_N.add_holidays(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_calendar_id int;
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request, '{
      "code": {"is": "code", "max": 100, "needed": true},
      "holidays": {"is": "list", "most": 1000, "needed": true}}'),
    holdfast_engine_N.check_holidays(p_request -> 'holidays'));
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  v_calendar_id := holdfast_engine_N.lock_calendar(p_tenant_id, p_request ->> 'code');
  if v_calendar_id is null then
    return holdfast_engine_N.no_calendar(p_request ->> 'code');
  end if;
  if 1000 < (
    select count(distinct d.day) from (
      select h.day from holdfast.holidays h
      where h.tenant_id = p_tenant_id and h.calendar_id = v_calendar_id
      union all
      select (e ->> 'day')::date from jsonb_array_elements(p_request -> 'holidays') as e
    ) as d
  ) then
    return holdfast_engine_N.refuse('too_large', 'A calendar has at most 1000 holidays.',
      '{"field": "holidays", "limit": 1000}');
  end if;
  perform holdfast_engine_N.keep_holidays(p_tenant_id, v_calendar_id, p_request -> 'holidays');
  return holdfast_engine_N.calendar_changed(p_tenant_id, v_calendar_id, p_request);
end $$;

-- Takes holidays out of a calendar; a day that is none is none afterwards.
-- p_request: {"code", "days": [days]}. answer: the calendar, or unknown_calendar, invalid_request,
-- too_large.
-- locks: the calendar's row, then the tenant's.
create or replace function holdfast_engine_N.remove_holidays(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_calendar_id int;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "code": {"is": "code", "max": 100, "needed": true},
    "days": {"is": "list", "most": 1000, "needed": true}}');
  v_bad int;
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select e.n - 1 into v_bad
  from jsonb_array_elements(p_request -> 'days') with ordinality as e (day, n)
  where holdfast_engine_N.day_of(e.day) is null order by e.n limit 1;
  if found then
    return holdfast_engine_N.refuse('invalid_request', 'days must be days, like 2027-03-01.',
      jsonb_build_object('field', 'days.' || v_bad));
  end if;
  v_calendar_id := holdfast_engine_N.lock_calendar(p_tenant_id, p_request ->> 'code');
  if v_calendar_id is null then
    return holdfast_engine_N.no_calendar(p_request ->> 'code');
  end if;
  delete from holdfast.holidays h
  where h.tenant_id = p_tenant_id and h.calendar_id = v_calendar_id
    and h.day in (select d::date from jsonb_array_elements_text(p_request -> 'days') as d);
  return holdfast_engine_N.calendar_changed(p_tenant_id, v_calendar_id, p_request);
end $$;
