-- Shows a location.
-- p_tenant_id int, p_location_id int. answer: the location as every verb and list shows it.
-- levels counts the SKUs that are stocked there.
-- locks: none.
create or replace function holdfast_engine_N.location_row(p_tenant_id int, p_location_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object(
    'code', p.code, 'name', p.name, 'kind', p.kind, 'time_zone', p.time_zone,
    'priority', p.priority,
    'calendar', (select c.code from holdfast.calendars c
      where c.tenant_id = p_tenant_id and c.calendar_id = p.calendar_id),
    'cut_off', to_char(p.cut_off, 'HH24:MI'),
    'carrier_days_min', p.carrier_days_min, 'carrier_days_max', p.carrier_days_max,
    'levels', (select count(*) from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.location_id = p.location_id),
    'created_at', p.created_at, 'archived_at', p.archived_at
  )
  from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.location_id = p_location_id
$$;

-- Checks the fields of a location; "anywhere" is no location's code, for reserve means by it that
-- the location is to be chosen.
-- p_request: as create and update take it. answer: a refusal, or null.
-- locks: none.
create or replace function holdfast_engine_N.check_location(p_request jsonb) returns jsonb
language plpgsql volatile as $$
declare
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request, '{
    "code": {"is": "code", "max": 100, "needed": true},
    "to": {"is": "code", "max": 100},
    "name": {"is": "text", "max": 255},
    "kind": {"is": "choice",
      "of": ["warehouse", "store", "fulfillment_center", "3pl", "drop_ship"]},
    "time_zone": {"is": "text", "max": 100},
    "priority": {"is": "integer", "least": 0, "most": 1000000},
    "calendar": {"is": "code", "max": 100},
    "cut_off": {"is": "text", "max": 5},
    "carrier_days_min": {"is": "integer", "least": 0, "most": 365},
    "carrier_days_max": {"is": "integer", "least": 0, "most": 365}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if 'anywhere' in (p_request ->> 'code', p_request ->> 'to') then
    return holdfast_engine_N.refuse('invalid_request', 'A location cannot be named "anywhere".',
      jsonb_build_object('field', case when p_request ->> 'code' = 'anywhere' then 'code'
        else 'to' end));
  end if;
  if p_request ->> 'time_zone' is not null and not exists (
    select from pg_catalog.pg_timezone_names z where z.name = p_request ->> 'time_zone')
  then
    return holdfast_engine_N.refuse('invalid_request',
      'time_zone must be a name of the IANA time zones, like Europe/Berlin.',
      '{"field": "time_zone"}');
  end if;
  if p_request ->> 'cut_off' !~ '^([01][0-9]|2[0-3]):[0-5][0-9]$' then
    return holdfast_engine_N.refuse('invalid_request',
      'cut_off must be a time of the day, from 00:00 to 23:59.', '{"field": "cut_off"}');
  end if;
  if (p_request ? 'carrier_days_min' or p_request ? 'carrier_days_max') and (
    num_nonnulls(p_request ->> 'carrier_days_min', p_request ->> 'carrier_days_max') = 1
    or (p_request ->> 'carrier_days_max')::numeric < (p_request ->> 'carrier_days_min')::numeric)
  then
    return holdfast_engine_N.refuse('invalid_request',
      'carrier_days_min and carrier_days_max go together, the lower one first.',
      '{"field": "carrier_days_max"}');
  end if;
  return null;
end $$;

-- The calendar that a request of a location names.
-- p_request jsonb: "calendar" may be absent or null. answer: its id; null where none has the code.
-- Locked, so that it is not removed meanwhile.
-- locks: the calendar's row, shared.
create or replace function holdfast_engine_N.named_calendar(p_tenant_id int, p_request jsonb)
returns int
language plpgsql volatile as $$
declare
  v_calendar_id int;
begin
  select c.calendar_id into v_calendar_id from holdfast.calendars c
  where c.tenant_id = p_tenant_id and c.code = normalize(p_request ->> 'calendar')
  for share;
  return v_calendar_id;
end $$;

-- The refusal for a code that leads to no location.
-- p_code text. answer: the refusal.
-- The code comes back, so that a list of calls can be matched.
-- locks: none.
create or replace function holdfast_engine_N.no_location(p_code text) returns jsonb
language sql immutable as $$
  select holdfast_engine_N.refuse('unknown_location',
    format('No location has the code "%s".', left(p_code, 255)),
    jsonb_build_object('location', left(p_code, 255)))
$$;

-- Makes a location.
-- p_request: {"code", "name" (else the code), "kind", "time_zone", "priority", "calendar",
-- "cut_off", "carrier_days_min" and "_max"}. answer: the location, or location_exists,
-- unknown_calendar, invalid_request.
-- locks: the calendar's row, shared, then the new one.
create or replace function holdfast_engine_N.create_location(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_code text := normalize(p_request ->> 'code');
  v_location_id int;
  v_calendar_id int;
  v_refusal jsonb := holdfast_engine_N.check_location(p_request);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  if p_request ->> 'to' is not null then
    return holdfast_engine_N.refuse('invalid_request', 'A new location has no other code.',
      '{"field": "to"}');
  end if;
  v_calendar_id := holdfast_engine_N.named_calendar(p_tenant_id, p_request);
  if v_calendar_id is null and p_request ->> 'calendar' is not null then
    return holdfast_engine_N.no_calendar(p_request ->> 'calendar');
  end if;
  insert into holdfast.locations (
    tenant_id, code, name, kind, time_zone, priority, calendar_id, cut_off, carrier_days_min,
    carrier_days_max, created_at
  ) values (
    p_tenant_id, v_code, coalesce(normalize(p_request ->> 'name'), v_code),
    coalesce(p_request ->> 'kind', 'warehouse'), coalesce(p_request ->> 'time_zone', 'UTC'),
    coalesce((p_request ->> 'priority')::int, 100), v_calendar_id,
    (p_request ->> 'cut_off')::time, (p_request ->> 'carrier_days_min')::numeric,
    (p_request ->> 'carrier_days_max')::numeric, holdfast.clock()
  )
  on conflict do nothing returning location_id into v_location_id;
  if v_location_id is null then
    return holdfast_engine_N.refuse_taken('locations_code_unique',
      jsonb_build_object('location', v_code));
  end if;
  return '{"ok": true}' || holdfast_engine_N.location_row(p_tenant_id, v_location_id);
end $$;

-- Shows one location.
-- p_request: {"code"}. answer: the location, or unknown_location.
-- An archived location is shown too.
-- locks: none.
create or replace function holdfast_engine_N.get_location(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_location jsonb;
begin
  select holdfast_engine_N.location_row(p_tenant_id, p.location_id) into v_location
  from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.code = normalize(p_request ->> 'code');
  return coalesce('{"ok": true}' || v_location,
    holdfast_engine_N.no_location(p_request ->> 'code'));
end $$;

-- Lists locations.
-- p_request: "archived" (else those that are not), "kind", "q" (in code or name), "sort" (code,
-- priority, created_at; - turns it around), "limit", "cursor". answer: a page.
-- locks: none.
create or replace function holdfast_engine_N.list_locations(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_sorts jsonb := '{"code": "text", "priority": "int", "created_at": "timestamptz"}';
begin
  return coalesce(
    holdfast_engine_N.check_page(p_request, '{"archived": {"is": "boolean"},
      "kind": {"is": "text", "max": 100}, "q": {"is": "text", "max": 255}}', v_sorts),
    holdfast_engine_N.page(p_tenant_id, p_request, $from$
      select p.location_id as id, p.code, p.priority, p.created_at
      from holdfast.locations p
      where p.tenant_id = $1
        and (p.archived_at is not null) = coalesce(($2 ->> 'archived')::boolean, false)
        and ($2 ->> 'kind' is null or p.kind = $2 ->> 'kind')
        and ($2 ->> 'q' is null
          or strpos(lower(p.code), lower(normalize($2 ->> 'q'))) > 0
          or strpos(lower(p.name), lower(normalize($2 ->> 'q'))) > 0)
    $from$, v_sorts, 'code', 'location_row'));
end $$;

-- Changes a location; a field that is absent stays; a calendar, cut-off or carrier days that are
-- null go. p_request: {"code", "to" (a new code), "name", "kind", "time_zone", "priority",
-- "calendar", "cut_off", "carrier_days_min" and "_max"}. answer: the location, or unknown_location,
-- unknown_calendar, location_exists, invalid_request.
-- locks: the location's row, the calendar's, shared, then the tenant's.
create or replace function holdfast_engine_N.update_location(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_location holdfast.locations;
  v_to text := normalize(p_request ->> 'to');
  v_calendar_id int;
  v_after holdfast.locations;
  v_refusal jsonb := holdfast_engine_N.check_location(p_request);
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select p.* into v_location from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.code = normalize(p_request ->> 'code')
  for no key update;
  if not found then
    return holdfast_engine_N.no_location(p_request ->> 'code');
  end if;
  v_calendar_id := holdfast_engine_N.named_calendar(p_tenant_id, p_request);
  if v_calendar_id is null and p_request ->> 'calendar' is not null then
    return holdfast_engine_N.no_calendar(p_request ->> 'calendar');
  end if;
  update holdfast.locations p set
    code = coalesce(v_to, p.code),
    name = coalesce(normalize(p_request ->> 'name'), p.name),
    kind = coalesce(p_request ->> 'kind', p.kind),
    time_zone = coalesce(p_request ->> 'time_zone', p.time_zone),
    priority = coalesce((p_request ->> 'priority')::int, p.priority),
    calendar_id = case when p_request ? 'calendar' then v_calendar_id else p.calendar_id end,
    cut_off = case when p_request ? 'cut_off' then (p_request ->> 'cut_off')::time
      else p.cut_off end,
    carrier_days_min = case when p_request ? 'carrier_days_min'
      then (p_request ->> 'carrier_days_min')::numeric else p.carrier_days_min end,
    carrier_days_max = case when p_request ? 'carrier_days_max'
      then (p_request ->> 'carrier_days_max')::numeric else p.carrier_days_max end
  where p.tenant_id = p_tenant_id and p.location_id = v_location.location_id
  returning p.* into v_after;
  if (v_after.calendar_id, v_after.cut_off, v_after.carrier_days_min, v_after.carrier_days_max)
    is distinct from (v_location.calendar_id, v_location.cut_off, v_location.carrier_days_min,
      v_location.carrier_days_max)
  then
    perform holdfast_engine_N.policy_changed(p_tenant_id, jsonb_build_object(
      'location', v_after.code, 'calendar', p_request -> 'calendar',
      'cut_off', p_request -> 'cut_off') || jsonb_strip_nulls(jsonb_build_object(
      'carrier_days_min', p_request -> 'carrier_days_min',
      'carrier_days_max', p_request -> 'carrier_days_max')), p_request);
  end if;
  if v_to <> v_location.code or (p_request ->> 'priority')::int <> v_location.priority then
    perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  end if;
  return '{"ok": true}' || holdfast_engine_N.location_row(p_tenant_id, v_location.location_id);
exception when unique_violation then
  return holdfast_engine_N.refuse_taken('locations_code_unique',
    jsonb_build_object('location', v_to));
end $$;

-- Closes a location that holds nothing any more.
-- p_request: {"code"}. answer: the location, or unknown_location, location_in_use while anything is
-- on hand, held or committed there.
-- locks: the location's levels by id, its row, then the tenant's.
create or replace function holdfast_engine_N.archive_location(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_location_archived(p_tenant_id, p_request, holdfast.clock())
$$;

-- Opens an archived location again.
-- p_request: {"code"}. answer: the location, or unknown_location.
-- A location that is not archived stays as it is.
-- locks: as archive_location.
create or replace function holdfast_engine_N.unarchive_location(p_tenant_id int, p_request jsonb)
returns jsonb
language sql volatile as $$
  select holdfast_engine_N.set_location_archived(p_tenant_id, p_request, null)
$$;

-- What archive and unarchive share. The levels are locked before they are looked at: a call that
-- waits for one of them finds the location closed.
-- p_at timestamptz: null opens it again. answer: the location, or a refusal.
-- locks: as archive_location.
create or replace function holdfast_engine_N.set_location_archived(
  p_tenant_id int, p_request jsonb, p_at timestamptz
) returns jsonb
language plpgsql volatile as $$
declare
  v_location holdfast.locations;
  v_total record;
  v_refusal jsonb := holdfast_engine_N.check_fields(p_request,
    '{"code": {"is": "code", "max": 100, "needed": true}}');
begin
  if v_refusal is not null then
    return v_refusal;
  end if;
  select p.* into v_location from holdfast.locations p
  where p.tenant_id = p_tenant_id and p.code = normalize(p_request ->> 'code');
  if not found then
    return holdfast_engine_N.no_location(p_request ->> 'code');
  end if;
  if (v_location.archived_at is null) <> (p_at is null) then
    perform holdfast_engine_N.end_overdue(p_tenant_id, array(
      select l.level_id from holdfast.levels l
      where p_at is not null and l.tenant_id = p_tenant_id
        and l.location_id = v_location.location_id
      order by l.level_id
      for no key update));
    select coalesce(sum(l.on_hand), 0) as on_hand, coalesce(sum(l.held), 0) as held,
      coalesce(sum(l.committed), 0) as committed,
      coalesce(sum(l.backordered + l.held_backordered), 0) as waiting into v_total
    from holdfast.levels l
    where l.tenant_id = p_tenant_id and l.location_id = v_location.location_id;
    if p_at is not null
      and v_total.on_hand + v_total.held + v_total.committed + v_total.waiting > 0
    then
      return holdfast_engine_N.refuse('location_in_use',
        'The location has stock or open reservations.', jsonb_build_object(
          'location', v_location.code, 'on_hand', v_total.on_hand, 'held', v_total.held,
          'committed', v_total.committed)
          || case when v_total.waiting > 0
            then jsonb_build_object('backordered', v_total.waiting) else '{}' end);
    end if;
    update holdfast.locations p set archived_at = p_at
    where p.tenant_id = p_tenant_id and p.location_id = v_location.location_id;
    perform holdfast_engine_N.raise_catalog_version(p_tenant_id);
  end if;
  return '{"ok": true}' || holdfast_engine_N.location_row(p_tenant_id, v_location.location_id);
end $$;
