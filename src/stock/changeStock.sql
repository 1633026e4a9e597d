-- The frame of the verbs of stock: each line in its turn, all or nothing or each on its own.
-- p_verb text: adjust, set, move or receive; p_request: {"lines": […], "reason", "document",
-- "mode": 'all_or_nothing' or 'each', "occurred_at", "actor_id"}. What is told is a fact: it may
-- raise a shortage. answer: {"ok": true, "lines": [the level after, or its refusal]}, or a refusal.
-- locks: the levels are locked by the frame of every write, by id.
create or replace function holdfast_engine_N.change_stock(
  p_tenant_id int, p_verb text, p_request jsonb
) returns jsonb
language plpgsql volatile as $$
declare
  v_each boolean := coalesce(p_request ->> 'mode' = 'each', false);
  v_refusal jsonb;
  v_lines jsonb := '[]';
  v_line jsonb;
  v_want record;
  v_level record;
begin
  v_refusal := coalesce(
    holdfast_engine_N.check_stock_request(p_request),
    holdfast_engine_N.check_instant(p_request, 'occurred_at'),
    holdfast_engine_N.check_bounds(p_tenant_id, p_request)
  );
  if v_refusal is not null then
    return v_refusal;
  end if;
  -- Holds whose time is over are free: reads say so, and a fact must not find them missing. Before
  -- the lines, since what a refusal undoes must not be the version that it names.
  for v_level in
    select distinct l.level_id, l.held + l.held_backordered as held
    from holdfast_engine_N.resolved(p_request) as w
    cross join lateral (
      select l.level_id, l.held, l.held_backordered from holdfast.levels l
      where l.tenant_id = p_tenant_id and l.sku_id = w.sku_id and l.location_id = w.location_id
      offset 0 -- fenced: see touched_levels
    ) as l
    where l.held + l.held_backordered > 0 order by l.level_id
  loop
    perform holdfast_engine_N.free_overdue(
      p_tenant_id, v_level.level_id, v_level.held, holdfast.clock());
    perform holdfast_engine_N.fill_buffers(p_tenant_id, v_level.level_id);
  end loop;
  begin
    for v_want in
      select * from holdfast_engine_N.resolved(p_request)
    loop
      v_line := holdfast_engine_N.change_stock_line(
        p_tenant_id, p_verb, p_request, v_want.line_no, v_want.line, v_want.sku_id,
        v_want.sku_code, v_want.factor, v_want.unit, v_want.location_id);
      if v_line ? 'refusal' and not v_each then
        v_refusal := jsonb_build_object('ok', false, 'refusal', v_line -> 'refusal');
        raise exception using errcode = 'HF004', message = 'refused';
      end if;
      v_lines := v_lines || (v_line - 'ok');
    end loop;
  exception when sqlstate 'HF004' then
    return v_refusal;
  end;
  return jsonb_build_object('ok', true, 'lines', v_lines);
end $$;

-- Checks what a request of stock says beside its lines.
-- p_request jsonb. answer: a refusal invalid_request or too_large that names the field, or null.
-- A reason and a document are the merchant's own texts.
-- locks: none.
create or replace function holdfast_engine_N.check_stock_request(p_request jsonb) returns jsonb
language plpgsql volatile as $$
declare
  v_field text;
begin
  if jsonb_typeof(p_request -> 'lines') is distinct from 'array'
    or jsonb_array_length(p_request -> 'lines') = 0
  then
    return holdfast_engine_N.refuse('invalid_request', 'lines must be a list of at least one line.',
      '{"field": "lines"}');
  end if;
  if jsonb_array_length(p_request -> 'lines') > 2000 then
    return holdfast_engine_N.refuse('too_large', 'At most 2000 lines.',
      '{"field": "lines", "limit": 2000}');
  end if;
  foreach v_field in array array['reason', 'document'] loop
    if coalesce(jsonb_typeof(p_request -> v_field), 'null') not in ('null', 'string')
      or length(p_request ->> v_field) > 255
    then
      return holdfast_engine_N.refuse('invalid_request',
        v_field || ' must be a text of at most 255 letters.',
        jsonb_build_object('field', v_field));
    end if;
  end loop;
  if coalesce(p_request ->> 'mode', 'each') not in ('each', 'all_or_nothing') then
    return holdfast_engine_N.refuse('invalid_request', 'mode must be all_or_nothing or each.',
      '{"field": "mode"}');
  end if;
  return null;
end $$;

-- Refuses a line at a location that whoever acts is not bound to.
-- p_request jsonb: resolved; "only_locations": ids, absent for whoever may change stock everywhere.
-- answer: not_your_location, or null. A code that leads nowhere is for the line to refuse.
-- locks: none.
create or replace function holdfast_engine_N.check_bounds(p_tenant_id int, p_request jsonb)
returns jsonb
language plpgsql volatile as $$
declare
  v_line record;
begin
  if not p_request ? 'only_locations' then
    return null;
  end if;
  select r.line_no, p.code into v_line
  from holdfast_engine_N.resolved(p_request) as r
  join holdfast.locations p on p.tenant_id = p_tenant_id and p.location_id = r.location_id
  where not p_request -> 'only_locations' @> to_jsonb(r.location_id)
  order by r.line_no
  limit 1;
  if not found then
    return null;
  end if;
  return holdfast_engine_N.refuse('not_your_location',
    format('You may not change stock at %s.', v_line.code),
    jsonb_build_object('line', v_line.line_no, 'location', v_line.code));
end $$;

-- Checks an instant in a request: ISO 8601 with an offset.
-- p_field text. answer: a refusal invalid_request, or null.
-- An instant in the future, or before 1970, did not happen.
-- locks: none.
create or replace function holdfast_engine_N.check_instant(p_request jsonb, p_field text)
returns jsonb
language plpgsql volatile as $$
declare
  v_at timestamptz;
begin
  if coalesce(jsonb_typeof(p_request -> p_field), 'null') = 'null' then
    return null;
  end if;
  v_at := holdfast_engine_N.instant(p_request -> p_field);
  if v_at between '1970-01-01T00:00:00Z' and holdfast.clock() + interval '1 day' then
    return null;
  end if;
  return holdfast_engine_N.refuse('invalid_request',
    p_field || ' must be an instant such as 2026-11-24T08:00:00Z, and not in the future.',
    jsonb_build_object('field', p_field));
end $$;
