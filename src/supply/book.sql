-- Books supply: units that are ordered or on their way, and when they are expected. Whoever waits
-- is told of another date where this brings one.
-- p_request: {"code", "lines": [{"sku", "location", "quantity"}] (one), "expected_on": a day,
-- "expected_to": the last day (else the same), "reason"}. answer: the supply, or supply_exists,
-- unknown_sku, unknown_location, invalid_quantity, invalid_request (a day that has gone by).
-- locks: the level is locked by the frame, which has made it where it was missing; the new rows.
create or replace function holdfast_engine_N.book_supply(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_now timestamptz := holdfast.clock();
  v_want record;
  v_level_id int;
  v_supply holdfast.supply;
  v_refusal jsonb := coalesce(
    holdfast_engine_N.check_fields(p_request - array['lines', 'resolved'], '{
      "code": {"is": "code", "max": 100, "needed": true},
      "expected_on": {"is": "day", "needed": true},
      "expected_to": {"is": "day"},
      "reason": {"is": "text", "max": 255}}'),
    holdfast_engine_N.check_lines(p_tenant_id, p_request, false, 1));
begin
  if v_refusal is not null then
    return holdfast_engine_N.without_line(v_refusal);
  end if;
  select * into v_want from holdfast_engine_N.resolved(p_request);
  if v_want.location_id is null then
    return holdfast_engine_N.refuse('invalid_request', 'location is missing.',
      '{"field": "location"}');
  end if;
  v_refusal := holdfast_engine_N.check_expected(p_tenant_id, v_want.location_id,
    holdfast_engine_N.day_of(p_request -> 'expected_on'),
    holdfast_engine_N.day_of(p_request -> 'expected_to'), v_now);
  if v_refusal is not null then
    return v_refusal;
  end if;
  select l.level_id into v_level_id from holdfast.levels l
  where l.tenant_id = p_tenant_id and l.sku_id = v_want.sku_id
    and l.location_id = v_want.location_id;
  if v_level_id is null then
    return holdfast_engine_N.refuse('invalid_request', 'This SKU is not counted.',
      '{"field": "sku"}');
  end if;
  insert into holdfast.supply (
    tenant_id, code, level_id, quantity, expected_on, expected_to, first_expected_to, created_at
  )
  select p_tenant_id, normalize(p_request ->> 'code'), v_level_id,
    (v_want.line ->> 'quantity')::bigint * v_want.factor, d.first, d.last, d.last, v_now
  from (
    select holdfast_engine_N.day_of(p_request -> 'expected_on') as first,
      coalesce(holdfast_engine_N.day_of(p_request -> 'expected_to'),
        holdfast_engine_N.day_of(p_request -> 'expected_on')) as last
  ) as d
  on conflict do nothing returning * into v_supply;
  if v_supply.supply_id is null then
    return holdfast_engine_N.refuse('supply_exists', 'Supply with this code was booked already.',
      jsonb_build_object('supply', normalize(p_request ->> 'code')));
  end if;
  return holdfast_engine_N.supply_changed(
    p_tenant_id, v_supply.supply_id, 'booked', '{}', p_request);
end $$;

-- A refusal of the only line of a request, as one of its fields.
-- p_refusal jsonb. answer: the refusal.
-- Whoever books supply has sent no list.
-- locks: none.
create or replace function holdfast_engine_N.without_line(p_refusal jsonb) returns jsonb
language sql immutable as $$
  select jsonb_set(p_refusal, '{refusal}', (p_refusal -> 'refusal') - array['lines', 'field']
    || case p_refusal #>> '{refusal,field}'
      when 'lines.0' then jsonb_build_object('field', case p_refusal #>> '{refusal,code}'
        when 'invalid_quantity' then 'quantity' when 'unknown_location' then 'location'
        else 'sku' end)
      else jsonb_strip_nulls(jsonb_build_object('field', p_refusal #> '{refusal,field}')) end)
$$;

-- Checks the days on which supply is expected.
-- p_first, p_last date: null where the request does not name it. answer: invalid_request, or null.
-- Today is today at the location.
-- locks: none.
create or replace function holdfast_engine_N.check_expected(
  p_tenant_id int, p_location_id int, p_first date, p_last date, p_now timestamptz
) returns jsonb
language sql volatile as $$
  select case
    when p_first < here.today or p_last < here.today then holdfast_engine_N.refuse(
      'invalid_request', 'The day has gone by.', jsonb_build_object('field',
        case when p_first < here.today then 'expected_on' else 'expected_to' end))
    when p_last < p_first then holdfast_engine_N.refuse('invalid_request',
      'expected_to must not be before expected_on.', '{"field": "expected_to"}')
    when greatest(p_first, p_last) > here.today + 3650 then holdfast_engine_N.refuse(
      'invalid_request', 'The day is more than ten years ahead.', jsonb_build_object('field',
        case when p_last > here.today + 3650 then 'expected_to' else 'expected_on' end))
  end
  from (
    select (p_now at time zone p.time_zone)::date as today from holdfast.locations p
    where p.tenant_id = p_tenant_id and p.location_id = p_location_id
  ) as here
$$;

-- Ends a change of supply: its history, and the promises that hang on it.
-- p_what text: booked, moved, resized, received, short or cancelled; p_before jsonb: what it was,
-- {} for nothing; p_request jsonb: for reason and actor. answer: the supply.
-- At most 500 promises move in this call; the sweeper goes on with the rest.
-- locks: the promises' rows, under the level.
create or replace function holdfast_engine_N.supply_changed(
  p_tenant_id int, p_supply_id int, p_what text, p_before jsonb, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_supply holdfast.supply;
  v_row jsonb;
  v_renewed record;
begin
  update holdfast.supply s set changes = s.changes + 1
  where s.tenant_id = p_tenant_id and s.supply_id = p_supply_id returning * into v_supply;
  v_row := holdfast_engine_N.supply_row(p_tenant_id, p_supply_id);
  insert into holdfast.supply_changes (
    tenant_id, supply_id, change_no, what, before, after, reason, actor_id, changed_at
  )
  select p_tenant_id, p_supply_id, v_supply.changes, p_what, p_before,
    (select jsonb_object_agg(f.key, f.value) from jsonb_each(v_row) as f
      where f.key in ('quantity', 'received', 'expected_on', 'expected_to', 'state')),
    p_request ->> 'reason', (p_request ->> 'actor_id')::int, holdfast.clock();
  if p_what <> 'received' then
    insert into holdfast.events (tenant_id, event_id, type, level_id, data, recorded_at)
    values (p_tenant_id, holdfast.uuid_v7(), 'supply.changed', v_supply.level_id,
      (v_row - array['changes', 'ok']) || jsonb_build_object('what', p_what, 'before', p_before),
      holdfast.clock());
    select * into v_renewed
    from holdfast_engine_N.renew_promises(p_tenant_id, v_supply.level_id, 'supply', 500);
    return '{"ok": true}' || v_row || jsonb_build_object(
      'promises_changed', v_renewed.changed, 'notices', v_renewed.notices);
  end if;
  perform holdfast_engine_N.promises_fall_due(p_tenant_id, array[v_supply.level_id], 'supply');
  return '{"ok": true}' || v_row || '{"promises_changed": 0, "notices": 0}';
end $$;

-- Shows supply.
-- p_tenant_id int, p_supply_id int. answer: the supply as every verb and list shows it.
-- open: units that are still expected; waiting: those of them that somebody waits for.
-- locks: none.
create or replace function holdfast_engine_N.supply_row(p_tenant_id int, p_supply_id int)
returns jsonb
language sql volatile as $$
  select jsonb_build_object('code', s.code, 'sku', k.code, 'location', p.code,
    'quantity', s.quantity, 'received', s.received,
    'open', case s.state when 'open' then s.quantity - s.received else 0 end,
    'expected_on', s.expected_on, 'expected_to', s.expected_to,
    'first_expected_to', s.first_expected_to, 'state', s.state,
    'late', s.state = 'open'
      and s.expected_to < (holdfast.clock() at time zone p.time_zone)::date,
    'created_at', s.created_at, 'closed_at', s.closed_at)
  from holdfast.supply s
  join holdfast.levels l on l.tenant_id = p_tenant_id and l.level_id = s.level_id
  join holdfast.skus k on k.tenant_id = p_tenant_id and k.sku_id = l.sku_id
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = l.location_id
  where s.tenant_id = p_tenant_id and s.supply_id = p_supply_id
$$;
